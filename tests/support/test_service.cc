// A service for tests of what starts and stops services: test_service PORT
//
//   GET /health-check  answers HEALTH_STATUS (default 200)
//   GET /environment/NAME
//   GET /crash         the process aborts
//   GET /sicken        from then on /health-check answers 503
//   GET /crash-slowly  it stops listening, and aborts a little later
#include <httplib.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const char* health_status = std::getenv("HEALTH_STATUS");
  httplib::Server server;
  server.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  std::atomic<int> status = health_status != nullptr ? std::stoi(health_status) : 200;
  server.Get("/health-check", [&](const httplib::Request&, httplib::Response& response) {
    response.status = status;
  });
  server.Get("/sicken", [&](const httplib::Request&, httplib::Response&) { status = 503; });
  server.Get("/environment/(.*)", [](const httplib::Request& request, httplib::Response& response) {
    const char* value = std::getenv(request.matches[1].str().c_str());
    response.set_content(value != nullptr ? value : "", "text/plain");
  });
  server.Get("/crash", [](const httplib::Request&, httplib::Response&) {
    std::cerr << "crashing" << std::endl;
    std::abort();
  });
  bool crash = false;
  server.Get("/crash-slowly", [&](const httplib::Request&, httplib::Response&) {
    crash = true;
    server.stop();
  });
  std::cout << "starting" << std::endl;
  if (!server.listen("127.0.0.1", std::stoi(argv[1]))) {
    std::cout << "cannot listen" << std::endl;
    return 3;
  }
  if (crash) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    std::abort();
  }
}
