// Occlusion: a window is slid over the picture; at every position the objective's value is lost by covering it,
// R = y(x) - y(x covered). Zeiler and Fergus 2014, section 4.2 (which gives neither window, stride nor colour).
// Positions start every `stride` px, ceil((side - window) / stride) + 1 of them; the last is cut off at the border.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include "core/fill.h"
#include "techniques/common.h"

namespace fovea::techniques {
namespace {

constexpr std::int64_t micro_batch = 16;

/// The positions of the window along both sides.
struct Sweep {
  std::int64_t height;
  std::int64_t width;
  std::int64_t window;
  std::int64_t stride;

  std::int64_t count(std::int64_t side) const { return side <= window ? 1 : (side - window + stride - 1) / stride + 1; }
  std::int64_t rows() const { return count(height); }
  std::int64_t columns() const { return count(width); }
  std::int64_t positions() const { return rows() * columns(); }

  /// Returns the part of a tensor [...,H,W] that position `p` covers.
  Tensor covered(const Tensor& picture, std::int64_t p) const {
    const std::int64_t y = p / columns() * stride;
    const std::int64_t x = p % columns() * stride;
    return picture.narrow(-2, y, std::min(window, height - y)).narrow(-1, x, std::min(window, width - x));
  }
};

Tensor sweep_objective(const Question& question, const Sweep& sweep, const Tensor& fill) {
  const Model& model = question.subject.model();
  const Tensor& input = question.subject.input();
  const std::int64_t batch = batch_limit(model.graph, micro_batch);
  std::vector<Tensor> values;
  for (std::int64_t begin = 0; begin < sweep.positions(); begin += batch) {
    question.report(begin, sweep.positions());
    const std::int64_t count = std::min(batch, sweep.positions() - begin);
    Tensor copies = input.repeat({count, 1, 1, 1});
    for (std::int64_t i = 0; i < count; ++i) {
      sweep.covered(copies[i], begin + i).copy_(sweep.covered(fill[0], begin + i));
    }
    values.push_back(evaluate(model, copies, question.objective, micro_batch));
  }
  return at::cat(values);
}

/// Gives every pixel the mean over the windows that cover it.
Tensor average_per_pixel(const Sweep& sweep, const Tensor& per_position) {
  Tensor sum = at::zeros({sweep.height, sweep.width}, per_position.options());
  Tensor count = at::zeros({sweep.height, sweep.width}, per_position.options());
  for (std::int64_t p = 0; p < sweep.positions(); ++p) {
    sweep.covered(sum, p).add_(per_position[p]);
    sweep.covered(count, p).add_(1);
  }
  return sum / count.clamp_min(1);
}

Map explain_occlusion(const Question& question) {
  const Tensor& input = question.subject.input();
  if (input.dim() != 4) {
    throw Error(ErrorKind::usage,
                "occlusion needs a picture [1,C,H,W] as input, found " + std::to_string(input.dim()) + " axes");
  }
  if (!question.at.empty() && read_at(question, no_value) != input_of(question)) {
    throw Error(ErrorKind::usage, "occlusion covers the network's input, found --at '" + question.at + "'");
  }
  const Sweep sweep{input.size(2), input.size(3), question.options.integer("window"),
                    question.options.integer("stride")};
  const Tensor fill = filled_like(input, question.subject.model().card, question.options.text("fill"), question.seed);
  const double whole = evaluate(question.subject.model(), input, question.objective).item<double>();
  const Tensor lost = whole - sweep_objective(question, sweep, fill);
  const bool per_pixel = question.options.text("average") == "pixel";
  Map map{.values = per_pixel ? average_per_pixel(sweep, lost) : lost.reshape({sweep.rows(), sweep.columns()}),
          .drawing = Drawing::signed_heat,
          .at = name_of(question.subject.graph(), input_of(question))};
  map.notes.push_back(std::to_string(sweep.positions()) + " positions of a " + std::to_string(sweep.window) +
                      " px window every " + std::to_string(sweep.stride) + " px, filled with " +
                      question.options.text("fill"));
  map.figures.emplace_back("objective", whole);
  return map;
}

constexpr Option options[] = {
    {"window", OptionType::integer, "32", "1..100000",
     "Sets the side of the covering square, px of the network's input."},
    {"stride", OptionType::integer, "16", "1..100000", "Sets the distance between positions, px."},
    {"fill", OptionType::choice, "mean", fills, "Says what the square is filled with."},
    {"average", OptionType::choice, "position", "position|pixel",
     "Gives one value per position, [ny,nx], or per pixel the mean over the squares that cover it, [H,W]."}};

}  // namespace

extern constinit const Technique occlusion{
    .name = "occlusion",
    .sentence = "Shows how much the objective loses when a square covers each place: a direct experiment, no gradient.",
    .paper = "Zeiler, Fergus 2014, Visualizing and Understanding Convolutional Networks (arXiv:1311.2901), section 4.2",
    .details =
        "R = y(x) - y(x with the square covered); positive where the network relies on what is there. The paper "
        "gives neither the square's size, its colour nor the stride; the defaults here are ours.",
    .options = options,
    .cost = Cost::runs,
    .explain = explain_occlusion};

}  // namespace fovea::techniques
