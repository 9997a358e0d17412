// What several measures share: the score that a picture gets, and pixels in falling order of evidence.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <vector>

#include <ATen/ops/argsort.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>

#include <fovea/error.h>
#include <fovea/measure.h>
#include <fovea/objective.h>
#include <fovea/score.h>

namespace fovea::measures {

inline constexpr double not_known = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::int64_t micro_batch = 16;

/// Returns what is followed while pixels go: the class's probability where the objective is its logit, else the
/// objective itself.
inline Objective followed(const MeasureCall& call) {
  const auto asked = call.objective.asked_class();
  return asked ? probability(*asked) : call.objective;
}

/// Throws unless the network's input is a picture [1,C,H,W], whose pixels can be taken away.
inline void require_picture(const MeasureCall& call, std::string_view measure) {
  if (call.subject.input().dim() == 4) return;
  throw Error(ErrorKind::unsupported,
              std::string(measure) + " takes pixels away, and the network's input is no picture [1,C,H,W]",
              "leave it out of --measure");
}

/// Returns the rank of every pixel, int64 [H,W]: 0 for the strongest evidence; of equal ones the first in row order
/// goes first.
inline Tensor ranks_of(const Tensor& evidence) {
  const Tensor order = at::argsort(evidence.reshape({-1}), /*stable=*/true, /*dim=*/0, /*descending=*/true);
  return at::argsort(order, /*stable=*/true, /*dim=*/0, /*descending=*/false).reshape(evidence.sizes());
}

/// Returns the objective's value on the pictures that `picture(i)` makes, [count] in double, in micro-batches.
template <class Make>
std::vector<double> values_of(const MeasureCall& call, const Objective& objective, std::int64_t count,
                              const Make& picture) {
  std::vector<double> values;
  for (std::int64_t begin = 0; begin < count; begin += micro_batch) {
    std::vector<Tensor> batch;
    for (std::int64_t i = begin; i < std::min(begin + micro_batch, count); ++i) batch.push_back(picture(i));
    const Tensor scores = evaluate(call.subject.model(), at::cat(batch), objective, micro_batch).to(at::kDouble);
    for (std::int64_t i = 0; i < scores.numel(); ++i) values.push_back(scores[i].item<double>());
  }
  return values;
}

/// Returns the area under values at equal steps from 0 to 1, by the trapezoid rule.
inline double area_under(const std::vector<double>& curve) {
  double sum = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) sum += (curve[i - 1] + curve[i]) / 2;
  return sum / static_cast<double>(curve.size() - 1);
}

}  // namespace fovea::measures
