// SmoothGrad: the mean gradient over noisy copies, R = 1/n sum_i dy/dx (x + N(0, s^2)), s = sigma (max x - min x).
// Smilkov, Thorat, Kim, Viegas, Wattenberg 2017, section 3.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros_like.h>

#include "techniques/noisy_gradients.h"

namespace fovea::techniques::smoothgrad {
namespace {

Map explain_smoothgrad(const Question& question) {
  Tensor sum = at::zeros_like(question.subject.input());
  const double deviation = visit_noisy_gradients(question, "smoothgrad",
                                                 [&](const Tensor& gradients) { sum = sum + gradients.sum(0, true); });
  const auto samples = static_cast<double>(question.options.integer("samples"));
  Map map = signed_map(question, sum / samples, input_of(question));
  map.figures.emplace_back("noise_deviation", deviation);
  return map;
}

constexpr Option options[] = {noise_samples_option, noise_sigma_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "smoothgrad",
    .sentence = "Averages the gradient over noisy copies of the picture, which takes most of its noise away.",
    .paper = "Smilkov et al. 2017, SmoothGrad: removing noise by adding noise (arXiv:1706.03825), section 3",
    .details =
        "Noise is keyed by (seed, sample): the same seed gives the same map whatever the batch. The signed mean is "
        "kept; its magnitude is what the paper draws.",
    .options = options,
    .cost = Cost::runs,
    .sensitivity = true,
    .explain = explain_smoothgrad};

}  // namespace fovea::techniques::smoothgrad
