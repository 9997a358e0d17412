// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/inspect.h>
#include <fovea/network.h>
#include <fovea/trace.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

constexpr const char* tiny = R"(
# a comment
input 16
conv 4 3 pad 1     # behind a layer
batch_norm
relu
keep a
conv 4 3 pad 1 groups 2 nobias
add a
pool max 2
dropout 0.5
fc classes
)";

TEST(network, reads_layers_with_their_lines) {
  const Network network = parse_network(tiny, "tiny");
  EXPECT_EQ(network.size, 16);
  ASSERT_EQ(network.layers.size(), 9U);
  EXPECT_EQ(network.layers[0].kind, "conv");
  EXPECT_EQ(network.layers[0].words, (std::vector<std::string>{"4", "3", "pad", "1"}));
  EXPECT_EQ(network.layers[0].line, 4);
}

TEST(network, errors_name_the_line) {
  const auto message = [](const std::string& text) {
    return test::failure_of([&] { build_network(parse_network(text, "n"), 3, Phase::inference, 0); });
  };
  const std::string head = "input 16\n";
  EXPECT_NE(message(head + "\nconf 3 3\n").find("line 3: there is no layer 'conf'"), std::string::npos);
  EXPECT_NE(message(head + "conv 3\n").find("line 2: 'conv' takes 2 words, found 1"), std::string::npos);
  EXPECT_NE(message(head + "conv 3 3 stride\n").find("'stride' lacks its number"), std::string::npos);
  EXPECT_NE(message(head + "conv 3 3 step 2\n").find("does not take 'step'"), std::string::npos);
  EXPECT_NE(message(head + "conv x 3\nfc classes").find("'x' should be a whole number"), std::string::npos);
  EXPECT_NE(message("conv 3 3\n").find("expected 'input SIZE'"), std::string::npos);
  EXPECT_NE(message(head).find("has no layers"), std::string::npos);
  EXPECT_NE(message(head + "conv 3 20\nfc classes").find("a window of 20 does not fit maps of 16 px"),
            std::string::npos);
  EXPECT_NE(message(head + "conv 3 3 groups 2\nfc classes").find("2 groups do not divide"), std::string::npos);
  EXPECT_NE(message(head + "add x\nfc classes").find("nothing was kept as 'x'"), std::string::npos);
  EXPECT_NE(message(head + "keep a\npool max 2\nadd a\nfc classes").find("another shape"), std::string::npos);
  EXPECT_NE(message(head + "dropout 1\nfc classes").find("under 1, found '1'"), std::string::npos);
  EXPECT_NE(message(head + "fc 10\n").find("expected 'fc classes'"), std::string::npos);
  EXPECT_NE(message(head + "fc 10\nconv 3 3\nfc classes").find("cannot follow a fully connected"), std::string::npos);
  EXPECT_NE(test::failure_of([] { find_network("zfnet_smal"); }).find("no built-in network"), std::string::npos);
}

TEST(network, both_phases_hold_the_same_constants) {
  const Network network = parse_network(tiny, "tiny");
  const NetworkGraph training = build_network(network, 3, Phase::training, 7);
  const NetworkGraph inference = build_network(network, 3, Phase::inference, 7);
  ASSERT_EQ(training.masks.size(), 1U);
  EXPECT_EQ(training.graph.value(training.masks[0].value).declared, (Shape{-1, 4, 8, 8}));
  EXPECT_EQ(training.statistics.size(), 2U);
  EXPECT_TRUE(inference.masks.empty());
  int constants = 0;
  for (std::size_t v = 0; v < inference.graph.values().size(); ++v) {
    if (!inference.graph.weights()[v].defined()) continue;
    const Tensor same = test::constant_named(training.graph, inference.graph.values()[v].name);
    ASSERT_TRUE(same.defined()) << inference.graph.values()[v].name;
    EXPECT_TRUE(inference.graph.weights()[v].equal(same));
    ++constants;
  }
  EXPECT_EQ(constants, 2 + 4 + 1 + 2);
}

/// The kernel that training takes gives the op's own numbers.
TEST(network, batch_norm_trains_as_the_op_defines_it) {
  const NetworkGraph fast =
      build_network(parse_network("input 16\nconv 4 3\nbatch_norm\nfc classes\n", "n"), 3, Phase::training, 7);
  Graph::Parts parts = fast.graph.parts();
  for (Node& node : parts.nodes) {
    if (node.op->onnx == "BatchNormalization") node.attributes = test::attributes({{"training_mode", std::int64_t{1}}});
  }
  const Graph defined(std::move(parts));
  const Tensor x = test::random_normal({5, 3, 16, 16}, 3);
  const Trace a = run(fast.graph, x, {.tape = Tape::none});
  const Trace b = run(defined, x, {.tape = Tape::none});
  for (const ValueId output : fast.graph.outputs()) {
    EXPECT_LE(test::relative_error(a.value(output), b.value(output)), 1e-5);
  }
}

TEST(network, builtins_run) {
  for (const std::string& name : network_names()) {
    const Network network = find_network(name);
    const NetworkGraph built = build_network(network, 5, Phase::inference, 1);
    const Trace trace =
        run(built.graph, test::random_normal({1, 3, network.size, network.size}, 2), {.tape = Tape::none});
    EXPECT_EQ(trace.scores().sizes(), (Shape{1, 5})) << name;
    EXPECT_TRUE(trace.scores().isfinite().all().item<bool>()) << name;
    EXPECT_LT(trace.scores().abs().max().item<double>(), 1000) << name;
  }
}

// The map sizes of figure 3 of the paper.
TEST(network, zfnet_has_the_papers_shapes) {
  const NetworkGraph built = build_network(find_network("zfnet"), 1000, Phase::inference, 1);
  const Trace trace = run(built.graph, test::random_normal({1, 3, 224, 224}, 2), {.tape = Tape::none});
  const auto shape = [&](const char* name) { return trace.value(built.graph.at(name)).sizes().vec(); };
  EXPECT_EQ(shape("conv1"), (Shape{1, 96, 110, 110}));
  EXPECT_EQ(shape("pool1"), (Shape{1, 96, 55, 55}));
  EXPECT_EQ(shape("conv2"), (Shape{1, 256, 26, 26}));
  EXPECT_EQ(shape("pool2"), (Shape{1, 256, 13, 13}));
  EXPECT_EQ(shape("conv4"), (Shape{1, 384, 13, 13}));
  EXPECT_EQ(shape("pool3"), (Shape{1, 256, 6, 6}));
  EXPECT_EQ(shape("flatten1"), (Shape{1, 9216}));
}

}  // namespace
}  // namespace fovea
