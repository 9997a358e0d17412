// What the family of class activation maps shares: a layer's activations, its gradient, the option `relu`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "techniques/common.h"

namespace fovea::techniques {

/// Activations A and, where asked for, gradient g = dy/dA at a layer, both [K,h,w].
struct CamLayer {
  ValueId at;
  Tensor activations;
  Tensor gradient;
};

/// Reads a layer (default: the last spatial value before global pooling or flattening).
inline CamLayer cam_layer(const Question& question, bool with_gradient = true) {
  const Trace& trace = question.subject.trace();
  const ValueId at = read_at(question, last_spatial_value(trace));
  if (trace.value(at).dim() != 4) {
    throw Error(ErrorKind::usage,
                "'" + trace.graph().name(at) + "' is no map: it has " + std::to_string(trace.value(at).dim()) +
                    " axes, expected 4 [N,K,h,w]",
                "class activation maps are read at a convolutional layer; the default is '" +
                    trace.graph().name(last_spatial_value(trace)) + "'");
  }
  Tensor gradient;
  if (with_gradient) gradient = walk_to(question, trace, find_recipe("gradient"), at)[0];
  return {at, trace.value(at)[0], gradient};
}

inline constexpr Option cam_relu_option{"relu", OptionType::choice, "drawing", "drawing|true|false",
                                        "Clamps the final map at 0, as the paper does: only in drawings (raw .npy "
                                        "keeps its sign), everywhere, or nowhere."};

/// Wraps a raw map [h,w] up as the family's answer, clamped as `relu` says.
inline Map cam_map(const Question& question, const Tensor& raw, ValueId at) {
  const std::string& relu = question.options.text("relu");
  return {.values = relu == "true" ? raw.clamp_min(0) : raw,
          .drawing = relu == "false" ? Drawing::signed_heat : Drawing::heat,
          .at = question.subject.graph().name(at),
          .notes = {"read at '" + question.subject.graph().name(at) + "'"}};
}

}  // namespace fovea::techniques
