#include "analyzer/lint/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analyzer/lint/checks.h"

namespace filibuster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = Outcome::Kind;

CallSite Site() {
  return {.service = "foo",
          .location = {"foo/foo.cc", 17, 21},
          .function = "foo::Handle",
          .module = "httplib",
          .method = "Get",
          .target = {.url = "http://bar/bar", .service = "bar"},
          .timeout = true};
}

HandlerEntry Handler(std::vector<std::string> faults, std::string kind, Outcome outcome) {
  HandlerEntry entry{.faults = std::move(faults), .kind = std::move(kind), .outcome = outcome};
  if (entry.kind != "none") entry.location = SourceLocation{"foo/foo.cc", 20, 5};
  return entry;
}

Analysis With(std::vector<CallSite> sites) {
  return {{{.name = "cpp.httplib", .pattern = ".", .call_sites = std::move(sites)}}};
}

std::vector<Finding> LintHandler(HandlerEntry handler) {
  CallSite site = Site();
  site.handlers = {std::move(handler)};
  return Lint(With({site}), {});
}

std::vector<std::string> ChecksOf(const std::vector<Finding>& findings) {
  std::vector<std::string> checks;
  for (const Finding& finding : findings) checks.push_back(finding.check);
  return checks;
}

std::vector<std::string> ChecksOf(HandlerEntry handler) {
  return ChecksOf(LintHandler(std::move(handler)));
}

TEST(LintTest, AFaultThatLeavesTheHandlerIsUnhandled) {
  const auto findings = LintHandler(Handler({"httplib::Error::Connection"}, "none",
                                            {.kind = Kind::kEscapes, .status_code = "500"}));
  ASSERT_THAT(ChecksOf(findings), ElementsAre("unhandled-fault"));
  EXPECT_EQ(findings[0].message,
            "`httplib::Error::Connection` of `httplib.Get` to bar leaves the handler of the "
            "request: the service answers 500");
  EXPECT_EQ(findings[0].location, (SourceLocation{"foo/foo.cc", 17, 21}));
  EXPECT_EQ(findings[0].function, "foo::Handle");
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
}

TEST(LintTest, AFaultThatEndsTheProcessIsUnhandledAndSaysHow) {
  HandlerEntry handler = Handler({"E"}, "none", {.kind = Kind::kTerminates});
  handler.ends_by = "noexcept";
  const auto findings = LintHandler(handler);
  ASSERT_THAT(ChecksOf(findings), ElementsAre("unhandled-fault"));
  EXPECT_EQ(findings[0].message,
            "`E` of `httplib.Get` to bar ends the process: it leaves a `noexcept` function");
}

TEST(LintTest, DereferencingAFailedResultIsItsOwnCheck) {
  HandlerEntry handler = Handler({"E"}, "none", {.kind = Kind::kTerminates});
  handler.ends_by = "dereference";
  EXPECT_THAT(ChecksOf(handler), ElementsAre("unchecked-result"));
}

TEST(LintTest, AHandlerThatAnswersIsClean) {
  const Outcome answers{.kind = Kind::kAnswers, .status_code = "503"};
  EXPECT_THAT(ChecksOf(Handler({"E"}, "catch", answers)), IsEmpty());
  EXPECT_THAT(ChecksOf(Handler({"503"}, "status-check", answers)), IsEmpty());
}

TEST(LintTest, WhatIsUnknownIsNoFinding) {
  EXPECT_THAT(ChecksOf(Handler({"E", "503"}, "none", {.kind = Kind::kUnknown, .reason = "?"})),
              IsEmpty());
}

TEST(LintTest, AStatusThatNobodyLooksAtIsUncheckedEvenIfItIsUnknownWhatComesOfIt) {
  HandlerEntry handler = Handler({"503"}, "none", {.kind = Kind::kUnknown, .reason = "?"});
  handler.does_nothing = true;
  EXPECT_THAT(ChecksOf(handler), ElementsAre("unchecked-status"));
}

TEST(LintTest, ABranchThatDoesNothingSwallowsTheFault) {
  HandlerEntry handler = Handler({"E"}, "catch", {.kind = Kind::kContinues});
  EXPECT_THAT(ChecksOf(handler), IsEmpty()) << "a default or a cached value is a way to handle it";
  handler.does_nothing = true;
  EXPECT_THAT(ChecksOf(handler), ElementsAre("swallowed-fault"));
}

TEST(LintTest, AnErrorThatNobodyLooksAtIsSwallowedAndAStatusIsUnchecked) {
  const auto findings =
      LintHandler(Handler({"503", "CURLE_COULDNT_CONNECT"}, "none", {.kind = Kind::kContinues}));
  ASSERT_THAT(ChecksOf(findings), ElementsAre("swallowed-fault", "unchecked-status"));
  EXPECT_THAT(findings[0].message, testing::HasSubstr("`CURLE_COULDNT_CONNECT` goes unnoticed"));
  EXPECT_THAT(findings[1].message, testing::HasSubstr("`503` passes for a success"));
}

TEST(LintTest, AStatusThatIsAnsweredWithSuccessIsUnchecked) {
  for (const std::string status : {"200", "204", "OK"}) {
    EXPECT_THAT(ChecksOf(Handler({"500", "UNAVAILABLE"}, "none",
                                 {.kind = Kind::kAnswers, .status_code = status})),
                ElementsAre("unchecked-status"));
  }
  EXPECT_THAT(ChecksOf(Handler({"500"}, "none", {.kind = Kind::kAnswers, .status_code = "502"})),
              IsEmpty());
}

TEST(LintTest, ACallWithoutATimeoutIsFound) {
  CallSite site = Site();
  site.timeout = false;
  const auto findings = Lint(With({site}), {});
  ASSERT_THAT(ChecksOf(findings), ElementsAre("missing-timeout"));
  EXPECT_EQ(
      findings[0].message,
      "`httplib.Get` to bar sets no timeout: a service that hangs holds this one for as long as "
      "its client library lets it");
}

TEST(LintTest, ATimeoutThatIsShorterThanOneOfTheCalleeIsInverted) {
  CallSite caller = Site();
  caller.timeout_seconds = 2;
  CallSite callee{.service = "bar",
                  .location = {"bar/bar.cc", 5, 1},
                  .module = "httplib",
                  .method = "Get",
                  .target = {.service = "baz"},
                  .timeout = true,
                  .timeout_seconds = 2};
  EXPECT_THAT(Lint(With({caller, callee}), {}), IsEmpty()) << "equal is not shorter";
  callee.timeout_seconds = 10.5;
  const auto findings = Lint(With({caller, callee}), {});
  ASSERT_THAT(ChecksOf(findings), ElementsAre("timeout-inversion"));
  EXPECT_EQ(findings[0].location, caller.location);
  EXPECT_THAT(
      findings[0].notes,
      ElementsAre(Note{callee.location, "bar waits up to 10.5 s for `httplib.Get` to baz"}));
}

TEST(LintTest, OnlyARetryWithoutABoundIsFound) {
  EXPECT_THAT(ChecksOf(Handler({"E"}, "catch", {.kind = Kind::kRetries, .unbounded = true})),
              ElementsAre("retry-without-bound"));
  EXPECT_THAT(ChecksOf(Handler({"E"}, "catch", {.kind = Kind::kRetries, .attempts = 3})),
              IsEmpty());
  EXPECT_THAT(ChecksOf(Handler({"E"}, "catch", {.kind = Kind::kRetries})), IsEmpty())
      << "a bound that is not known is no missing one";
}

TEST(LintTest, AFallbackToTheServiceThatFailedIsFound) {
  CallSite first = Site();
  CallSite second = Site();
  second.location.line = 22;
  second.target.url = "http://bar/other";
  first.handlers = {Handler({"E"}, "catch", {.kind = Kind::kContinues})};
  first.handlers[0].later_calls = {second.location};
  const auto findings = Lint(With({first, second}), {});
  ASSERT_THAT(ChecksOf(findings), ElementsAre("fallback-to-same-target"));
  EXPECT_THAT(findings[0].notes.back(), (Note{second.location, "bar is called again here"}));

  second.target.service = "backup";
  EXPECT_THAT(Lint(With({first, second}), {}), IsEmpty());
  first.handlers[0].later_calls = {first.location};
  EXPECT_THAT(Lint(With({first}), {}), IsEmpty()) << "a retry is no fallback";
}

TEST(LintTest, ACatchAllThatAnswersOneStatusHidesTheCause) {
  HandlerEntry handler =
      Handler({"E", "F"}, "catch", {.kind = Kind::kAnswers, .status_code = "500"});
  EXPECT_THAT(ChecksOf(handler), IsEmpty());
  handler.catch_all = true;
  EXPECT_THAT(ChecksOf(handler), ElementsAre("catch-all-hides"));
  CallSite site = Site();
  site.handlers = {handler, Handler({"G"}, "catch", handler.outcome)};
  EXPECT_THAT(Lint(With({site}), {}), IsEmpty()) << "some are told apart";
}

TEST(LintTest, FindingsOfTheSourcesAreTold) {
  const std::vector<SourceFinding> source = {
      {.kind = SourceFinding::Kind::kSlicedException,
       .location = {"foo/foo.cc", 9, 5},
       .function = "f",
       .type = "std::exception",
       .caught = SourceLocation{"foo/foo.cc", 8, 3}},
      {.kind = SourceFinding::Kind::kThrowPointer, .location = {"foo/foo.cc", 3, 1}, .type = "E"}};
  const auto findings = Lint({}, source);
  ASSERT_THAT(ChecksOf(findings), ElementsAre("throw-pointer", "sliced-exception"));
  EXPECT_THAT(findings[1].notes,
              ElementsAre(Note{{"foo/foo.cc", 8, 3}, "`std::exception` is caught here"}));
}

TEST(LintTest, NotesShowThePathOfTheCallAndOfTheFault) {
  CallSite site = Site();
  site.via = {{.location = {"../common/client.cc", 9, 3}, .function = "common::Get"}};
  site.handlers = {Handler({"E"}, "catch", {.kind = Kind::kEscapes, .status_code = "500"})};
  const auto findings = Lint(With({site}), {});
  ASSERT_EQ(findings.size(), 1);
  EXPECT_THAT(findings[0].notes, ElementsAre(Note{{"../common/client.cc", 9, 3},
                                                  "the call is made here, in `common::Get`"},
                                             Note{{"foo/foo.cc", 20, 5}, "`E` is caught here"}));
}

TEST(LintTest, HandlersThatDifferInTheirFaultsOnlyAreOneFinding) {
  CallSite site = Site();
  const Outcome escapes{.kind = Kind::kEscapes, .status_code = "500"};
  site.handlers = {Handler({"E", "503"}, "catch", escapes), Handler({"F"}, "catch", escapes),
                   Handler({"G"}, "catch", escapes)};
  site.handlers[2].location->line = 24;
  const auto findings = Lint(With({site}), {});
  ASSERT_THAT(ChecksOf(findings), ElementsAre("unhandled-fault"));
  EXPECT_TRUE(findings[0].message.starts_with("`E`, `503`, `F` or `G` of `httplib.Get` to bar"))
      << findings[0].message;
  EXPECT_THAT(findings[0].notes,
              ElementsAre(Note{{"foo/foo.cc", 20, 5}, "`E`, `503` or `F` is caught here"},
                          Note{{"foo/foo.cc", 24, 5}, "`G` is caught here"}));
  site.handlers[2].outcome.status_code = "503";
  EXPECT_THAT(Lint(With({site}), {}), testing::SizeIs(2)) << "callers can tell these apart";
}

std::vector<std::string> Fingerprints(const Analysis& analysis) {
  std::vector<std::string> fingerprints;
  for (const Finding& finding : Lint(analysis, {})) fingerprints.push_back(finding.fingerprint);
  return fingerprints;
}

TEST(LintTest, FingerprintsSurviveMovedLinesAndTellFindingsApart) {
  CallSite first = Site();
  first.timeout = false;
  first.handlers = {Handler({"E"}, "catch", {.kind = Kind::kEscapes})};
  CallSite second = first;  // the same call again, further down
  second.location.line = 30;
  const auto before = Fingerprints(With({first, second}));
  EXPECT_EQ(before.size(), 4);
  EXPECT_EQ(std::set<std::string>(before.begin(), before.end()).size(), 4);
  for (CallSite* site : {&first, &second}) {
    site->location.line += 100;
    site->location.column += 2;
    site->handlers[0].location->line += 100;
  }
  EXPECT_EQ(Fingerprints(With({first, second})), before);
  first.target.url = "http://bar/elsewhere";
  EXPECT_NE(Fingerprints(With({first, second})), before);
}

TEST(LintTest, TheOrderOfFactsDoesNotMatter) {
  CallSite first = Site();
  first.timeout = false;
  CallSite second = first;
  second.location.line = 3;
  EXPECT_EQ(Lint(With({first, second}), {}), Lint(With({second, first}), {}));
}

TEST(ChecksTest, EveryCheckHasAPageWithAllItsParts) {
  std::vector<std::string> names;
  for (const Check& check : Checks()) {
    names.push_back(check.name);
    EXPECT_TRUE(check.page.starts_with("# " + check.name + "\n\n" + check.summary + "\n\n## Why"))
        << check.page;
    for (const char* part : {"## Example", "## Fix", "## Source"}) {
      EXPECT_THAT(check.page, testing::HasSubstr(part)) << check.name;
    }
  }
  EXPECT_THAT(names, ElementsAre("catch-all-hides", "fallback-to-same-target", "missing-timeout",
                                 "retry-without-bound", "sliced-exception", "swallowed-fault",
                                 "throw-pointer", "timeout-inversion", "unchecked-result",
                                 "unchecked-status", "unhandled-fault"));
}

}  // namespace
}  // namespace filibuster
