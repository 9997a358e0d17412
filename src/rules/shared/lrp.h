// Layer-wise relevance propagation: the rules that its recipes are composed of. For a linear layer z_k = sum_j a_j w_jk
// + b_k relevance R_k becomes R_j = sum_k (a_j w_jk)' / (sum_j (a_j w_jk)' + b_k') R_k, where ' is what a rule does to
// the contributions (Bach et al. 2015, equations 51 to 60; Montavon et al. 2019, Layer-Wise Relevance Propagation: An
// Overview, table 10.1). 0/0 is 0; relevance that goes to the biases is lost and said.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include <fovea/walk.h>

#include "rules/linear.h"

namespace fovea::rules {

/// LRP-0 and LRP-epsilon: contributions as they are, denominator z + epsilon sign(z), sign(0) = 1; epsilon is 0 where
/// the recipe has no such option.
std::vector<Tensor> lrp_epsilon_rule(const RuleCall& call);
/// LRP-gamma: weights and biases w + gamma max(w, 0).
std::vector<Tensor> lrp_gamma_rule(const RuleCall& call);
/// LRP-alpha-beta: alpha times the shares of the positive contributions minus beta times those of the negative ones;
/// biases count with the contributions of their sign.
std::vector<Tensor> lrp_alpha_beta_rule(const RuleCall& call);
/// z-plus: the shares of the positive contributions alone (alpha 1, beta 0).
std::vector<Tensor> lrp_z_plus_rule(const RuleCall& call);
/// z-box, for pixels between l and h: contributions x w - l max(w, 0) - h min(w, 0), no bias (Montavon et al. 2017,
/// Explaining Nonlinear Classification Decisions with Deep Taylor Decomposition, equation 13).
std::vector<Tensor> lrp_z_box_rule(const RuleCall& call);
/// Flat: every input in the window alike (Lapuschkin et al. 2019).
std::vector<Tensor> lrp_flat_rule(const RuleCall& call);
/// Sums and differences: in proportion to their terms, by the epsilon rule.
std::vector<Tensor> lrp_sum_rule(const RuleCall& call);
/// Products: all to the signal, nothing to the gate that was computed from it (Arras et al. 2017's signal-take-all);
/// half each where neither is the other's gate.
std::vector<Tensor> lrp_product_rule(const RuleCall& call);

/// Matches the linear layers that no other linear layer precedes.
bool is_first_layer(const Graph& graph, const Node& node, const Options&);
/// Matches Gemm and MatMul with weights.
bool is_dense(const Graph& graph, const Node& node, const Options&);
/// Matches Mul and Div.
bool multiplies(const Graph& graph, const Node& node, const Options&);
/// Matches MatMul of two values of the run.
bool is_bilinear(const Graph& graph, const Node& node, const Options&);
/// Matches what relevance crosses unchanged: non-linearities, LRN, scales.
bool lrp_passes(const Graph& graph, const Node& node, const Options&);

/// What every LRP recipe does where its own rows do not match.
inline constexpr std::array<RecipeRow, 6> lrp_common_rows{{
    {averages, lrp_epsilon_rule, "averages and sums over windows or axes: in proportion to contributions, epsilon"},
    {is<Kind::batch_norm>, lrp_epsilon_rule, "batch norm that could not be folded: a linear layer of its own, epsilon"},
    {adds, lrp_sum_rule, "sums: in proportion to their terms, epsilon"},
    {multiplies, lrp_product_rule, "products: all to the signal, nothing to the gate computed from it; else half each"},
    {is_bilinear, lrp_product_rule, "products of two matrices of the run: epsilon, half each"},
    {lrp_passes, pass, "ReLU and other non-linearities, LRN, softmax: unchanged"},
}};

/// Puts a recipe's own rows before the common ones.
template <std::size_t count>
constexpr std::array<RecipeRow, count + lrp_common_rows.size()> with_lrp_rows(const RecipeRow (&own)[count]) {
  std::array<RecipeRow, count + lrp_common_rows.size()> rows{};
  for (std::size_t i = 0; i < count; ++i) rows[i] = own[i];
  for (std::size_t i = 0; i < lrp_common_rows.size(); ++i) rows[count + i] = lrp_common_rows[i];
  return rows;
}

/// Says which batch norms and products of a graph a recipe meets.
std::string lrp_remark(const Graph& graph);

inline constexpr Option lrp_epsilon_option{"epsilon", OptionType::number, "1e-9", "0..1e6",
                                           "Is added to denominators with their sign (Captum's 1e-9)."};
inline constexpr Setting lrp_zennit[] = {{"epsilon", "1e-6"}};
inline constexpr Preset lrp_presets[] = {{"zennit", "zennit's epsilon, 1e-6.", lrp_zennit}};
inline constexpr Option lrp_gamma_option{"gamma", OptionType::number, "0.25", "0..1e6",
                                         "Sets how much positive weights are favoured."};
inline constexpr Option lrp_alpha_option{"alpha", OptionType::number, "2", "1..1e6",
                                         "Sets how much positive contributions count; beta is alpha - 1."};
inline constexpr Option lrp_low_option{
    "low", OptionType::text, "", "",
    "Sets the least value a pixel can have, in the network's units, one number per channel (a,b,c); default: black by "
    "the model's card, or the input's least."};
inline constexpr Option lrp_high_option{
    "high", OptionType::text, "", "",
    "Sets the largest value a pixel can have, likewise; default: white by the card, or the input's largest."};

}  // namespace fovea::rules
