// What the interceptors call of protobuf's messages => the same of the protobuf that the message is
// of. gRPC's library has none: each service brings its own, of whatever version.
#include <cxxabi.h>
#include <dlfcn.h>
#include <google/protobuf/message_lite.h>

#include <atomic>
#include <string>
#include <typeinfo>

#include "runtime/warn.h"

namespace {

using google::protobuf::MessageLite;

// The base of all messages' classes, as the class of this one names it.
const std::type_info* RootOf(const MessageLite& message) {
  // It stands in front of the virtual functions, but for what is compiled without it.
  if ((*reinterpret_cast<const void* const* const*>(&message))[-1] == nullptr) return nullptr;
  const std::type_info* type = &typeid(message);
  while (const auto* derived = dynamic_cast<const abi::__si_class_type_info*>(type)) {
    type = derived->__base_type;
  }
  return type;
}

// A process may have two protobufs: a function of one must not be called for a message of the other.
void* Find(const char* name, const MessageLite& message) {
  const std::type_info* const root = RootOf(message);
  if (root == nullptr) return nullptr;
  const auto find_in = [&](void* scope) -> void* {
    const bool is_its_own = ::dlsym(scope, "_ZTIN6google8protobuf11MessageLiteE") == root;
    return is_its_own ? ::dlsym(scope, name) : nullptr;
  };
  if (void* const found = find_in(RTLD_DEFAULT)) return found;
  Dl_info plugins_own{};  // where only a plugin has it
  if (::dladdr(root, &plugins_own) == 0) return nullptr;
  void* const library = ::dlopen(plugins_own.dli_fname, RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return nullptr;
  void* const found = find_in(library);
  ::dlclose(library);  // the message keeps it loaded
  return found;
}

template <typename Function>
Function* FindOrWarn(const char* name, const MessageLite& message) {
  void* const found = Find(name, message);
  static std::atomic<bool> told = false;
  if (found == nullptr && !told.exchange(true)) {
    filibuster::Warn(
        "gRPC: this service's protobuf is not a shared library: a call that is made and fails all "
        "the same leaves the callee's answer in its response");
  }
  return reinterpret_cast<Function*>(found);
}

}  // namespace

namespace google::protobuf {

bool MessageLite::SerializePartialToString(std::string* output) const {
  auto* const next = FindOrWarn<bool(const MessageLite*, std::string*)>(
      "_ZNK6google8protobuf11MessageLite24SerializePartialToStringEPNSt7__cxx1112basic_stringIcSt11"
      "char_traitsIcESaIcEEE",
      *this);
  return next != nullptr && next(this, output);
}

bool MessageLite::ParsePartialFromArray(const void* data, int size) {
  auto* const next = FindOrWarn<bool(MessageLite*, const void*, int)>(
      "_ZN6google8protobuf11MessageLite21ParsePartialFromArrayEPKvi", *this);
  return next != nullptr && next(this, data, size);
}

}  // namespace google::protobuf
