// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/zeros.h>

#include <fovea/npy.h>

#include "make/asked.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::made;

/// A map of 2 x 3 cells of which two are filled, in the space of "features" (8 channels).
void write_cells(const test::TemporaryFolder& folder) {
  Tensor directions = at::zeros({2, 3, 8}, at::TensorOptions(at::kFloat));
  Tensor counts = at::zeros({2, 3}, at::TensorOptions(at::kLong));
  directions[0][2][1] = 1;
  counts[0][2] = 7;
  directions[1][0][5] = 1;
  counts[1][0] = 3;
  write_npy(folder.path() / "directions.npy", directions);
  write_npy(folder.path() / "counts.npy", counts);
  folder.write("activation.json", R"({"value": "features"})");
}

TEST(icons, lie_at_their_cells_and_answer_along_their_directions) {
  const test::TemporaryFolder folder;
  write_cells(folder);
  const Made atlas =
      made("icons", {{"cells", folder.path().string()}, {"steps", "40"}, {"tile", "20"}, {"transforms", ""}});
  ASSERT_EQ(atlas.pictures.size(), 2U);
  EXPECT_EQ(atlas.picture.width, 60);
  EXPECT_EQ(atlas.picture.height, 40);
  const Image whole = rasterise(atlas.picture);
  const auto white = [&](int x, int y) { return whole.at(x, y)[0] == 255 && whole.at(x, y)[1] == 255; };
  EXPECT_TRUE(white(5, 30)) << "row 0 is at the bottom: its first cell is empty";
  EXPECT_TRUE(white(50, 5));
  EXPECT_FALSE(white(47, 27) && white(52, 33) && white(55, 30)) << "the filled one is the last of the bottom row";
  const Model model = test::made_model();
  const auto mean_of = [&](std::int64_t picture, std::int64_t channel) {
    const Tensor input = display_to_input(atlas.values.narrow(0, picture, 1), *model.card.preprocess);
    return run(model.graph, input, {.tape = Tape::none})
        .value(model.graph.at("features"))[0][channel]
        .mean()
        .item<double>();
  };
  EXPECT_GT(mean_of(0, 1), mean_of(1, 1));
  EXPECT_GT(mean_of(1, 5), mean_of(0, 5));
}

TEST(icons, cells_of_few_pictures_are_left_out) {
  const test::TemporaryFolder folder;
  write_cells(folder);
  EXPECT_EQ(made("icons", {{"cells", folder.path().string()}, {"steps", "1"}, {"least", "5"}}).pictures.size(), 1U);
  EXPECT_TRUE(holds(failure_of([&] {
                      made("icons", {{"cells", folder.path().string()}, {"least", "50"}});
                    }),
                    "no cell"));
}

TEST(icons, wrong_folders_and_values_have_words) {
  EXPECT_TRUE(holds(failure_of([] { made("icons", {}); }), "needs the cells"));
  EXPECT_TRUE(holds(failure_of([] { made("icons", {{"cells", "/nowhere"}}); }), "/nowhere"));
  const test::TemporaryFolder folder;
  write_cells(folder);
  EXPECT_TRUE(holds(failure_of([&] {
                      made("icons", {{"cells", folder.path().string()}, {"at", "early"}, {"steps", "1"}});
                    }),
                    "has 6 numbers, found 8"));
}

}  // namespace
}  // namespace fovea
