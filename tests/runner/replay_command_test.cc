#include "runner/replay_command.h"

#include <gtest/gtest.h>

namespace filibuster {
namespace {

TEST(ReplayCommandTest, CanBePastedIntoAShell) {
  SessionOptions options;
  options.functional_test = "./test 'a b' $HOME";
  EXPECT_EQ(ReplayCommand(options, "counterexample.json"),
            "filibuster --functional-test './test '\\''a b'\\'' $HOME' --counterexample-file "
            "counterexample.json");
  options.functional_test = "bin/test";
  options.application_file = "my app.json";
  EXPECT_EQ(ReplayCommand(options, "c-2.json"),
            "filibuster --functional-test bin/test --application 'my app.json' "
            "--counterexample-file c-2.json");
}

}  // namespace
}  // namespace filibuster
