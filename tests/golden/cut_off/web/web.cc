// A function that calls itself more often than is followed may do anything with what it is given,
// and with globals: nothing that it may have written is claimed after it.
#include <httplib.h>

#include <functional>
#include <stdexcept>
#include <string>

struct Codes {
  int bad = 200;
  void SetBad(int depth) {
    if (depth > 0) return SetBad(depth - 1);
    bad = 503;
  }
};
struct Holder {
  int* code;
};

Codes codes;
void SetGlobal(int depth) {
  if (depth > 0) return SetGlobal(depth - 1);
  codes.bad = 503;
}
void SetThrough(Holder holder, int depth) {
  if (depth > 0) return SetThrough(holder, depth - 1);
  *holder.code = 503;
}
void SetOdd(int& code, int depth);
void SetEven(int& code, int depth) {
  if (depth > 0) return SetOdd(code, depth - 1);
  code = 503;
}
void SetOdd(int& code, int depth) { SetEven(code, depth); }
void Run(const std::function<void()>& function, int depth) {
  if (depth > 0) return Run(function, depth - 1);
  function();
}
void Throw(int depth) {
  if (depth > 0) return Throw(depth - 1);
  throw std::runtime_error("too deep");
}
int Sum(const Codes& given, int depth) {
  return depth > 0 ? given.bad + Sum(given, depth - 1) : given.bad;
}

httplib::Client client("localhost", 9000);

void AskAnother(int depth) {
  if (depth > 0) return AskAnother(depth - 1);
  client.Get("/another");
}

int main() {
  httplib::Server server;
  server.Get("/object", [](const httplib::Request&, httplib::Response& response) {
    Codes own;
    own.SetBad(9);
    if (!client.Get("/object")) response.status = own.bad;
  });
  server.Get("/global", [](const httplib::Request&, httplib::Response& response) {
    SetGlobal(9);
    if (!client.Get("/global")) response.status = codes.bad;
  });
  server.Get("/held", [](const httplib::Request&, httplib::Response& response) {
    int code = 200;
    SetThrough(Holder{&code}, 9);
    if (!client.Get("/held")) response.status = code;
  });
  server.Get("/each_other", [](const httplib::Request&, httplib::Response& response) {
    int code = 200;
    if (!client.Get("/each_other")) SetEven(code, 9);
    response.status = code;
  });
  server.Get("/captured", [](const httplib::Request&, httplib::Response& response) {
    int code = 200;
    Run([&] { code = 503; }, 9);
    if (!client.Get("/captured")) response.status = code;
  });
  server.Get("/thrown", [](const httplib::Request&, httplib::Response&) {
    if (!client.Get("/thrown")) Throw(9);
  });
  server.Get("/another_call", [](const httplib::Request&, httplib::Response&) {
    if (!client.Get("/another_call")) AskAnother(9);
  });
  // It writes to nothing.
  server.Get("/read_only", [](const httplib::Request&, httplib::Response& response) {
    Codes own{503};
    response.set_content(std::to_string(Sum(own, 9)), "text/plain");
    if (!client.Get("/read_only")) response.status = own.bad;
  });
  server.listen("0.0.0.0", 8000);
}
