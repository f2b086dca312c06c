// The page is always shown; under faults it may say that the number is not known.
#include <filibuster/gtest.h>
#include <httplib.h>

FILIBUSTER_TEST(Page, IsAlwaysShown, .application = "application.json") {
  httplib::Client shop("127.0.0.1", SHOP_PORT);
  shop.set_read_timeout(20);
  const httplib::Result page = shop.Get("/page");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_WITHOUT_FAULT(page->body == "3 are in stock") << page->body;
  EXPECT_UNDER_FAULT(page->body == "we do not know how many are in stock") << page->body;
}
