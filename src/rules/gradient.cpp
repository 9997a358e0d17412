// The gradient: at every node the vector-Jacobian product of its op, R_in = J^T R_out (Simonyan et al. 2013). No row at
// all: it is what a walk does by default.
// SPDX-License-Identifier: Apache-2.0
#include "rules/common.h"

namespace fovea::rules::gradient {

extern constinit const Recipe descriptor{
    .name = "gradient",
    .sentence = "Multiplies by every op's transposed Jacobian: the plain gradient of the objective.",
    .paper = "Simonyan, Vedaldi, Zisserman 2013, Deep Inside Convolutional Networks, section 3"};

}  // namespace fovea::rules::gradient
