// Agreement with hand-written references in torch on networks with random, seeded weights, in float64: gradients of
// objectives, ten steps of Adam, Gram matrices, the gradient of a style's loss.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones_like.h>
#include <gtest/gtest.h>

#include <fovea/npy.h>
#include <fovea/objective.h>
#include <fovea/optimiser.h>

#include "core/gram.h"
#include "core/variation.h"
#include "support/net.h"
#include "support/shared_json.h"

namespace fovea {
namespace {

constexpr double synthesis_bar = 1e-5;

/// A network of the oracles in float64 with what is expected of it.
struct SynthesisOracle {
  Json meta;
  Model model;
  Tensor inputs;
  std::map<std::string, Tensor> expected;

  explicit SynthesisOracle(const std::string& folder)
      : meta(test::shared_json(folder + "meta.json")),
        model(load_model(test::shared_data(folder + "model.onnx"))),
        inputs(read_npy(test::shared_data(folder + "inputs.npy")).to(at::kDouble)) {
    for (auto& [name, tensor] : test::read_npz(test::shared_data(folder + "expected.npz")))
      expected.emplace(name, tensor);
    model.graph = to_type(model.graph, at::kDouble);
  }
  /// The value that a torch module's output is.
  std::string value(const std::string& layer) const {
    return meta["onnx"]["model.onnx"]["torch_layer_to_onnx_tensor"][layer].get<std::string>();
  }
  /// The only key that begins so, and the layer after its colon.
  std::pair<std::string, std::string> key(const std::string& begin) const {
    for (const auto& [name, tensor] : expected) {
      if (name.rfind(begin, 0) == 0) return {name, name.substr(name.find(':') + 1)};
    }
    return {};
  }
  void hold(const std::string& name, const Tensor& ours) const {
    const Tensor theirs = expected.at(name).to(at::kDouble);
    const double error = ((ours.to(at::kDouble) - theirs).norm() / theirs.norm()).item<double>();
    EXPECT_LE(error, synthesis_bar) << name;
    std::printf("    %-44s relative %.1e\n", name.c_str(), error);
  }
};

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

class synthesis : public ::testing::TestWithParam<const char*> {
 protected:
  std::string folder() const { return std::string("oracles/") + GetParam() + "/"; }
};

TEST_P(synthesis, gradients_of_objectives) {
  FOVEA_NEEDS_SHARED(folder() + "meta.json");
  const SynthesisOracle oracle(folder());
  const std::string channel = oracle.meta["objective_channel"].dump();
  const auto [name, layer] = oracle.key("HAND_objective_channel_grad:");
  const std::string value = quoted(oracle.value(layer));
  const auto gradient = [&](const std::string& text) {
    return gradient_at(oracle.model, oracle.inputs, parse_objective(text));
  };
  oracle.hold("HAND_objective_channel_grad:" + layer, gradient("channel(" + value + "," + channel + ")"));
  oracle.hold("HAND_objective_neuron_grad:" + layer, gradient("neuron(" + value + "," + channel + ")"));
  oracle.hold("HAND_objective_dream_grad:" + layer, gradient("energy(" + value + ")"));
}

TEST_P(synthesis, ten_steps_of_adam) {
  FOVEA_NEEDS_SHARED(folder() + "meta.json");
  const SynthesisOracle oracle(folder());
  const auto [name, layer] = oracle.key("HAND_featvis_channel_adam10:");
  const Objective objective =
      parse_objective("channel(" + quoted(oracle.value(layer)) + "," + oracle.meta["objective_channel"].dump() + ")");
  std::vector<Tensor> made;
  for (std::int64_t i = 0; i < oracle.inputs.size(0); ++i) {  // the references were run one by one
    Tensor x = oracle.inputs.narrow(0, i, 1).clone().requires_grad_();
    const auto optimiser = make_optimiser("adam(rate=0.05)", {x}, 10);
    for (int step = 0; step < 10; ++step) {
      optimiser->step([&] {
        Tensor values;
        const Tensor gradient = gradient_at(oracle.model, x.detach(), objective, 1, &values);
        return Uphill{.value = values.sum().item<double>(), .gradients = {gradient}};
      });
    }
    made.push_back(x.detach());
  }
  oracle.hold(name, at::cat(made));
}

TEST_P(synthesis, gram_matrices) {
  FOVEA_NEEDS_SHARED(folder() + "meta.json");
  const SynthesisOracle oracle(folder());
  const auto [name, layer] = oracle.key("HAND_gram:");
  const ValueId value = oracle.model.graph.at(oracle.value(layer));
  const Trace trace = run(oracle.model.graph, oracle.inputs, {.tape = Tape::none, .until = {value}});
  oracle.hold(name, gram_matrix(trace.value(value)));
}

INSTANTIATE_TEST_SUITE_P(oracles, synthesis, ::testing::Values("zfnet_tiny", "squeezenet1_1", "vgg11"),
                         [](const auto& name) { return std::string(name.param); });

TEST(synthesis_style, loss_and_gradient) {
  FOVEA_NEEDS_SHARED("oracles/vgg11/meta.json");
  const SynthesisOracle oracle("oracles/vgg11/");
  const Tensor content = oracle.inputs.narrow(0, 0, 1);
  const Tensor style = oracle.inputs.narrow(0, 1, 1);
  const Graph& graph = oracle.model.graph;
  Objective loss = parse_objective("content(" + quoted(oracle.value("features.9")) + ",content)");
  for (const char* layer : {"features.1", "features.4", "features.7", "features.12"}) {
    loss = loss + 1e3 * parse_objective("gram(" + quoted(oracle.value(layer)) + ",style)");
  }
  const std::vector<ValueId> taps = loss.taps(graph);
  Targets targets;
  for (const auto& [name, picture] : {std::pair{"content", content}, std::pair{"style", style}}) {
    const Trace trace = run(graph, picture, {.tape = Tape::none, .until = taps});
    for (const ValueId tap : taps) targets.set(name, tap, trace.value(tap));
  }
  const c10::AutoGradMode grad(true);
  const Tensor x = (0.5 * content + 0.5 * style).detach().requires_grad_();
  const Trace trace = run(graph, x, {.tape = Tape::whole, .keep = KeepValues::none, .until = taps});
  const Tensor features = loss.evaluate(
      graph, {}, [&](ValueId v) { return trace.value(v); }, &targets);
  const double differences = static_cast<double>(3 * x.size(2) * (x.size(3) - 1));
  const Tensor variation = fovea::total_variation(x, 1, false) / differences;
  const Tensor total = features + 0.1 * variation;
  EXPECT_NEAR(variation.item<double>(), oracle.meta["style_loss"]["tv"].get<double>(), 1e-6);
  EXPECT_NEAR(total.item<double>(), oracle.meta["style_loss"]["total"].get<double>(), 1e-6);
  const Tensor gradient = vjp({total}, {x}, {at::ones_like(total)})[0];
  oracle.hold("HAND_style_grad", at::cat({gradient, gradient}));
}

}  // namespace
}  // namespace fovea
