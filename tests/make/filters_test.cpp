// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;

TEST(filters, the_strongest_come_first_and_are_stretched) {
  const Made sheet = made("filters", {{"at", "features"}, {"most", "4"}});
  ASSERT_EQ(sheet.pictures.size(), 4U);
  double before = 1e30;
  for (std::size_t row = 1; row < sheet.table.size(); ++row) {
    const double value = std::stod(sheet.table[row].at(2));
    EXPECT_LE(value, before);
    before = value;
  }
  const Tensor centred = sheet.values[0] - 0.5;
  EXPECT_NEAR(centred.square().mean().sqrt().item<double>(), 0.1, 0.02);
}

TEST(filters, some_channels_as_they_are) {
  const Made sheet = made("filters", {{"at", "early:0-3"}, {"deviation", "0"}, {"tried", "2"}});
  EXPECT_EQ(sheet.pictures.size(), 2U);
}

TEST(filters, wants_a_value) {
  EXPECT_TRUE(holds(failure_of([] { made("filters", {}); }), "'filters' needs a value"));
  EXPECT_TRUE(holds(failure_of([] { made("filters", {{"at", "features:1@0,0"}}); }), "shows channels"));
}

}  // namespace
}  // namespace fovea
