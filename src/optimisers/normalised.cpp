// Steps of one size: x <- x + rate g / n(g) per picture, n the mean magnitude (DeepDream, DGN-AM), the root mean square
// (the Keras recipe) or the largest magnitude of the picture's gradient.
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/where.h>

#include <fovea/optimiser.h>

#include "optimisers/shared/per_picture.h"

namespace fovea::optimisers::normalised {
namespace {

constexpr Option options[] = {
    {.name = "rate",
     .type = OptionType::number,
     .fallback = "0.006",
     .range = "0..1e6",
     .help = "Size of a step by the norm, in the canvas's own units (0.006 is 1.5 of 255, DeepDream's)."},
    {.name = "norm",
     .type = OptionType::choice,
     .fallback = "mean",
     .range = "mean|rms|max",
     .help = "The norm that becomes the rate: mean magnitude, root mean square or largest magnitude."},
    {.name = "last_rate",
     .type = OptionType::number,
     .fallback = "-1",
     .range = "-1..1e6",
     .help = "Rate of the last step, reached in a straight line; -1: the same as the first."}};

class Normalised : public Optimiser {
 public:
  explicit Normalised(const OptimiserCall& call)
      : parameters_(call.parameters),
        norm_(call.options.text("norm")),
        rate_(call.options.number("rate")),
        last_(call.options.number("last_rate")),
        steps_(call.steps) {
    if (last_ < 0) last_ = rate_;
  }

  void step(const AskUphill& ask) override {
    const Uphill uphill = ask();
    const double share = steps_ > 1 ? static_cast<double>(done_) / static_cast<double>(steps_ - 1) : 0.0;
    const double rate = rate_ + std::min(share, 1.0) * (last_ - rate_);
    const Tensor norm = norms(uphill.gradients);
    move(parameters_, uphill.gradients, at::where(norm > 0, rate / norm, norm * 0));
    ++done_;
  }

  std::string state() const override { return std::to_string(done_); }
  void restore(const std::string& state) override { done_ = std::stoll(state); }

 private:
  Tensor norms(const std::vector<Tensor>& gradients) const {
    const double count = numbers_per_picture(gradients);
    if (norm_ == "mean") return sum_per_picture(gradients, [](const Tensor& g) { return g.abs(); }) / count;
    if (norm_ == "rms") return (sum_per_picture(gradients, [](const Tensor& g) { return g * g; }) / count).sqrt();
    Tensor largest;
    for (const Tensor& gradient : gradients) {
      const Tensor part = gradient.reshape({gradient.size(0), -1}).abs().amax(1);
      largest = largest.defined() ? at::where(part > largest, part, largest) : part;
    }
    return largest;
  }

  std::vector<Tensor> parameters_;
  std::string norm_;
  double rate_;
  double last_;
  std::int64_t steps_;
  std::int64_t done_ = 0;
};

std::unique_ptr<Optimiser> make_normalised(const OptimiserCall& call) { return std::make_unique<Normalised>(call); }

}  // namespace

extern constinit const OptimiserKind descriptor{
    .name = "normalised",
    .sentence = "Steps of one size along the gradient, whatever its own size is; per picture.",
    .paper = "Mordvintsev, Olah and Tyka 2015, DeepDream",
    .options = options,
    .make = make_normalised};

}  // namespace fovea::optimisers::normalised
