// SquareGrad (SmoothGrad-squared): the mean squared gradient over noisy copies, R = 1/n sum_i (dy/dx (x + noise))^2.
// Hooker, Erhan, Kindermans, Kim 2019, A Benchmark for Interpretability Methods in Deep Neural Networks, section 4.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros_like.h>

#include "techniques/noisy_gradients.h"

namespace fovea::techniques::squaregrad {
namespace {

Map explain_squaregrad(const Question& question) {
  Tensor sum = at::zeros_like(question.subject.input());
  const double deviation = visit_noisy_gradients(
      question, "squaregrad", [&](const Tensor& gradients) { sum = sum + gradients.square().sum(0, true); });
  const auto samples = static_cast<double>(question.options.integer("samples"));
  Map map = signed_map(question, sum / samples, input_of(question));
  map.drawing = Drawing::heat;
  map.figures.emplace_back("noise_deviation", deviation);
  return map;
}

constexpr Option options[] = {noise_samples_option, noise_sigma_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "squaregrad",
    .sentence = "Averages the squared gradient over noisy copies: strong sensitivities stand out, signs do not cancel.",
    .paper =
        "Hooker, Erhan, Kindermans, Kim 2019, A Benchmark for Interpretability Methods in Deep Neural Networks "
        "(arXiv:1806.10758), section 4",
    .details = "Equals SmoothGrad squared plus VarGrad. Noise is keyed by (seed, sample).",
    .options = options,
    .cost = Cost::runs,
    .sensitivity = true,
    .explain = explain_squaregrad};

}  // namespace fovea::techniques::squaregrad
