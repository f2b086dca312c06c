#include "planner/call_sites.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analyzer/analysis_json.h"

namespace filibuster {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kAnalysis[] = R"({"http": {"pattern": "httplib", "call_sites": [
  {"service": "foo", "file": "foo/foo.cc", "line": 17, "function": "foo::handle",
   "module": "httplib", "method": "Get",
   "target": {"url": "http://localhost:5001/bar/baz", "service": "bar"},
   "handlers": [
     {"faults": ["httplib::Error::Read"], "kind": "catch", "file": "foo/foo.cc", "line": 18,
      "outcome": {"status_code": "503"}},
     {"faults": ["500", "503"], "kind": "status-check", "file": "foo/foo.cc", "line": 21,
      "outcome": {"status_code": "503"}},
     {"faults": ["httplib::Error::Connection"], "kind": "none",
      "outcome": {"escapes": true, "status_code": "500"}},
     {"faults": ["418"], "kind": "status-check", "outcome": {"unknown": "calls a pointer"}},
     {"faults": ["502"], "kind": "status-check",
      "outcome": {"status_code": "503", "calls_depend_on": ["foo/foo.cc:20"]}},
     {"faults": ["504"], "kind": "status-check",
      "outcome": {"status_code": "503", "calls_depend_on": ["foo/foo.cc:20"]}}]},
  {"service": "foo", "file": "foo/foo.cc", "line": 30, "function": "foo::other",
   "module": "httplib", "method": "Get", "target": {"url": "http://localhost:5001/other"},
   "via": [{"file": "common/client.cc", "line": 40, "function": "Get"}]},
  {"service": "foo", "file": "foo/foo.cc", "line": 35, "function": "foo::third",
   "module": "httplib", "method": "Get", "target": {"url": "http://localhost:5002/third"},
   "via": [{"file": "common/client.cc", "line": 40, "function": "Get"}]},
  {"service": "foo", "file": "foo/foo.cc", "line": 50, "function": "foo::fourth",
   "module": "httplib", "method": "Get", "target": {"url": "http://localhost:5003/users/{}/books/{}/page"}}]}})";

struct Found {
  std::string place;  // of the call site; "" if none
  std::vector<std::string> notes;
};

class CallSitesTest : public testing::Test {
 protected:
  CallSitesTest() : analysis_(*AnalysisFromText(kAnalysis, "analysis.json")) {}

  static Invocation Call(const std::string& file, const std::string& line,
                         const std::string& args) {
    Invocation call;
    call.source_service_name = "foo";
    call.module = "httplib";
    call.method = "Get";
    call.args = Json::array({args});
    call.callsite_file = file;
    call.callsite_line = line;
    call.execution_index = R"([["x", 1]])";
    return call;
  }

  Found Find(const Invocation& call) {
    CallTable calls;
    const CallId id = calls.EnterCall({call, kFunctionalTest, std::nullopt});
    CallSites sites(analysis_, calls);
    const CallSite* site = sites.Find(id);
    return {site == nullptr ? "" : PlaceText(site->location), sites.notes()};
  }

  Analysis analysis_;
};

TEST_F(CallSitesTest, FindsACallByItsFileAndLine) {
  const Found found = Find(Call("/build/services/foo/foo.cc", "17", "5001/bar/baz"));
  EXPECT_EQ(found.place, "foo/foo.cc:17");
  EXPECT_THAT(found.notes, IsEmpty());
}

TEST_F(CallSitesTest, FindsACallThroughAHelperByItsTarget) {
  const Found found = Find(Call("examples/common/client.cc", "40", "5002/third"));
  EXPECT_EQ(found.place, "foo/foo.cc:35");
  EXPECT_THAT(found.notes, IsEmpty());
}

TEST_F(CallSitesTest, SaysThatACallHasMoved) {
  const Found found = Find(Call("foo/foo.cc", "19", "5001/bar/baz"));
  EXPECT_EQ(found.place, "foo/foo.cc:17");
  EXPECT_THAT(found.notes,
              ElementsAre("foo -> 5001/bar/baz (foo/foo.cc:19): taken for the call that "
                          "the analysis has at foo/foo.cc:17 in foo::handle"));
}

TEST_F(CallSitesTest, TakesNoCallForOneToAnotherTarget) {
  EXPECT_EQ(Find(Call("foo/foo.cc", "17", "5001/elsewhere")).place, "");
}

TEST_F(CallSitesTest, TakesWhatTheAnalysisDoesNotKnowOfAUrlForAnything) {
  EXPECT_EQ(Find(Call("foo/foo.cc", "50", "5003/users/ann/books/7/page")).place, "foo/foo.cc:50");
  EXPECT_EQ(Find(Call("foo/foo.cc", "50", "5003/users//books//page?size=1")).place,
            "foo/foo.cc:50");
  for (const char* other : {"5003/user/ann/books/7/page", "5003/users/ann/book/7/page",
                            "5003/users/ann/books/7/pages", "5003/users/ann/books/page"}) {
    EXPECT_EQ(Find(Call("foo/foo.cc", "50", other)).place, "") << other;
  }
}

TEST_F(CallSitesTest, TakesNoFileForOneWhoseNameEndsLikeIt) {
  Invocation call = Call("notfoo/foo.cc", "17", "5001/bar/baz");
  EXPECT_THAT(Find(call).notes, ElementsAre(HasSubstr("taken for")));
}

TEST_F(CallSitesTest, DoesNotChooseBetweenTwo) {
  Invocation call = Call("common/client.cc", "40", "");
  call.args = Json::array();
  const Found found = Find(call);
  EXPECT_EQ(found.place, "");
  EXPECT_THAT(found.notes, ElementsAre(HasSubstr("2 call sites of the analysis fit")));
}

TEST_F(CallSitesTest, SaysTheSameOfRetriesOnce) {
  CallTable calls;
  CallSites sites(analysis_, calls);
  for (const char* index : {R"([["x", 1]])", R"([["x", 2]])"}) {
    Invocation call = Call("foo/foo.cc", "19", "5001/bar/baz");
    call.execution_index = index;
    EXPECT_NE(sites.Find(calls.EnterCall({call, kFunctionalTest, std::nullopt})), nullptr);
  }
  EXPECT_THAT(sites.notes(), ElementsAre(HasSubstr("taken for")));
}

TEST_F(CallSitesTest, KnowsTheBranchOfEachFault) {
  CallTable calls;
  const CallId id = calls.EnterCall({Call("foo.cc", "17", "5001/bar/baz"), kFunctionalTest, {}});
  CallSites sites(analysis_, calls);
  const HandlerFacts facts = sites.Facts();
  const CallForm form{id};
  const auto read = facts(form, {.exception = "httplib::Error::Read"});
  const auto connection = facts(form, {.exception = "httplib::Error::Connection"});
  const auto status = facts(form, {.status_code = "503"});
  ASSERT_TRUE(read && connection && status);
  EXPECT_EQ(read->where, "catch at foo/foo.cc:18");
  EXPECT_NE(read->entry, status->entry);
  EXPECT_EQ(read->outcome, status->outcome);
  EXPECT_EQ(facts(form, {.status_code = "500"}), status);
  EXPECT_FALSE(connection->handled);
  EXPECT_EQ(connection->where, "nothing at foo/foo.cc:17");
  EXPECT_FALSE(facts(form, {.status_code = "418"})) << "an unknown outcome is never merged";
  const auto one = facts(form, {.status_code = "502"});
  const auto other = facts(form, {.status_code = "504"});
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->outcome, other->outcome) << "what the calls depend on may differ";
  EXPECT_FALSE(facts(form, {.status_code = "505"})) << "no fact is no fact";
}

}  // namespace
}  // namespace filibuster
