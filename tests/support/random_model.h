// Seed => a small application model: chains, fans, retries, fallbacks, flags, nesting.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/json_reader.h"

namespace filibuster {

class RandomModel {
 public:
  explicit RandomModel(std::uint32_t seed) : random_(seed) {}

  Json Make() {
    services_ = 2 + Below(4);
    Json services = Json::object();
    for (int i = 0; i < services_; ++i) {
      calls_left_ = 4;
      services[Name(i)] = Body(i, 0);
    }
    Json model = {{"schema_version", 1}, {"entry", Name(0)}, {"services", services}};
    if (Chance(30)) model["expect"] = Json::array({503, Pick<int>({200, 404, 500})});
    return model;
  }

  // Two exceptions, one of them for calls with a timeout, and two statuses.
  static Json Analysis() {
    return {{"cpp.httplib",
             {{"pattern", "httplib\\.(Get|Post)"},
              {"exceptions", {{{"name", "E1"}}, {{"name", "E2"}, {"restrictions", "timeout"}}}}}},
            {"http",
             {{"pattern", "httplib\\..*"},
              {"errors",
               {{{"service_name", ".*"},
                 {"types",
                  {{{"return_value", {{"status_code", "500"}}}},
                   {{"return_value", {{"status_code", "503"}}}}}}}}}}}};
  }

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <typename Value>
  Value Pick(std::vector<Value> values) {
    return values[static_cast<size_t>(Below(static_cast<int>(values.size())))];
  }
  static std::string Name(int service) { return "s" + std::to_string(service); }

  Json Body(int service, int depth) {
    Json body = Json::array();
    const int statements = depth == 0 ? Pick<int>({0, 1, 1, 2, 2, 3}) : Pick<int>({0, 0, 1, 1});
    for (int i = 0; i < statements; ++i) body.push_back(Statement(service, depth));
    return body;
  }

  Json Statement(int service, int depth) {
    const int kind = Below(100);
    if (kind < 75 && service + 1 < services_ && calls_left_ > 0) return Call(service, depth);
    if (kind < 85) return {{"set", Pick<std::string>({"f", "g"})}};
    if (kind < 95) {
      return {{"if", Pick<std::string>({"f", "g"})},
              {"then", Body(service, depth + 1)},
              {"else", Body(service, depth + 1)}};
    }
    return {{"return", Pick<int>({200, 503, 404})}};
  }

  Json Call(int service, int depth) {
    --calls_left_;
    Json call = {{"service", Name(service + 1 + Below(services_ - service - 1))}};
    if (Chance(30)) call["timeout"] = 1;
    if (Chance(10)) call["instrumented"] = false;
    if (Chance(20)) call["site"] = Pick<std::string>({"x", "y"});
    if (Chance(20)) call["method"] = "Post";
    Json statement = {{"call", call}};
    Json on = Json::array();
    std::vector<std::string> faults = {"exception", "status", "any", "503", "500", "404", "E2"};
    std::ranges::shuffle(faults, random_);
    const int clauses = Below(4);
    for (int i = 0; i < clauses; ++i) {
      Json clause = {{"faults", {faults[static_cast<size_t>(i)]}}};
      const int kind = Below(100);
      if (kind < 30) {
        clause["do"] = Json::array();
      } else if (kind < 65) {
        clause["do"] = {{{"return", Pick<int>({500, 503, 404, 200})}}};
      } else if (kind < 75 && calls_left_ > 0) {
        --calls_left_;
        clause["do"] = {{{"call", call}}};  // a retry
      } else {
        clause["do"] = Body(service, depth + 1);
      }
      on.push_back(clause);
    }
    if (!on.empty()) statement["on"] = on;
    if (Chance(15)) statement["ok"] = Body(service, depth + 1);
    return statement;
  }

  std::mt19937 random_;
  int services_ = 0;
  int calls_left_ = 0;
};

}  // namespace filibuster
