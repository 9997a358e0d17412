// Invariance of features (Zeiler and Fergus 2014, section 4.1, figure 5): d(T) = ||f(Tx) - f(x)|| / ||f(x)|| and
// p(class | Tx) for vertical translations, enlargements and rotations T of a picture x.
// The paper plots Euclidean distances as they are; here they are divided by the norm of the unchanged picture's
// features, so that layers and pictures compare.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/invariance.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ops/cat.h>

#include <fovea/error.h>

#include "core/part_library.h"
#include "core/progress.h"
#include "experiments/landmarks.h"

namespace fovea {
namespace {

constexpr double paper_side = 224;  // px; the paper's input
constexpr std::int64_t run_batch = 16;
constexpr std::size_t most_steps = 1000;

double whole_pixels(double amount, int height) { return std::round(amount * height / paper_side); }

/// The map from a pixel of the result to the place of the source that it shows: [2,3].
std::array<double, 6> inverse_of(const Image& picture, Transformation transformation, double amount) {
  const double cx = (picture.width - 1) / 2.0;
  const double cy = (picture.height - 1) / 2.0;
  if (transformation == Transformation::translation) return {1, 0, 0, 0, 1, -whole_pixels(amount, picture.height)};
  if (transformation == Transformation::scale) {
    if (amount < 1) {
      throw Error(ErrorKind::usage,
                  "a picture cannot be enlarged by " + std::to_string(amount) + ", expected 1 or more");
    }
    return {1 / amount, 0, cx - cx / amount, 0, 1 / amount, cy - cy / amount};
  }
  const double angle = amount * std::numbers::pi / 180;
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  return {c, -s, cx - c * cx + s * cy, s, c, cy - s * cx - c * cy};
}

FoveaBorder for_part(Border border) {
  switch (border) {
    case Border::mean: return fovea_border_mean;
    case Border::edge: return fovea_border_edge;
    case Border::reflect: return fovea_border_reflect;
  }
  return fovea_border_mean;
}

const Steps& steps_of(const InvarianceOptions& options, Transformation transformation) {
  if (transformation == Transformation::translation) return options.translation;
  return transformation == Transformation::scale ? options.scale : options.rotation;
}

/// The amounts that are applied: translations by whole pixels, each once.
std::vector<double> amounts_of(const InvarianceOptions& options, Transformation transformation, int height) {
  std::vector<double> amounts = numbers_of(steps_of(options, transformation));
  if (transformation != Transformation::translation) return amounts;
  for (double& amount : amounts) amount = whole_pixels(amount, height) * paper_side / height;
  amounts.erase(std::unique(amounts.begin(), amounts.end()), amounts.end());
  return amounts;
}

bool changes(Transformation transformation, double amount) {
  return amount != (transformation == Transformation::scale ? 1 : 0);
}

/// What the network makes of some pictures: features as rows, float64.
struct Answers {
  Tensor first, last, probability;
};

/// One experiment while it goes on.
struct Running {
  const Model& model;
  const Preprocess& preprocess;
  const InvarianceOptions& options;
  ValueId first, last;
  std::int64_t done = 0;
  std::int64_t total = 0;
  bool last_has_positions = false;

  Answers ask(const std::vector<Image>& pictures) {
    std::vector<Tensor> inputs;
    for (const Image& picture : pictures) inputs.push_back(to_input(picture, preprocess));
    const Trace trace =
        run(model.graph, beside_weights(model.graph, at::cat(inputs)),
            {.tape = Tape::none, .keep = KeepValues::none, .until = {first, last, model.graph.logits()}});
    const Tensor& map = trace.value(last);
    last_has_positions = map.dim() == 4 && map.size(2) * map.size(3) > 1;
    done += static_cast<std::int64_t>(pictures.size());
    report_to(options.progress, done, total);
    const auto rows = [&](ValueId value) { return trace.value(value).to(at::kCPU, at::kDouble).flatten(1); };
    return {rows(first), rows(last), probabilities(trace)};
  }
};

/// Returns the norm of a picture's features [1,D]; throws where it is 0.
double norm_of(const Tensor& features, const std::string& layer, const std::string& picture) {
  const double norm = features.norm().item<double>();
  if (norm > 0 && std::isfinite(norm)) return norm;
  throw Error(ErrorKind::format,
              "the features of " + picture + " at '" + layer + "' have the norm " + std::to_string(norm) +
                  ", so distances relative to it mean nothing",
              "name another layer");
}

InvarianceCurve follow(Running& running, const PictureInvariance& asked, const Answers& unchanged,
                       Transformation transformation) {
  const Image& seen = asked.picture.seen;
  const Graph& graph = running.model.graph;
  InvarianceCurve curve{.transformation = transformation,
                        .amounts = amounts_of(running.options, transformation, seen.height)};
  const double first_norm = norm_of(unchanged.first, graph.node_name(running.first), asked.picture.name);
  const double last_norm = norm_of(unchanged.last, graph.node_name(running.last), asked.picture.name);
  for (std::size_t begin = 0; begin < curve.amounts.size(); begin += run_batch) {
    const std::size_t end = std::min(curve.amounts.size(), begin + run_batch);
    std::vector<Image> pictures;
    for (std::size_t i = begin; i < end; ++i) {
      pictures.push_back(transformed(seen, transformation, curve.amounts[i], running.options.border));
    }
    const Answers answers = running.ask(pictures);
    const Tensor first = (answers.first - unchanged.first).norm(2, {1}) / first_norm;
    const Tensor last = (answers.last - unchanged.last).norm(2, {1}) / last_norm;
    for (std::int64_t i = 0; i < first.size(0); ++i) {
      const bool same = !changes(transformation, curve.amounts[begin + static_cast<std::size_t>(i)]);
      curve.first.push_back(same ? 0 : first[i].item<double>());  // batches of other sizes differ in the last bits
      curve.last.push_back(same ? 0 : last[i].item<double>());
      curve.probability.push_back(answers.probability[i][asked.label].item<double>());
      curve.predicted.push_back(answers.probability[i].argmax().item<std::int64_t>());
    }
  }
  return curve;
}

PictureInvariance examine(Running& running, const InvariancePicture& picture) {
  const Answers unchanged = running.ask({picture.seen});
  const std::int64_t classes = unchanged.probability.size(1);
  PictureInvariance result{.picture = picture,
                           .label = picture.label.value_or(unchanged.probability[0].argmax().item<std::int64_t>()),
                           .curves = {}};
  if (result.label < 0 || result.label >= classes) {
    throw Error(ErrorKind::usage, "there is no class " + std::to_string(result.label),
                "the network has classes 0 to " + std::to_string(classes - 1));
  }
  result.probability = unchanged.probability[0][result.label].item<double>();
  for (const Transformation t : transformations) result.curves.push_back(follow(running, result, unchanged, t));
  return result;
}

}  // namespace

std::string_view name(Transformation transformation) {
  switch (transformation) {
    case Transformation::translation: return "translation";
    case Transformation::scale: return "scale";
    case Transformation::rotation: return "rotation";
  }
  return "";
}

std::vector<double> numbers_of(const Steps& steps) {
  constexpr double slack = 1e-9;  // 1 + 20 * 0.04 shall reach 1.8
  const double count = std::floor((steps.high - steps.low) / steps.step + slack) + 1;
  const bool finite = std::isfinite(steps.low) && std::isfinite(steps.high) && std::isfinite(steps.step);
  if (!finite || steps.step <= 0 || steps.low >= steps.high || count > static_cast<double>(most_steps)) {
    throw Error(ErrorKind::usage,
                "steps from " + std::to_string(steps.low) + " to " + std::to_string(steps.high) + " by " +
                    std::to_string(steps.step) + " cannot be",
                "they rise by a positive step, at most " + std::to_string(most_steps) + " times");
  }
  std::vector<double> numbers;
  for (double i = 0; i < count; ++i) numbers.push_back(std::min(steps.low + i * steps.step, steps.high));
  return numbers;
}

Image transformed(const Image& picture, Transformation transformation, double amount, Border border) {
  const std::array<double, 6> inverse = inverse_of(picture, transformation, amount);
  if (!changes(transformation, amount)) return picture;
  Image result = make_image(picture.width, picture.height);
  if (opencv_part().warp(picture.rgb.data(), picture.width, picture.height, inverse.data(), for_part(border),
                         result.rgb.data()) == 0) {
    throw Error(ErrorKind::internal, "a picture of " + std::to_string(picture.width) + "x" +
                                         std::to_string(picture.height) + " px could not be warped");
  }
  return result;
}

Invariance measure_invariance(const Model& model, std::span<const InvariancePicture> pictures,
                              const InvarianceOptions& options) {
  if (pictures.empty()) throw Error(ErrorKind::usage, "there is no picture to move, enlarge or turn");
  const Graph& graph = model.graph;
  Running running{.model = model,
                  .preprocess = required_preprocess(model),
                  .options = options,
                  .first = options.first == no_value ? first_rectified(graph) : options.first,
                  .last = options.last == no_value ? required_classifier_input(graph) : options.last};
  for (const InvariancePicture& picture : pictures) {
    ++running.total;
    for (const Transformation t : transformations) {
      running.total += static_cast<std::int64_t>(amounts_of(options, t, picture.seen.height).size());
    }
  }
  Invariance result{.first = graph.node_name(running.first),
                    .last = graph.node_name(running.last),
                    .border = options.border,
                    .pictures = {}};
  for (const InvariancePicture& picture : pictures) result.pictures.push_back(examine(running, picture));
  result.last_has_positions = running.last_has_positions;
  return result;
}

std::vector<InvarianceSummary> summarise(const Invariance& invariance) {
  std::vector<InvarianceSummary> summaries;
  for (std::size_t t = 0; t < transformations.size(); ++t) {
    InvarianceSummary summary{.transformation = transformations[t]};
    double counted = 0;
    for (const PictureInvariance& one : invariance.pictures) {
      const InvarianceCurve& curve = one.curves[t];
      const double none = transformations[t] == Transformation::scale ? 1 : 0;
      std::size_t smallest = curve.amounts.size();
      for (std::size_t i = 0; i < curve.amounts.size(); ++i) {
        const double change = std::abs(curve.amounts[i] - none);
        if (change == 0) continue;
        // Of two changes of one size the positive one, which comes later.
        if (smallest == curve.amounts.size() || change <= std::abs(curve.amounts[smallest] - none) + 1e-9) smallest = i;
        summary.first_mean += curve.first[i];
        summary.last_mean += curve.last[i];
        summary.probability_mean += curve.probability[i];
        summary.kept += curve.predicted[i] == one.label ? 1 : 0;
        ++counted;
      }
      if (smallest == curve.amounts.size()) continue;
      summary.amount = curve.amounts[smallest];
      summary.first_smallest += curve.first[smallest] / static_cast<double>(invariance.pictures.size());
      summary.last_smallest += curve.last[smallest] / static_cast<double>(invariance.pictures.size());
    }
    for (double* sum : {&summary.first_mean, &summary.last_mean, &summary.probability_mean, &summary.kept}) {
      *sum /= std::max(counted, 1.0);
    }
    summaries.push_back(summary);
  }
  return summaries;
}

}  // namespace fovea
