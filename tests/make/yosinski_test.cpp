// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;

TEST(yosinski, four_styles_excite_their_unit) {
  for (const char* style : {"style_1", "style_2", "style_3", "style_4"}) {
    const Made picture = made("yosinski", {{"class", "2"}, {"steps", "30"}}, {}, style);
    ASSERT_EQ(picture.pictures.size(), 1U);
    EXPECT_GE(picture.values.min().item<double>(), 0) << style;
    EXPECT_LE(picture.values.max().item<double>(), 1) << style;
  }
}

TEST(yosinski, parts_stand_in_the_notes) {
  const Made picture = made("yosinski", {{"at", "features:3"}, {"steps", "2"}});
  EXPECT_TRUE(holds(picture.notes.at(0), "decay(0.0001) blur(sigma=1, every=4) range")) << picture.notes.at(0);
  EXPECT_TRUE(holds(picture.notes.at(0), "sgd(rate=0.00153")) << "100 / 255^2: " << picture.notes.at(0);
  EXPECT_EQ(picture.table.at(1).at(1), "neuron(features,3)");
}

TEST(yosinski, wants_units) {
  EXPECT_TRUE(holds(failure_of([] { made("yosinski", {{"at", "features"}}); }), "excites single units"));
}

}  // namespace
}  // namespace fovea
