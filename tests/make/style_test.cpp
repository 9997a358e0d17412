// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

#include "core/gram.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;
using test::striped;

Image content() {
  Image image = make_image(16, 16, {60, 120, 180});
  for (int y = 4; y < 12; ++y) {
    for (int x = 3; x < 9; ++x) image.at(x, y)[0] = 220;
  }
  return image;
}

const Settings small{{"size", "16"}, {"steps", "60"}, {"smooth", "0"}};

Settings small_and(const Settings& more) {
  Settings settings = small;
  for (const auto& [name, value] : more) settings[name] = value;
  return settings;
}

/// |G - G_0| / |G_0| of the columns [from, to) of the early maps.
double early_error(const Tensor& picture, const Image& style, std::int64_t from = 0, std::int64_t to = 16) {
  const Model model = test::made_model();
  const auto maps = [&](const Tensor& display) {
    const Trace trace = run(model.graph, display_to_input(display, *model.card.preprocess), {.tape = Tape::none});
    return trace.value(model.graph.at("early"));
  };
  const Tensor wanted = gram_matrix(maps(to_display(style)));
  const Tensor own = gram_matrix(maps(picture).narrow(3, from, to - from).contiguous());
  return ((own - wanted).norm() / wanted.norm()).item<double>();
}

TEST(style, comes_nearer_to_the_style_and_keeps_the_content) {
  const Made painted = made("style", small_and({{"style", "1000"}}), {{"c.png", content()}, {"s.png", striped()}});
  EXPECT_LT(early_error(painted.values, striped()), 0.3 * early_error(to_display(content()), striped()));
  const Made kept = made("style", small_and({{"style", "0"}}), {{"c.png", content()}, {"s.png", striped()}});
  EXPECT_LT((kept.values - to_display(content())).abs().mean().item<double>(), 0.01) << "it begins with the content";
}

TEST(style, masks_confine) {
  Image left = make_image(16, 16);
  Image right = make_image(16, 16, {255, 255, 255});
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 8; ++x) {
      std::fill_n(left.at(x, y), 3, std::uint8_t{255});
      std::fill_n(right.at(x, y), 3, std::uint8_t{0});
    }
  }
  const Image warm = make_image(16, 16, {230, 120, 40});
  const Made painted =
      made("style", small_and({{"style", "1000"}, {"masks", "true"}}),
           {{"c.png", content()}, {"s.png", striped()}, {"w.png", warm}, {"l.png", left}, {"r.png", right}});
  EXPECT_LT(early_error(painted.values, striped(), 0, 8), early_error(painted.values, striped(), 8, 16));
  EXPECT_LT(early_error(painted.values, warm, 8, 16), early_error(painted.values, warm, 0, 8));
}

TEST(style, kept_colours_are_the_contents_exactly) {
  const Made painted =
      made("style", small_and({{"colour", "content"}, {"steps", "10"}}), {{"c.png", content()}, {"s.png", striped()}});
  const Tensor own = painted.values;
  const Tensor wanted = to_display(content());
  // Differences between colours are the content's wherever nothing was clipped.
  const Tensor inside = own.amin(1).gt(0).logical_and(own.amax(1).lt(1));
  const Tensor gap = ((own.select(1, 0) - own.select(1, 2)) - (wanted.select(1, 0) - wanted.select(1, 2))).abs();
  EXPECT_GT(inside.sum().item<std::int64_t>(), 50);
  EXPECT_LE(gap.masked_select(inside).max().item<double>(), 1e-5);
}

TEST(style, blends_by_weights) {
  const Image warm = make_image(16, 16, {230, 120, 40});
  const std::vector<NamedImage> pictures{{"c.png", content()}, {"s.png", striped()}, {"w.png", warm}};
  const Made first = made("style", small_and({{"style", "1000"}, {"blend", "1;0"}}), pictures);
  const Made second = made("style", small_and({{"style", "1000"}, {"blend", "0;1"}}), pictures);
  EXPECT_LT(early_error(first.values, striped()), early_error(second.values, striped()));
  EXPECT_LT(early_error(second.values, warm), early_error(first.values, warm));
}

TEST(style, large_pictures_are_painted_small_first) {
  const Made painted = made("style", {{"size", "800"}, {"steps", "1"}}, {{"c.png", content()}, {"s.png", striped()}});
  EXPECT_EQ(painted.picture.width, 800);
  EXPECT_EQ(painted.table.at(1).at(0), "200 x 200 px");
}

TEST(style, wrong_pictures_and_weights_have_words) {
  EXPECT_TRUE(holds(failure_of([] { made("style", small, {{"c.png", content()}}); }), "2 to 17 pictures"));
  const std::vector<NamedImage> two{{"c.png", content()}, {"s.png", striped()}};
  EXPECT_TRUE(holds(failure_of([&] { made("style", small_and({{"blend", "1;2"}}), two); }), "expected 1, found 2"));
  EXPECT_TRUE(holds(failure_of([&] { made("style", small_and({{"blend", "a"}}), two); }), "'a'"));
  EXPECT_TRUE(holds(failure_of([&] { made("style", small_and({{"masks", "true"}}), two); }), "no even number"));
  EXPECT_TRUE(holds(failure_of([&] { made("style", small_and({{"content_at", "erly"}}), two); }), "erly"));
}

}  // namespace
}  // namespace fovea
