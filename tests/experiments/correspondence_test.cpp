// SPDX-License-Identifier: Apache-2.0
#include <fovea/correspondence.h>

#include <algorithm>

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <fovea/world.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/painted_pictures.h"
#include "support/places.h"
#include "support/temporary_folder.h"
#include "support/shown.h"

namespace fovea {
namespace {

using namespace test;

/// x -> conv1 (the identity) -> relu1 -> mean over positions -> flat -> fc, on [3,side,side].
Model mean_colour(int side) {
  Net net;
  const ValueId x = net.input("x", {-1, 3, side, side});
  const ValueId weight = net.constant(tensor({1, 0, 0, 0, 1, 0, 0, 0, 1}, {3, 3, 1, 1}));
  const ValueId rectified = net.node("Relu", {net.node("Conv", {x, weight}, {}, "conv1")}, {}, "relu1");
  const ValueId flat = net.node("Flatten", {net.node("GlobalAveragePool", {rectified}, {}, "mean")}, {}, "flat");
  net.node("Gemm", {flat, net.constant(tensor({1, 0, 0, 0, 0, 1}, {2, 3}))}, attributes({{"transB", std::int64_t{1}}}),
           "fc");
  Model model = net.model();
  model.card.preprocess =
      Preprocess{.width = side, .height = side, .scale = 1.0 / 255, .mean = {0, 0, 0}, .std = {1, 1, 1}};
  return model;
}

Tensor box_mask(int side, int x, int y, int width, int height) {
  Tensor mask = at::zeros({side, side}, at::kByte);
  mask.slice(0, y, y + height).slice(1, x, x + width).fill_(1);
  return mask;
}

PartPicture even(std::uint8_t level, const Tensor& mask) {
  return {.name = "even", .seen = make_image(8, 8, {level, level, level}), .parts = {{"part", mask}}, .object = {}};
}

const PartDelta& row_of(const Correspondence& result, const std::string& value) {
  return *std::find_if(result.rows.begin(), result.rows.end(),
                       [&](const PartDelta& row) { return row.value == value; });
}

/// Painted pictures with a box about their square; every third one's is the whole picture.
class BoxedPictures : public PaintedPictures {
 public:
  using PaintedPictures::PaintedPictures;
  Sample at(std::int64_t index) const override {
    Sample sample = PaintedPictures::at(index);
    const double end = index % 3 == 0 ? 24 : 12;
    sample.boxes = {{0, 0, end, end, sample.label}, {20, 20, 24, 24, sample.label + 1}};
    return sample;
  }
};

TEST(correspondence, signs_have_three_values) {
  const Tensor a = tensor({-1, 0, 1, 1, 0}, {5}, at::kChar);
  const Tensor b = tensor({-1, 1, 1, -1, 0}, {5}, at::kChar);
  EXPECT_DOUBLE_EQ(sign_distance(a, b), 0.4);
  EXPECT_DOUBLE_EQ(sign_distance(a, a), 0);
}

TEST(correspondence, distances_are_those_by_hand) {
  const Model model = mean_colour(8);
  const std::vector<PartPicture> pictures{even(200, box_mask(8, 0, 0, 2, 3)), even(210, box_mask(8, 5, 4, 2, 2)),
                                          even(50, box_mask(8, 0, 0, 2, 3))};
  const Correspondence result = measure_correspondence(model, pictures);
  ASSERT_EQ(result.values, (std::vector<std::string>{"relu1", "flat"}));
  // relu1: masked where 6, 4 and 6 of 64 places are; + + -, the first and the third at the same places.
  const double expected = (10.0 / 64 + 6.0 / 64 + 10.0 / 64) / 3;
  EXPECT_NEAR(row_of(result, "relu1").masked.mean, expected, 1e-12);
  EXPECT_EQ(row_of(result, "relu1").masked.pairs, 3);
  // flat: grey takes from the bright pictures and adds to the dark one: 0, 1, 1.
  EXPECT_NEAR(row_of(result, "flat").masked.mean, 2.0 / 3, 1e-12);
  EXPECT_NEAR(row_of(result, "flat").masked.deviation, 0.5773502691896258, 1e-9);
  EXPECT_EQ(row_of(result, "flat").random.pairs, 30);
  EXPECT_NEAR(row_of(result, "flat").random.mean, 2.0 / 3, 1e-12) << "of even pictures any mask does the same";
}

TEST(correspondence, what_masking_does_not_change_has_the_sign_0) {
  const Model model = mean_colour(8);
  const std::vector<PartPicture> pictures{even(128, box_mask(8, 0, 0, 2, 2)), even(200, box_mask(8, 0, 0, 2, 2))};
  EXPECT_EQ(row_of(measure_correspondence(model, pictures), "flat").masked.mean, 1);
  EXPECT_EQ(row_of(measure_correspondence(model, {pictures.data(), 1 + 1}, {.fill = "white"}), "flat").masked.mean, 0);
}

TEST(correspondence, random_masks_keep_their_shape_and_stay_on_the_object) {
  const Model model = mean_colour(8);
  std::vector<PartPicture> pictures{even(200, box_mask(8, 5, 5, 3, 1)), even(200, box_mask(8, 5, 5, 3, 1))};
  const auto masked_rows = [&](const Image& picture) {
    std::vector<int> rows(8, 0);
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < 8; ++x) rows[static_cast<std::size_t>(y)] += *picture.at(x, y) == 128 ? 1 : 0;
    }
    return rows;
  };
  for (PartPicture& picture : pictures) picture.object = box_mask(8, 0, 2, 8, 1);
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Correspondence result = measure_correspondence(model, pictures, {.draws = 2, .seed = seed});
    EXPECT_EQ(masked_rows(result.masked[0][0])[5], 3);
    EXPECT_EQ(masked_rows(result.random[0]), (std::vector<int>{0, 0, 3, 0, 0, 0, 0, 0}));
    EXPECT_EQ(result.random[0].rgb, measure_correspondence(model, pictures, {.draws = 2, .seed = seed}).random[0].rgb);
  }
}

TEST(correspondence, parts_that_some_pictures_lack_are_left_out) {
  const Model model = mean_colour(8);
  std::vector<PartPicture> pictures{even(200, box_mask(8, 0, 0, 2, 2)), even(90, box_mask(8, 1, 1, 2, 2))};
  pictures[0].parts.emplace_back("ear", box_mask(8, 4, 4, 2, 2));
  EXPECT_EQ(measure_correspondence(model, pictures).parts, (std::vector<std::string>{"part"}));
  pictures[1].parts = {{"nose", box_mask(8, 1, 1, 2, 2)}};
  EXPECT_EQ(failure_of([&] { measure_correspondence(model, pictures); }), "usage: no part is in all 2 pictures");
  EXPECT_EQ(failure_of([&] {
              measure_correspondence(model, {pictures.data(), 1});
            }),
            "usage: correspondence is a distance between pictures, found 1");
  pictures[1].parts = {{"part", box_mask(8, 0, 0, 0, 0)}};
  EXPECT_TRUE(holds(failure_of([&] { measure_correspondence(model, pictures); }), "marks nothing in the picture"));
  EXPECT_TRUE(holds(failure_of([&] { measure_correspondence(model, {pictures.data(), 2}, {.draws = 0}); }), "once"));
}

TEST(correspondence, stops_when_told_to) {
  const Model model = mean_colour(8);
  const std::vector<PartPicture> pictures{even(200, box_mask(8, 0, 0, 2, 2)), even(90, box_mask(8, 1, 1, 2, 2))};
  const auto stop = [](std::int64_t, std::int64_t) { return false; };
  EXPECT_EQ(failure_of([&] { measure_correspondence(model, pictures, {.progress = stop}); }), "stopped: stopped");
}

TEST(correspondence, tables_of_parts_are_read_in_px_or_fractions) {
  const TemporaryFolder folder;
  const PartTable px = read_parts(folder.write("px.csv", "path,part,x0,y0,x1,y1\n\"a, b.jpg\",left eye,1,2,3.5,4\n\n"));
  ASSERT_EQ(px.boxes.size(), 1U);
  EXPECT_FALSE(px.fractions);
  EXPECT_EQ(px.boxes[0].path, "a, b.jpg");
  EXPECT_EQ(px.boxes[0].part, "left eye");
  EXPECT_EQ(px.boxes[0].box.x1, 3.5);
  EXPECT_TRUE(read_parts(folder.write("share.csv", "./a.jpg,nose,0,0.5,0.25,1\n")).fractions);
  EXPECT_TRUE(holds(failure_of([&] { read_parts(folder.write("bad.csv", "a.jpg,nose,5,0,4,1\n")); }),
                    "bad.csv line 1 is 'a.jpg,nose,5,0,4,1'; expected path,part,x0,y0,x1,y1 with x0 < x1"));
  EXPECT_TRUE(holds(failure_of([&] { read_parts(folder.write("none.csv", "path,part,x0,y0,x1,y1\n")); }), "no part"));
  EXPECT_TRUE(holds(failure_of([&] { read_parts(folder.path() / "missing.csv"); }), "file: "));
}

TEST(correspondence, parts_follow_a_picture_to_the_input_size) {
  const Model model = mean_colour(12);  // half of the painted pictures' 24 px
  const PaintedPictures pictures(24, 1);
  const PartTable table{.boxes = {{.path = "painted 0", .part = "square", .box = {2, 2, 10, 10, 0}},
                                  {.path = "painted 4", .part = "square", .box = {2, 2, 10, 10, 0}},
                                  {.path = "4", .part = "other", .box = {0, 0, 24, 2, 0}}},
                        .fractions = false};
  const std::vector<PartPicture> found = pictures_with_parts(model, pictures, 0, table, 5);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].seen.width, 12);
  EXPECT_EQ(found[0].parts[0].second.sum().item<std::int64_t>(), 16) << "8 x 8 px become 4 x 4";
  EXPECT_EQ(found[0].parts.size(), 1U) << "'painted 0' is not '4'";
  EXPECT_EQ(found[1].parts.size(), 2U);
  EXPECT_TRUE(holds(failure_of([&] { pictures_with_parts(model, pictures, 1, table, 5); }), "found 0 pictures"));
  EXPECT_TRUE(holds(failure_of([&] { pictures_with_boxes(model, pictures, 1, 5); }),
                    "with a box of half the picture at most, expected two"));
}

TEST(correspondence, boxes_that_leave_room_for_random_masks_are_taken) {
  const Model model = mean_colour(12);
  const auto found = pictures_with_boxes(model, BoxedPictures(24, 1), 0, 10);  // 0, 4, 8 ... 20; 0 and 12 are covered
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[0].name, "painted 4");
  EXPECT_EQ(found[0].parts[0].first, "object");
  EXPECT_EQ(found[0].parts[0].second.sum().item<std::int64_t>(), 36) << "boxes of other classes are not masked";
  EXPECT_EQ(pictures_with_boxes(model, BoxedPictures(24, 1), 0, 2).size(), 2U);
}

TEST(correspondence, scenes_of_the_world_show_the_same_parts) {
  const Model model = mean_colour(48);
  const auto car = std::find(world_labels().begin(), world_labels().end(), "car") - world_labels().begin();
  for (const bool cut_out : {false, true}) {
    const auto found = world_parts_of(model, {.label = car, .pictures = 3, .seed = 5, .cut_out = cut_out});
    ASSERT_EQ(found.size(), 3U);
    for (const PartPicture& picture : found) {
      ASSERT_EQ(picture.parts.size(), found[0].parts.size());
      EXPECT_GE(picture.parts.size(), 3U);
      Tensor all = at::zeros({48, 48}, at::kByte);
      for (std::size_t p = 0; p < picture.parts.size(); ++p) {
        EXPECT_EQ(picture.parts[p].first, found[0].parts[p].first);
        EXPECT_GE(picture.parts[p].second.sum().item<std::int64_t>(), 7);
        all = all.maximum(picture.parts[p].second);
      }
      EXPECT_GT(picture.object.sum().item<std::int64_t>(), (cut_out ? 8 : 1) * 48 * 48 / 40);
    }
  }
  EXPECT_TRUE(holds(failure_of([&] { world_parts_of(model, {.label = 99}); }), "there is no class 99"));
}

// The known answer: in a trained network, masking the same part of the world's objects changes features more alike than
// random masks of the same shapes do.
TEST(correspondence, parts_of_the_world_correspond_in_the_shipped_network) {
  const std::filesystem::path path = test::in_checkout("models/world.onnx");
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const Model model = load_model(path);
  std::vector<PartDelta> rows;
  for (const std::int64_t label : {3, 4, 13}) {  // car, clock, sailboat
    const auto pictures = world_parts_of(model, {.label = label, .pictures = 5, .seed = 77, .cut_out = true});
    const ValueId low = model.graph.at("pool1");
    const Correspondence result = measure_correspondence(model, pictures, {.values = {low}, .draws = 5});
    rows.insert(rows.end(), result.rows.begin(), result.rows.end());
  }
  const CorrespondenceSummary summary = summarise(rows).front();
  EXPECT_GE(summary.parts, 10);
  EXPECT_LT(summary.masked, 0.95 * summary.random);
  EXPECT_GT(summary.below, 2 * summary.parts / 3);
}

TEST(correspondence, pages_show_every_part) {
  const Model model = mean_colour(8);
  std::vector<PartPicture> pictures{even(200, box_mask(8, 0, 0, 2, 2)), even(90, box_mask(8, 1, 1, 2, 2))};
  const Correspondence one = measure_correspondence(model, pictures);
  for (PartPicture& picture : pictures) picture.parts.emplace_back("ear", box_mask(8, 4, 4, 2, 2));
  const Correspondence two = measure_correspondence(model, pictures);
  EXPECT_FALSE(test::says(draw_correspondence(one, "t"), "ear"));
  const Figure both = draw_correspondence(two, "a title");
  EXPECT_TRUE(test::says(both, "a title"));
  for (const PartDelta& row : two.rows) EXPECT_TRUE(test::says(both, row.part)) << row.part;
  const Image summary = rasterise(draw_correspondence_summary(two.rows, "t"));
  std::int64_t dots = 0;
  for (std::size_t i = 0; i < summary.rgb.size(); i += 3) {
    dots += summary.rgb[i] == 0 && summary.rgb[i + 1] == 114 && summary.rgb[i + 2] == 178 ? 1 : 0;
  }
  EXPECT_GT(dots, 60);
}

}  // namespace
}  // namespace fovea
