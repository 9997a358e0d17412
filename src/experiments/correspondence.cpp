// Correspondence (Zeiler and Fergus 2014, section 4.3): epsilon_i = x_i^l - masked x_i^l at layer l, and
// Delta_l = mean over i < j of H(sign epsilon_i, sign epsilon_j), H the Hamming distance over the dimensions' number.
// A smaller Delta than that of random masks says that masking the part does the same to all pictures of the class.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/correspondence.h>

#include <algorithm>
#include <cmath>

#include <ATen/ops/cat.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/error.h>

#include "core/fill.h"
#include "core/progress.h"
#include "core/random.h"
#include "experiments/landmarks.h"

namespace fovea {
namespace {

constexpr double rounding = 1e-5;  // of the features' largest; batches of other sizes differ by less
constexpr std::int64_t inputs_per_run = 16;

/// Parts that all pictures have, in the first one's order.
std::vector<std::string> common_parts(std::span<const PartPicture> pictures) {
  std::vector<std::string> parts;
  for (const auto& [part, mask] : pictures.front().parts) {
    const bool everywhere =
        std::all_of(pictures.begin(), pictures.end(), [&, &wanted = part](const PartPicture& picture) {
          return std::any_of(picture.parts.begin(), picture.parts.end(),
                             [&](const auto& p) { return p.first == wanted; });
        });
    if (everywhere) parts.push_back(part);
  }
  return parts;
}

const Tensor& mask_named(const PartPicture& picture, const std::string& part) {
  return std::find_if(picture.parts.begin(), picture.parts.end(), [&](const auto& p) { return p.first == part; })
      ->second;
}

/// Lays a mask's shape so that the middle of its box comes to a point, as far as it stays in the picture.
Tensor moved(const Tensor& mask, std::int64_t row, std::int64_t column) {
  const Tensor marked = mask.nonzero();
  const Tensor low = std::get<0>(marked.min(0));
  const Tensor high = std::get<0>(marked.max(0));
  std::array<std::int64_t, 2> shift{row, column};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const auto a = static_cast<std::int64_t>(axis);
    const std::int64_t begin = low[a].item<std::int64_t>();
    const std::int64_t length = high[a].item<std::int64_t>() - begin + 1;
    shift[axis] = std::clamp(shift[axis] - length / 2, std::int64_t{0}, mask.size(a) - length) - begin;
  }
  Tensor result = at::zeros_like(mask);
  const Tensor rows = marked.select(1, 0) + shift[0];
  const Tensor columns = marked.select(1, 1) + shift[1];
  result.flatten().index_fill_(0, rows * mask.size(1) + columns, 1);
  return result;
}

/// The control's mask: the part's shape about a random pixel of the object, or of the picture.
Tensor laid_elsewhere(const PartPicture& picture, const Tensor& mask, std::uint64_t seed, std::uint64_t stream) {
  const Tensor place =
      picture.object.defined() && picture.object.any().item<bool>() ? picture.object.nonzero() : (mask >= 0).nonzero();
  const double draw = uniform({1}, seed, stream).item<double>();
  const Tensor point =
      place[std::min(static_cast<std::int64_t>(draw * static_cast<double>(place.size(0))), place.size(0) - 1)];
  return moved(mask, point[0].item<std::int64_t>(), point[1].item<std::int64_t>());
}

/// Signs of what masking changed, of one picture: [value][part][0: the part, then the draws].
using Signs = std::vector<std::vector<std::vector<Tensor>>>;

/// One experiment while it goes on.
struct RunningParts {
  const Model& model;
  const Preprocess& preprocess;
  const CorrespondenceOptions& options;
  std::vector<ValueId> values;
  std::vector<std::string> parts;
  std::int64_t done = 0;
  std::int64_t total = 0;

  /// Returns the values of some inputs, [N,D] each.
  std::vector<Tensor> features(const Tensor& inputs) {
    std::vector<std::vector<Tensor>> pieces(values.size());
    for (std::int64_t begin = 0; begin < inputs.size(0); begin += inputs_per_run) {
      const Tensor piece = inputs.slice(0, begin, std::min(begin + inputs_per_run, inputs.size(0)));
      const Trace trace = run(model.graph, beside_weights(model.graph, piece),
                              {.tape = Tape::none, .keep = KeepValues::none, .until = values});
      for (std::size_t v = 0; v < values.size(); ++v) {
        pieces[v].push_back(trace.value(values[v]).to(at::kCPU).flatten(1).contiguous());
      }
      done += piece.size(0);
      report_to(options.progress, done, total);
    }
    std::vector<Tensor> whole;
    for (const auto& list : pieces) whole.push_back(at::cat(list));
    return whole;
  }

  Signs examine(const PartPicture& picture, std::size_t number, Correspondence& result);
};

Signs RunningParts::examine(const PartPicture& picture, std::size_t number, Correspondence& result) {
  const Tensor input = to_input(picture.seen, preprocess);
  const Tensor fill = filled_like(input, model.card, options.fill, options.seed);
  const auto masked = [&](const Tensor& mask) { return at::where(mask.to(at::kBool), fill, input); };
  std::vector<Tensor> inputs{input};
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const Tensor& mask = mask_named(picture, parts[p]);
    inputs.push_back(masked(mask));
    result.masked[p].push_back(to_picture(inputs.back(), preprocess));
    for (std::int64_t d = 0; d < options.draws; ++d) {
      const std::uint64_t stream =
          (number * parts.size() + p) * static_cast<std::uint64_t>(options.draws) + static_cast<std::uint64_t>(d);
      inputs.push_back(masked(laid_elsewhere(picture, mask, options.seed, stream)));
      if (p == 0 && d == 0) result.random.push_back(to_picture(inputs.back(), preprocess));
    }
  }
  result.pictures.push_back(picture.seen);
  Signs signs(values.size(), std::vector<std::vector<Tensor>>(parts.size()));
  const std::vector<Tensor> all = features(at::cat(inputs));
  for (std::size_t v = 0; v < values.size(); ++v) {
    const Tensor epsilon = all[v][0] - all[v].slice(0, 1);
    const double least = rounding * all[v][0].abs().max().item<double>();
    const Tensor sign = epsilon.gt(least).to(at::kChar) - epsilon.lt(-least).to(at::kChar);
    std::int64_t row = 0;
    for (std::size_t p = 0; p < parts.size(); ++p) {
      for (std::int64_t d = 0; d <= options.draws; ++d) signs[v][p].push_back(sign[row++]);
    }
  }
  return signs;
}

Delta delta_of(const std::vector<double>& distances) {
  Delta delta{.pairs = static_cast<std::int64_t>(distances.size())};
  if (distances.empty()) return delta;
  const auto count = static_cast<double>(distances.size());
  for (const double d : distances) delta.mean += d / count;
  for (const double d : distances) delta.deviation += (d - delta.mean) * (d - delta.mean);
  delta.deviation = distances.size() > 1 ? std::sqrt(delta.deviation / (count - 1)) : 0;
  return delta;
}

/// Distances of all pairs of pictures at one value, part and draw.
std::vector<double> distances_of(const std::vector<Signs>& signs, std::size_t v, std::size_t p, std::size_t draw) {
  std::vector<double> distances;
  for (std::size_t i = 0; i < signs.size(); ++i) {
    for (std::size_t j = i + 1; j < signs.size(); ++j) {
      distances.push_back(sign_distance(signs[i][v][p][draw], signs[j][v][p][draw]));
    }
  }
  return distances;
}

PartDelta compare(const std::vector<Signs>& signs, std::size_t v, std::size_t p, std::int64_t draws) {
  PartDelta row{.masked = delta_of(distances_of(signs, v, p, 0))};
  std::vector<double> random;
  for (std::int64_t d = 1; d <= draws; ++d) {
    const std::vector<double> drawn = distances_of(signs, v, p, static_cast<std::size_t>(d));
    row.below += delta_of(drawn).mean > row.masked.mean ? 1.0 / static_cast<double>(draws) : 0;
    random.insert(random.end(), drawn.begin(), drawn.end());
  }
  row.random = delta_of(random);
  return row;
}

/// The values that the paper compares: the last map, and what the classifier reads.
std::vector<ValueId> default_values(const Model& model, const Tensor& input) {
  const Trace trace = run(model.graph, beside_weights(model.graph, input), {.tape = Tape::none});
  const ValueId map = last_spatial_value(trace);
  const ValueId read = required_classifier_input(model.graph);
  return map == read ? std::vector{map} : std::vector{map, read};
}

void check(std::span<const PartPicture> pictures, const CorrespondenceOptions& options) {
  if (pictures.size() < 2) {
    throw Error(ErrorKind::usage,
                "correspondence is a distance between pictures, found " + std::to_string(pictures.size()),
                "give two pictures of the class or more");
  }
  if (options.draws < 1) throw Error(ErrorKind::usage, "random masks are drawn once at least");
  for (const PartPicture& picture : pictures) {
    for (const auto& [part, mask] : picture.parts) {
      const bool fits = mask.defined() && mask.dim() == 2 && mask.size(0) == picture.seen.height &&
                        mask.size(1) == picture.seen.width && mask.any().item<bool>();
      if (!fits) {
        throw Error(ErrorKind::usage, "part '" + part + "' of " + picture.name + " marks nothing in the picture");
      }
    }
  }
}

}  // namespace

double sign_distance(const Tensor& a, const Tensor& b) {
  return static_cast<double>(a.ne(b).sum().item<std::int64_t>()) / static_cast<double>(a.numel());
}

Correspondence measure_correspondence(const Model& model, std::span<const PartPicture> pictures,
                                      const CorrespondenceOptions& options) {
  check(pictures, options);
  RunningParts running{.model = model,
                       .preprocess = required_preprocess(model),
                       .options = options,
                       .values = options.values,
                       .parts = common_parts(pictures)};
  if (running.parts.empty()) {
    throw Error(ErrorKind::usage, "no part is in all " + std::to_string(pictures.size()) + " pictures",
                "name each part in every picture");
  }
  if (running.values.empty()) {
    running.values = default_values(model, to_input(pictures.front().seen, running.preprocess));
  }
  const auto count = static_cast<std::int64_t>(pictures.size());
  running.total = count * (1 + static_cast<std::int64_t>(running.parts.size()) * (1 + options.draws));
  Correspondence result{.parts = running.parts};
  result.masked.resize(running.parts.size());
  std::vector<Signs> signs;
  for (std::size_t i = 0; i < pictures.size(); ++i) signs.push_back(running.examine(pictures[i], i, result));
  for (std::size_t v = 0; v < running.values.size(); ++v) {
    result.values.push_back(model.graph.node_name(running.values[v]));
    for (std::size_t p = 0; p < running.parts.size(); ++p) {
      PartDelta row = compare(signs, v, p, options.draws);
      row.part = running.parts[p];
      row.value = result.values.back();
      result.rows.push_back(std::move(row));
    }
  }
  return result;
}

std::vector<CorrespondenceSummary> summarise(std::span<const PartDelta> rows) {
  std::vector<CorrespondenceSummary> summaries;
  for (const PartDelta& row : rows) {
    auto found = std::find_if(summaries.begin(), summaries.end(), [&](const auto& s) { return s.value == row.value; });
    if (found == summaries.end()) found = summaries.insert(found, {.value = row.value});
    ++found->parts;
    found->masked += row.masked.mean;
    found->random += row.random.mean;
    found->below += row.masked.mean < row.random.mean ? 1 : 0;
  }
  for (CorrespondenceSummary& summary : summaries) {
    summary.masked /= static_cast<double>(summary.parts);
    summary.random /= static_cast<double>(summary.parts);
  }
  return summaries;
}

}  // namespace fovea
