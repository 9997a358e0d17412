// Relevance over the number of inputs in a unit's window (padding left out): the op with all weights and inputs 1 gives
// that number, and its gradient shares out.
// SPDX-License-Identifier: Apache-2.0
#include "rules/shared/spread.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/ones_like.h>

#include "rules/linear.h"

namespace fovea::rules {
namespace {

/// The same convolution with one channel in and one out of each group, all inputs and weights 1: how a window spreads
/// evenly is alike for all channels of a group.
Tensor spread_by_groups(const RuleCall& call, const Tensor& rest) {
  const Tensor& input = call.input(0);
  const std::int64_t groups = call.node.attributes.integer("group", 1);
  const auto per_group = [&](const Tensor& t, std::int64_t count) {
    Shape shape = t.sizes().vec();
    shape[1] = count;
    return shape;
  };
  Shape window = call.input(1).sizes().vec();
  window[0] = groups;
  window[1] = 1;
  std::vector<Tensor> ones = without_bias(call);
  ones[1] = at::ones(window, input.options());
  const auto like_input = input.options().memory_format(input.suggest_memory_format());
  const Linear even = apply_linear(call, 0, at::empty(per_group(input, groups), like_input).fill_(1), ones);

  Shape split = per_group(rest, groups);
  split.insert(split.begin() + 2, rest.size(1) / groups);
  const Tensor of_group = groups == rest.size(1) ? rest : rest.reshape(split).sum(2);
  const std::int64_t channels = input.size(1) / groups;
  const Tensor ratio = share_out(of_group, even.output.detach(), least_contribution).ratio;
  Tensor spread = vjp({even.output}, {even.input}, {ratio})[0];
  if (channels == 1) return spread;
  const Tensor share = spread / static_cast<double>(channels);
  return groups == 1 ? share.expand(input.sizes()) : share.repeat_interleave(channels, 1);
}

}  // namespace

Tensor spread_evenly(const RuleCall& call, std::size_t i, const Tensor& rest) {
  const std::string_view op = call.node.op->onnx;
  if (i == 0 && (op == "Conv" || op == "ConvTranspose")) return spread_by_groups(call, rest);
  std::vector<Tensor> ones = without_bias(call);
  for (std::size_t k = 0; k < ones.size(); ++k) {
    if (k != i && ones[k].defined() && call.node.op->kind == Kind::linear) ones[k] = at::ones_like(ones[k]);
  }
  const Linear even = apply_linear(call, i, at::ones_like(call.input(i).detach()), ones);
  return vjp({even.output}, {even.input}, {share_out(rest, even.output.detach(), least_contribution).ratio})[0];
}

}  // namespace fovea::rules
