// SPDX-License-Identifier: Apache-2.0
#include "make/asked.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;
using test::striped;

TEST(caricature, answers_along_the_pictures_direction_and_stronger) {
  const Made drawn =
      made("caricature", {{"at", "features"}, {"steps", "120"}, {"transforms", ""}}, {{"stripes.png", striped()}});
  const Model model = test::made_model();
  const auto answer = [&](const Tensor& display) {
    const Trace trace = run(model.graph, display_to_input(display, *model.card.preprocess), {.tape = Tape::none});
    return trace.value(model.graph.at("features")).flatten();
  };
  const Tensor own = answer(to_display(striped()));
  const Tensor exaggerated = answer(drawn.values);
  const double cosine = (own.dot(exaggerated) / (own.norm() * exaggerated.norm())).item<double>();
  EXPECT_GT(own.dot(exaggerated).item<double>(), own.dot(own).item<double>());
  EXPECT_NEAR(std::stod(drawn.table.at(1).at(2)), cosine, 2e-3);
}

TEST(caricature, a_row_for_each_picture_a_column_for_each_layer) {
  const std::vector<NamedImage> two{{"a.png", striped()}, {"b.png", make_image(16, 16, {200, 30, 90})}};
  const Made drawn = made("caricature", {{"steps", "3"}, {"transforms", "jitter(1)"}}, two);
  EXPECT_EQ(drawn.pictures.size(), 2U * 5U) << "four layers and the scores";
  EXPECT_EQ(drawn.values.size(0), 10);
  EXPECT_EQ(drawn.table.size(), 11U);
}

TEST(caricature, needs_a_picture_and_a_layer) {
  EXPECT_TRUE(holds(failure_of([] { made("caricature", {}); }), "picture"));
  EXPECT_TRUE(holds(failure_of([] { made("caricature", {{"at", "nose"}}, {{"a.png", striped()}}); }), "nose"));
}

}  // namespace
}  // namespace fovea
