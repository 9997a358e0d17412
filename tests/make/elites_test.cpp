// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "make/asked.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

using test::failure_of;
using test::figure;
using test::holds;
using test::made;

TEST(elites, confidences_are_the_networks_own) {
  const Made evolved = made("elites", {{"generations", "20"}, {"children", "16"}});
  ASSERT_EQ(evolved.pictures.size(), 5U);
  const Model model = test::made_model();
  for (std::size_t c = 0; c < 5; ++c) {
    const Tensor input = display_to_input(to_display(evolved.pictures[c].image), *model.card.preprocess);
    const double sure = run(model.graph, input, {.tape = Tape::none})
                            .scores()
                            .softmax(1)[0][static_cast<std::int64_t>(c)]
                            .item<double>();
    EXPECT_NEAR(std::stod(evolved.table.at(c + 1).at(2)), sure, 1e-3) << "of the picture as a file holds it";
  }
}

TEST(elites, more_generations_are_never_worse_and_a_seed_gives_the_same) {
  const Made few = made("elites", {{"generations", "3"}, {"children", "8"}});
  const Made many = made("elites", {{"generations", "30"}, {"children", "8"}});
  EXPECT_GE(figure(many, "median_confidence"), figure(few, "median_confidence"));
  EXPECT_EQ(rasterise(made("elites", {{"generations", "3"}, {"children", "8"}}).picture).rgb,
            rasterise(few.picture).rgb);
}

TEST(elites, direct_pixels_crops_and_raw_coordinates) {
  const Made direct =
      made("elites", {{"encoding", "direct"}, {"generations", "4"}, {"children", "6"}, {"class", "cat"}});
  EXPECT_EQ(direct.pictures.size(), 1U);
  EXPECT_EQ(direct.table.at(1).at(1), "cat");
  const Made crops = made(
      "elites", {{"generations", "2"}, {"children", "6"}, {"crops", "10"}, {"coordinates", "pixels"}, {"size", "24"}});
  EXPECT_EQ(crops.pictures.front().image.width, 24);
}

TEST(elites, goes_on_where_it_was_stopped) {
  static const Model model = test::made_model();
  const test::TemporaryFolder temporary;
  const std::filesystem::path folder = temporary.path();
  const auto evolve = [&](const char* generations, const std::filesystem::path& resume, std::int64_t stop_at) {
    MakeOptions options{.settings = {{"generations", generations}, {"children", "8"}}, .seed = 3, .resume = resume};
    options.progress = [=](const MakeStatus& status) { return status.done != stop_at; };
    return make_picture(find_make_kind("elites"), &model, {}, options);
  };
  EXPECT_EQ(failure_of([&] { evolve("12", folder, 5); }), "stopped: stopped");
  EXPECT_TRUE(std::filesystem::exists(folder / "archive.json"));
  EXPECT_EQ(rasterise(evolve("3", folder, -1).picture).rgb, rasterise(evolve("3", {}, -1).picture).rgb)
      << "not the fifth generation's";
  EXPECT_EQ(rasterise(evolve("12", folder, -1).picture).rgb, rasterise(evolve("12", {}, -1).picture).rgb);
}

TEST(elites, names_near_classes) {
  EXPECT_TRUE(holds(failure_of([] { made("elites", {{"class", "cut"}}); }), "cut"));
}

}  // namespace
}  // namespace fovea
