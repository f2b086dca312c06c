#include "base/python_text.h"

namespace filibuster {
namespace {

using Json = nlohmann::json;

// Quoted as Python does: in single quotes, unless only those occur in it.
std::string Quoted(const std::string& text) {
  const bool has_single = text.find('\'') != text.npos;
  const char quote = has_single && text.find('"') == text.npos ? '"' : '\'';
  std::string result(1, quote);
  for (const char c : text) {
    switch (c) {
      case '\\':
        result += "\\\\";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        if (c == quote) result += '\\';
        result += c;
    }
  }
  return result += quote;
}

}  // namespace

std::string PythonText(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null:
      return "None";
    case Json::value_t::boolean:
      return value.get<bool>() ? "True" : "False";
    case Json::value_t::string:
      return Quoted(value.get_ref<const std::string&>());
    case Json::value_t::object: {
      std::string text = "{";
      for (const auto& [key, member] : value.items()) {
        if (text.size() > 1) text += ", ";
        text += Quoted(key) + ": " + PythonText(member);
      }
      return text += "}";
    }
    case Json::value_t::array: {
      std::string text = "[";
      for (const Json& item : value) {
        if (text.size() > 1) text += ", ";
        text += PythonText(item);
      }
      return text += "]";
    }
    default:
      return value.dump();
  }
}

}  // namespace filibuster
