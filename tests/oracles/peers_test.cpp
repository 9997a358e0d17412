// Agreement with reference implementations (captum, TorchRay, pytorch-grad-cam) on networks with random, seeded
// weights: relative error at most 1e-4, or three times the reference's own float32 error where that is larger. Every
// network under shared/data/oracles that has a key is held to it; layers, windows and targets come from its meta.json.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include <fovea/inspect.h>
#include <fovea/model.h>
#include <fovea/npy.h>
#include <fovea/technique.h>

#include "support/net.h"
#include "support/shared_json.h"

namespace fovea {
namespace {

constexpr double least_bar = 1e-4;
constexpr double times_own_error = 3;

/// One network with its references.
struct Oracle {
  explicit Oracle(const std::string& name, const std::string& file = "model.onnx")
      : model(load_model(test::shared_data("oracles/" + name + "/" + file))) {
    const std::string folder = "oracles/" + name + "/";
    meta = test::shared_json(folder + "meta.json");
    inputs = read_npy(test::shared_data(folder + "inputs.npy"));
    expected = test::read_npz(test::shared_data(folder + "expected.npz"));
    names = meta["onnx"][file]["torch_layer_to_onnx_tensor"];
  }

  std::string value_of(const std::string& layer) const { return names.at(layer).get<std::string>(); }
  std::string layer(const std::string& role) const { return value_of(meta["layers"][role].get<std::string>()); }

  /// Asks a technique about every input's own target and stacks the maps.
  Tensor ask(const char* technique, const ExplainOptions& options = {}) const {
    std::vector<Tensor> maps;
    for (std::int64_t i = 0; i < inputs.size(0); ++i) {
      const Subject subject(model, inputs.narrow(0, i, 1));
      maps.push_back(
          explain(find_technique(technique), subject, logit(meta["targets"][static_cast<std::size_t>(i)]), options)
              .values);
    }
    return at::stack(maps);
  }

  /// Holds a result to a key of the references, if the network has it.
  void hold(const std::string& key, const Tensor& ours) const {
    const auto found = expected.find(key);
    if (found == expected.end()) return;
    const double own = meta["f32_vs_f64"].contains(key) ? meta["f32_vs_f64"][key]["rel_l2"].get<double>() : 0;
    const double bar = std::max(least_bar, times_own_error * own);
    const double error = test::relative_error(ours.reshape(found->second.sizes()), found->second);
    EXPECT_LE(error, bar) << key;
    std::printf("    %-14s %-34s %.1e (bar %.1e)\n", meta["net"].get<std::string>().c_str(), key.c_str(), error, bar);
  }

  /// As `hold`, for maps whose sign the reference leaves to chance: each picture's is turned to agree.
  void hold_up_to_sign(const std::string& key, const Tensor& ours) const {
    const auto found = expected.find(key);
    if (found == expected.end()) return;
    std::vector<Tensor> turned;
    for (std::int64_t i = 0; i < ours.size(0); ++i) {
      const double agreement = (ours[i].flatten() * found->second[i].flatten()).sum().item<double>();
      turned.push_back(agreement < 0 ? -ours[i] : ours[i]);
    }
    hold(key, at::stack(turned));
  }

  Json meta;
  Json names;
  Model model;
  Tensor inputs;
  std::map<std::string, Tensor> expected;
};

class peers : public ::testing::TestWithParam<const char*> {};

#define FOVEA_ORACLE()                                                     \
  FOVEA_NEEDS_SHARED(std::string("oracles/") + GetParam() + "/meta.json"); \
  const Oracle oracle(GetParam())

TEST_P(peers, activations) {
  FOVEA_ORACLE();
  const Trace trace = run(oracle.model.graph, oracle.inputs, {.tape = Tape::none});
  oracle.hold("logits", trace.scores());
  oracle.hold("softmax", trace.scores().softmax(1));
  for (const auto& [key, value] : oracle.expected) {
    if (!key.starts_with("act:")) continue;
    oracle.hold(key, trace.value(oracle.model.graph.at(oracle.value_of(key.substr(4)))));
  }
}

TEST_P(peers, gradients) {
  FOVEA_ORACLE();
  oracle.hold("gradient", oracle.ask("gradient"));
  oracle.hold("input_x_gradient", oracle.ask("input_x_gradient"));
  oracle.hold("guided_backprop", oracle.ask("guided_backprop"));
  oracle.hold("deconvnet", oracle.ask("deconvnet", {.preset = "captum"}));
}

TEST_P(peers, integrated_gradients) {
  FOVEA_ORACLE();
  const auto ask = [&](const char* preset, const char* rule) {
    return oracle.ask("integrated_gradients",
                      {.preset = preset, .settings = {{"rule", rule}, {"precision", "float64"}}});
  };
  oracle.hold("ig_gausslegendre50", ask("", "gauss_legendre"));
  oracle.hold("ig_riemann_trapezoid50", ask("captum", "trapezoid"));
}

TEST_P(peers, class_activation_maps) {
  FOVEA_ORACLE();
  const std::pair<const char*, const char*> names[] = {{"grad_cam", "captum_LayerGradCam"}, {"grad_cam", "GradCAM"},
                                                       {"grad_cam_pp", "GradCAMPlusPlus"},  {"layer_cam", "LayerCAM"},
                                                       {"hires_cam", "HiResCAM"},           {"xgrad_cam", "XGradCAM"}};
  for (const std::string where : {"cam_conv", "cam_feat"}) {
    const ExplainOptions there{.at = oracle.layer(where)};
    for (const auto& [technique, theirs] : names) {
      oracle.hold(where + ":" + theirs, oracle.ask(technique, there));
    }
    oracle.hold_up_to_sign(where + ":EigenCAM", oracle.ask("eigen_cam", there));
    oracle.hold_up_to_sign(where + ":EigenGradCAM", oracle.ask("eigen_grad_cam", there));
  }
}

TEST_P(peers, layer_wise_relevance) {
  FOVEA_ORACLE();
  oracle.hold("lrp_epsilon", oracle.ask("lrp_epsilon"));
}

TEST_P(peers, deeplift) {
  FOVEA_ORACLE();
  const Tensor map = oracle.ask("deeplift");
  oracle.hold("deeplift", map);
  oracle.hold("HAND_deeplift_relu_rescale", map);
}

TEST_P(peers, occlusion) {
  FOVEA_ORACLE();
  const Json& sizes = oracle.meta["occlusion"];
  const Settings settings{{"window", std::to_string(sizes["window"][1].get<int>())},
                          {"stride", std::to_string(sizes["stride"][1].get<int>())}};
  oracle.hold("HAND_occlusion_grid", oracle.ask("occlusion", {.settings = settings}));
  Settings per_pixel = settings;
  per_pixel["average"] = "pixel";
  const Tensor map = oracle.ask("occlusion", {.settings = per_pixel});
  oracle.hold("occlusion", map.unsqueeze(1).expand(oracle.inputs.sizes()));
}

TEST_P(peers, excitation) {
  FOVEA_ORACLE();
  const std::string at = oracle.layer("ebp_saliency");
  for (const std::string prefix : {"", "HANDLRN_"}) {
    oracle.hold(prefix + "ebp", oracle.ask("excitation", {.at = at}));
    oracle.hold(prefix + "cebp", oracle.ask("contrastive_excitation",
                                            {.at = at, .settings = {{"contrast", oracle.layer("ebp_contrast")}}}));
  }
}

TEST_P(peers, receptive_fields) {
  FOVEA_ORACLE();
  const Trace trace = run(oracle.model.graph, oracle.inputs.narrow(0, 0, 1), {.tape = Tape::none});
  int checked = 0;
  for (const auto& [layer, field] : oracle.meta["receptive_fields"].items()) {
    const ValueId value = oracle.model.graph.at(oracle.value_of(layer));
    for (const Json& unit : field["unit_i_j_y0_y1_x0_x1(inclusive, clipped to image)"]) {
      const Region box = receptive_box(trace, value, unit[0], unit[1]);
      ASSERT_EQ(box.extents.size(), 2u) << layer;
      EXPECT_EQ(box.extents[0], (Extent{unit[2], unit[3].get<std::int64_t>() + 1})) << layer;
      EXPECT_EQ(box.extents[1], (Extent{unit[4], unit[5].get<std::int64_t>() + 1})) << layer;
      ++checked;
    }
  }
  EXPECT_GT(checked, 0);
}

INSTANTIATE_TEST_SUITE_P(peers, peers, ::testing::Values("zfnet_tiny", "squeezenet1_1", "vgg11"));

// The exporter's decomposed LRN (Pad, AveragePool over 5-D, If ...) is the same function.
TEST(peers_decomposed, lrn_folds_to_the_branch_taken) {
  FOVEA_NEEDS_SHARED("oracles/zfnet_tiny/model_lrn_decomposed.onnx");
  const Oracle oracle("zfnet_tiny", "model_lrn_decomposed.onnx");
  for (const Node& node : oracle.model.graph.nodes()) EXPECT_NE(node.op->onnx, "If");
  oracle.hold("logits", run(oracle.model.graph, oracle.inputs, {.tape = Tape::none}).scores());
  oracle.hold("gradient", oracle.ask("gradient"));
  oracle.hold("guided_backprop", oracle.ask("guided_backprop"));
}

}  // namespace
}  // namespace fovea
