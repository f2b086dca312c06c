// A test whose program is a service itself: its calls are failed, too. For gtest_test.py.
#include <filibuster/gtest.h>
#include <filibuster/httplib.h>

#include <cstdlib>

FILIBUSTER_SERVICE("client");

FILIBUSTER_TEST(Client, LivesWithoutFoo) {
  httplib::Client foo(std::getenv("FOO_URL"));
  foo.set_read_timeout(20);
  const httplib::Result answer = foo.Get("/foo/bar/baz");
  EXPECT_WITHOUT_FAULT(answer && answer->status == 200);
  EXPECT_TRUE(answer || filibuster::WasFaultInjectedOn("foo"));
}
