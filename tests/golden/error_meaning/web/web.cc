// What a code of a category that the service has written means is not known, as its category says
// that; codes of the system mean the condition of their name.
#include <httplib.h>

#include <string>
#include <system_error>
#include <type_traits>

enum class Shop { kOk, kDown, kSlow };

template <>
struct std::is_error_code_enum<Shop> : std::true_type {};

struct ShopCategory : std::error_category {
  const char* name() const noexcept override { return "shop"; }
  std::string message(int) const override { return ""; }
  std::error_condition default_error_condition(int code) const noexcept override {
    return code == 2 ? std::errc::timed_out : std::errc::connection_refused;
  }
};

std::error_code make_error_code(Shop code) {
  static const ShopCategory category;
  return {static_cast<int>(code), category};
}

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/meaning", [](const httplib::Request&, httplib::Response& response) {
    std::error_code code;
    if (!client.Get("/meaning")) code = make_error_code(Shop::kSlow);
    if (code == std::errc::timed_out) {
      response.status = 504;
    } else if (code) {
      response.status = 503;
    }
  });
  server.Get("/itself", [](const httplib::Request&, httplib::Response& response) {
    std::error_code code;
    if (!client.Get("/itself")) code = make_error_code(Shop::kSlow);
    if (code == make_error_code(Shop::kDown)) {
      response.status = 503;
    } else if (code == make_error_code(Shop::kSlow)) {
      response.status = 504;
    }
  });
  server.Get("/system", [](const httplib::Request&, httplib::Response& response) {
    std::error_code code;
    if (!client.Get("/system")) code = std::make_error_code(std::errc::timed_out);
    if (code == std::errc::connection_refused) {
      response.status = 503;
    } else if (code == std::errc::timed_out) {
      response.status = 504;
    }
  });
  server.Get("/numbers", [](const httplib::Request&, httplib::Response& response) {
    const std::error_code code(5, std::system_category());
    if (!client.Get("/numbers")) {
      response.status = code == std::error_code(5, std::generic_category()) ? 500 : 503;
    }
  });
  server.Get("/label", [](const httplib::Request&, httplib::Response& response) {
    const int code = client.Get("/label") ? 0 : 2;
    switch (code) {
      case 0:
        if (code != 0) {
          case 2:
            response.status = 503;
        }
    }
  });
  server.listen("0.0.0.0", 8000);
}
