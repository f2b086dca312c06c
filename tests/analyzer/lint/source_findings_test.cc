#include "analyzer/lint/source_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace filibuster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kVariable = 4;

// catch (TYPE& e) { THROWN }
Node Catch(std::string type, Node thrown) {
  return {.op = Op::kCatch,
          .position = {0, 8, 3},
          .number = kVariable,
          .type = std::move(type),
          .kids = {{.op = Op::kBlock, .kids = {std::move(thrown)}}}};
}

Node Throw(std::string type, std::vector<Node> thrown) {
  return {
      .op = Op::kThrow, .position = {0, 9, 5}, .type = std::move(type), .kids = std::move(thrown)};
}

// A copy of the variable, as Clang puts it.
Node CopyOf(int variable) {
  return {.op = Op::kConstruct, .type = "c:E", .kids = {{.op = Op::kLocal, .number = variable}}};
}

std::vector<SourceFinding> FindingsOf(Node body, std::string path = "/s/foo/foo.cc") {
  const FileFacts file{.files = {std::move(path)},
                       .functions = {{.name = "foo::Handle", .body = std::move(body)}},
                       .classes = {{.usr = "c:E", .name = "foo::E"}}};
  return SourceFindingsIn(file, "/s/foo", "/s");
}

TEST(SourceFindingsTest, ThrowingTheCaughtVariableSlices) {
  EXPECT_THAT(FindingsOf(Catch("c:E", Throw("c:E", {CopyOf(kVariable)}))),
              ElementsAre(SourceFinding{.kind = SourceFinding::Kind::kSlicedException,
                                        .location = {"foo/foo.cc", 9, 5},
                                        .function = "foo::Handle",
                                        .type = "foo::E",
                                        .caught = SourceLocation{"foo/foo.cc", 8, 3}}));
}

TEST(SourceFindingsTest, RethrowingTranslatingAndThrowingSomethingElseDoNot) {
  EXPECT_THAT(FindingsOf(Catch("c:E", Throw("", {}))), IsEmpty());
  EXPECT_THAT(FindingsOf(Catch("c:E", Throw("c:F", {CopyOf(kVariable)}))), IsEmpty());
  EXPECT_THAT(FindingsOf(Catch("c:E", Throw("c:E", {CopyOf(kVariable + 1)}))), IsEmpty());
  EXPECT_THAT(FindingsOf(Throw("c:E", {CopyOf(kVariable)})), IsEmpty());
}

TEST(SourceFindingsTest, WhatIsNoClassCannotBeSliced) {
  EXPECT_THAT(FindingsOf(Catch("int", Throw("int", {{.op = Op::kLocal, .number = kVariable}}))),
              IsEmpty());
}

TEST(SourceFindingsTest, ThrowingWhatNewMadeIsFound) {
  EXPECT_THAT(FindingsOf(Throw("c:E *", {{.op = Op::kNew}})),
              ElementsAre(SourceFinding{.kind = SourceFinding::Kind::kThrowPointer,
                                        .location = {"foo/foo.cc", 9, 5},
                                        .function = "foo::Handle",
                                        .type = "foo::E"}));
}

TEST(SourceFindingsTest, CodeOutsideOfTheServiceIsNotItsMatter) {
  EXPECT_THAT(FindingsOf(Throw("E *", {{.op = Op::kNew}}), "/s/foobar/foo.cc"), IsEmpty());
}

}  // namespace
}  // namespace filibuster
