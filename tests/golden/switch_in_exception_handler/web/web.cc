// The exception handler finds the status with a switch over what the exception carries.
#include <httplib.h>

#include <exception>

class Problem : public std::exception {
 public:
  enum class Code { kDown, kMissing, kOther };
  explicit Problem(Code code) : code_(code) {}
  Code code() const { return code_; }

 private:
  Code code_;
};

int StatusOf(const Problem& problem) {
  switch (problem.code()) {
    case Problem::Code::kDown:
      return 503;
    case Problem::Code::kMissing:
      return 404;
    default:
      return 502;
  }
}

int main() {
  httplib::Server server;
  server.set_exception_handler(
      [](const httplib::Request&, httplib::Response& response, std::exception_ptr thrown) {
        try {
          std::rethrow_exception(thrown);
        } catch (const Problem& problem) {
          response.status = StatusOf(problem);
        } catch (...) {
          response.status = 500;
        }
      });
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/data");
    if (!result) throw Problem(Problem::Code::kDown);
    if (result->status == 404) throw Problem(Problem::Code::kMissing);
    if (result->status != 200) throw Problem(Problem::Code::kOther);
  });
  server.listen("0.0.0.0", 8000);
}
