// Infidelity: mean over perturbations I of (I . phi - (f(x) - f(x - I)))^2, where I takes a square of the picture away
// and phi is the map, scaled by the least-squares factor; over the mean of (f(x) - f(x - I))^2.
// Yeh, Hsieh, Suggala, Inouye, Ravikumar 2019, definition 2.1, the square removal of section 2.2.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "core/fill.h"
#include "core/random.h"
#include "measures/common.h"

namespace fovea::measures::infidelity {
namespace {

/// A square of the picture.
struct Square {
  std::int64_t x0, y0, x1, y1;
};

/// Draws a square with sides of an eighth to a half of the picture's, anywhere within it.
Square draw_square(std::int64_t height, std::int64_t width, std::uint64_t seed, std::int64_t sample) {
  constexpr double least = 0.125;
  constexpr double most = 0.5;
  const Tensor draws = uniform({3}, seed, static_cast<std::uint64_t>(sample)).to(at::kDouble);
  const double share = least + (most - least) * draws[0].item<double>();
  const auto side = std::max<std::int64_t>(
      1, static_cast<std::int64_t>(std::llround(share * static_cast<double>(std::min(height, width)))));
  const auto place = [&](std::int64_t axis, std::int64_t size) {
    const double at = draws[axis].item<double>() * static_cast<double>(size - side + 1);
    return std::min(static_cast<std::int64_t>(at), size - side);
  };
  const std::int64_t x = place(1, width);
  const std::int64_t y = place(2, height);
  return {x, y, x + side, y + side};
}

/// What the map says every pixel contributes, float64 [H,W]: a rate times the pixel's distance from what replaces it;
/// other maps share the objective out already.
Tensor contributions(const MeasureCall& call, const Tensor& distance) {
  const Tensor values = call.map.values.to(at::kDouble);
  const bool at_pixels =
      values.dim() >= 2 && values.size(-1) == distance.size(-1) && values.size(-2) == distance.size(-2);
  if (call.sensitivity && at_pixels) {
    const bool magnitudes = values.min().item<double>() >= 0;  // the sign of the rate is lost: so is the distance's
    const Tensor far = magnitudes ? distance[0].abs() : distance[0];
    return values.dim() == 3 && values.size(0) == far.size(0)
               ? (values * far).sum(0)
               : (values.dim() == 3 ? values.sum(0) : values) * far.mean(0);
  }
  const Tensor flat = values.dim() == 3 ? values.sum(0) : values;
  if (at_pixels) return flat;
  return resize_map(flat.to(at::kFloat), static_cast<int>(distance.size(-1)), static_cast<int>(distance.size(-2)))
      .to(at::kDouble);
}

Measured measure_infidelity(const MeasureCall& call) {
  require_picture(call, "infidelity");
  const Tensor& input = call.subject.input();
  const Tensor empty = filled_like(input, call.subject.model().card, call.options.text("fill"), call.seed);
  const std::int64_t samples = call.options.integer("samples");
  const Tensor given = contributions(call, (input - empty).to(at::kDouble));
  std::vector<Square> squares;
  std::vector<double> said;
  for (std::int64_t i = 0; i < samples; ++i) {
    const Square s = squares.emplace_back(draw_square(input.size(2), input.size(3), call.seed, i));
    said.push_back(given.slice(0, s.y0, s.y1).slice(1, s.x0, s.x1).sum().item<double>());
  }
  const double whole = evaluate(call.subject.model(), input, call.objective).item<double>();
  const std::vector<double> left = values_of(call, call.objective, samples, [&](std::int64_t i) {
    const Square& s = squares[static_cast<std::size_t>(i)];
    Tensor covered = input.clone();
    const auto part = [&](const Tensor& t) { return t.slice(2, s.y0, s.y1).slice(3, s.x0, s.x1); };
    part(covered).copy_(part(empty));
    return covered;
  });
  double said_said = 0;
  double said_found = 0;
  double found_found = 0;
  for (std::size_t i = 0; i < squares.size(); ++i) {
    const double found = whole - left[i];
    said_said += said[i] * said[i];
    said_found += said[i] * found;
    found_found += found * found;
  }
  if (found_found <= 0) return {.values = {not_known}, .curve = {}};  // the objective does not see any of the squares
  const bool scaled = call.options.text("scale") == "fitted";
  // Never below 0: a map that says the opposite of what is found is not a faithful one.
  const double factor = !scaled ? 1 : said_said > 0 ? std::max(0.0, said_found / said_said) : 0;
  const double error = factor * factor * said_said - 2 * factor * said_found + found_found;
  return {.values = {error / (scaled ? found_found : static_cast<double>(samples))}, .curve = {}};
}

constexpr Quantity quantities[] = {
    {"infidelity", Better::smaller,
     "Share of the objective's change when squares are taken away that the map does not foretell: 0 all foretold, 1 "
     "none."}};

constexpr Option options[] = {
    {"samples", OptionType::integer, "64", "2..100000", "Sets how many squares are taken away, one at a time."},
    {"fill", OptionType::choice, "mean", fills, "Says what a square becomes."},
    {"scale", OptionType::choice, "fitted", "fitted|none",
     "Scales the map by the factor that fits best and gives the error as a share (a map's scale is often arbitrary), "
     "or "
     "takes it as it is and gives the published mean of squares."}};

}  // namespace

extern constinit const Measure descriptor{
    .name = "infidelity",
    .sentence = "Tells how well the map foretells what taking a square of the picture away does to the objective.",
    .paper = "Yeh et al. 2019, On the (In)fidelity and Sensitivity of Explanations (arXiv:1901.09392), definition 2.1",
    .details =
        "Rates (gradients) are multiplied by the pixels' distance from what replaces them, as I . phi asks; other maps "
        "are summed over the square as they are, their sign kept.",
    .quantities = quantities,
    .options = options,
    .cost = Cost::runs,
    .measure = measure_infidelity};

}  // namespace fovea::measures::infidelity
