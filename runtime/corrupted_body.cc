#include "runtime/corrupted_body.h"

#include <nlohmann/json.hpp>

#include "runtime/dismantled.h"

namespace filibuster {
namespace {

// With the order of members kept: nothing but the one value is to differ.
using OrderedJson = nlohmann::ordered_json;

bool ChangeFirstType(OrderedJson* json) {
  if (json->is_structured()) {
    for (OrderedJson& member : *json) {
      if (ChangeFirstType(&member)) return true;
    }
    return false;
  }
  *json = json->is_string() ? OrderedJson(0) : OrderedJson(json->dump());
  return true;
}

}  // namespace

bool Corrupt(std::string_view transformation, std::string* body) {
  if (body->empty() || body->size() > kMaxCorruptible) return false;
  if (transformation == "empty") {
    body->clear();
  } else if (transformation == "truncated") {
    body->resize(body->size() / 2);
  } else if (transformation == "bit_flip") {
    char& middle = (*body)[body->size() / 2];
    middle = static_cast<char>(middle ^ 1);
  } else if (transformation == "json_type") {
    auto json = OrderedJson::parse(*body, nullptr, /*allow_exceptions=*/false);
    const Dismantled<OrderedJson> dismantled(&json);
    if (json.is_discarded() || !ChangeFirstType(&json)) return false;
    *body = json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  } else {
    return false;
  }
  return true;
}

}  // namespace filibuster
