#include "analyzer/facts_io.h"

#include <cstdint>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace filibuster {
namespace {

constexpr int kMaxNesting = 10'000;

// The members of each struct in their order. A member that is added does not compile until it is
// named here.
template <typename Archive, typename T>
void Visit(Archive& archive, T& value) {
  using Plain = std::remove_const_t<T>;
  if constexpr (std::is_same_v<Plain, Position>) {
    auto& [file, line, column] = value;
    archive.All(file, line, column);
  } else if constexpr (std::is_same_v<Plain, Node>) {
    auto& [op, position, number, text, type, kids] = value;
    archive.All(op, position, number, text, type, kids);
  } else if constexpr (std::is_same_v<Plain, Parameter>) {
    auto& [variable, name, is_reference, type] = value;
    archive.All(variable, name, is_reference, type);
  } else if constexpr (std::is_same_v<Plain, FunctionFacts>) {
    auto& [usr, name, position, class_usr, overrides, override_names, parameters, return_type,
           inits, body, is_noexcept, returns_reference, is_system, has_throws, throws] = value;
    archive.All(usr, name, position, class_usr, overrides, override_names, parameters, return_type,
                inits, body, is_noexcept, returns_reference, is_system, has_throws, throws);
  } else if constexpr (std::is_same_v<Plain, Callee>) {
    auto& [usr, name, declared, is_method, is_virtual, is_noexcept, is_noreturn, is_system,
           is_bodiless, parameter_types, return_type, class_usr, override_names, can_change] =
        value;
    archive.All(usr, name, declared, is_method, is_virtual, is_noexcept, is_noreturn, is_system,
                is_bodiless, parameter_types, return_type, class_usr, override_names, can_change);
  } else if constexpr (std::is_same_v<Plain, ClassFacts>) {
    auto& [usr, name, bases, hidden_bases, fields, destructor, owned] = value;
    archive.All(usr, name, bases, hidden_bases, fields, destructor, owned);
  } else if constexpr (std::is_same_v<Plain, GlobalFacts>) {
    auto& [usr, name, is_const, init] = value;
    archive.All(usr, name, is_const, init);
  } else if constexpr (std::is_same_v<Plain, Dependency>) {
    auto& [path, hash] = value;
    archive.All(path, hash);
  } else {
    static_assert(std::is_same_v<Plain, FileFacts>);
    auto& [path, files, functions, classes, globals, callees, parse_error, parse_error_position,
           is_lost, dependencies] = value;
    archive.All(path, files, functions, classes, globals, callees, parse_error,
                parse_error_position, is_lost, dependencies);
  }
}

void AppendNumber(std::string& bytes, std::uint64_t number) {
  constexpr std::uint64_t kMore = 0x80;
  for (; number >= kMore; number >>= 7) bytes += static_cast<char>(number | kMore);
  bytes += static_cast<char>(number);
}

// Texts come first, each once; then the members, texts as their indexes.
class Writer {
 public:
  template <typename... Members>
  void All(const Members&... members) {
    (Add(members), ...);
  }

  std::string Finish() && {
    std::string bytes;
    AppendNumber(bytes, texts_.size());
    for (const std::string* text : order_) {
      AppendNumber(bytes, text->size());
      bytes += *text;
    }
    return bytes + body_;
  }

 private:
  void Add(const std::string& text) {
    const auto [it, is_new] = texts_.emplace(text, texts_.size());
    if (is_new) order_.push_back(&it->first);
    AppendNumber(body_, it->second);
  }
  template <typename T>
  void Add(const std::vector<T>& values) {
    AppendNumber(body_, values.size());
    for (const T& value : values) Add(value);
  }
  template <typename T>
  void Add(const T& value) {
    if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
      AppendNumber(body_, static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_integral_v<T>) {
      // The sign goes last, so that small negative numbers stay short.
      const auto wide = static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
      AppendNumber(body_, (wide << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
    } else {
      Visit(*this, value);
    }
  }

  std::unordered_map<std::string, std::size_t> texts_;
  std::vector<const std::string*> order_;
  std::string body_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {
    const std::size_t count = Size();
    for (std::size_t i = 0; i < count && ok_; ++i) {
      const std::size_t size = Size();
      if (!ok_) break;
      texts_.push_back(bytes_.substr(0, size));
      bytes_.remove_prefix(size);
    }
  }

  template <typename... Members>
  void All(Members&... members) {
    if (++depth_ > kMaxNesting) ok_ = false;
    (Get(members), ...);
    --depth_;
  }

  bool IsComplete() const { return ok_ && bytes_.empty(); }

 private:
  std::uint64_t Number() {
    std::uint64_t number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return number;
    }
    ok_ = false;
    return 0;
  }
  // Of something each element of which takes a byte at the least.
  std::size_t Size() {
    const std::uint64_t size = Number();
    if (size <= bytes_.size()) return size;
    ok_ = false;
    return 0;
  }

  void Get(std::string& text) {
    const std::uint64_t index = Number();
    if (index < texts_.size()) {
      text = texts_[index];
    } else {
      ok_ = false;
    }
  }
  void Get(std::vector<bool>& values) {
    values.resize(Size());
    for (auto&& value : values) value = Number() != 0;
  }
  template <typename T>
  void Get(std::vector<T>& values) {
    const std::size_t size = Size();
    for (std::size_t i = 0; i < size && ok_; ++i) Get(values.emplace_back());
  }
  template <typename T>
  void Get(T& value) {
    if constexpr (std::is_enum_v<T> || std::is_unsigned_v<T>) {
      value = static_cast<T>(Number());
    } else if constexpr (std::is_integral_v<T>) {
      const std::uint64_t wide = Number();
      value = static_cast<T>((wide >> 1) ^ (~(wide & 1) + 1));
    } else {
      Visit(*this, value);
    }
  }

  std::string_view bytes_;
  std::vector<std::string_view> texts_;
  int depth_ = 0;
  bool ok_ = true;
};

}  // namespace

std::string FactsToBytes(const FileFacts& facts) {
  Writer writer;
  Visit(writer, facts);
  return std::move(writer).Finish();
}

std::optional<FileFacts> FactsFromBytes(std::string_view bytes) {
  Reader reader(bytes);
  FileFacts facts;
  Visit(reader, facts);
  if (!reader.IsComplete()) return std::nullopt;
  return facts;
}

}  // namespace filibuster
