// fovea atlas correlate: channels that fire together: Pearson's correlation of two channels' activations over all
// pictures of an atlas, r = cov(a, b) / (sd(a) sd(b)).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <memory>

#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <fovea/embedding.h>
#include <fovea/error.h>
#include <fovea/npy.h>

#include "core/lower_case.h"
#include "shared/arguments.h"
#include "shared/atlas_source.h"
#include "shared/embedded.h"
#include "shared/json.h"
#include "shared/matrix_picture.h"
#include "shared/place.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::atlas::correlate {
namespace {

using namespace fovea::cli;

struct Choices {
  std::string atlas;
  std::string at;
  std::string out;
  std::int64_t pairs = 10;
  Common common;
};

/// Two channels.
struct Pair {
  std::int64_t a = 0;
  std::int64_t b = 0;
  double r = 0;
};

/// Correlations between columns [D,D], float64; 0 for a channel that never changes.
Tensor correlations(const Tensor& table) {
  const Tensor rows = table.to(at::kDouble);
  const Tensor centred = rows - rows.mean(0, true);
  const Tensor deviation = centred.square().sum(0).sqrt();
  const Tensor unit = centred / deviation.clamp_min(1e-12);
  return at::matmul(unit.t(), unit).clamp(-1, 1);
}

/// Channels in the order of their place on the first principal component of the correlations: those that fire together
/// come to stand beside each other.
std::vector<std::int64_t> seriation(const Tensor& r) {
  const Tensor place = pca(r.to(at::kFloat), 1).scores.select(1, 0);
  const Tensor order = place.argsort(0, true);
  return {order.data_ptr<std::int64_t>(), order.data_ptr<std::int64_t>() + order.size(0)};
}

/// The pairs with the largest or the smallest correlation.
std::vector<Pair> extreme_pairs(const Tensor& r, std::int64_t count, bool largest) {
  std::vector<Pair> pairs;
  const auto* values = r.data_ptr<double>();
  const std::int64_t size = r.size(0);
  for (std::int64_t a = 0; a < size; ++a) {
    for (std::int64_t b = a + 1; b < size; ++b) pairs.push_back({a, b, values[a * size + b]});
  }
  count = std::min<std::int64_t>(count, static_cast<std::int64_t>(pairs.size()));
  std::partial_sort(pairs.begin(), pairs.begin() + count, pairs.end(), [&](const Pair& x, const Pair& y) {
    if (x.r != y.r) return largest ? x.r > y.r : x.r < y.r;
    return std::pair(x.a, x.b) < std::pair(y.a, y.b);
  });
  pairs.resize(static_cast<std::size_t>(count));
  return pairs;
}

Figure draw(const Tensor& r, const std::string& value) {
  const std::vector<std::int64_t> order = seriation(r);
  const Tensor at = at::tensor(order, at::kLong);
  std::vector<std::string> names;
  for (const std::int64_t channel : order) names.push_back(std::to_string(channel));
  return draw_matrix({.values = r.index_select(0, at).index_select(1, at),
                      .numbers = {},
                      .rows = names,
                      .columns = names,
                      .title = value + ": channels that fire together (red) and apart (blue)",
                      .row_title = "channel, alike ones side by side",
                      .column_title = "channel",
                      .diverging = true});
}

Json to_json(const std::vector<Pair>& pairs) {
  Json list = Json::array();
  for (const Pair& pair : pairs) list.push_back({{"channels", {pair.a, pair.b}}, {"correlation", pair.r}});
  return list;
}

void print(const char* title, const std::vector<Pair>& pairs) {
  fmt::print("{}\n", title);
  for (const Pair& pair : pairs) fmt::print("  {:>5} {:>5}  {:+.3f}\n", pair.a, pair.b, pair.r);
}

int correlate_channels(const Choices& choices) {
  const std::string ending = ending_of(choices.out);
  if (!choices.out.empty()) require_writable(choices.out);
  if (!choices.out.empty() && !draws(choices.out) && ending != ".npy") {
    throw Error(ErrorKind::usage, fmt::format("--out '{}': what to write is not known from its ending", choices.out),
                ".png, .jpg, .webp, .svg and .pdf draw the matrix, .npy writes it");
  }
  apply(choices.common);
  const Atlas atlas(choices.atlas);
  const std::string at = atlas.embedded(choices.at).name;
  const EmbeddedRows rows = readable_rows(atlas.embedding(at));
  if (rows.table.size(0) < 3 || rows.table.size(1) < 2) {
    throw Error(ErrorKind::usage,
                fmt::format("{} pictures of {} channels have no correlations", rows.table.size(0), rows.table.size(1)));
  }
  const Tensor r = correlations(rows.table).contiguous();
  const std::vector<Pair> together = extreme_pairs(r, choices.pairs, true);
  const std::vector<Pair> apart = extreme_pairs(r, choices.pairs, false);
  const Tensor dead = rows.table.eq(rows.table.narrow(0, 0, 1)).all(0);
  if (draws(choices.out)) write_figure(choices.out, draw(r, at));
  if (ending == ".npy") write_npy(choices.out, r);
  if (choices.common.json) {
    fmt::print("{}\n", text_of(Json{{"value", at},
                                    {"pictures", rows.pictures.size()},
                                    {"channels", r.size(0)},
                                    {"unchanging", dead.sum().item<std::int64_t>()},
                                    {"together", to_json(together)},
                                    {"apart", to_json(apart)}}));
    return 0;
  }
  fmt::print("{}: {} channels over {} pictures, {} of them never change\n", at, r.size(0), rows.pictures.size(),
             dead.sum().item<std::int64_t>());
  print("fire together", together);
  print("fire apart", apart);
  if (!choices.out.empty()) fmt::print("written {}\n", choices.out);
  return 0;
}

cli::Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_atlas(parser, choices->atlas);
  parser.add_option("--at", choices->at, "Names the embedded value; default: the first one").text("VALUE");
  parser.add_option("--pairs", choices->pairs, "Sets how many pairs are named; default 10").text("N").range(1, 1000);
  parser.add_option("--out", choices->out, "Draws the matrix (.png), or writes it (.npy)").text("PATH");
  add_common(parser, choices->common, {.seed = true, .device = true});
  return [choices] { return correlate_channels(*choices); };
}

}  // namespace

extern constinit const cli::Verb descriptor{
    .name = "correlate",
    .sentence = "Finds channels that fire together, and channels that fire apart.",
    .examples =
        "Examples:\n"
        "  fovea atlas build net.onnx photos/ --embed 'conv*' --out atlas\n"
        "  fovea atlas correlate atlas --at conv4 --out together.png\n"
        "A channel's activation in a picture is its mean over positions; in the matrix channels stand beside those\n"
        "that they fire together with.",
    .add = add};

}  // namespace fovea::atlas::correlate
