// A page may be without news that cannot be had. One without the weather is none: 503.
#include <filibuster/assertions.h>
#include <httplib.h>

#include <cstdlib>
#include <iostream>

int main() {
  using filibuster::was_fault_injected_on;
  const char* url = std::getenv("PORTAL_URL");
  httplib::Client portal(url != nullptr ? url : "http://127.0.0.1:5153");
  portal.set_read_timeout(30);

  const httplib::Result page = portal.Get("/");
  if (!page) {
    std::cerr << "portal did not answer: " << httplib::to_string(page.error()) << "\n";
    return 1;
  }
  std::cerr << "portal answered " << page->status << " \"" << page->body << "\"\n";
  if (page->status != 200) {
    return was_fault_injected_on("weather") || was_fault_injected_on("dashboard") ? 0 : 1;
  }
  const char* news = was_fault_injected_on("news") ? "no news" : "nothing new";
  return page->body == std::string("sunny, ") + news ? 0 : 1;
}
