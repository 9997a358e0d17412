// SPDX-License-Identifier: Apache-2.0
#include "techniques/asked.h"

namespace fovea {
namespace {

TEST(lrp_z_plus_technique, has_the_sign_of_the_score) {
  const test::Asked asked;
  const double score = asked.subject.trace().scores()[0][2].item<double>();
  EXPECT_GE((asked.ask("lrp_z_plus") * score).min().item<double>(), 0);
}

}  // namespace
}  // namespace fovea
