// Cropped walks against walks over the whole picture: every recipe, units in the middle and at the borders, networks
// with strides, branches, paddings of both kinds, and values for which there is nothing to crop.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/projection.h>

#include <gtest/gtest.h>

#include <ATen/ops/zeros.h>

#include "../support/failure.h"
#include "../support/net.h"
#include "../support/shared_data.h"

namespace fovea {
namespace {

using test::attributes;
using test::failure_of;
using test::holds;
using Ints = std::vector<std::int64_t>;

/// Puts a projection where it belongs in the whole picture.
Tensor in_place(const Projection& projection, const Tensor& input) {
  Tensor whole = at::zeros({input.size(1), input.size(2), input.size(3)});
  const Extent& rows = projection.box.extents.at(0);
  const Extent& columns = projection.box.extents.at(1);
  whole.narrow(1, rows.begin, rows.end - rows.begin)
      .narrow(2, columns.begin, columns.end - columns.begin)
      .copy_(projection.pixels);
  return whole;
}

/// The same walk over the whole picture, its pixels outside the box included.
Tensor walked(const Model& model, ValueId value, const Recipe& recipe, const Tensor& input, std::int64_t channel,
              std::int64_t y, std::int64_t x) {
  const Trace trace = run(model.graph, input, {.until = {value}});
  Tensor start = at::zeros(trace.value(value).sizes());
  const auto answer = trace.value(value)[0][channel][y][x].item<double>();
  start[0][channel][y][x] = answer > 0 ? answer : 1;
  return walk(trace, {{value, start}}, recipe).at(model.graph.inputs().front())[0];
}

/// A stem with a stride, two branches with different fields that are joined, a max-pool that rounds up, an add.
struct Branched {
  test::Net net;
  ValueId joined = no_value;
  ValueId last = no_value;
  Model model = make();

  Model make() {
    const ValueId x = net.input("picture", {-1, 3, 61, 57});
    const ValueId stem = net.node("Relu", {net.conv(x, 3, 6, 5, 2, 2)}, {}, "stem");
    const ValueId pool = net.node(
        "MaxPool", {stem},
        attributes({{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"ceil_mode", std::int64_t{1}}}), "pool");
    const ValueId wide = net.node("Relu", {net.conv(pool, 6, 4, 5, 1, 2)}, {}, "wide");
    const ValueId thin = net.node("Relu", {net.conv(pool, 6, 3, 1)}, {}, "thin");
    joined = net.node("Concat", {wide, thin}, attributes({{"axis", std::int64_t{1}}}), "joined");
    const ValueId deeper = net.conv(joined, 7, 7, 3, 1, 1);
    const ValueId sum = net.node("Add", {joined, deeper}, {}, "sum");
    last = net.node("Relu", {net.conv(sum, 7, 5, 3, 2, 1)}, {}, "last");
    net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {last}, {}, "gap")}, {}, "flat"), 5, 4);
    return net.model();
  }
};

TEST(projection, of_a_crop_equals_that_of_the_whole_picture) {
  const Branched branched;
  const Tensor input = test::random_normal({1, 3, 61, 57}, 8);
  for (const char* recipe : {"gradient", "guided", "deconvnet"}) {
    for (const char* name : {"stem", "pool", "joined", "sum", "last"}) {
      const ValueId value = branched.model.graph.at(name);
      const Projector projector(branched.model, value, find_recipe(recipe));
      ASSERT_TRUE(projector.crops()) << name;
      const Trace trace = run(branched.model.graph, input);
      const Tensor& map = trace.value(value);
      for (const std::int64_t y : {std::int64_t{0}, map.size(2) / 2, map.size(2) - 1}) {
        for (const std::int64_t x : {std::int64_t{0}, map.size(3) / 2, map.size(3) - 1}) {
          const std::int64_t place = y * map.size(3) + x;
          const Projection cropped = projector.project(input, 2, place);
          const Projection whole = projector.project(input, 2, place, true);
          EXPECT_TRUE(cropped.cropped);
          EXPECT_FALSE(whole.cropped);
          EXPECT_NEAR(cropped.activation, map[0][2][y][x].item<double>(), 1e-5);
          const Tensor expected = walked(branched.model, value, find_recipe(recipe), input, 2, y, x);
          EXPECT_LT(test::relative_error(in_place(whole, input), expected), 1e-5) << recipe << name << y << "," << x;
          EXPECT_LT(test::relative_error(in_place(cropped, input), expected), 1e-5) << recipe << name << y << "," << x;
        }
      }
    }
  }
}

TEST(projection, runs_the_whole_picture_where_a_unit_sees_all_of_it) {
  const Branched branched;
  const Tensor input = test::random_normal({1, 3, 61, 57}, 8);
  const Projector projector(branched.model, branched.model.graph.logits(), find_recipe("gradient"));
  EXPECT_FALSE(projector.crops());
  const Projection projection = projector.project(input, 1, 0);
  EXPECT_FALSE(projection.cropped);
  EXPECT_EQ(projection.pixels.sizes(), at::IntArrayRef({3, 61, 57}));
  EXPECT_NEAR(projection.activation, run(branched.model.graph, input).scores()[0][1].item<double>(), 1e-5);
}

TEST(projection, tells_fields_of_one_size_also_at_the_borders) {
  const Branched branched;
  const Projector projector(branched.model, branched.model.graph.at("stem"), find_recipe("gradient"));
  for (const std::int64_t place : {0, 5, 40}) {
    const Region field = projector.field(place);
    EXPECT_EQ(field.extents[0].end - field.extents[0].begin, 5);
    EXPECT_EQ(field.extents[1].end - field.extents[1].begin, 5);
  }
  EXPECT_EQ(projector.field(0).extents[0].begin, -2);
}

TEST(projection, refuses_units_that_are_none) {
  const Branched branched;
  const Projector projector(branched.model, branched.model.graph.at("stem"), find_recipe("gradient"));
  const Tensor input = test::random_normal({1, 3, 61, 57}, 8);
  EXPECT_TRUE(holds(failure_of([&] { projector.project(input, 6, 0); }), "no unit of 'stem'"));
  EXPECT_TRUE(holds(failure_of([&] { projector.project(input, 0, 100'000); }), "no unit of 'stem'"));
}

TEST(projection, agrees_on_real_networks) {
  FOVEA_NEEDS_SHARED("models/googlenet_bvlc.onnx");
  for (const auto& [file, value_name] :
       {std::pair{"models/googlenet_bvlc.onnx", "conv2/norm2_1"}, {"models/squeezenet_v1.1.onnx", "fire3/concat_1"}}) {
    if (!std::filesystem::exists(test::shared_data(file))) continue;
    Model model = load_model(test::shared_data(file));
    model.graph = to_type(model.graph, at::kDouble);  // in float32 sums depend on how much is computed at once
    const std::optional<ValueId> named = model.graph.find(value_name);
    ValueId value = named.value_or(no_value);
    for (const Node& node : model.graph.nodes()) {  // otherwise what the second max-pool reads
      if (value == no_value && node.op->kind == Kind::concat) value = node.inputs[0];
    }
    const Tensor input = test::random_normal(blank_input(model).sizes().vec(), 4).to(at::kDouble);
    const Projector projector(model, value, find_recipe("deconvnet"));
    ASSERT_TRUE(projector.crops()) << file;
    const Trace trace = run(model.graph, input, {.until = {value}});
    const std::int64_t width = trace.value(value).size(3);
    for (const auto& [y, x] : {std::pair<std::int64_t, std::int64_t>{0, 0}, {9, 11}, {width - 1, 3}}) {
      const Projection cropped = projector.project(input, 3, y * width + x);
      EXPECT_TRUE(cropped.cropped);
      const Tensor expected = walked(model, value, find_recipe("deconvnet"), input, 3, y, x);
      EXPECT_LT(test::relative_error(in_place(cropped, input), expected), 1e-7) << file << " " << y << "," << x;
    }
  }
}

}  // namespace
}  // namespace fovea
