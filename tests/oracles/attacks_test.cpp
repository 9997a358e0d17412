// Agreement with Captum's FGSM and PGD (captum.robust) on networks with random, seeded weights, run in float64 as the
// references were: single pixels flip in float32. Captum steps by the gradient's sign in both norms, and leaves pixels
// alone whose gradient is at most 1e-6.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/model.h>
#include <fovea/npy.h>

#include "attack/class_slope.h"
#include "support/net.h"
#include "support/shared_json.h"

namespace fovea {
namespace {

constexpr double bar = 1e-5;
constexpr double captum_least = 1e-6;

class attacks : public ::testing::TestWithParam<const char*> {};

TEST_P(attacks, are_captums) {
  const std::string folder = std::string("oracles/") + GetParam() + "/";
  FOVEA_NEEDS_SHARED(folder + "meta.json");
  const Json meta = test::shared_json(folder + "meta.json");
  const Graph graph = to_type(load_model(test::shared_data(folder + "model.onnx")).graph, at::kDouble);
  const Tensor inputs = read_npy(test::shared_data(folder + "inputs.npy")).to(at::kDouble);
  const auto expected = test::read_npz(test::shared_data(folder + "expected.npz"));
  const std::vector<std::int64_t> classes = meta["targets"];
  const auto hold = [&](const char* key, Aim aim, BallAttack attack) {
    ASSERT_TRUE(expected.contains(key)) << key;
    attack.least = captum_least;
    const auto slope = [&](const Tensor& x) { return class_slope(graph, x, classes, aim); };
    const Tensor ours = attack_in_ball(inputs, slope, attack);
    const double error = test::largest_difference(ours, expected.at(key).to(at::kDouble));
    EXPECT_LE(error, bar) << key;
    std::printf("    %-14s %-16s %.1e\n", GetParam(), key, error);
  };
  hold("fgsm_untargeted", Aim::away, {.radius = 0.05, .rate = 0.05, .start = {}});
  hold("fgsm_targeted", Aim::towards, {.radius = 0.05, .rate = 0.05, .start = {}});
  hold("pgd_linf", Aim::away, {.radius = 0.05, .rate = 0.02, .steps = 5, .start = {}});
  hold("pgd_l2", Aim::away, {.norm = Norm::l2, .radius = 2, .rate = 0.02, .steps = 5, .start = {}});
}

INSTANTIATE_TEST_SUITE_P(oracles, attacks, ::testing::Values("zfnet_tiny", "squeezenet1_1", "vgg11"),
                         [](const auto& name) { return std::string(name.param); });

}  // namespace
}  // namespace fovea
