#include "tests/runtime/curl_transfer.h"

#include <regex>

namespace filibuster {

size_t AppendBody(char* data, size_t size, size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

namespace {

size_t AppendHeader(char* data, size_t size, size_t count, void* headers) {
  static_cast<std::vector<std::string>*>(headers)->emplace_back(data, size * count);
  return size * count;
}

void AddInfos(CURL* easy, CURLcode code, std::vector<std::string>* infos) {
#define FILIBUSTER_INFO(name) {CURLINFO_##name, #name}
  const std::pair<CURLINFO, const char*> names[] = {
      FILIBUSTER_INFO(RESPONSE_CODE), FILIBUSTER_INFO(HTTP_CONNECTCODE),
      FILIBUSTER_INFO(EFFECTIVE_URL), FILIBUSTER_INFO(EFFECTIVE_METHOD),
      FILIBUSTER_INFO(CONTENT_TYPE),  FILIBUSTER_INFO(PRIMARY_IP),
      FILIBUSTER_INFO(PRIMARY_PORT),  FILIBUSTER_INFO(LOCAL_IP),
      FILIBUSTER_INFO(OS_ERRNO),      FILIBUSTER_INFO(NUM_CONNECTS),
      FILIBUSTER_INFO(HEADER_SIZE),   FILIBUSTER_INFO(HTTP_VERSION),
      FILIBUSTER_INFO(SCHEME),        FILIBUSTER_INFO(REDIRECT_COUNT),
      FILIBUSTER_INFO(REDIRECT_URL),  FILIBUSTER_INFO(SIZE_DOWNLOAD_T),
      FILIBUSTER_INFO(SIZE_UPLOAD_T), FILIBUSTER_INFO(CONTENT_LENGTH_DOWNLOAD_T),
  };
#undef FILIBUSTER_INFO
  for (const auto& [info, name] : names) {
    std::string value;
    if ((info & CURLINFO_TYPEMASK) == CURLINFO_STRING) {
      char* text = nullptr;
      curl_easy_getinfo(easy, info, &text);
      value = text == nullptr ? "(null)" : text;
    } else {
      curl_off_t number = 0;  // a long is as wide
      curl_easy_getinfo(easy, info, &number);
      value = std::to_string(number);
    }
    infos->push_back(std::string(name) + " " + value);
  }
  // Whether it took as long as the caller allows, not how long it took: anything may take long on a
  // busy machine.
  if (code != CURLE_OPERATION_TIMEDOUT) return;
  double seconds = 0;
  curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME, &seconds);
  infos->push_back(seconds >= 0.25 ? "slow" : "fast");
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const SeenTransfer& transfer) {
  out << transfer.code << " \"" << transfer.error << "\"";
  for (const std::string& header : transfer.headers) out << "\n  " << header;
  for (const std::string& info : transfer.infos) out << "\n  " << info;
  return out << "\n  body \"" << transfer.body << "\"";
}

const int kEasyLine = __LINE__ + 5;
const int kMultiLine = __LINE__ + 8;

CURLcode Perform(CurlInterface interface, CURL* easy) {
  if (interface == CurlInterface::kEasy) {
    const CURLcode result = curl_easy_perform(easy);
    return result;
  }
  CURLM* const multi = curl_multi_init();
  curl_multi_add_handle(multi, easy);
  CURLcode result = CURLE_FAILED_INIT;
  for (int running = 1; running > 0;) {
    curl_multi_perform(multi, &running);
    if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  int left = 0;
  while (const CURLMsg* const message = curl_multi_info_read(multi, &left)) {
    if (message->msg == CURLMSG_DONE) result = message->data.result;
  }
  curl_multi_remove_handle(multi, easy);
  curl_multi_cleanup(multi);
  return result;
}

SeenTransfer Transfer(CurlInterface interface, const std::string& url,
                      const std::function<void(CURL*)>& set) {
  SeenTransfer seen;
  char error[CURL_ERROR_SIZE] = "";
  CURL* const easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &AppendBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &seen.body);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &AppendHeader);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &seen.headers);
  if (set) set(easy);
  const CURLcode code = Perform(interface, easy);
  seen.code = curl_easy_strerror(code);
  static const std::regex kDuration("[0-9]+( ms|( milliseconds))");
  seen.error = std::regex_replace(error, kDuration, "N$1");
  AddInfos(easy, code, &seen.infos);
  curl_easy_cleanup(easy);
  return seen;
}

}  // namespace filibuster
