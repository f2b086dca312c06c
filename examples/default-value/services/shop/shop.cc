// GET /total/CUSTOMER/NET is what a customer pays: the net price, and the tax of their country.
//
// Planted bug: see TaxRate().
#include <curl/curl.h>
#include <httplib.h>

#include <cmath>
#include <map>
#include <optional>

#include "common/service.h"

namespace {

const std::string kProfiles = EnvOr("PROFILES_URL", "http://127.0.0.1:5141");
const std::string kTax = EnvOr("TAX_URL", "http://127.0.0.1:5142");

size_t Append(char* data, size_t size, size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

// The body, unless it cannot be had.
std::optional<std::string> Fetch(const std::string& url) {
  std::string body;
  long status = 0;
  CURL* const curl = curl_easy_init();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  const CURLcode result = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_cleanup(curl);
  if (result != CURLE_OK || status != 200) return std::nullopt;
  return body;
}

// A customer whose country is not known is taken for one from home: tax answers so for "unknown".
std::string CountryOf(const std::string& customer) {
  return Fetch(kProfiles + "/country/" + customer).value_or("unknown");
}

// In percent. The rates of the year's beginning do while tax cannot be asked.
double TaxRate(const std::string& country) {
  if (const auto rate = Fetch(kTax + "/rate/" + country)) return std::atof(rate->c_str());
  std::map<std::string, double> known = {{"DE", 19}, {"FR", 20}, {"SE", 25}};
  return known[country];  // The bug: for "unknown", a new entry of 0.
}

}  // namespace

int main() {
  curl_global_init(CURL_GLOBAL_ALL);
  httplib::Server server;
  server.Get(
      "/total/(\\w+)/(\\d+)", [](const httplib::Request& request, httplib::Response& response) {
        const double net = std::atof(request.matches[2].str().c_str());
        const double rate = TaxRate(CountryOf(request.matches[1]));
        response.set_content(std::to_string(std::lround(net * (1 + rate / 100))), "text/plain");
      });
  return Serve(server, std::atoi(EnvOr("SHOP_PORT", "5140").c_str()));
}
