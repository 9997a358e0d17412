// SPDX-License-Identifier: Apache-2.0
#include "evolved/genome_text.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "evolved/direct.h"
#include "support/failure.h"

namespace fovea {
namespace {

using namespace evolved;  // NOLINT(google-build-using-namespace): the test is about its names
using test::failure_of;
using test::holds;

TEST(genome_text, networks_come_back_bit_for_bit) {
  Dice dice(5, 0);
  Cppn genome = first_cppn(dice, {});
  for (int i = 0; i < 40; ++i) mutate(genome, dice, {});
  const Cppn back = read_cppn(Json::parse(to_json(genome).dump()));
  ASSERT_EQ(back.functions, genome.functions);
  ASSERT_EQ(back.links.size(), genome.links.size());
  EXPECT_GT(back.size(), input_count + output_count) << "the example has grown";
  for (std::size_t i = 0; i < back.links.size(); ++i) EXPECT_EQ(back.links[i].weight, genome.links[i].weight);
  EXPECT_TRUE(at::equal(outputs_of(back, 9, 7, Coordinates::unit), outputs_of(genome, 9, 7, Coordinates::unit)));
}

TEST(genome_text, pixels_come_back_bit_for_bit) {
  Dice dice(6, 0);
  const Tensor pixels = first_pixels(dice, 4, 5);
  EXPECT_TRUE(at::equal(read_pixels(Json::parse(to_json(pixels).dump()), 4, 5), pixels));
  EXPECT_TRUE(holds(failure_of([&] { read_pixels(to_json(pixels), 5, 5); }), "another size"));
}

TEST(genome_text, what_cannot_draw_is_refused) {
  Dice dice(7, 0);
  const Json good = to_json(first_cppn(dice, {}));
  const auto with_link = [&](const Json& link) {
    Json json = good;
    json["links"].push_back(link);
    return failure_of([&] { read_cppn(json); });
  };
  EXPECT_TRUE(holds(with_link({0, 99, 1.0}), "leads nowhere"));
  EXPECT_TRUE(holds(with_link({4, 1, 1.0}), "leads nowhere")) << "into an input";
  EXPECT_TRUE(holds(with_link({5, 5, 1.0}), "circle"));
  Json unknown = good;
  unknown["functions"][0] = 4;
  EXPECT_TRUE(holds(failure_of([&] { read_cppn(unknown); }), "unknown function"));
  Json few = good;
  few["functions"] = {0, 1};
  few["links"] = Json::array();
  EXPECT_TRUE(holds(failure_of([&] { read_cppn(few); }), "lacks"));
}

}  // namespace
}  // namespace fovea
