// The first input in the element type of the second (ONNX: CastLike).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::cast_like {

extern constinit const Op descriptor{.name = "cast_like",
                                     .onnx = "CastLike",
                                     .kind = Kind::identity,
                                     .forward = [](const Call& call) -> Outputs {
                                       return {convert(call.input(0), call.input(1).scalar_type(), call.opset())};
                                     },
                                     .geometry = &pointwise_geometry};

}  // namespace fovea::ops::cast_like
