// Tests over the tutorial's services, for gtest_test.py.
#include <filibuster/gtest.h>
#include <httplib.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace {

httplib::Result AskFoo() {
  httplib::Client foo(std::getenv("FOO_URL"));
  foo.set_read_timeout(20);
  return foo.Get("/foo/bar/baz");
}

void ExpectWhatFooOwes(const httplib::Result& answer) {
  ASSERT_TRUE(answer) << httplib::to_string(answer.error());
  EXPECT_WITHOUT_FAULT(answer->status == 200 && answer->body == "foo bar baz");
  EXPECT_UNDER_FAULT(answer->status == 503) << "foo answered " << answer->status;
}

FILIBUSTER_TEST(FooBarBaz, SaysFooBarBaz) { ExpectWhatFooOwes(AskFoo()); }

FILIBUSTER_TEST(FooBarBaz, KnowsWhereTheFaultIs, .reduction = "none") {
  const httplib::Result answer = AskFoo();
  const bool on_one =
      filibuster::WasFaultInjectedOn("bar") || filibuster::WasFaultInjectedOn("baz");
  EXPECT_EQ(filibuster::WasFaultInjected(), on_one);
  EXPECT_FALSE(filibuster::WasFaultInjectedOn("foo"));
  EXPECT_EQ(filibuster::WasFaultInjectedOn("bar", "Get"), filibuster::WasFaultInjectedOn("bar"));
}

FILIBUSTER_TEST(FooBarBaz, FailsWithoutFaults) {
  const httplib::Result answer = AskFoo();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, "something else");
}

FILIBUSTER_TEST(FooBarBaz, FailsUnderTwoFaultsOnly, .reduction = "none") {
  const httplib::Result first = AskFoo();
  const httplib::Result second = AskFoo();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(first->status == 200 || second->status == 200);
}

FILIBUSTER_TEST(FooBarBaz, CallsNobody) {}

FILIBUSTER_TEST(FooBarBaz, HangsUnderAFault) {
  AskFoo();
  while (filibuster::WasFaultInjected()) std::this_thread::sleep_for(std::chrono::hours(1));
}

FILIBUSTER_TEST(FooBarBaz, KnowsItsFailures) {
  if (AskFoo()->status == 200) return;
  EXPECT_FALSE(HasFailure()) << "of an execution before";
  EXPECT_TRUE(false) << "and no more";
  if (HasNonfatalFailure() && !HasFatalFailure()) return;
  ADD_FAILURE() << "it does not know";
}

FILIBUSTER_TEST(FooBarBaz, IsSkipped) {
  AskFoo();
  GTEST_SKIP() << "not today";
}

FILIBUSTER_TEST(FooBarBaz, Throws) {
  AskFoo();
  if (filibuster::WasFaultInjected()) throw std::runtime_error("taken by surprise");
}

class FooTest : public ::testing::Test {
 public:
  static void SetUpTestSuite() { std::puts("suite is set up"); }
  FooTest() { std::puts("constructed"); }
  ~FooTest() override { std::puts("destroyed"); }

 private:
  void SetUp() override { std::puts("set up"); }
  void TearDown() override { std::puts("torn down"); }
};

TEST_F(FooTest, IsAlsoAPlainFixture) {}

FILIBUSTER_TEST_F(FooTest, EachExecutionHasAFixtureOfItsOwn) { ASSERT_TRUE(AskFoo()); }

class FooTimes : public ::testing::TestWithParam<int> {};

FILIBUSTER_TEST_P(FooTimes, Answers, .max_faults = 1) {
  for (int i = 0; i < GetParam(); ++i) {
    const httplib::Result answer = AskFoo();
    ASSERT_TRUE(answer);
    EXPECT_NE(answer->status, 500) << "when asked for time " << i + 1;
  }
}

INSTANTIATE_TEST_SUITE_P(Asked, FooTimes, ::testing::Values(1, 2));

}  // namespace
