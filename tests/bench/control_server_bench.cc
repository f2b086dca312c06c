// What the control server and the running of commands can do. Goals on two cores, clients included:
// 20,000 messages/s; 300 commands/s.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "runtime/control_server.h"
#include "runtime/process.h"
#include "tests/support/messages.h"
#include "tests/support/raw_client.h"

namespace filibuster {
namespace {

std::unique_ptr<ControlServer> server;

std::string Request(const std::string& method, const std::string& target, const Json& body) {
  const std::string text = body.dump();
  return method + " " + target + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
         "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

// The messages of calls, as a service sends them: each waits for its answer. With every number of
// clients from fewer than there are cores to many more.
void BM_Messages(benchmark::State& state) {
  if (state.thread_index() == 0) {
    server = ControlServer::Start({.port = 0}).value();
    server->BeginTestExecution({});
  }
  const std::string index = R"([["0123456789abcdef0123456789abcdef", 1]])";
  const std::string create = Request("PUT", "/filibuster/create", CreateMessage("foo", index));
  std::unique_ptr<RawClient> client;
  for (auto _ : state) {
    if (!client) client = std::make_unique<RawClient>(server->port());
    client->Send(create);
    const std::string answer = client->ReadAnswer();
    const Json id = Json::parse(answer.substr(answer.find("\r\n\r\n") + 4))["generated_id"];
    client->Send(Request("POST", "/filibuster/update", ReceivedMessage(id, index, "bar")));
    client->ReadAnswer();
    client->Send(Request("POST", "/filibuster/update", CompleteMessage(id, index)));
    client->ReadAnswer();
  }
  state.SetItemsProcessed(state.iterations() * 3);
  if (state.thread_index() == 0) {
    if (server->EndTestExecution().bad_requests.size() > 0) state.SkipWithError("refused requests");
    client.reset();
    server.reset();
  }
}
BENCHMARK(BM_Messages)->Threads(1)->Threads(4)->Threads(64)->UseRealTime();

void BM_Commands(benchmark::State& state) {
  for (auto _ : state) {
    const auto result = RunCommand({{"/bin/true"}, {}, {}});
    if (!result || result->status != TerminationStatus(ExitCode{0})) {
      state.SkipWithError("cannot run /bin/true");
    }
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Commands)->UseRealTime();

}  // namespace
}  // namespace filibuster

BENCHMARK_MAIN();
