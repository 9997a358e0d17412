// VarGrad: the variance of the gradient over noisy copies, R = 1/n sum_i (g_i - mean g)^2, g_i = dy/dx (x + noise_i).
// Adebayo, Gilmer, Goodfellow, Kim 2018, Local Explanation Methods for Deep Neural Networks Lack Sensitivity to
// Parameter Values, section 2.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros.h>

#include "techniques/noisy_gradients.h"

namespace fovea::techniques::vargrad {
namespace {

Map explain_vargrad(const Question& question) {
  const Tensor& input = question.subject.input();
  Tensor mean = at::zeros(input.sizes(), input.options().dtype(at::kDouble));
  Tensor squares = mean.clone();  // sum of squared distances from the mean so far (Welford 1962)
  double count = 0;
  const double deviation = visit_noisy_gradients(question, "vargrad", [&](const Tensor& gradients) {
    for (std::int64_t i = 0; i < gradients.size(0); ++i) {
      const Tensor before = gradients.narrow(0, i, 1).to(at::kDouble) - mean;
      mean = mean + before / ++count;
      squares = squares + before * (gradients.narrow(0, i, 1).to(at::kDouble) - mean);
    }
  });
  Map map = signed_map(question, squares / count, input_of(question));
  map.drawing = Drawing::heat;
  map.figures.emplace_back("noise_deviation", deviation);
  return map;
}

constexpr Option options[] = {noise_samples_option, noise_sigma_option};

}  // namespace

extern constinit const Technique descriptor{
    .name = "vargrad",
    .sentence = "Shows where the gradient varies most over noisy copies of the picture.",
    .paper =
        "Adebayo, Gilmer, Goodfellow, Kim 2018, Local Explanation Methods for Deep Neural Networks Lack "
        "Sensitivity to Parameter Values (arXiv:1810.03307), section 2",
    .details =
        "The population variance, in float64. Independent of the gradient's mean: it says where the decision's "
        "surface bends. Noise is keyed by (seed, sample).",
    .options = options,
    .cost = Cost::runs,
    .sensitivity = true,
    .explain = explain_vargrad};

}  // namespace fovea::techniques::vargrad
