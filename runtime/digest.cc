#include "runtime/digest.h"

#include <openssl/evp.h>
#include <sys/random.h>

#include <vector>

namespace filibuster {
namespace {

std::string Hex(const unsigned char* bytes, size_t size) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string text(2 * size, '0');
  for (size_t i = 0; i < size; ++i) {
    text[2 * i] = kHex[bytes[i] >> 4];
    text[2 * i + 1] = kHex[bytes[i] & 15];
  }
  return text;
}

}  // namespace

std::string Md5(std::string_view text) {
  // Looked for once; never freed: calls may be made while the program ends.
  static EVP_MD* const md5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (md5 == nullptr || EVP_Digest(text.data(), text.size(), digest, &size, md5, nullptr) != 1) {
    return "";
  }
  return Hex(digest, size);
}

std::string RandomHex(size_t bytes) {
  std::vector<unsigned char> random(bytes);
  if (::getrandom(random.data(), random.size(), 0) < 0) return "unknown";
  return Hex(random.data(), random.size());
}

}  // namespace filibuster
