// The deconvnet: unpool, rectify, filter, down to the pixels (Zeiler and Fergus 2014, section 2.1).
//   unpool   places each value at the switch that recorded its window's maximum; where overlapping windows share a
//            switch the last window in row order is kept (`unpool=place`), or values are summed, as the gradient of
//            max-pooling does (`unpool=sum`)
//   rectify  R_in = max(R_out, 0); the forward mask is not used
//   filter   the transposed filters, no bias: the gradient of a convolution
// The paper is silent on contrast normalisation: `lrn=derivative` (Yosinski's fork) or `lrn=pass` (tf_cnnvis).
// SPDX-License-Identifier: Apache-2.0
#include "core/switches.h"
#include "rules/common.h"
#include "rules/deconvnet.h"

namespace fovea::rules::deconvnet {
namespace {

std::vector<Tensor> rectify(const RuleCall& call) {
  std::vector<Tensor> relevance(call.step.inputs.size());
  const int input = input_like_output(call);
  if (input < 0) return call.gradient(call.relevance[0].clamp_min(0));
  relevance[static_cast<std::size_t>(input)] = call.relevance[0].clamp_min(0);
  return relevance;
}

std::vector<Tensor> place(const RuleCall& call) {
  std::vector<Tensor> relevance(call.step.inputs.size());
  relevance[0] = place_at_switches(call.node, call.input(0).detach(), call.relevance[0]);
  return relevance;
}

bool pools_by_place(const Graph&, const Node& node, const Options& options) {
  return node.op->onnx == "MaxPool" && options.text("unpool") == "place";
}

bool passes_lrn(const Graph&, const Node& node, const Options& options) {
  return node.op->onnx == "LRN" && options.text("lrn") == "pass";
}

constexpr RecipeRow rows[] = {
    {rectifies, rectify, "ReLU: the reconstruction is rectified; the forward mask is not used"},
    {pools_by_place, place, "max-pooling with unpool=place: values are put at the switches, not summed"},
    {passes_lrn, pass, "LRN with lrn=pass: unchanged"}};

constexpr Option options[] = {unpool_option, lrn_option};

constexpr Setting zf2014[] = {{"unpool", "place"}, {"lrn", "derivative"}};
constexpr Setting captum[] = {{"unpool", "sum"}, {"lrn", "derivative"}};
constexpr Preset presets[] = {{"zf2014", "The paper: values are placed at the switches.", zf2014},
                              {"captum", "Captum's Deconvolution: the gradient of max-pooling.", captum}};

}  // namespace

extern constinit const Recipe descriptor{
    .name = "deconvnet",
    .sentence = "Unpools, rectifies and filters back down to the pixels: what pattern made a unit fire.",
    .paper = "Zeiler, Fergus 2014, Visualizing and Understanding Convolutional Networks, section 2.1",
    .rows = rows,
    .options = options,
    .presets = presets,
    .remark = remark_on_rectifiers};

}  // namespace fovea::rules::deconvnet
