// Diagnostics of filters whose truth is known: gratings, noise, Gabor functions, dead filters.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include <fovea/filters.h>
#include <fovea/model.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/shared_data.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;
using test::random_normal;
using test::tensor;

/// exp(-|p|^2 / (2 sigma^2)) cos(2 pi (fx x + fy y)) about the middle, [1,1,size,size]; no envelope without sigma.
Tensor gabor(std::int64_t size, double fx, double fy, double sigma = 0) {
  std::vector<double> values;
  const double middle = sigma > 0 ? static_cast<double>(size - 1) / 2 : 0;
  for (std::int64_t row = 0; row < size; ++row) {
    for (std::int64_t column = 0; column < size; ++column) {
      const double x = static_cast<double>(column) - middle;
      const double y = static_cast<double>(row) - middle;
      const double envelope = sigma > 0 ? std::exp(-(x * x + y * y) / (2 * sigma * sigma)) : 1;
      values.push_back(envelope * std::cos(2 * std::numbers::pi * (fx * x + fy * y)));
    }
  }
  return tensor(values, {1, 1, size, size}, at::kDouble);
}

/// A bank of 16 Gabor functions: 8 orientations, 2 frequencies, in three equal channels.
Tensor gabor_bank(std::int64_t size) {
  std::vector<Tensor> filters;
  for (const double frequency : {0.09, 0.14}) {
    for (int i = 0; i < 8; ++i) {
      const double angle = std::numbers::pi * i / 8;
      filters.push_back(gabor(size, frequency * std::cos(angle), frequency * std::sin(angle), 2.2));
    }
  }
  return at::cat(filters).expand({16, 3, size, size});
}

FilterFigures figures_of(const Tensor& filter, const FilterLayer& layer = {}) {
  return inspect_filters(filter, layer).filters.at(0);
}

bool says(const FilterReport& report, std::string_view words) {
  for (const std::string& sentence : report.verdict) {
    if (holds(sentence, words)) return true;
  }
  return false;
}

TEST(inspect_filters, norm_and_root_mean_square) {
  const FilterFigures figures = figures_of(tensor({3, 0, -4, 0}, {1, 1, 2, 2}));
  EXPECT_DOUBLE_EQ(figures.norm, 5);
  EXPECT_DOUBLE_EQ(figures.rms, 2.5);
}

TEST(inspect_filters, grating_has_its_frequency_and_orientation) {
  const FilterFigures figures = figures_of(gabor(32, 4 / 32.0, 3 / 32.0));
  EXPECT_DOUBLE_EQ(figures.frequency, 5 / 32.0);
  EXPECT_EQ(figures.peak, (std::array<double, 2>{4 / 32.0, 3 / 32.0}));
  // It varies to the right and downwards, so seen from the x axis clockwise.
  EXPECT_NEAR(figures.orientation, 180 - std::atan2(3, 4) * 180 / std::numbers::pi, 1e-9);
  const FilterFigures up = figures_of(gabor(32, 4 / 32.0, -3 / 32.0));
  EXPECT_NEAR(up.orientation, std::atan2(3, 4) * 180 / std::numbers::pi, 1e-9);
}

TEST(inspect_filters, stripes_along_the_axes) {
  EXPECT_EQ(figures_of(gabor(32, 6 / 32.0, 0)).orientation, 0) << "vertical stripes";
  EXPECT_EQ(figures_of(gabor(32, 0, 6 / 32.0)).orientation, 90) << "horizontal stripes";
  EXPECT_EQ(figures_of(gabor(32, 0, 6 / 32.0)).frequency, 6 / 32.0);
  EXPECT_EQ(figures_of(gabor(2, 0.5, 0)).frequency, 0.5) << "the finest that pixels hold";
  EXPECT_DOUBLE_EQ(figures_of(gabor(2, 0.5, 0.5)).frequency, std::sqrt(0.5)) << "and a chequerboard";
  EXPECT_EQ(figures_of(gabor(5, 0, 0)).frequency, 0) << "a blur";
  EXPECT_EQ(figures_of(gabor(5, 0, 0)).orientation, 0);
}

TEST(inspect_filters, small_grating_is_found_through_the_padding) {
  EXPECT_DOUBLE_EQ(figures_of(gabor(8, 0.25, 0)).frequency, 0.25);
  EXPECT_DOUBLE_EQ(figures_of(gabor(8, 0, 0.25)).orientation, 90);
}

TEST(inspect_filters, colour_contrast_is_measured_in_its_channels) {
  const Tensor grating = gabor(32, 8 / 32.0, 0);
  const Tensor opponent = at::cat(std::vector<Tensor>{grating, -grating, grating * 0}, 1);
  const FilterFigures figures = figures_of(opponent);
  EXPECT_NEAR(figures.luminance, 0, 1e-12);
  EXPECT_DOUBLE_EQ(figures.frequency, 8 / 32.0);
  EXPECT_NEAR(figures_of(grating.expand({1, 3, 32, 32})).luminance, 1, 1e-12);
}

TEST(inspect_filters, luminance_outweighs_stronger_colours) {
  const Tensor grey = gabor(32, 2 / 32.0, 0);
  const Tensor colour = gabor(32, 9 / 32.0, 0) * 1.5;
  const Tensor filter = at::cat(std::vector<Tensor>{grey + colour, grey - colour, grey}, 1);
  EXPECT_DOUBLE_EQ(figures_of(filter).frequency, 2 / 32.0);
}

TEST(inspect_filters, white_noise_is_noisy) {
  const FilterReport report = inspect_filters(random_normal({64, 3, 7, 7}, 5));
  ASSERT_TRUE(report.noisy.has_value());
  EXPECT_TRUE(*report.noisy);
  EXPECT_NEAR(report.median_noise, 1, 0.05);
  EXPECT_NEAR(report.median_fine, 1 - std::numbers::pi / 16, 0.05) << "the square of frequencies less the disc";
  EXPECT_TRUE(report.verdict.front().starts_with("noisy: median noise index"));
  EXPECT_TRUE(holds(report.verdict.front(), "not converged"));
}

TEST(inspect_filters, gabor_functions_are_smooth) {
  const FilterReport report = inspect_filters(gabor_bank(11));
  ASSERT_TRUE(report.noisy.has_value());
  EXPECT_FALSE(*report.noisy);
  EXPECT_LT(report.median_noise, 0.6);
  EXPECT_LT(report.median_fine, 0.1);
  EXPECT_TRUE(report.verdict.front().starts_with("smooth: "));
}

TEST(inspect_filters, chequerboards_are_fine_and_all_steps) {
  const FilterFigures figures = figures_of(gabor(8, 0.5, 0.5));
  EXPECT_NEAR(figures.noise, 2 / (2 / std::sqrt(std::numbers::pi)), 1e-12) << "every step is twice the RMS";
  EXPECT_GT(figures.fine, 0.99);
  EXPECT_EQ(figures_of(gabor(5, 0, 0)).noise, 0) << "a blur has no steps";
}

TEST(inspect_filters, small_kernels_are_not_judged) {
  for (const std::int64_t size : {1, 3}) {
    const FilterReport report = inspect_filters(random_normal({64, 3, size, size}, 6));
    EXPECT_FALSE(report.noisy.has_value());
    EXPECT_FALSE(report.mid_missing);
    EXPECT_TRUE(says(report, "too small to tell noise from detail"));
  }
}

TEST(inspect_filters, dead_by_norm) {
  Tensor weights = random_normal({8, 3, 5, 5}, 7);
  weights[2] *= 1e-4;
  weights[5] *= 0;
  weights[6] *= 1e-2;
  const FilterReport report = inspect_filters(weights);
  for (std::size_t k = 0; k < 8; ++k) EXPECT_EQ(report.filters[k].dead, k == 2 || k == 5) << k;
  EXPECT_EQ(report.dead, 2);
  EXPECT_TRUE(says(report, "2 of 8 filters dead"));
  EXPECT_TRUE(says(report, ": 2, 5"));
  EXPECT_EQ(report.bands.low + report.bands.mid + report.bands.high, 6) << "dead ones have no say";
}

TEST(inspect_filters, dead_by_never_being_active) {
  FilterLayer layer;
  layer.activation_maxima = {3, 0, 1e-9, -2};
  const FilterReport report = inspect_filters(random_normal({4, 1, 5, 5}, 8), layer);
  EXPECT_FALSE(report.filters[0].dead);
  EXPECT_TRUE(report.filters[1].dead);
  EXPECT_FALSE(report.filters[2].dead);
  EXPECT_TRUE(report.filters[3].dead);
  EXPECT_TRUE(says(report, "or never active"));
}

TEST(inspect_filters, layer_of_zeros_is_dead_and_nothing_more_is_said) {
  const FilterReport report = inspect_filters(at::zeros(Shape{4, 3, 7, 7}, at::TensorOptions(at::kFloat)));
  EXPECT_EQ(report.dead, 4);
  EXPECT_FALSE(report.noisy.has_value());
  EXPECT_EQ(report.mean_aliased, 0);
  EXPECT_EQ(report.filters[0].frequency, 0);
}

TEST(inspect_filters, stride_folds_what_is_above_its_nyquist_limit) {
  const Tensor weights = at::cat(std::vector<Tensor>{gabor(32, 8 / 32.0, 0), gabor(32, 3 / 32.0, 0)});
  FilterLayer layer;
  layer.stride = {4, 4};
  const FilterReport report = inspect_filters(weights, layer);
  EXPECT_NEAR(report.filters[0].aliased, 1, 1e-9);
  EXPECT_NEAR(report.filters[1].aliased, 0, 1e-9);
  EXPECT_EQ(report.aliased, 1);
  EXPECT_TRUE(says(report, "1 of 2 filters alias: 50 % or more of their energy above 0.125 cycles/px"));
  layer.stride = {1, 1};
  EXPECT_EQ(inspect_filters(weights, layer).filters[0].aliased, 0);
  EXPECT_TRUE(says(inspect_filters(weights, layer), "stride 1 folds no frequencies"));
}

TEST(inspect_filters, nyquist_limits_hold_along_each_axis) {
  FilterLayer layer;
  layer.stride = {4, 1};  // down, across
  EXPECT_NEAR(figures_of(gabor(32, 8 / 32.0, 0), layer).aliased, 0, 1e-9);
  EXPECT_NEAR(figures_of(gabor(32, 0, 8 / 32.0), layer).aliased, 1, 1e-9);
  layer.stride = {2, 2};
  EXPECT_NEAR(figures_of(gabor(32, 8 / 32.0, 0), layer).aliased, 0, 1e-9) << "the limit itself is not above it";
  // 0.31 cycles/px along the diagonal, 0.22 along each axis.
  EXPECT_NEAR(figures_of(gabor(32, 7 / 32.0, 7 / 32.0), layer).aliased, 0, 1e-9);
}

TEST(inspect_filters, bands_and_missing_middle_frequencies) {
  std::vector<Tensor> filters(6, gabor(32, 1 / 32.0, 0));
  filters.insert(filters.end(), 6, gabor(32, 12 / 32.0, 0));
  const FilterReport lacking = inspect_filters(at::cat(filters));
  EXPECT_EQ(lacking.bands.low, 6);
  EXPECT_EQ(lacking.bands.mid, 0);
  EXPECT_EQ(lacking.bands.high, 6);
  EXPECT_DOUBLE_EQ(lacking.bands.coverage(), 2.0 / 3);
  EXPECT_TRUE(lacking.mid_missing);
  EXPECT_TRUE(says(lacking, "middle frequencies are missing"));
  filters.insert(filters.end(), 2, gabor(32, 5 / 32.0, 0));
  const FilterReport covered = inspect_filters(at::cat(filters));
  EXPECT_EQ(covered.bands.mid, 2);
  EXPECT_DOUBLE_EQ(covered.bands.coverage(), 1);
  EXPECT_FALSE(covered.mid_missing);
}

TEST(inspect_filters, graph_gives_its_first_convolution_on_the_picture) {
  test::Net net;
  const ValueId mask = net.constant(random_normal({1, 3, 8, 8}, 1));
  const ValueId kernel = net.constant(random_normal({3, 3, 3, 3}, 2));
  const ValueId of_constants = net.node("Conv", {mask, kernel}, {}, "not_this");
  const ValueId x = net.input("x", {1, 3, 12, 12});
  const ValueId shifted = net.node("Sub", {x, net.constant(tensor({1}, {1}))}, {}, "mean");
  const Tensor weights = random_normal({4, 3, 5, 5}, 3);
  const ValueId first = net.node("Conv", {shifted, net.constant(weights)},
                                 test::attributes({{"strides", std::vector<std::int64_t>{2, 1}}}), "first");
  net.node("Conv", {first, net.constant(random_normal({2, 4, 1, 1}, 4))}, {}, "second");
  net.node("Relu", {of_constants}, {}, "side");
  const Graph graph = net.graph();
  const FilterReport report = inspect_filters(graph);
  EXPECT_EQ(report.layer.node, "first");
  EXPECT_EQ(report.layer.stride, (std::array<std::int64_t, 2>{2, 1}));
  EXPECT_TRUE(report.weights.equal(weights));
  EXPECT_EQ(inspect_filters(graph, "second").weights.size(0), 2);
  EXPECT_TRUE(holds(failure_of([&] { inspect_filters(graph, "mean"); }), "usage: 'mean' is a Sub, expected a Conv"));
  EXPECT_TRUE(holds(failure_of([&] { inspect_filters(graph, "x"); }), "usage: 'x' is an input"));
  EXPECT_TRUE(holds(failure_of([&] { inspect_filters(graph, "frist"); }), "usage: the network has no node"));
}

TEST(inspect_filters, refuses_graphs_without_stored_filters) {
  test::Net none;
  none.node("Relu", {none.input("x", {1, 3, 4, 4})});
  EXPECT_TRUE(holds(failure_of([&] { inspect_filters(none.graph()); }), "usage: the network has no convolution"));
  test::Net computed;
  const ValueId x = computed.input("x", {1, 1, 4, 4});
  computed.node("Conv", {x, computed.node("Relu", {x})}, {}, "dynamic");
  EXPECT_TRUE(holds(failure_of([&] { inspect_filters(computed.graph()); }), "unsupported: the weights of 'dynamic'"));
}

TEST(inspect_filters, refuses_what_are_no_filters) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(holds(failure_of([] { inspect_filters(random_normal({4, 3}, 1)); }), "shape: filters to inspect"));
  EXPECT_TRUE(holds(failure_of([&] {
                      inspect_filters(tensor({1, nan}, {1, 1, 1, 2}));
                    }),
                    "format: the filters hold NaN"));
  FilterLayer layer;
  layer.activation_maxima = {1, 2, 3};
  EXPECT_TRUE(holds(failure_of([&] {
                      inspect_filters(random_normal({4, 3, 5, 5}, 1), layer);
                    }),
                    "usage: 3 activation maxima for 4 filters"));
  EXPECT_TRUE(holds(failure_of([] {
                      inspect_filters(random_normal({4, 3, 5, 5}, 1), {.stride = {0, 1}});
                    }),
                    "usage: "));
}

TEST(inspect_filters, trained_networks) {
  FOVEA_NEEDS_SHARED("models/googlenet_bvlc.onnx");
  const FilterReport googlenet = inspect_filters(load_model(test::shared_data("models/googlenet_bvlc.onnx")).graph);
  EXPECT_EQ(googlenet.layer.node, "conv1/7x7_s2");
  EXPECT_FALSE(googlenet.noisy.value_or(true));
  EXPECT_EQ(googlenet.dead, 0);
  EXPECT_GT(googlenet.aliased, 10);
  EXPECT_DOUBLE_EQ(googlenet.bands.coverage(), 1);
  FOVEA_NEEDS_SHARED("models/mobilenet_v2_1.0_224.onnx");
  const FilterReport mobilenet =
      inspect_filters(load_model(test::shared_data("models/mobilenet_v2_1.0_224.onnx")).graph);
  EXPECT_EQ(mobilenet.dead, 8) << "of its 32";
}

}  // namespace
}  // namespace fovea
