#include "analyzer/targets.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

const ServicePorts kServices = {{"foo", {5000}}, {"bar", {5001, 5003}}, {"baz", {5003}}};

std::string TargetOf(const Value& url) {
  const CallTarget target = ResolveTarget(url, kServices);
  return target.service ? *target.service : "? " + target.unresolved.value_or("no reason");
}
std::string TargetOf(const std::string& url) { return TargetOf(Value::String(url)); }

TEST(TargetsTest, APortOfThisMachineTellsTheService) {
  EXPECT_EQ(TargetOf("http://localhost:5001/x"), "bar");
  EXPECT_EQ(TargetOf("http://127.0.0.1:5000"), "foo");
  EXPECT_EQ(TargetOf("http://[::1]:5000/"), "foo");
  EXPECT_EQ(TargetOf("localhost:5001"), "bar");
}

TEST(TargetsTest, TheHostsNameTellsTheService) {
  EXPECT_EQ(TargetOf("http://bar/x"), "bar");
  EXPECT_EQ(TargetOf("http://bar:8080/x"), "bar");
  EXPECT_EQ(TargetOf("http://user@bar.default.svc/x"), "bar");
}

TEST(TargetsTest, WhatIsNotKnownHasAReason) {
  EXPECT_EQ(TargetOf("http://localhost:1"), "? no service listens on port 1");
  EXPECT_EQ(TargetOf("http://localhost:5003"), "? bar and baz listen on port 5003");
  EXPECT_EQ(TargetOf("http://elsewhere/"), "? no service listens on port 80");
  EXPECT_EQ(TargetOf("elsewhere"), "? no service is named elsewhere, and the port is not known");
  EXPECT_EQ(TargetOf(Value::Unknown("the parameter url")), "? the host is the parameter url");
  const Value hole = Concatenate(Value::String("http://"), Value::Unknown("x"));
  EXPECT_EQ(TargetOf(hole), "? no service listens on port 80");
}

TEST(TargetsTest, OfADefaultAndAnUnknownTheDefaultIsTaken) {
  const Value url = Value::Choice(
      {Value::Unknown("the environment variable BAR"), Value::String("http://localhost:5001")});
  EXPECT_EQ(TargetOf(url), "bar");
  EXPECT_EQ(ReadableUrl(url), "http://localhost:5001");
}

TEST(TargetsTest, OfSeveralServicesNoneIsTaken) {
  const Value url = Value::Choice({Value::String("http://foo"), Value::String("http://bar")});
  EXPECT_EQ(TargetOf(url), "? one of several: bar, foo");
  EXPECT_EQ(ReadableUrl(url), std::nullopt);
}

TEST(TargetsTest, PartsThatAreNotKnownAreShownAsBraces) {
  const Value url = Concatenate(Value::String("http://bar/users/"), Value::Unknown("id"));
  EXPECT_EQ(ReadableUrl(url), "http://bar/users/{}");
}

}  // namespace
}  // namespace filibuster
