// The gradient times a Gaussian window about the centre, and nothing within a margin of the border: things grow in the
// middle. The margin is that of the multifaceted pictures' code (Nguyen, Yosinski and Clune 2016).
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <ATen/ops/arange.h>

#include <fovea/prior.h>

namespace fovea::priors::centre_bias {
namespace {

constexpr Option options[] = {{.name = "sigma",
                               .type = OptionType::number,
                               .fallback = "0.35",
                               .range = "0..100",
                               .help = "Deviation of the window, as a share of each side; 0: no window."},
                              {.name = "margin",
                               .type = OptionType::integer,
                               .fallback = "0",
                               .range = "0..8192",
                               .help = "Width of the border where nothing changes, px."}};

/// The window along one axis.
Tensor window(std::int64_t size, double sigma, std::int64_t margin) {
  const Tensor place = at::arange(size, at::TensorOptions(at::kFloat));
  const double centre = static_cast<double>(size - 1) / 2;
  Tensor weight =
      sigma > 0 ? ((place - centre) / (sigma * static_cast<double>(size))).square().mul(-0.5).exp() : place * 0 + 1;
  return weight * place.ge(margin) * place.lt(size - margin);
}

Tensor steer(const PriorCall& call) {
  const double sigma = call.options.number("sigma");
  const std::int64_t margin = call.options.integer("margin");
  const Tensor down = window(call.gradient.size(2), sigma, margin).reshape({1, 1, -1, 1});
  const Tensor across = window(call.gradient.size(3), sigma, margin).reshape({1, 1, 1, -1});
  return call.gradient * (down * across).to(call.gradient.device(), call.gradient.scalar_type());
}

}  // namespace

extern constinit const PriorKind descriptor{
    .name = "centre_bias",
    .sentence = "Lets the picture change most in its middle, and not at all within a margin of its border.",
    .paper = "Nguyen, Yosinski and Clune 2016, Multifaceted feature visualization",
    .options = options,
    .steering = steer};

}  // namespace fovea::priors::centre_bias
