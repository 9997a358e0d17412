// SPDX-License-Identifier: Apache-2.0
#include "shared/embedded.h"

#include <algorithm>

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

#include <fovea/error.h>
#include <fovea/model.h>

#include "core/progress.h"

namespace fovea::cli {
namespace {

constexpr int side = 32;  // px

Preprocess small() {
  return {.source = "pixels",
          .width = side,
          .height = side,
          .fit = Fit::stretch,
          .scale = 1.0 / 255,
          .mean = {0, 0, 0},
          .std = {1, 1, 1}};
}

}  // namespace

EmbeddedRows readable_rows(const Tensor& table) {
  const Tensor good = table.isfinite().all(1).contiguous();
  EmbeddedRows rows;
  for (std::int64_t i = 0; i < table.size(0); ++i) {
    if (good.data_ptr<bool>()[i]) rows.pictures.push_back(i);
  }
  if (rows.pictures.empty()) throw Error(ErrorKind::format, "none of the atlas's pictures could be read");
  const bool all = static_cast<std::int64_t>(rows.pictures.size()) == table.size(0);
  rows.table = all ? table : table.index_select(0, at::tensor(rows.pictures, at::kLong));
  return rows;
}

Tensor small_picture(const Image& picture) { return to_input(picture, small()).contiguous().reshape({1, -1}); }

EmbeddedRows small_pictures(const Pictures& pictures, int threads, const Progress& progress) {
  LoaderOptions options{.preprocess = small(), .augmentation = {}, .batch = 64};
  options.threads = std::max(threads, 1);
  options.empty_batches = true;
  Loader loader(pictures, options);
  EmbeddedRows rows;
  std::vector<Tensor> parts;
  while (const std::optional<Batch> batch = loader.next()) {
    rows.pictures.insert(rows.pictures.end(), batch->indices.begin(), batch->indices.end());
    parts.push_back(batch->input.contiguous().reshape({batch->input.size(0), -1}));
    report_to(progress, static_cast<std::int64_t>(rows.pictures.size()), pictures.size());
  }
  rows.table = at::empty({static_cast<std::int64_t>(rows.pictures.size()), 3 * side * side}, at::kFloat);
  std::int64_t row = 0;
  for (const Tensor& part : parts) {
    rows.table.narrow(0, row, part.size(0)).copy_(part);
    row += part.size(0);
  }
  return rows;
}

}  // namespace fovea::cli
