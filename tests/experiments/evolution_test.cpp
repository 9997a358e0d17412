// SPDX-License-Identifier: Apache-2.0
#include <fovea/evolution.h>

#include <cmath>

#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <fovea/projection.h>
#include <fovea/save.h>
#include <fovea/top_page.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/painted_pictures.h"
#include "support/temporary_folder.h"
#include "support/shown.h"

namespace fovea {
namespace {

using namespace test;

constexpr int picture_side = 24;

/// Two channels, each the mean brightness of one corner (3 x 3 kernel over the whole corner): which corners is what the
/// snapshots differ in. x -> conv (24x24 kernel, no pad) -> relu -> flatten -> fc.
Model corners(const std::array<std::array<int, 2>, 2>& at, double gain, const char* name = "relu") {
  Net net;
  const ValueId x = net.input("x", {-1, 3, picture_side, picture_side});
  Tensor weights = at::zeros({2, 3, picture_side, picture_side}, at::TensorOptions(at::kFloat));
  for (int c = 0; c < 2; ++c) weights[c].narrow(1, at[c][0], 9).narrow(2, at[c][1], 9).fill_(gain);
  const ValueId relu = net.node("Relu", {net.node("Conv", {x, net.constant(weights, "w")}, {}, "conv")}, {}, name);
  net.gemm(net.node("Flatten", {relu}), 2, 4);
  Model model = net.model();
  model.card.preprocess = Preprocess{.source = "test",
                                     .width = picture_side,
                                     .height = picture_side,
                                     .channels = "RGB",
                                     .scale = 1.0 / 255,
                                     .mean = {0, 0, 0},
                                     .std = {1, 1, 1}};
  return model;
}

constexpr std::array<int, 2> upper_left{2, 2};
constexpr std::array<int, 2> lower_right{12, 12};

/// Snapshots of epochs 1, 5 and 10: channel 0 sees the upper left throughout, channel 1 changes over in epoch 5.
std::filesystem::path three_snapshots(const TemporaryFolder& folder) {
  const std::filesystem::path inner = folder.path() / "snapshots";
  std::filesystem::create_directories(inner);
  save_onnx(corners({upper_left, upper_left}, 0.5), inner / "epoch_001.onnx");
  save_onnx(corners({upper_left, lower_right}, 0.5), inner / "epoch_005.onnx");
  save_onnx(corners({upper_left, lower_right}, 1), inner / "epoch_010.onnx");
  return folder.path();
}

TEST(evolution, finds_snapshots_in_the_order_of_epochs) {
  const TemporaryFolder folder;
  const std::vector<Snapshot> found = find_snapshots(three_snapshots(folder));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].epoch, 1);
  EXPECT_EQ(found[2].epoch, 10);
  EXPECT_TRUE(holds(failure_of([&] { find_snapshots(folder.path() / "nowhere"); }), "there are no snapshots in"));
}

TEST(evolution, a_channel_that_changes_over_jumps_once_and_converges_later) {
  const TemporaryFolder folder;
  const PaintedPictures pictures(40, 3);
  const Evolution evolution =
      trace_evolution(find_snapshots(three_snapshots(folder)), pictures, {.values = {"relu"}, .channels = 2});
  ASSERT_EQ(evolution.values.size(), 1U);
  const ValueEvolution& value = evolution.values[0];
  EXPECT_EQ(value.channels, (std::vector<std::int64_t>{0, 1}));
  for (const EvolutionCell& cell : value.cells[0]) {
    EXPECT_EQ(pictures.label(cell.strongest.picture), 0) << "upper left";
    EXPECT_FALSE(cell.changed);
  }
  EXPECT_EQ(pictures.label(value.cells[1][0].strongest.picture), 0);
  EXPECT_EQ(pictures.label(value.cells[1][1].strongest.picture), 3) << "lower right";
  EXPECT_TRUE(value.cells[1][1].changed);
  EXPECT_FALSE(value.cells[1][2].changed);
  EXPECT_NEAR(value.correlation[2], 1, 1e-12);
  EXPECT_NEAR(value.correlation[1], 1, 1e-6) << "a gain changes no order";
  EXPECT_LT(value.correlation[0], 0.7) << "channel 1 answered to another corner";
  EXPECT_EQ(value.settled, (std::vector<double>{0.5, 1, 1}));
  EXPECT_DOUBLE_EQ(value.weights[2], 0);
  EXPECT_NEAR(value.weights[1], 0.5, 1e-6);
  // Channel 1's 243 weights of .5 are elsewhere: (.25 243 + .25 243 + 1 243) / (2 243), their root.
  EXPECT_NEAR(value.weights[0], std::sqrt(1.5 / 2), 1e-6);
  EXPECT_EQ(settled_epoch(evolution.snapshots, value.correlation, 0.9), 5);
  EXPECT_EQ(settled_epoch(evolution.snapshots, {0.95, 0.5, 1}, 0.9), 10);
  EXPECT_EQ(settled_epoch(evolution.snapshots, {1, 1, NAN}, 0.9), -1);
}

TEST(evolution, shows_the_projection_of_that_very_unit) {
  const TemporaryFolder folder;
  const PaintedPictures pictures(40, 3);
  const std::vector<Snapshot> snapshots = find_snapshots(three_snapshots(folder));
  const Evolution evolution = trace_evolution(snapshots, pictures, {.values = {"relu"}, .channels = 1});
  const ValueEvolution& value = evolution.values[0];
  const Model model = load_model(snapshots[1].path);
  const Projector projector(model, model.graph.at("relu"), find_recipe("deconvnet"));
  const EvolutionCell& cell = value.cells[0][1];
  const ChannelTop top = draw_top(model, pictures, projector, value.channels[0], std::span(&cell.strongest, 1), 56);
  EXPECT_EQ(cell.projection.rgb, top.projections.at(0).rgb);
  EXPECT_EQ(cell.patch.rgb, top.patches.at(0).rgb);
}

TEST(evolution, page_shows_every_unit_at_every_snapshot) {
  const TemporaryFolder folder;
  const PaintedPictures pictures(40, 3);
  const Evolution evolution =
      trace_evolution(find_snapshots(three_snapshots(folder)), pictures, {.values = {"relu"}, .channels = 2});
  const Figure page = draw_evolution(evolution, "a title");
  for (const char* words : {"a title", "relu", "epoch 1", "epoch 5", "epoch 10", "strongest of 40 pictures"}) {
    EXPECT_TRUE(test::says(page, words)) << words;
  }
  // Projection beside patch, a row per channel: in the order of the page.
  std::vector<marks::Picture> shown = test::marks_in<marks::Picture>(page);
  std::size_t next = 0;
  for (const std::vector<EvolutionCell>& row : evolution.values[0].cells) {
    for (const EvolutionCell& cell : row) {
      for (const Image* tile : {&cell.projection, &cell.patch}) {
        ASSERT_LT(next, shown.size());
        EXPECT_EQ(shown[next].image->rgb, tile->rgb) << next;
        EXPECT_GT(shown[next].x, next % 2 == 1 ? shown[next - 1].x : -1);
        ++next;
      }
    }
  }
  EXPECT_EQ(next, shown.size());
  // An orange bar where a channel's strongest picture is another one than before: once.
  constexpr Colour orange{213, 94, 0};
  const std::vector<marks::Box> boxes = test::marks_in<marks::Box>(page);
  EXPECT_EQ(std::count_if(boxes.begin(), boxes.end(), [&](const marks::Box& box) { return box.colour == orange; }), 1);
}

TEST(evolution, refuses_what_is_no_evolution) {
  const TemporaryFolder folder;
  const PaintedPictures pictures(8, 3);
  const std::vector<Snapshot> snapshots = find_snapshots(three_snapshots(folder));
  EXPECT_TRUE(holds(failure_of([&] { trace_evolution({snapshots[0]}, pictures); }), "at least 2 snapshots, found 1"));
  save_onnx(corners({upper_left, upper_left}, 1, "other"), folder.path() / "snapshots" / "epoch_002.onnx");
  const std::string differs =
      failure_of([&] { trace_evolution(find_snapshots(folder.path()), pictures, {.values = {"relu"}}); });
  EXPECT_TRUE(holds(differs, "epoch_002.onnx has no value 'relu'")) << differs;
  const std::string unknown = failure_of([&] { trace_evolution(snapshots, pictures, {.values = {"rely"}}); });
  EXPECT_TRUE(holds(unknown, "rely")) << unknown;
}

}  // namespace
}  // namespace fovea
