// "CURLE_COULDNT_CONNECT" <=> CURLE_COULDNT_CONNECT
#pragma once

#include <curl/curl.h>

#include <optional>
#include <string>
#include <string_view>

namespace filibuster {

std::string NameOf(CURLcode code);
std::optional<CURLcode> CodeNamed(std::string_view name);

}  // namespace filibuster
