// What is preloaded, without FILIBUSTER_URL, against libcurl itself; and what it costs to find out
// where a call is made.
#include <benchmark/benchmark.h>
#include <curl/curl.h>
#include <dlfcn.h>

#include "filibuster/call_site.h"

#undef curl_easy_getinfo

namespace {

using GetInfo = CURLcode(CURL*, CURLINFO, ...);

void GetInfoBy(benchmark::State& state, GetInfo* get_info) {
  CURL* const easy = curl_easy_init();
  long status = 0;
  for (auto _ : state) {
    get_info(easy, CURLINFO_RESPONSE_CODE, &status);
    benchmark::DoNotOptimize(status);
  }
  curl_easy_cleanup(easy);
}

void Plain(benchmark::State& state) {
  void* const libcurl = ::dlopen("libcurl.so.4", RTLD_LAZY);
  GetInfoBy(state, reinterpret_cast<GetInfo*>(::dlsym(libcurl, "curl_easy_getinfo")));
}
BENCHMARK(Plain);

void PreloadedAndOff(benchmark::State& state) { GetInfoBy(state, &curl_easy_getinfo); }
BENCHMARK(PreloadedAndOff);

[[gnu::noinline]] const filibuster::CallSite* CallAtDepth(long depth) {
  const auto* site = depth > 0 ? CallAtDepth(depth - 1) : &filibuster::CurrentCallSite();
  benchmark::ClobberMemory();  // no tail call
  return site;
}

void CallSiteOfAKnownStack(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(CallAtDepth(state.range(0)));
}
BENCHMARK(CallSiteOfAKnownStack)->Arg(0)->Arg(20);

// Each time one frame deeper.
void CallSiteOfANewStack(benchmark::State& state) {
  static long depth = 25;
  for (auto _ : state) benchmark::DoNotOptimize(CallAtDepth(++depth));
}
BENCHMARK(CallSiteOfANewStack)->Iterations(20)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
