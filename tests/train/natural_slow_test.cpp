// The shipped model `natural` on the photographs that it was not trained on.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/data.h>
#include <fovea/train.h>

#include "support/places.h"
#include "support/shared_data.h"

namespace fovea {
namespace {

TEST(natural_slow, tells_the_photographs_of_the_validation_split) {
  FOVEA_NEEDS_SHARED("imagenette128.tar");
  const auto pictures = open_pictures(test::shared_data("imagenette128.tar"), {.split = "val"});
  const Model model = load_model(test::in_checkout("models/natural.onnx"));
  EXPECT_EQ(model.card.labels, pictures->labels());
  const Evaluation evaluation = evaluate(model, *pictures);
  std::printf("    natural: %.4f of %lld\n", evaluation.top1, static_cast<long long>(evaluation.pictures));
  EXPECT_EQ(evaluation.pictures, 1340);
  EXPECT_GE(evaluation.top1, 0.86);
}

}  // namespace
}  // namespace fovea
