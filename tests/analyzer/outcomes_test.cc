// What a service does under a fault, one line of code each; and that neither names nor the order of
// what is defined have a part in it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "analyzer/analyze.h"
#include "base/console.h"
#include "base/file.h"
#include "tests/support/temp_dir.h"

namespace filibuster {
namespace {

namespace fs = std::filesystem;

// Names begin with `$`: $r is the result of the call, $a the answer, $E an exception; others are
// variables. The handler is expected where ^ stands, or to be none.
struct Case {
  std::string code;
  std::string fault;
  std::string outcome;
};

constexpr char kFailed[] = "httplib::Error::Connection";

const std::vector<Case>& Cases() {
  static const std::vector<Case> cases = {
      {"", kFailed, R"({"continues": true})"},
      {"^if (!$r) $a.status = 503;", kFailed, R"({"status_code": "503"})"},
      {"^if (!$r) { $a.status = 504; return; }", kFailed, R"({"status_code": "504"})"},
      {"^if ($r) return; $a.status = 503;", kFailed, R"({"status_code": "503"})"},
      {"^if ($r.error() == httplib::Error::Connection) $a.status = 503;", kFailed,
       R"({"status_code": "503"})"},
      {"^if (auto $g = $r.error(); $g != httplib::Error::Success) $a.status = 503;", kFailed,
       R"({"status_code": "503"})"},
      {"^switch ($r.error()) { case httplib::Error::Connection: $a.status = 502; break; default: "
       "break; }",
       kFailed, R"({"status_code": "502"})"},
      {"$a.status = ^$r ? 200 : 503;", kFailed, R"({"status_code": "503"})"},
      {"const bool $g = static_cast<bool>($r); ^if (!$g) $a.status = 503;", kFailed,
       R"({"status_code": "503"})"},
      {"std::optional<int> $g; ^if ($r) $g = 1; if (!$g) $a.status = 503;", kFailed,
       R"({"status_code": "503"})"},
      {"const int $g[] = {503, 504}; ^if (!$r) $a.status = $g[1];", kFailed,
       R"({"status_code": "504"})"},
      {"^if (!$r || $r->status != 200) $a.status = 502;", "500", R"({"status_code": "502"})"},
      {"^if (!$r || unsigned($r->status - 200) > 99u) $a.status = 503;", kFailed,
       R"({"status_code": "503"})"},
      {"^if (!$r || unsigned($r->status - 200) > 99u) $a.status = 503;", "500",
       R"({"status_code": "503"})"},
      {"^if ($r && $r->status >= 500) $a.status = 502;", "503", R"({"status_code": "502"})"},
      {"if ($r && $r->status >= 501) $a.status = 502;", "500", R"({"continues": true})"},
      {"if ($r) $a.status = $r->status;", "503", R"({"status_code": "503"})"},
      {"if (!$r) throw $E{};", kFailed, R"({"escapes": true, "status_code": "500"})"},
      {"try { if (!$r) throw $E{}; } ^catch (const $E&) { $a.status = 503; }", kFailed,
       R"({"status_code": "503"})"},
      {"try { if (!$r) throw $E{}; } catch (const std::bad_alloc&) { } ^catch (...) { $a.status = "
       "503; }",
       kFailed, R"({"status_code": "503"})"},
      {"try { if (!$r) throw $E{}; } ^catch (const std::exception&) { }", kFailed,
       R"({"continues": true})"},
      {"try { try { if (!$r) throw $E{}; } catch (...) { throw; } } ^catch (const $E&) { $a.status "
       "= 503; }",
       kFailed, R"({"status_code": "503"})"},
      {"try { if (std::rand() > 1) throw $E{}; if (!$r) throw $E{}; } ^catch (const $E&) { "
       "$a.status = 503; }",
       kFailed, R"({"status_code": "503"})"},
      {"try { if (std::rand() > 1) throw $E{}; if (!$r) throw $E{}; } catch (const $E&) { throw; }",
       kFailed, R"({"escapes": true, "status_code": "500"})"},
      {"try { if (!$r) throw $E{}; } catch (...) { throw; }", kFailed,
       R"({"escapes": true, "status_code": "500"})"},
      {"const auto $g = [&] { if (!$r) throw $E{}; }; try { $g(); } ^catch (const $E&) { $a.status "
       "= 503; }",
       kFailed, R"({"status_code": "503"})"},
      {"auto $g = std::async([&] { if (!$r) throw $E{}; }); try { $g.get(); } ^catch (...) { "
       "$a.status = 503; }",
       kFailed, R"({"status_code": "503"})"},
      {"^if (!$r) std::abort();", kFailed, R"({"escapes": true, "terminates": true})"},
      {"$a.set_content($r->body, \"text/plain\");", kFailed,
       R"({"escapes": true, "terminates": true})"},
      {"[&]() noexcept { if (!$r) throw $E{}; }();", kFailed,
       R"({"escapes": true, "terminates": true})"},
      {"std::thread $g([&] { if (!$r) throw $E{}; }); $g.join();", kFailed,
       R"({"escapes": true, "terminates": true})"},
      {"^if (!$r) goto $l; return; $l: $a.status = 503;", kFailed, R"({"status_code": "503"})"},
      {"auto $f = +[](httplib::Response& $g) { $g.status = 575; }; ^if (!$r) $f($a);", kFailed,
       R"({"status_code": "575"})"},
      {"void (*$f)(httplib::Response&) = [](httplib::Response& $g) { $g.status = 574; }; "
       "^if (!$r) $f($a);",
       kFailed, R"({"status_code": "574"})"},
  };
  return cases;
}

// `$name` as name + suffix; a mark as nothing.
std::string Written(const std::string& code, const std::string& suffix) {
  std::string text;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '^') continue;
    text += code[i] == '$' ? std::string("x") : std::string(1, code[i]);
    const bool is_name_end = i >= 1 && code[i - 1] == '$';
    if (is_name_end) text += suffix;
  }
  return text;
}

struct Found {
  std::string kind;
  SourceLocation location;
  std::string outcome;
};

class OutcomesTest : public testing::Test {
 protected:
  // A service with a function for each case, in the order given. By case and fault, what was found.
  std::map<std::pair<std::size_t, std::string>, Found> Analyze(
      const std::vector<std::size_t>& order, const std::string& suffix) {
    std::string code =
        "#include <httplib.h>\n#include <cstdlib>\n#include <exception>\n#include <future>\n"
        "#include <new>\n#include <optional>\n#include <thread>\n";
    code += Written("struct $E : std::exception {};\n", suffix);
    const auto function = [&](std::size_t number) {
      return "void Handle" + std::to_string(number) + suffix +
             Written("(const httplib::Request&, httplib::Response& $a)", suffix);
    };
    for (const std::size_t number : order) code += function(number) + ";\n";
    std::string main = "int main() {\n  httplib::Server server;\n";
    for (const std::size_t number : order) {
      const std::string path = "\"/" + std::to_string(number) + "\"";
      main += "  server.Get(" + path + ", Handle" + std::to_string(number) + suffix + ");\n";
    }
    main += "  server.listen(\"0.0.0.0\", 8000);\n}\n";
    const bool main_first = order.front() % 2 == 1;
    if (main_first) code += main;
    lines_.clear();
    for (const std::size_t number : order) {
      code += function(number) + " {\n";
      code += Written("  httplib::Client $c(\"localhost\", 9000);\n  const auto $r = $c.Get(\"/",
                      suffix) +
              std::to_string(number) + "\");\n";
      lines_[number] = static_cast<int>(std::ranges::count(code, '\n')) + 1;
      code += Written(Cases()[number].code, suffix) + "\n}\n";
    }
    if (!main_first) code += main;
    fs::create_directories(directory_.path() / "services/web");
    EXPECT_TRUE(WriteFile(directory_.path() / "services/web/web.cc", code));
    SetQuiet(true);
    const auto analyzed =
        AnalyzeServices({.services_directory = directory_.path() / "services",
                         .extra_arguments = {"-isystem" FILIBUSTER_GOLDEN_DIR "/stand_ins"}});
    std::map<std::pair<std::size_t, std::string>, Found> found;
    if (!analyzed) return found;
    for (const Module& module : analyzed->analysis.modules) {
      for (const CallSite& site : module.call_sites) {
        const std::string url = site.target.url.value_or("/");
        const std::size_t number = std::stoul(url.substr(url.rfind('/') + 1));
        for (const HandlerEntry& entry : site.handlers) {
          std::ostringstream written;
          written << entry.outcome;
          // The case's own line, in a reason, depends on the order.
          const std::string outcome = std::regex_replace(
              written.str(), std::regex("web\\.cc:" + std::to_string(lines_[number]) + "\\b"),
              "web.cc:$line");
          for (const std::string& fault : entry.faults) {
            found[{number, fault}] = {entry.kind, entry.location.value_or(SourceLocation()),
                                      outcome};
          }
        }
      }
    }
    return found;
  }

  TempDir directory_;
  std::map<std::size_t, int> lines_;  // of each case's code
};

std::vector<std::size_t> InOrder() {
  std::vector<std::size_t> order(Cases().size());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

TEST_F(OutcomesTest, EachLineDoesWhatItSays) {
  const auto found = Analyze(InOrder(), "");
  for (std::size_t number = 0; number < Cases().size(); ++number) {
    const Case& expected = Cases()[number];
    const auto entry = found.find({number, expected.fault});
    ASSERT_NE(entry, found.end()) << expected.code;
    EXPECT_EQ(Json::parse(entry->second.outcome), Json::parse(expected.outcome)) << expected.code;
    const std::size_t mark = expected.code.find('^');
    if (mark == std::string::npos) {
      EXPECT_EQ(entry->second.kind, "none") << expected.code;
    } else {
      EXPECT_EQ(entry->second.location,
                (SourceLocation{"web/web.cc", lines_[number], static_cast<int>(mark) + 1}))
          << expected.code;
    }
  }
}

TEST_F(OutcomesTest, NamesAndOrderHaveNoPartInIt) {
  const auto first = Analyze(InOrder(), "");
  ASSERT_GE(first.size(), Cases().size());
  std::mt19937 random(1);
  for (int round = 0; round < 4; ++round) {
    std::vector<std::size_t> order = InOrder();
    std::ranges::shuffle(order, random);
    const auto other = Analyze(order, "_" + std::to_string(random()));
    ASSERT_EQ(other.size(), first.size());
    for (const auto& [key, found] : first) {
      const auto same = other.find(key);
      ASSERT_NE(same, other.end());
      EXPECT_EQ(same->second.kind, found.kind) << Cases()[key.first].code;
      EXPECT_EQ(same->second.outcome, found.outcome) << Cases()[key.first].code;
    }
  }
}

}  // namespace
}  // namespace filibuster
