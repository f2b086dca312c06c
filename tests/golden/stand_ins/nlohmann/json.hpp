// As much of nlohmann/json as the constructs need.
#pragma once

#include <exception>
#include <string>

namespace nlohmann {
namespace detail {

class exception : public std::exception {};
class parse_error : public exception {};
class type_error : public exception {};

}  // namespace detail

class basic_json {
 public:
  using exception = detail::exception;
  using parse_error = detail::parse_error;
  using type_error = detail::type_error;

  static basic_json parse(const std::string& text);
  bool contains(const std::string& key) const;
  bool is_string() const;
  const basic_json& operator[](const std::string& key) const;
  template <typename T>
  T get() const;
};

using json = basic_json;

}  // namespace nlohmann
