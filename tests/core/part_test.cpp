// SPDX-License-Identifier: Apache-2.0
#include <fovea/part.h>

#include <array>

#include <gtest/gtest.h>

#include "support/failure.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;

constexpr Option options[] = {
    {.name = "by", .type = OptionType::integer, .fallback = "8", .range = "0..64", .help = ""},
    {.name = "mode", .type = OptionType::choice, .fallback = "crop", .range = "crop|roll", .help = ""}};

TEST(part, lists_with_settings_by_place_and_by_name) {
  const std::vector<PartText> parts = parse_parts(" pad(12) jitter(by=4, mode = roll)+scale ; flip() ");
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(parts[0].name, "pad");
  EXPECT_EQ(parts[0].positional, std::vector<std::string>{"12"});
  EXPECT_EQ(parts[1].named.at("mode"), "roll");
  EXPECT_EQ(parts[2].name, "scale");
  EXPECT_TRUE(parts[3].positional.empty());
  EXPECT_TRUE(parse_parts("").empty());
}

TEST(part, options_are_checked) {
  const Options set = options_of(parse_parts("jitter(4, roll)").front(), options);
  EXPECT_EQ(set.integer("by"), 4);
  EXPECT_EQ(set.text("mode"), "roll");
  EXPECT_EQ(options_of(parse_parts("jitter").front(), options).integer("by"), 8);
  const auto fails = [](const char* text) {
    return failure_of([&] { options_of(parse_parts(text).front(), options); });
  };
  EXPECT_TRUE(holds(fails("jitter(1, roll, 3)"), "'jitter' takes 2 values, found 3"));
  EXPECT_TRUE(holds(fails("jitter(99)"), "option 'by' of 'jitter'"));
  EXPECT_TRUE(holds(fails("jitter(far=3)"), "has no option 'far'"));
  EXPECT_TRUE(holds(fails("jitter(3, by=4)"), "set twice"));
}

TEST(part, errors_point_at_the_place) {
  const auto fails = [](const char* text) { return failure_of([&] { parse_parts(text); }); };
  EXPECT_TRUE(holds(fails("pad(3"), "expected ',' or ')' at place 6, found the end"));
  EXPECT_TRUE(holds(fails("pad(by=3, 4)"), "name=value after the first named setting"));
  EXPECT_TRUE(holds(fails("pad (3)"), "expected a name at place 5"));
  EXPECT_TRUE(holds(fails("pad(3)jitter"), "a blank between two parts"));
  EXPECT_TRUE(holds(fails("pad(,)"), "expected a value"));
}

TEST(part, draws_depend_on_seed_and_stream_alone) {
  const Draws draws{.seed = 3, .stream = 7};
  EXPECT_EQ(draws.uniform(3), draws.uniform(3));
  EXPECT_EQ(draws.uniform(3)[0], draws.uniform(1)[0]);
  EXPECT_NE(draws.uniform(1)[0], (Draws{.seed = 3, .stream = 8}.uniform(1)[0]));
}

}  // namespace
}  // namespace fovea
