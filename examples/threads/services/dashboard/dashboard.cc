// GET /dashboard is the weather and the news, asked for at the same time.
//
// Planted bug: see the handler.
#include <filibuster/context.h>
#include <filibuster/httplib.h>

#include <future>

#include "common/service.h"
#include "thread_pool.h"

FILIBUSTER_SERVICE("dashboard");

namespace {

struct Unavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::string Ask(const std::string& url, const std::string& path) {
  httplib::Client client(url);
  client.set_read_timeout(5);
  const httplib::Result answer = client.Get(path);
  if (!answer) throw Unavailable(url + ": " + httplib::to_string(answer.error()));
  if (answer->status != 200) throw Unavailable(url + ": " + std::to_string(answer->status));
  return answer->body;
}

const std::string kWeather = EnvOr("WEATHER_URL", "http://127.0.0.1:5151");
const std::string kNews = EnvOr("NEWS_URL", "http://127.0.0.1:5152");

}  // namespace

int main() {
  ThreadPool pool(4);
  httplib::Server server;
  server.Get("/dashboard", [&](const httplib::Request&, httplib::Response& response) {
    std::string weather;
    std::string news;
    std::future<void> weather_asked =
        pool.Submit(filibuster::InContext([&] { weather = Ask(kWeather, "/weather/today"); }));
    std::future<void> news_asked =
        pool.Submit(filibuster::InContext([&] { news = Ask(kNews, "/news/today"); }));
    // Both are waited for before anything is thrown: they write to this frame.
    weather_asked.wait();
    news_asked.wait();
    try {
      news_asked.get();
    } catch (const Unavailable&) {
      news = "no news";
    }
    // The bug: what asking for the weather threw is still in weather_asked, and stays there.
    response.set_content(weather + ", " + news, "text/plain");
  });
  return Serve(server, std::atoi(EnvOr("DASHBOARD_PORT", "5150").c_str()));
}
