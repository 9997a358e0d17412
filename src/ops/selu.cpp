// Scaled ELU: y = gamma x where x > 0, gamma alpha (exp(x) - 1) elsewhere (ONNX: Selu; its default numbers are those of
// Klambauer et al. 2017).
// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/elu.h>

#include <fovea/op.h>

#include "ops/elementwise.h"

namespace fovea::ops::selu {

extern constinit const Op descriptor{
    .name = "selu",
    .onnx = "Selu",
    .kind = Kind::activation,
    .forward = [](const Call& call) -> Outputs {
      const double alpha = call.attributes().number("alpha", 1.67326319217681884765625);
      const double gamma = call.attributes().number("gamma", 1.05070102214813232421875);
      return {in_float(call.input(0), [&](const Tensor& x) { return at::elu(x, alpha, gamma); })};
    },
    .geometry = &pointwise_geometry};

}  // namespace fovea::ops::selu
