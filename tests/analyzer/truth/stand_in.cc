// What is behind the stand-in for cpp-httplib when a service is run: calls answer 200, or fail as
// the plan says; a server serves one request, and tells what was answered.
#include <httplib.h>

#include <utility>
#include <vector>

#include "tests/analyzer/truth/plan.h"

namespace httplib {
namespace {

// As a failed call of the library leaves it.
Result Answered(std::string_view method, const std::string& url) {
  const auto fault = truth::Call(method, url);
  auto response = std::make_unique<Response>();
  response->status = 200;
  response->body = "{}";
  if (!fault) return Result(std::move(response), Error::Success);
  if (*fault == "httplib::Error::Connection") return Result(nullptr, Error::Connection);
  if (*fault == "httplib::Error::Read") return Result(nullptr, Error::Read);
  response->status = std::stoi(*fault);
  return Result(std::move(response), Error::Success);
}

}  // namespace

std::string to_string(const Error error) { return std::to_string(static_cast<int>(error)); }

bool Request::has_param(const std::string&) const { return truth::ThePlan().flavour == 1; }
std::string Request::get_param_value(const std::string&) const {
  return truth::ThePlan().flavour == 1 ? "1" : "";
}
std::string Request::get_header_value(const std::string&) const {
  return truth::ThePlan().flavour == 1 ? "1" : "";
}

void Response::set_header(const std::string& key, const std::string& value) {
  headers.emplace(key, value);
}
void Response::set_redirect(const std::string& url, int to) {
  set_header("Location", url);
  status = to;
}
void Response::set_content(const std::string& content, const std::string&) { body = content; }

Result::Result(std::unique_ptr<Response>&& response, Error error)
    : response_(std::move(response)), error_(error) {}
Result::operator bool() const { return response_ != nullptr; }
bool Result::operator==(std::nullptr_t) const { return response_ == nullptr; }
bool Result::operator!=(std::nullptr_t) const { return response_ != nullptr; }
const Response& Result::value() const { return *response_; }
Response& Result::value() { return *response_; }
const Response& Result::operator*() const { return *response_; }
Response& Result::operator*() { return *response_; }
const Response* Result::operator->() const { return response_.get(); }
Response* Result::operator->() { return response_.get(); }
Error Result::error() const { return error_; }

Client::Client(const std::string& scheme_host_port) : base_(scheme_host_port) {}
Client::Client(const std::string& host, int port)
    : base_("http://" + host + ":" + std::to_string(port)) {}
Result Client::Get(const std::string& path) { return Answered("Get", base_ + path); }
Result Client::Get(const std::string& path, const Headers&) {
  return Answered("Get", base_ + path);
}
Result Client::Get(const std::string& path, ResponseHandler response_handler) {
  Result result = Answered("Get", base_ + path);
  if (result && !response_handler(*result)) return Result(nullptr, Error::Canceled);
  return result;
}
Result Client::Post(const std::string& path, const std::string&, const std::string&) {
  return Answered("Post", base_ + path);
}
Result Client::Put(const std::string& path, const std::string&, const std::string&) {
  return Answered("Put", base_ + path);
}
Result Client::Delete(const std::string& path) { return Answered("Delete", base_ + path); }
void Client::set_connection_timeout(time_t, time_t) {}
void Client::set_read_timeout(time_t, time_t) {}

struct Server::Routes {
  struct Route {
    std::string method;
    std::string pattern;
    Handler handler;
  };
  std::vector<Route> routes;
  ExceptionHandler exception_handler;
  Handler error_handler;
  std::function<HandlerResponse(const Request&, Response&)> pre_routing_handler;

  static Routes& Of(Server& server) {
    if (!server.routes_) server.routes_ = std::make_shared<Routes>();
    return *server.routes_;
  }

  static Server& Add(Server& server, Route route) {
    Of(server).routes.push_back(std::move(route));
    return server;
  }

  void Route(const struct Route& route, const Request& request, Response& response) const {
    if (pre_routing_handler && pre_routing_handler(request, response) == HandlerResponse::Handled) {
      return;
    }
    route.handler(request, response);
  }

  // In the library's order.
  void Serve(const struct Route& route) const {
    const Request request = {.method = route.method, .path = route.pattern};
    Response response;
    try {
      Route(route, request, response);
    } catch (...) {
      truth::Tell("throws");
      if (exception_handler) {
        exception_handler(request, response, std::current_exception());
      } else {
        response.status = 500;
      }
    }
    if (response.status == -1) response.status = 200;
    if (response.status >= 400 && error_handler) error_handler(request, response);
    truth::Tell("answers " + std::to_string(response.status));
  }
};

Server& Server::Get(const std::string& pattern, Handler handler) {
  return Routes::Add(*this, {"GET", pattern, std::move(handler)});
}
Server& Server::Post(const std::string& pattern, Handler handler) {
  return Routes::Add(*this, {"POST", pattern, std::move(handler)});
}
Server& Server::Put(const std::string& pattern, Handler handler) {
  return Routes::Add(*this, {"PUT", pattern, std::move(handler)});
}
Server& Server::Delete(const std::string& pattern, Handler handler) {
  return Routes::Add(*this, {"DELETE", pattern, std::move(handler)});
}
Server& Server::set_exception_handler(ExceptionHandler handler) {
  Routes::Of(*this).exception_handler = std::move(handler);
  return *this;
}
Server& Server::set_error_handler(Handler handler) {
  Routes::Of(*this).error_handler = std::move(handler);
  return *this;
}
Server& Server::set_pre_routing_handler(
    std::function<HandlerResponse(const Request&, Response&)> handler) {
  Routes::Of(*this).pre_routing_handler = std::move(handler);
  return *this;
}
bool Server::bind_to_port(const std::string&, int) { return true; }
bool Server::listen_after_bind() { return listen("", 0); }
void Server::stop() {}

bool Server::listen(const std::string&, int) {
  const Routes& routes = Routes::Of(*this);
  truth::Tell("listens " + std::to_string(routes.routes.size()));
  const int number = truth::ThePlan().route;
  if (number >= 0) routes.Serve(routes.routes.at(number));
  truth::EndOfRequest();
}

}  // namespace httplib
