// bytes => lower-case hexadecimal
#pragma once

#include <string>
#include <string_view>

namespace filibuster {

// "" if this OpenSSL has no MD5 (FIPS).
std::string Md5(std::string_view text);

// Of as many random bytes.
std::string RandomHex(size_t bytes);

}  // namespace filibuster
