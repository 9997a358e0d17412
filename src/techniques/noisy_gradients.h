// What SmoothGrad, VarGrad and SquareGrad share: gradients at noisy copies of the picture, micro-batch by micro-batch.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include <ATen/ops/cat.h>

#include "core/random.h"
#include "techniques/common.h"

namespace fovea::techniques {

inline constexpr Option noise_samples_option{"samples", OptionType::integer, "50", "1..100000",
                                             "Sets how many noisy copies are taken."};
inline constexpr Option noise_sigma_option{
    "sigma", OptionType::number, "0.15", "0..10",
    "Sets the noise's standard deviation as a share of the input's range (SmoothGrad's paper: 0.1 to 0.2)."};

/// Hands the gradients [n,...] at n noisy copies at a time to `visit`, in order; returns the noise's deviation. Noise
/// is keyed by (seed, sample), so that the batch does not matter. Memory does not grow with the samples.
template <typename Visit>
double visit_noisy_gradients(const Question& question, std::string_view technique, Visit visit) {
  const Model& model = question.subject.model();
  const Tensor& input = question.subject.input();
  if (read_at(question, input_of(question)) != input_of(question)) {
    throw Error(ErrorKind::usage,
                std::string(technique) + " is read at the network's input, found --at '" + question.at + "'");
  }
  const std::int64_t samples = question.options.integer("samples");
  const double deviation = question.options.number("sigma") * (input.max() - input.min()).item<double>();
  const std::int64_t batch = batch_limit(model.graph, micro_batch);
  for (std::int64_t begin = 0; begin < samples; begin += batch) {
    question.report(begin, samples);
    std::vector<Tensor> noisy;
    for (std::int64_t sample = begin; sample < std::min(begin + batch, samples); ++sample) {
      const Tensor noise = normal(input.sizes().vec(), question.seed, static_cast<std::uint64_t>(sample));
      noisy.push_back(input + deviation * noise.to(input.options()));
    }
    visit(gradient_at(model, at::cat(noisy), question.objective, micro_batch));
  }
  return deviation;
}

}  // namespace fovea::techniques
