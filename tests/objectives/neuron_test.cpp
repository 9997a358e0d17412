// SPDX-License-Identifier: Apache-2.0
#include "objectives/term.h"

namespace fovea {
namespace {

TEST(neuron, is_the_centre_unless_a_place_is_given) {
  const test::Term term;  // centre of 2 x 3 is row 1, column 1
  EXPECT_FLOAT_EQ(term.value("neuron(map,0)"), 0.5);
  EXPECT_FLOAT_EQ(term.value("neuron(map,0,1,2)"), -3);
}

TEST(neuron, finds_the_strongest_unit_and_pins_it) {
  const test::Term term;
  EXPECT_FLOAT_EQ(term.value("neuron(map,0,strongest)"), 1);
  EXPECT_EQ(term.pinned("neuron(map,0,strongest)"), "neuron(map,0,0,1)");
  EXPECT_EQ(term.pinned("neuron(map,strongest)"), "neuron(map,1,0,0)");
  EXPECT_FLOAT_EQ(term.value("neuron(map,strongest)"), 4);
}

TEST(neuron, refuses_places_outside) {
  test::expect_error([] { test::Term().value("neuron(map,0,2,0)"); }, "row '2' is not in 0..1");
  test::expect_error([] { test::Term().value("neuron(map,0,0,3)"); }, "column '3' is not in 0..2");
  test::expect_error([] { test::Term().value("neuron(map,0,1)"); }, "has 2 coordinates beside its channel, found 1");
}

}  // namespace
}  // namespace fovea
