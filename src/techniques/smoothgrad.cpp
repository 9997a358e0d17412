// SmoothGrad: the mean gradient over noisy copies, R = 1/n sum_i dy/dx (x + N(0, s^2)), s = sigma (max x - min x).
// Smilkov, Thorat, Kim, Viegas, Wattenberg 2017, section 3.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>

#include "core/random.h"
#include "techniques/common.h"

namespace fovea::techniques {
namespace {

constexpr std::int64_t micro_batch = 16;

Map explain_smoothgrad(const Question& question) {
  const Model& model = question.subject.model();
  const Tensor& input = question.subject.input();
  const ValueId at = read_at(question, input_of(question));
  if (at != input_of(question)) {
    throw Error(ErrorKind::usage, "smoothgrad is read at the network's input, found --at '" + question.at + "'");
  }
  const std::int64_t samples = question.options.integer("samples");
  const double range = (input.max() - input.min()).item<double>();
  const double deviation = question.options.number("sigma") * range;
  const std::int64_t batch = batch_limit(model.graph, micro_batch);
  Tensor sum = at::zeros_like(input);
  for (std::int64_t begin = 0; begin < samples; begin += batch) {
    question.report(begin, samples);
    std::vector<Tensor> noisy;
    for (std::int64_t sample = begin; sample < std::min(begin + batch, samples); ++sample) {
      const Tensor noise = normal(input.sizes().vec(), question.seed, static_cast<std::uint64_t>(sample));
      noisy.push_back(input + deviation * noise.to(input.options()));
    }
    sum = sum + gradient_at(model, at::cat(noisy), question.objective, micro_batch).sum(0, true);
  }
  Map map = signed_map(question, sum / static_cast<double>(samples), at);
  map.figures.emplace_back("noise_deviation", deviation);
  return map;
}

constexpr Option options[] = {
    {"samples", OptionType::integer, "50", "1..100000", "Sets how many noisy copies are averaged."},
    {"sigma", OptionType::number, "0.15", "0..10",
     "Sets the noise's standard deviation as a share of the input's range (the paper: 0.1 to 0.2)."}};

}  // namespace

extern constinit const Technique smoothgrad{
    .name = "smoothgrad",
    .sentence = "Averages the gradient over noisy copies of the picture, which takes most of its noise away.",
    .paper = "Smilkov et al. 2017, SmoothGrad: removing noise by adding noise (arXiv:1706.03825), section 3",
    .details =
        "Noise is keyed by (seed, sample): the same seed gives the same map whatever the batch. The signed mean is "
        "kept; its magnitude is what the paper draws.",
    .options = options,
    .explain = explain_smoothgrad};

}  // namespace fovea::techniques
