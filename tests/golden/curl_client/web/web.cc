// The code of an error is compared by name, the status is read of the handle, and what the library
// is asked to fail on fails. One call is not looked at.
#include <curl/curl.h>
#include <httplib.h>

#include <memory>
#include <string>

size_t Append(char* data, size_t size, size_t count, void* text) {
  static_cast<std::string*>(text)->append(data, size * count);
  return size * count;
}

// 503 if nobody listens, 504 after a second, else what the callee says.
int Fetch(const std::string& url, std::string& body) {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), curl_easy_cleanup);
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, 1500L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(curl.get());
  switch (code) {
    case CURLE_OK:
      break;
    case CURLE_OPERATION_TIMEDOUT:
      return 504;
    default:
      return 503;
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return status >= 400 ? 502 : 200;
}

bool Notify() {
  CURL* curl = curl_easy_init();
  if (!curl) return false;
  curl_easy_setopt(curl, CURLOPT_URL, "http://localhost:9001/event");
  curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
  CURLcode code = curl_easy_perform(curl);
  curl_easy_cleanup(curl);
  return code == CURLE_OK;
}

void Warm() {
  CURL* curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, "http://localhost:9002/warm");
  curl_easy_perform(curl);
  curl_easy_cleanup(curl);
}

// No limit, but for the connection.
bool Download() {
  CURL* curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, "http://localhost:9003/file");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 0L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 7L);
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_cleanup(curl);
  return code == CURLE_OK;
}

bool Wait() {
  CURL* curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, "http://localhost:9004/events");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 0L);
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_cleanup(curl);
  return code == CURLE_OK;
}

int main() {
  httplib::Server server;
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    std::string body;
    response.status = Fetch("http://localhost:9000/data", body);
  });
  server.Get("/notify", [](const httplib::Request&, httplib::Response& response) {
    if (!Notify()) response.status = 500;
  });
  server.Get("/warm", [](const httplib::Request&, httplib::Response&) { Warm(); });
  server.Get("/download", [](const httplib::Request&, httplib::Response& response) {
    if (!Download() || !Wait()) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
