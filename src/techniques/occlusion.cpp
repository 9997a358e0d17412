// Occlusion: a window is slid over the picture; at every position the objective's value is lost by covering it,
// R = y(x) - y(x covered). Zeiler and Fergus 2014, section 4.2 (which gives neither window, stride nor colour).
// Positions start every `stride` px, ceil((side - window) / stride) + 1 of them (none beyond the border); the last is
// cut off at the border. The exact mode computes only what a window can influence (core/incremental); the approximate
// one cuts that off too.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "core/fill.h"
#include "core/incremental.h"
#include "techniques/common.h"

namespace fovea::techniques::occlusion {
namespace {

constexpr std::int64_t most_pictures = 64;  ///< larger batches are no faster

/// The positions of the window along both sides.
struct Sweep {
  std::int64_t height;
  std::int64_t width;
  std::int64_t window;
  std::int64_t stride;

  /// As many as cover the side; none begins beyond it, which strides larger than the window would do.
  std::int64_t count(std::int64_t side) const {
    return std::min((side - window + stride - 1) / stride, (side - 1) / stride) + 1;
  }
  std::int64_t rows() const { return count(height); }
  std::int64_t columns() const { return count(width); }
  std::int64_t positions() const { return rows() * columns(); }
  Place place(std::int64_t p) const { return {p / columns() * stride, p % columns() * stride}; }
  /// The box of the whole window's size that holds what position `p` covers, moved inside where that is cut off.
  Place box(std::int64_t p) const {
    return {std::min(place(p).y, height - window), std::min(place(p).x, width - window)};
  }

  /// Returns the part of a tensor [...,H,W] that position `p` covers.
  Tensor covered(const Tensor& picture, std::int64_t p) const {
    const Place at = place(p);
    return picture.narrow(-2, at.y, std::min(window, height - at.y)).narrow(-1, at.x, std::min(window, width - at.x));
  }
};

/// What is looked at for every position: the objective, and for the panels the scores and one feature map's sum.
struct Looked {
  std::vector<std::int64_t> positions;
  std::vector<ValueId> targets;
  std::int64_t map = -1;      ///< which target is the feature map's layer; -1: none
  std::int64_t channel = -1;  ///< of that layer
};

/// One number or row of scores per position, in their order.
struct Answers {
  Tensor objective;    ///< [P]
  Tensor scores;       ///< [P,classes], where the logits are a target
  Tensor channel_sum;  ///< [P], where there is a feature map
};

/// Evaluates what a batch of covered pictures makes of the targets.
class Reader {
 public:
  Reader(const Question& question, const Looked& looked) : question_(question), looked_(looked) {}

  void read(const std::function<Tensor(std::size_t target)>& whole, const std::function<Tensor()>& channel_sum) {
    const Model& model = question_.subject.model();
    const auto value = [&](ValueId id) {
      const auto found = std::find(looked_.targets.begin(), looked_.targets.end(), id);
      return whole(static_cast<std::size_t>(found - looked_.targets.begin()));
    };
    objective_.push_back(question_.objective.evaluate(model.graph, model.card, value));
    if (looked_.map < 0) return;
    scores_.push_back(flatten_scores(value(model.graph.logits())));
    sums_.push_back(channel_sum());
  }
  Answers answers() const {
    if (looked_.map < 0) return {.objective = at::cat(objective_), .scores = {}, .channel_sum = {}};
    return {.objective = at::cat(objective_), .scores = at::cat(scores_), .channel_sum = at::cat(sums_)};
  }

 private:
  const Question& question_;
  const Looked& looked_;
  std::vector<Tensor> objective_;
  std::vector<Tensor> scores_;
  std::vector<Tensor> sums_;
};

/// The whole network for every position.
Answers sweep_plainly(const Question& question, const Sweep& sweep, const Tensor& fill, const Looked& looked) {
  const Model& model = question.subject.model();
  const Tensor& input = question.subject.input();
  const auto total = static_cast<std::int64_t>(looked.positions.size());
  const std::int64_t batch = batch_limit(model.graph, micro_batch);
  Reader reader(question, looked);
  for (std::int64_t begin = 0; begin < total; begin += batch) {
    question.report(begin, total);
    const std::int64_t count = std::min(batch, total - begin);
    Tensor copies = input.repeat({count, 1, 1, 1});
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t p = looked.positions[static_cast<std::size_t>(begin + i)];
      sweep.covered(copies[i], p).copy_(sweep.covered(fill[0], p));
    }
    const Trace after =
        run(model.graph, copies, {.tape = Tape::none, .keep = KeepValues::none, .until = looked.targets});
    reader.read([&](std::size_t target) { return after.value(looked.targets[target]); },
                [&] {
                  const Tensor& map = after.value(looked.targets[static_cast<std::size_t>(looked.map)]);
                  return map.select(1, looked.channel).flatten(1).sum(1);
                });
  }
  return reader.answers();
}

/// Only what the window influences, in batches that keep within the memory that is granted.
Answers sweep_incrementally(const Question& question, const Sweep& sweep, const Tensor& fill, const Looked& looked,
                            double field) {
  constexpr std::int64_t mebibyte = 1 << 20;
  const Model& model = question.subject.model();
  const Tensor& input = question.subject.input();
  const Incremental engine(question.subject.trace(), looked.targets, field);
  const std::int64_t bytes = std::max<std::int64_t>(1, engine.bytes_per_picture(sweep.window, sweep.window));
  const std::int64_t granted = question.options.integer("memory") * mebibyte / bytes;
  const std::int64_t batch = batch_limit(model.graph, std::clamp<std::int64_t>(granted, 1, most_pictures));
  const auto total = static_cast<std::int64_t>(looked.positions.size());
  Reader reader(question, looked);
  for (std::int64_t begin = 0; begin < total; begin += batch) {
    question.report(begin, total);
    Boxes boxes;
    std::vector<Tensor> values;
    for (std::int64_t i = begin; i < std::min(begin + batch, total); ++i) {
      const std::int64_t p = looked.positions[static_cast<std::size_t>(i)];
      const Place box = sweep.box(p);
      const Place from = sweep.place(p);
      Tensor inside = input[0].narrow(1, box.y, sweep.window).narrow(2, box.x, sweep.window).clone();
      const Tensor part = sweep.covered(fill[0], p);
      inside.narrow(1, from.y - box.y, part.size(1)).narrow(2, from.x - box.x, part.size(2)).copy_(part);
      values.push_back(inside);
      boxes.places.push_back(box);
    }
    boxes.values = at::stack(values);
    const auto changed = engine.run(boxes);
    reader.read([&](std::size_t target) { return engine.whole(target, changed[target]); },
                [&] {
                  const auto map = static_cast<std::size_t>(looked.map);
                  return engine.channel_sum(map, changed[map], looked.channel);
                });
  }
  return reader.answers();
}

Answers sweep_by_mode(const Question& question, const Sweep& sweep, const Tensor& fill, const Looked& looked) {
  const std::string& mode = question.options.text("mode");
  if (mode == "plain") return sweep_plainly(question, sweep, fill, looked);
  return sweep_incrementally(question, sweep, fill, looked,
                             mode == "approximate" ? question.options.number("field") : 1);
}

/// Adds how far the approximate answers are from the exact ones, on some positions spread over the picture.
void measure_error(const Question& question, const Sweep& sweep, const Tensor& fill, const Looked& looked,
                   const Tensor& approximate, double whole, Map& map) {
  constexpr std::int64_t measured = 16;
  Looked some{.positions = {}, .targets = question.objective.taps(question.subject.graph())};
  const auto total = static_cast<std::int64_t>(looked.positions.size());
  for (std::int64_t i = 0; i < std::min(measured, total); ++i)
    some.positions.push_back(i * total / std::min(measured, total));
  const Tensor exact = whole - sweep_incrementally(question, sweep, fill, some, 1).objective;
  const Tensor near = (whole - approximate).index_select(0, at::tensor(some.positions));
  const double scale = std::max(exact.abs().max().item<double>(), 1e-30);
  map.figures.emplace_back("largest_error", (near - exact).abs().max().item<double>() / scale);
  map.figures.emplace_back("rms_error", (near - exact).square().mean().sqrt().item<double>() / scale);
  map.notes.push_back("errors are measured on " + std::to_string(some.positions.size()) +
                      " positions against the exact mode, over the largest loss among them");
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

void check(const Question& question, const Sweep& sweep) {
  if (sweep.window > sweep.height || sweep.window > sweep.width) {
    throw Error(ErrorKind::usage,
                "a window of " + std::to_string(sweep.window) + " px is larger than the network's input, " +
                    std::to_string(sweep.width) + "x" + std::to_string(sweep.height) + " px",
                "choose a smaller one: --set window=" + std::to_string(std::min(sweep.width, sweep.height) / 4));
  }
  const Subject& subject = question.subject;
  if (seed(subject.trace(), question.objective, subject.model().card).empty()) {
    throw Error(ErrorKind::usage, "objective " + question.objective.text() + " does not depend on the network");
  }
}

/// The layer whose strongest map is followed, and that map: the channel that holds the largest activation.
Looked look(const Question& question, const Sweep& sweep) {
  const Subject& subject = question.subject;
  Looked looked{.positions = std::vector<std::int64_t>(static_cast<std::size_t>(sweep.positions())),
                .targets = question.objective.taps(subject.graph())};
  std::iota(looked.positions.begin(), looked.positions.end(), 0);
  if (!question.options.flag("panels")) return looked;
  const auto add = [&](ValueId value) {
    const auto found = std::find(looked.targets.begin(), looked.targets.end(), value);
    if (found != looked.targets.end()) return found - looked.targets.begin();
    looked.targets.push_back(value);
    return static_cast<std::ptrdiff_t>(looked.targets.size()) - 1;
  };
  add(subject.graph().logits());
  const std::string& layer = question.options.text("layer");
  const ValueId value = layer.empty() ? last_spatial_value(subject.trace()) : subject.graph().at(layer);
  const Tensor& map = subject.trace().value(value);
  if (map.dim() != 4) {
    throw Error(ErrorKind::usage, "layer '" + subject.graph().name(value) + "' has no feature maps",
                "name a convolutional layer, or leave layer out");
  }
  looked.map = add(value);
  looked.channel = map[0].amax({1, 2}).argmax().item<std::int64_t>();
  return looked;
}

/// Says which classes a panel of class numbers holds, most frequent first.
std::string classes_in(const Tensor& classes, const Card& card) {
  std::map<std::int64_t, std::int64_t> counts;
  for (std::int64_t i = 0; i < classes.numel(); ++i) ++counts[classes.flatten()[i].item<std::int64_t>()];
  std::vector<std::pair<std::int64_t, std::int64_t>> sorted;
  for (const auto& [index, count] : counts) sorted.emplace_back(count, index);
  std::sort(sorted.rbegin(), sorted.rend());
  std::string text;
  for (const auto& [count, index] : sorted) {
    text += (text.empty() ? "" : ", ") + std::to_string(index) + " " + label_of(card, index);
  }
  return text;
}

/// Figure 7 of the paper: what the same sweep says of the class, of the most probable class and of a feature map.
void add_panels(const Question& question, const Sweep& sweep, const Looked& looked, const Answers& answers, Map& map) {
  const Subject& subject = question.subject;
  const Card& card = subject.model().card;
  const std::vector<std::int64_t> grid{sweep.rows(), sweep.columns()};
  const Tensor probabilities = answers.scores.softmax(1);
  const std::int64_t asked =
      question.objective.asked_class().value_or(subject.trace().scores()[0].argmax().item<std::int64_t>());
  map.panels.push_back({.name = "probability of " + label_of(card, asked),
                        .values = probabilities.select(1, asked).reshape(grid),
                        .drawing = Drawing::level});
  const Tensor best = probabilities.argmax(1).reshape(grid);
  map.panels.push_back({.name = "most probable class: " + classes_in(best, card), .values = best, .classes = true});
  const ValueId layer = looked.targets[static_cast<std::size_t>(looked.map)];
  const std::string name = subject.graph().name(layer);
  map.panels.push_back({.name = "sum of map " + std::to_string(looked.channel) + " of " + name,
                        .values = answers.channel_sum.reshape(grid),
                        .drawing = Drawing::level});
  const Objective strongest =
      parse_objective("neuron(\"" + name + "\", " + std::to_string(looked.channel) + ", strongest)")
          .pinned(subject.trace(), card);
  const Map projection = explain(find_technique("deconvnet"), subject, strongest);
  map.panels.push_back({.name = "deconvnet projection of that map's strongest activation",
                        .values = projection.values,
                        .drawing = projection.drawing});
}

/// The sweep that is asked for; unless they are set, the window is 32 px at 224, scaled, and the stride half of it.
Sweep sweep_of(const Question& question) {
  constexpr std::int64_t usual_side = 224;
  const Tensor& input = question.subject.input();
  const std::int64_t side = std::min(input.size(2), input.size(3));
  Sweep sweep{input.size(2), input.size(3), question.options.integer("window"), question.options.integer("stride")};
  if (!question.options.is_set("window")) {
    sweep.window = std::max<std::int64_t>(1, (sweep.window * side + usual_side / 2) / usual_side);
  }
  if (!question.options.is_set("stride")) sweep.stride = std::max<std::int64_t>(1, sweep.window / 2);
  return sweep;
}

Map explain_occlusion(const Question& question) {
  require_picture(question, "occlusion");
  const Tensor& input = question.subject.input();
  const Sweep sweep = sweep_of(question);
  check(question, sweep);
  const Tensor fill = filled_like(input, question.subject.model().card, question.options.text("fill"), question.seed);
  const double whole = evaluate(question.subject.model(), input, question.objective).item<double>();
  const Looked looked = look(question, sweep);
  const Answers answers = sweep_by_mode(question, sweep, fill, looked);
  const Tensor lost = whole - answers.objective;
  const bool per_pixel = question.options.text("average") == "pixel";
  Map map{.values = per_pixel ? average_per_pixel(sweep, lost) : lost.reshape({sweep.rows(), sweep.columns()}),
          .drawing = Drawing::signed_heat,
          .at = question.subject.graph().name(input_of(question))};
  map.notes.push_back(std::to_string(sweep.positions()) + " positions of a " + std::to_string(sweep.window) +
                      " px window every " + std::to_string(sweep.stride) + " px, filled with " +
                      question.options.text("fill"));
  map.figures.emplace_back("objective", whole);
  if (question.options.text("mode") == "approximate") {
    measure_error(question, sweep, fill, looked, answers.objective, whole, map);
  }
  if (looked.map >= 0) add_panels(question, sweep, looked, answers, map);
  return map;
}

constexpr Option options[] = {
    {"window", OptionType::integer, "32", "1..100000",
     "Sets the side of the covering square, px of the network's input; default: 32 at 224 px, scaled to the input."},
    {"stride", OptionType::integer, "16", "1..100000",
     "Sets the distance between positions, px; default: half the window."},
    {"fill", OptionType::choice, "mean", fills, "Says what the square is filled with."},
    {"average", OptionType::choice, "position", "position|pixel",
     "Gives one value per position, [ny,nx], or per pixel the mean over the squares that cover it, [H,W]."},
    {"mode", OptionType::choice, "exact", "exact|plain|approximate",
     "Computes only what a square can influence (exact: the same to rounding), everything (plain), or only the middle "
     "of what it can influence (approximate: faster; its error is measured and printed)."},
    {"field", OptionType::number, "0.25", "0.01..1",
     "Sets, for mode=approximate, the share of a value's sides that a square may change."},
    {"memory", OptionType::integer, "1024", "1..1000000", "Sets how many MiB a batch of positions may take."},
    {"panels", OptionType::boolean, "false", "",
     "Adds what the same sweep says of the class's probability, the most probable class and the strongest feature map "
     "(the paper's figure 7)."},
    {"layer", OptionType::text, "", "", "Names the layer of that feature map; default: the last with positions."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "occlusion",
    .sentence = "Shows how much the objective loses when a square covers each place: a direct experiment, no gradient.",
    .paper = "Zeiler, Fergus 2014, Visualizing and Understanding Convolutional Networks (arXiv:1311.2901), section 4.2",
    .details =
        "R = y(x) - y(x with the square covered); positive where the network relies on what is there. The paper "
        "gives neither the square's size, its colour nor the stride; the defaults here are ours.",
    .options = options,
    .cost = Cost::runs,
    .explain = explain_occlusion};

}  // namespace fovea::techniques::occlusion
