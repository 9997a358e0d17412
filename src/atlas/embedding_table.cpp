// Checks of a table of embeddings: two axes, numbers, all finite (x * 0 = 0 holds for finite x only).
// SPDX-License-Identifier: Apache-2.0
#include "atlas/embedding_table.h"

#include <algorithm>
#include <atomic>

#include <ATen/Parallel.h>

#include <fovea/error.h>

namespace fovea {
namespace {

bool all_finite(const float* row, std::int64_t count) {
  float sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += row[i] * 0.0F;
  return sum == 0;
}

std::string shape_of(const Tensor& table) {
  std::string text = "[";
  for (std::int64_t i = 0; i < table.dim(); ++i) text += (i == 0 ? "" : ",") + std::to_string(table.size(i));
  return text + "]";
}

}  // namespace

Tensor checked_table(const Tensor& table, const std::string& what) {
  if (!table.defined() || table.dim() != 2 || table.numel() == 0) {
    throw Error(ErrorKind::shape, what + " must be a table [N,D] with at least one row and one column; found " +
                                      (table.defined() ? shape_of(table) : "nothing"));
  }
  if (!table.is_floating_point()) {
    throw Error(ErrorKind::shape, what + " must hold floating-point numbers; found another type");
  }
  Tensor numbers = table.detach().to(at::kCPU, at::kFloat).contiguous();
  const std::int64_t columns = numbers.size(1);
  const auto* data = numbers.data_ptr<float>();
  std::atomic<std::int64_t> first_bad = numbers.size(0);
  at::parallel_for(0, numbers.size(0), 1024, [&](std::int64_t begin, std::int64_t end) {
    std::int64_t row = begin;
    while (row < end && all_finite(data + row * columns, columns)) ++row;
    if (row == end) return;
    std::int64_t known = first_bad;
    while (row < known && !first_bad.compare_exchange_weak(known, row)) {
    }
  });
  if (first_bad < numbers.size(0)) {
    throw Error(ErrorKind::format,
                "row " + std::to_string(first_bad) + " of " + what + " holds a number that is not finite",
                "leave such rows out");
  }
  return numbers;
}

}  // namespace fovea
