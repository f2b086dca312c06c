#include "common/http_server.h"

#include <pthread.h>
#include <sys/socket.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <thread>

namespace tutorial {
namespace {

void AnswerException(const httplib::Request&, httplib::Response& response,
                     std::exception_ptr exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const HttpError& error) {
    response.status = error.status();
    response.set_content(error.what(), "text/plain");
  } catch (const std::exception& error) {
    response.status = 500;
    response.set_content(error.what(), "text/plain");
  } catch (...) {
    response.status = 500;
  }
}

}  // namespace

int Serve(httplib::Server& server, const std::string& name, int port) {
  server.set_exception_handler(AnswerException);
  server.Get("/health-check", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("{\"status\": \"OK\"}", "application/json");
  });

  // httplib's default, SO_REUSEPORT, would let a second process share the port unnoticed.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  if (!server.bind_to_port("127.0.0.1", port)) {
    std::cerr << name << ": cannot listen on 127.0.0.1:" << port << "\n";
    return 1;
  }

  // Blocked in every thread and awaited in one, so that stopping runs outside a signal handler.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  std::thread stopper([&] {
    int signal = 0;
    sigwait(&stop_signals, &signal);
    while (!server.is_running()) std::this_thread::yield();  // an earlier stop() would be lost
    server.stop();
  });

  std::cout << name << ": listening on 127.0.0.1:" << port << std::endl;
  server.listen_after_bind();
  stopper.join();
  return 0;
}

}  // namespace tutorial
