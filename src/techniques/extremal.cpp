// Extremal perturbation: the smooth mask of a given area that keeps the objective highest,
// m = argmax y(m * x) - lambda ||sort(m) - r_a||^2, where m * x blurs every pixel by sigma_max (1 - m) and r_a holds a
// share `area` of ones after zeros. The mask is a smooth maximum of kernels over a grid, m(u) = smax_i k(|u - u_i| /
// sigma) p_i with k(z) = exp(-2 max(0, z - 1/2)^2), smax x = sum x e^(x/T) / sum e^(x/T), T = 1/20.
// Fong, Patrick, Vedaldi 2019, equations 1 to 8; constants of the authors' published code.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/im2col.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/zeros.h>

#include "core/fill.h"
#include "techniques/common.h"

namespace fovea::techniques::extremal {
namespace {

constexpr double published_side = 224;  // px, of the sizes below
constexpr double published_step = 7;
constexpr double published_sigma = 21;
constexpr double published_blur = 20;
constexpr int pyramid_levels = 8;

/// The picture blurred ever less, from the strongest blur to none: [levels,C,H,W].
Tensor make_pyramid(const Tensor& input, double strongest) {
  std::vector<Tensor> levels;
  for (int level = 0; level < pyramid_levels; ++level) {
    levels.push_back(gaussian_blur(input, strongest * (1 - static_cast<double>(level) / (pyramid_levels - 1))));
  }
  return at::cat(levels);
}

/// Shows the picture through a mask [1,1,H,W]: levels of the pyramid, linearly between the two nearest.
Tensor perturb(const Tensor& pyramid, const Tensor& mask) {
  Tensor sum;
  for (int level = 0; level < pyramid_levels; ++level) {
    const Tensor weight = (1 - (mask * (pyramid_levels - 1) - level).abs()).clamp_min(0);
    const Tensor part = weight * pyramid.narrow(0, level, 1);
    sum = sum.defined() ? sum + part : part;
  }
  return sum;
}

/// Smooth masks of a picture's size, made of one parameter per grid point.
class SmoothMask {
 public:
  SmoothMask(std::int64_t height, std::int64_t width, const at::TensorOptions& options)
      : height_(height), width_(width) {
    const double scale = static_cast<double>(std::min(height, width)) / published_side;
    step_ = std::max(1.0, published_step * scale);
    const double sigma = published_sigma * scale / step_;  // in grid points from here on
    constexpr double reach = 3;                            // sigmas: the kernel is 4e-6 there
    radius_ = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(reach * sigma)));
    const Tensor offsets = at::arange(-radius_, radius_ + 1, options.dtype(at::kFloat));
    const Tensor distance = (offsets.square().unsqueeze(0) + offsets.square().unsqueeze(1)).sqrt() / sigma;
    kernel_ = ((distance - 0.5).clamp_min(0).square() * -2).exp().reshape({1, -1, 1});
    const auto points = [&](std::int64_t side) {
      return static_cast<std::int64_t>(std::ceil(static_cast<double>(side) / step_)) + 1;
    };
    rows_ = points(height);
    columns_ = points(width);
  }

  /// Parameters of a mask that is half open everywhere; a margin of grid points lies around the picture.
  Tensor start(const at::TensorOptions& options) const {
    return at::full({1, 1, rows_ + 2 * radius_, columns_ + 2 * radius_}, 0.5, options.dtype(at::kFloat));
  }

  /// Returns the mask [1,1,H,W] of parameters; differentiable.
  Tensor make(const Tensor& parameters) const {
    constexpr double coldness = 20;  // 1/T
    const std::int64_t side = 2 * radius_ + 1;
    const Tensor near = at::im2col(parameters, {side, side}, {1, 1}, {0, 0}, {1, 1}) * kernel_;  // [1,side^2,points]
    const Tensor weights = (near * coldness).softmax(1);
    const Tensor grid = (near * weights).sum(1).reshape({1, 1, rows_, columns_});
    const std::vector<std::int64_t> size{
        static_cast<std::int64_t>(std::llround(static_cast<double>(rows_) * step_)),
        static_cast<std::int64_t>(std::llround(static_cast<double>(columns_) * step_))};
    return at::upsample_bilinear2d(grid, size, /*align_corners=*/false)
        .narrow(2, (size[0] - height_) / 2, height_)
        .narrow(3, (size[1] - width_) / 2, width_);
  }

 private:
  std::int64_t height_;
  std::int64_t width_;
  double step_ = 1;  ///< px between grid points
  std::int64_t radius_ = 1;
  std::int64_t rows_ = 1;
  std::int64_t columns_ = 1;
  Tensor kernel_;
};

/// Mean squared distance of the sorted mask from a share `area` of ones after zeros.
Tensor area_loss(const Tensor& mask, double area) {
  const Tensor sorted = std::get<0>(mask.flatten().sort());
  Tensor ideal = at::zeros(sorted.sizes(), sorted.options());
  const auto ones = static_cast<std::int64_t>(std::llround(area * static_cast<double>(sorted.numel())));
  ideal.narrow(0, sorted.numel() - ones, ones).fill_(1);
  return (sorted - ideal).square().mean();
}

/// The gradient of the objective, times `scale`, at the mask's parameters, and the mask it was taken through.
struct Slope {
  Tensor leaf;
  Tensor mask;
  Tensor seen;
  Tensor reward;  ///< at `seen`
};

Slope slope_at(const Question& question, const SmoothMask& family, const Tensor& pyramid, const Tensor& parameters,
               bool mirrored, double scale) {
  c10::AutoGradMode grad(true);
  Slope slope{.leaf = parameters.detach().clone().requires_grad_(), .mask = {}, .seen = {}, .reward = {}};
  slope.mask = family.make(slope.leaf);
  slope.seen = perturb(pyramid, slope.mask);
  if (mirrored) slope.seen = slope.seen.flip(3);
  slope.reward = gradient_at(question.subject.model(), slope.seen.detach(), question.objective) * scale;
  return slope;
}

/// Climbs to the best mask's parameters: SGD with momentum and dampening, mirrored at every second step. Where all of
/// the mask is equal its order would be left to chance, and the area's term would keep whatever comes last: it starts
/// in the order of the objective's gradient.
Tensor climb(const Question& question, const SmoothMask& family, const Tensor& pyramid, double scale) {
  constexpr double rate = 0.01;
  constexpr double momentum = 0.9;
  constexpr double dampening = 0.9;
  constexpr double first_area_weight = 300;
  constexpr double area_weight_growth = 1.0035;  // per step
  constexpr double first_spread = 0.05;
  const std::int64_t steps = question.options.integer("steps");
  Tensor parameters = family.start(pyramid.options());
  const Slope first = slope_at(question, family, pyramid, parameters, false, scale);
  const Tensor order = vjp({first.seen}, {first.leaf}, {first.reward})[0];
  parameters = parameters + order * (first_spread / std::max(order.abs().max().item<double>(), 1e-30));
  Tensor velocity;
  double area_weight = first_area_weight;
  for (std::int64_t step = 0; step < steps; ++step) {
    question.report(step, steps);
    const Slope slope = slope_at(question, family, pyramid, parameters, step % 2 == 0, scale);
    c10::AutoGradMode grad(true);
    const Tensor loss = area_loss(slope.mask, question.options.number("area")) * area_weight;
    const Tensor gradient =
        vjp({slope.seen, loss}, {slope.leaf}, {-slope.reward, at::full({}, 1.0, loss.options())})[0];
    c10::AutoGradMode no_grad(false);
    velocity = velocity.defined() ? velocity * momentum + gradient * (1 - dampening) : gradient;
    parameters = (parameters - velocity * rate).clamp(0, 1);
    area_weight *= area_weight_growth;
  }
  return parameters;
}

Map explain_extremal(const Question& question) {
  require_picture(question, "extremal");
  const Subject& subject = question.subject;
  const Tensor& input = subject.input();
  const SmoothMask family(input.size(2), input.size(3), input.options());
  const double scale = static_cast<double>(std::min(input.size(2), input.size(3))) / published_side;
  const Tensor pyramid = make_pyramid(input, published_blur * scale);
  const auto score = [&](const Tensor& seen) {
    return evaluate(subject.model(), seen, question.objective).item<double>();
  };
  const double whole = score(input);
  const double blurred = score(pyramid.narrow(0, 0, 1));
  // The published weights are for logits that fall by about this much: any objective is brought to that range.
  constexpr double published_range = 20;
  const double range = std::abs(whole - blurred);
  const Tensor parameters = climb(question, family, pyramid, range > 0 ? published_range / range : 1);
  c10::AutoGradMode no_grad(false);
  const Tensor mask = family.make(parameters);
  Map map{.values = mask[0][0], .drawing = Drawing::heat, .at = subject.graph().name(input_of(question))};
  map.figures.emplace_back("area", mask.mean().item<double>());
  map.figures.emplace_back("objective", whole);
  map.figures.emplace_back("objective_through_mask", score(perturb(pyramid, mask)));
  map.figures.emplace_back("objective_blurred", blurred);
  return map;
}

constexpr Option options[] = {
    {"area", OptionType::number, "0.1", "0.001..0.999", "Sets the share of the picture that the mask keeps."},
    {"steps", OptionType::integer, "800", "1..100000", "Sets how many steps the search takes."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "extremal",
    .sentence = "Searches the smooth mask of a given area that keeps the objective highest: what alone suffices.",
    .paper =
        "Fong, Patrick, Vedaldi 2019, Understanding Deep Networks via Extremal Perturbations and Smooth Masks "
        "(arXiv:1910.08485)",
    .details =
        "What the mask hides is blurred. The printed figures say how much of the objective the kept area "
        "carries. Sizes (grid 7 px, kernel 21 px, blur 20 px) are the authors' at 224 px, scaled to the input; the "
        "objective is brought to the range of their logits.",
    .options = options,
    .cost = Cost::runs,
    .explain = explain_extremal};

}  // namespace fovea::techniques::extremal
