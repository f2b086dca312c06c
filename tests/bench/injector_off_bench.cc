// What an instrumented call costs while injection is off: the functions that stand before httplib's
// own, over a client that makes no call, beside that client itself.
#include <benchmark/benchmark.h>

// The macro of filibuster/httplib.h hides the plain class: its name is kept here.
#include <httplib.h>
using PlainHttplibClient = httplib::Client;

#include "filibuster/httplib.h"

FILIBUSTER_SERVICE("foo");

namespace filibuster {
namespace {

// A client that answers at once. As opaque to the compiler as httplib's own functions are.
class EmptyClient : public PlainHttplibClient {
 public:
  using PlainHttplibClient::Get;
  using PlainHttplibClient::Post;

  EmptyClient() : PlainHttplibClient("127.0.0.1") {}

  [[gnu::noipa]] httplib::Result Get(const std::string& path) { return Answer(path); }
  [[gnu::noipa]] httplib::Result Get(const std::string& path, const httplib::Headers&) {
    return Answer(path);
  }
  [[gnu::noipa]] httplib::Result Post(const std::string& path, const std::string&,
                                      const std::string&) {
    return Answer(path);
  }

 private:
  static httplib::Result Answer(const std::string& path) {
    benchmark::DoNotOptimize(path.data());
    return httplib::Result(nullptr, httplib::Error::Unknown);
  }
};

class InstrumentedEmptyClient : public filibuster_httplib::InstrumentedClient<EmptyClient> {
 public:
  InstrumentedEmptyClient() : InstrumentedClient(filibuster_httplib::Destination(80, false)) {}
};

template <typename Client>
void BM_GetOfALiteral(benchmark::State& state) {
  Client client;
  for (auto iteration : state) benchmark::DoNotOptimize(client.Get("/bar/baz"));
}
BENCHMARK(BM_GetOfALiteral<EmptyClient>);
BENCHMARK(BM_GetOfALiteral<InstrumentedEmptyClient>);

template <typename Client>
void BM_GetOfAString(benchmark::State& state) {
  Client client;
  const std::string path = "/a/path/that/is/too/long/to/be/stored/in/the/string/itself";
  for (auto iteration : state) benchmark::DoNotOptimize(client.Get(path));
}
BENCHMARK(BM_GetOfAString<EmptyClient>);
BENCHMARK(BM_GetOfAString<InstrumentedEmptyClient>);

template <typename Client>
void BM_GetWithHeaders(benchmark::State& state) {
  Client client;
  const httplib::Headers headers = {{"Accept", "text/plain"}};
  for (auto iteration : state) benchmark::DoNotOptimize(client.Get("/bar/baz", headers));
}
BENCHMARK(BM_GetWithHeaders<EmptyClient>);
BENCHMARK(BM_GetWithHeaders<InstrumentedEmptyClient>);

template <typename Client>
void BM_PostOfALiteral(benchmark::State& state) {
  Client client;
  for (auto iteration : state) {
    benchmark::DoNotOptimize(client.Post("/bar/baz", "body", "text/plain"));
  }
}
BENCHMARK(BM_PostOfALiteral<EmptyClient>);
BENCHMARK(BM_PostOfALiteral<InstrumentedEmptyClient>);

}  // namespace
}  // namespace filibuster

BENCHMARK_MAIN();
