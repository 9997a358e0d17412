// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/outer.h>

#include "make/shared/on_sphere.h"

namespace fovea {
namespace {

using test::failure_of;
using test::figure;
using test::holds;
using test::made;

const Settings quickly{{"steps", "40"}, {"products", "30"}, {"directions", "2"}, {"frames", "2"}, {"frequencies", "6"}};

Settings asked_for(Settings settings) {
  settings.insert(quickly.begin(), quickly.end());
  return settings;
}

bool notes_hold(const Made& made, const std::string& text) {
  return std::any_of(made.notes.begin(), made.notes.end(), [&](const std::string& note) { return holds(note, text); });
}

Made smooth(const Settings& settings) {
  static const Model model = test::smooth_model();
  return make_picture(find_make_kind("hessian"), &model, {}, {.preset = {}, .settings = settings, .seed = 3});
}

// The directions that the frames walk along, and their curvatures, are eigenpairs of the full Hessian, projected.
TEST(hessian, its_directions_are_those_of_the_full_hessian) {
  const Made strips = smooth({{"class", "3"},
                              {"steps", "400"},
                              {"products", "150"},
                              {"frequencies", "0"},
                              {"frames", "1"},
                              {"precision", "float64"}});
  const Model model = test::smooth_model();
  const double radius = figure(strips, "radius");
  EXPECT_NEAR(radius, 0.25 * std::sqrt(3.0 * 64), 1e-9);
  const Tensor mean = mean_colour(*model.card.preprocess).to(at::kDouble);
  const Tensor points = (strips.values.to(at::kDouble) - mean).flatten(1);  // rows of three: back, optimum, on
  const Tensor x = points[1];
  EXPECT_NEAR(x.norm().item<double>(), radius, 1e-5);
  const Tensor hessian = test::full_hessian(model, logit(3), x);
  const Tensor outward = x / x.norm();
  const Tensor along = at::eye(x.numel(), at::kDouble) - at::outer(outward, outward);
  const Tensor gradient = test::function_of(model, logit(3)).gradients(x)[0];
  const double bend = x.dot(gradient).item<double>() / (radius * radius);
  const Tensor operators[] = {along.mm(hessian).mm(along) - bend * along + 1e3 * at::outer(outward, outward),
                              along.mm(hessian).mm(along) - bend * along - 1e3 * at::outer(outward, outward)};
  const auto [rising, of_rising] = at::linalg_eigh(operators[0]);
  const auto [falling, of_falling] = at::linalg_eigh(operators[1]);
  const double largest = rising[0].abs().item<double>();
  EXPECT_NEAR(figure(strips, "lowest curvature"), rising[0].item<double>(), 1e-3 * largest);
  EXPECT_NEAR(figure(strips, "highest curvature"), falling[x.numel() - 1].item<double>(), 1e-3 * largest);
  EXPECT_LT(figure(strips, "largest residual"), 1e-3);
  const auto direction = [&](std::int64_t row) {
    const Tensor w = along.mv(points[3 * row + 2]);
    return w / w.norm();
  };
  for (std::int64_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(std::abs(direction(i).dot(of_rising.select(1, i).contiguous()).item<double>()), 1, 1e-3) << i;
    const Tensor flat = of_falling.select(1, x.numel() - 1 - i).contiguous();
    EXPECT_NEAR(std::abs(direction(4 + i).dot(flat).item<double>()), 1, 1e-3) << i;
  }
}

TEST(hessian, rows_from_selective_to_invariant) {
  const Made strips = made("hessian", asked_for({{"class", "cat"}, {"steps", "150"}}));
  ASSERT_EQ(strips.table.size(), 6U);  // header, two, a random one, two
  EXPECT_EQ(strips.table[1][0], "selective_1");
  EXPECT_EQ(strips.table[3][0], "random");
  EXPECT_EQ(strips.table[5][0], "invariant_2");
  const auto number = [&](std::size_t row, std::size_t column) { return std::stod(strips.table[row][column]); };
  EXPECT_LE(number(1, 1), number(2, 1));
  EXPECT_LE(number(2, 1), number(3, 1));
  EXPECT_LE(number(3, 1), number(5, 1));
  EXPECT_LE(number(5, 1), number(4, 1));
  EXPECT_LT(number(1, 7) - number(1, 5), number(4, 7) - number(4, 5));  // both ways together
  EXPECT_EQ(strips.pictures.size(), 25U);
  EXPECT_EQ(strips.values.size(0), 25);
  EXPECT_TRUE(notes_hold(strips, "2 ReLUs are softplus and 1 max pools log-sum-exp of beta"));
}

TEST(hessian, of_a_unit_only_what_it_sees_is_free) {
  const Made strips = made("hessian", asked_for({{"at", "early:2@4,5"}}));
  EXPECT_TRUE(notes_hold(strips, "within the 3x3 px that the unit sees"));
  EXPECT_EQ(strips.pictures.front().image.width, 3);
  EXPECT_NEAR(figure(strips, "radius"), 0.25 * std::sqrt(27.0), 1e-9);
  const Tensor corner = strips.values[0].narrow(1, 0, 2);
  EXPECT_LT((corner - mean_colour(*test::made_model().card.preprocess)[0]).abs().max().item<double>(), 1e-6);
}

TEST(hessian, differences_over_a_finite_reach) {
  const Made strips = made("hessian", asked_for({{"objective", "logit(2)"}, {"method", "finite"}, {"reach", "0.2"}}));
  EXPECT_TRUE(notes_hold(strips, "central differences of the network's own gradient"));
  EXPECT_EQ(figure(strips, "activation"), figure(strips, "activation of what is analysed"));
  EXPECT_LT(figure(strips, "lowest curvature"), 0);
}

TEST(hessian, begins_with_a_picture_and_takes_its_contrast) {
  const Made strips =
      made("hessian", asked_for({{"class", "1"}, {"frequencies", "0"}}), {{"stripes.png", test::striped()}});
  const Tensor offset = to_display(test::striped()) - mean_colour(*test::made_model().card.preprocess);
  EXPECT_NEAR(figure(strips, "radius"), offset.norm().item<double>(), 1e-4);
  const Made fixed = made("hessian", asked_for({{"class", "1"}, {"radius", "2"}}), {{"stripes.png", test::striped()}});
  EXPECT_NEAR(figure(fixed, "radius"), 2, 1e-12);
}

TEST(hessian, the_same_seed_gives_the_same_picture) {
  const Settings settings = asked_for({{"class", "1"}});
  EXPECT_EQ(rasterise(made("hessian", settings).picture).rgb, rasterise(made("hessian", settings).picture).rgb);
}

TEST(hessian, says_what_is_missing) {
  EXPECT_TRUE(holds(failure_of([] { made("hessian", {}); }), "needs one unit, found 0"));
  EXPECT_TRUE(holds(failure_of([] {
                      made("hessian", {{"class", "1"}, {"at", "early:1"}});
                    }),
                    "needs one unit, found 2"));
  EXPECT_TRUE(holds(failure_of([] { made("hessian", {{"at", "early:1-3"}}); }), "looks at one unit"));
  EXPECT_TRUE(holds(failure_of([] { made("hessian", {{"class", "1,2"}}); }), "looks at one class, found 2"));
}

}  // namespace
}  // namespace fovea
