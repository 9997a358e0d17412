// RISE: random masks weighted by the objective of the picture seen through them, R = 1/(N p) sum_i y(x * M_i) M_i. A
// mask is a grid of cells x cells, each open with probability p, enlarged bilinearly to (cells + 1) cells of
// ceil(side/cells) px and cut out at a random shift. Petsiuk, Das, Saenko 2018, equation 6 and section 3.3.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/cat.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/zeros.h>

#include "core/fill.h"
#include "core/random.h"
#include "techniques/common.h"

namespace fovea::techniques::rise {
namespace {

/// Draws mask `sample`, [1,1,H,W], keyed by (seed, sample).
Tensor draw_mask(const Question& question, std::int64_t sample, std::int64_t height, std::int64_t width) {
  const std::int64_t cells = question.options.integer("cells");
  const Tensor draws = uniform({cells * cells + 2}, question.seed, static_cast<std::uint64_t>(sample));
  const Tensor open = draws.narrow(0, 0, cells * cells) < question.options.number("open");
  const std::int64_t cell_height = (height + cells - 1) / cells;
  const std::int64_t cell_width = (width + cells - 1) / cells;
  const std::vector<std::int64_t> size{(cells + 1) * cell_height, (cells + 1) * cell_width};
  const Tensor enlarged = at::upsample_bilinear2d(open.to(at::kFloat).reshape({1, 1, cells, cells}), size,
                                                  /*align_corners=*/false);
  const auto shift = [&](std::int64_t draw, std::int64_t cell) {
    return std::min(static_cast<std::int64_t>(draws[cells * cells + draw].item<float>() * static_cast<float>(cell)),
                    cell - 1);
  };
  return enlarged.narrow(2, shift(0, cell_height), height).narrow(3, shift(1, cell_width), width);
}

Map explain_rise(const Question& question) {
  const Subject& subject = question.subject;
  const Model& model = subject.model();
  const Tensor& input = subject.input();
  require_picture(question, "rise");
  const Objective asked = scored_objective(question);
  const std::int64_t samples = question.options.integer("samples");
  const std::int64_t batch = batch_limit(model.graph, micro_batch);
  const Tensor fill = filled_like(input, model.card, question.options.text("fill"), question.seed);
  Tensor sum = at::zeros({input.size(2), input.size(3)}, input.options());
  Tensor masks_sum = sum.clone();
  double scores_sum = 0;
  for (std::int64_t begin = 0; begin < samples; begin += batch) {
    question.report(begin, samples);
    std::vector<Tensor> drawn;
    for (std::int64_t sample = begin; sample < std::min(begin + batch, samples); ++sample) {
      drawn.push_back(draw_mask(question, sample, input.size(2), input.size(3)));
    }
    const Tensor masks = at::cat(drawn).to(input.options());
    const Tensor scores = evaluate(model, fill + (input - fill) * masks, asked, micro_batch);
    sum = sum + (masks * scores.reshape({-1, 1, 1, 1})).sum(at::IntArrayRef({0, 1}));
    masks_sum = masks_sum + masks.sum(at::IntArrayRef({0, 1}));
    scores_sum += scores.sum().item<double>();
  }
  const double count = static_cast<double>(samples);
  const bool centre = question.options.flag("centre");
  // E[y M] - E[y] E[M] is what a mask's being open changes; E[y M] alone also carries the mean score.
  const Tensor values =
      (centre ? sum - masks_sum * (scores_sum / count) : sum) / (count * question.options.number("open"));
  Map map{.values = values,
          .drawing = centre ? Drawing::signed_heat : Drawing::level,
          .at = model.graph.name(input_of(question)),
          .notes = {std::to_string(samples) + " masks, scored by " + asked.text()}};
  map.figures.emplace_back("mean_score", scores_sum / count);
  return map;
}

constexpr Option options[] = {
    {"samples", OptionType::integer, "4000", "1..1000000", "Sets how many masks are drawn (the paper: 4000 to 8000)."},
    {"cells", OptionType::integer, "7", "1..1000", "Sets how many cells a mask has along each side."},
    {"open", OptionType::number, "0.5", "0.01..1", "Sets the probability that a cell is open."},
    {"fill", OptionType::choice, "mean", fills, "Says what closed cells show."},
    score_option,
    {"centre", OptionType::boolean, "false", "",
     "Takes away what the mean score gives every pixel, so that the map is signed about 0; the paper does not."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "rise",
    .sentence = "Shows the picture through thousands of random masks and averages those that kept the class.",
    .paper =
        "Petsiuk, Das, Saenko 2018, RISE: Randomized Input Sampling for Explanation of Black-box Models "
        "(arXiv:1806.07421), equation 6",
    .details =
        "Looks at nothing inside the network. Masks are keyed by (seed, sample); memory does not grow with their "
        "number. The estimate's noise falls with the square root of the number of masks. A pixel's value is the mean "
        "score "
        "under masks that show it, so zero means nothing and the map is drawn from its lowest value to its highest.",
    .options = options,
    .cost = Cost::runs,
    .explain = explain_rise};

}  // namespace fovea::techniques::rise
