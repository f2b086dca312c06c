// POST /orders confirms an order, with 201, once it is in the ledger.
//
// Planted bug: see Record().
#include <curl/curl.h>
#include <httplib.h>

#include <cstdlib>
#include <string>

namespace {

std::string EnvOr(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

const std::string kEntries = EnvOr("LEDGER_URL", "http://127.0.0.1:5101") + "/entries";

size_t Discard(char*, size_t size, size_t count, void*) { return size * count; }

CURLcode Write(const std::string& order, long* status) {
  CURL* const curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, kEntries.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(order.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, order.data());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Discard);
  const CURLcode result = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
  curl_easy_cleanup(curl);
  return result;
}

bool Record(const std::string& order) {
  long status = 0;
  const CURLcode result = Write(order, &status);
  if (result == CURLE_COULDNT_CONNECT) {
    // Nothing was sent, so it is safe to try again. The bug: any answer will do this time.
    return Write(order, &status) == CURLE_OK;
  }
  return result == CURLE_OK && status == 201;
}

}  // namespace

int main() {
  curl_global_init(CURL_GLOBAL_ALL);
  httplib::Server server;
  server.set_socket_options([](socket_t socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  server.Get("/health-check", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("OK", "text/plain");
  });
  server.Post("/orders", [](const httplib::Request& request, httplib::Response& response) {
    response.status = Record(request.body) ? 201 : 503;
  });
  return server.listen("127.0.0.1", std::atoi(EnvOr("ORDERS_PORT", "5100").c_str())) ? 0 : 1;
}
