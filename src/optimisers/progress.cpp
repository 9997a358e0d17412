// Yosinski's "progress" step: the rate at which the objective would gain what is desired if it were linear, capped:
// rate = min(most, gain / ||g||^2). With `late` ("progress01", for softmax units) the gain is min(gain, late (1 - p)).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/clamp.h>

#include <fovea/optimiser.h>

#include "optimisers/shared/per_picture.h"

namespace fovea::optimisers::progress {
namespace {

constexpr Option options[] = {
    {.name = "gain", .type = OptionType::number, .fallback = "2", .range = "0..1e6", .help = "Gain desired of a step."},
    {.name = "most",
     .type = OptionType::number,
     .fallback = "0.001537870049980777",
     .range = "0..1e12",
     .help = "Largest rate, in display units: of one for pixels of 0..255 the 65025th part; the default is 100 there."},
    {.name = "late",
     .type = OptionType::number,
     .fallback = "0",
     .range = "0..1000",
     .help = "Factor of what is missing to 1, for probabilities: the gain is the lesser of both; 0: not used."}};

class Progress : public Optimiser {
 public:
  explicit Progress(const OptimiserCall& call)
      : parameters_(call.parameters),
        gain_(call.options.number("gain")),
        most_(call.options.number("most")),
        late_(call.options.number("late")) {}

  void step(const AskUphill& ask) override {
    const Uphill uphill = ask();
    const auto pictures = static_cast<double>(uphill.gradients.front().size(0));
    const double missing = std::max(0.0, 1 - uphill.value / pictures);
    const double gain = late_ > 0 ? std::min(gain_, late_ * missing) : gain_;
    const Tensor squares = sum_per_picture(uphill.gradients, [](const Tensor& g) { return g * g; });
    move(parameters_, uphill.gradients, (gain / squares).clamp_max(most_));
  }

 private:
  std::vector<Tensor> parameters_;
  double gain_;
  double most_;
  double late_;
};

std::unique_ptr<Optimiser> make_progress(const OptimiserCall& call) { return std::make_unique<Progress>(call); }

}  // namespace

extern constinit const OptimiserKind descriptor{
    .name = "progress",
    .sentence = "Chooses each step so that the objective would gain a set amount if it were linear.",
    .paper = "Yosinski et al. 2015, Understanding neural networks through deep visualization; its released code",
    .options = options,
    .make = make_progress};

}  // namespace fovea::optimisers::progress
