#include "runtime/preload/poco_body.h"

#include <Poco/Net/HTTPResponse.h>

#include <algorithm>
#include <exception>
#include <streambuf>
#include <string>
#include <utility>

#include "runtime/corrupted_body.h"

namespace filibuster {
namespace {

using Stream = Poco::SharedPtr<std::istream>;

// As much as is there, or one block of it; 0 at the end. A session's own exceptions pass.
std::streamsize ReadSome(std::streambuf* from, char* block, std::streamsize size) {
  if (from->sgetc() == std::char_traits<char>::eof()) return 0;
  return from->sgetn(block, std::clamp<std::streamsize>(from->in_avail(), 1, size));
}

// What has been read of a body, and behind it the rest, as the session goes on with it.
class KeptBody : public std::streambuf {
 public:
  KeptBody(std::string kept, Stream rest, std::exception_ptr broken)
      : kept_(std::move(kept)), rest_(std::move(rest)), broken_(std::move(broken)) {
    setg(kept_.data(), kept_.data(), kept_.data() + kept_.size());
  }

 private:
  int_type underflow() override {
    if (broken_ != nullptr) std::rethrow_exception(broken_);
    if (rest_.isNull()) return traits_type::eof();
    const std::streamsize size = ReadSome(rest_.get()->rdbuf(), block_, sizeof block_);
    if (size == 0) return traits_type::eof();
    setg(block_, block_, block_ + size);
    return traits_type::to_int_type(block_[0]);
  }

  std::string kept_;
  const Stream rest_;                // null at its end, behind which a session would wait
  const std::exception_ptr broken_;  // what the session threw when it went on
  char block_[4096];
};

struct KeptStream : private KeptBody, public std::istream {
  KeptStream(std::string kept, Stream rest, std::exception_ptr broken)
      : KeptBody(std::move(kept), std::move(rest), std::move(broken)),
        std::istream(static_cast<KeptBody*>(this)) {}
};

}  // namespace

Poco::SharedPtr<std::istream> TransformBody(const Stream& answer, Poco::Net::HTTPResponse* response,
                                            Injection* injection) {
  const std::string length = response->get("Content-Length", "");
  std::string body;
  bool at_end = false;
  std::exception_ptr broken;
  try {
    char block[4096];
    while (body.size() <= kMaxCorruptible) {
      const std::streamsize size = ReadSome(answer.get()->rdbuf(), block, sizeof block);
      at_end = size == 0;
      if (at_end) break;
      body.append(block, static_cast<size_t>(size));
    }
  } catch (const std::exception&) {
    broken = std::current_exception();
  }
  if (body.size() > kMaxCorruptible) {
    injection->DropFault(kTooLongToCorrupt);
  } else if (broken != nullptr || (!length.empty() && length != std::to_string(body.size()))) {
    injection->DropFault("the body of the answer breaks off");
  } else if (injection->Transform(&body) && !length.empty()) {
    response->set("Content-Length", std::to_string(body.size()));
  }
  return new KeptStream(std::move(body), at_end ? Stream() : answer, std::move(broken));
}

}  // namespace filibuster
