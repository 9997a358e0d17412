// Agreement with Lucent (6123386): pictures from spectra, decorrelated colours, and the gradient through both, to 1e-5.
// Lucent keeps W/2+2 columns of a spectrum for an odd width W, whose last one the inverse transform drops; Fovea keeps
// the W/2+1 that count.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/canvas.h>
#include <fovea/trace.h>

#include "canvases/shared/spectrum.h"
#include "support/net.h"
#include "support/shared_data.h"

namespace fovea {
namespace {

constexpr double lucent_bar = 1e-5;
constexpr const char* file = "oracles/lucent_param/expected.npz";

/// What Lucent computed for one size of picture.
struct LucentOracle {
  Tensor at(const std::string& key) const { return all.at(size + ":" + key); }
  std::int64_t height() const { return at("fft_image").size(2); }
  std::int64_t width() const { return at("fft_image").size(3); }
  /// Columns of a half spectrum that count.
  std::int64_t columns() const { return width() / 2 + 1; }
  Tensor scale() const { return canvases::frequency_scale(height(), width(), 1); }
  Tensor spectrum() const { return at("spectrum").narrow(3, 0, columns()).contiguous(); }

  /// Holds a result to a reference: the relative error, and every single number as a share of the largest.
  void hold(const std::string& key, const Tensor& ours, const Tensor& theirs) const {
    ASSERT_EQ(ours.sizes(), theirs.sizes()) << key;
    const double error = test::relative_error(ours, theirs);
    const double single = test::largest_difference(ours, theirs) / theirs.abs().max().item<double>();
    EXPECT_LE(error, lucent_bar) << size << " " << key;
    EXPECT_LE(single, lucent_bar) << size << " " << key;
    std::printf("    %-6s %-14s relative %.1e, largest %.1e\n", size.c_str(), key.c_str(), error, single);
  }
  void hold(const std::string& key, const Tensor& ours) const { hold(key, ours, at(key)); }

  std::string size;
  std::map<std::string, Tensor> all;
};

class lucent : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    FOVEA_NEEDS_SHARED(file);
    oracle = {.size = GetParam(), .all = test::read_npz(test::shared_data(file))};
  }
  LucentOracle oracle;
};

TEST_P(lucent, frequencies) {
  const double least = 1.0 / static_cast<double>(std::max(oracle.height(), oracle.width()));
  oracle.hold("freqs", oracle.scale().reciprocal(), oracle.at("freqs").narrow(1, 0, oracle.columns()).clamp_min(least));
}

TEST_P(lucent, picture_of_a_spectrum) {
  const Tensor planes = canvases::planes_of(oracle.spectrum(), oracle.scale(), oracle.height(), oracle.width());
  oracle.hold("fft_image", planes);
  oracle.hold("decorrelated", canvases::to_rgb(planes));
}

TEST_P(lucent, colours) {
  oracle.hold("decorrelated", canvases::to_rgb(oracle.at("fft_image")));
  oracle.hold("fft_image", canvases::from_rgb(oracle.at("decorrelated")));
  const canvases::Finish finish{.decorrelated = true, .sigmoid = true, .mean = {}};
  oracle.hold("valid_rgb", finish(oracle.at("fft_image")));
}

TEST_P(lucent, canvas_and_its_gradient) {
  const Canvas canvas =
      make_canvas("fourier", {.pictures = 1, .height = oracle.height(), .width = oracle.width(), .seed = 5});
  const Tensor spectrum = oracle.spectrum().requires_grad_();
  ASSERT_EQ(canvas.parameters.front().sizes(), spectrum.sizes());
  const Tensor image = canvas.image({spectrum});
  oracle.hold("valid_rgb", image.detach());
  const Tensor theirs = oracle.at("spectrum_grad");
  oracle.hold("spectrum_grad", vjp({image}, {spectrum}, {oracle.at("cotangent")})[0],
              theirs.narrow(3, 0, oracle.columns()));
  // Nothing that Fovea leaves out moves Lucent's picture.
  EXPECT_TRUE(theirs.narrow(3, oracle.columns(), theirs.size(3) - oracle.columns()).eq(0).all().item<bool>());
}

INSTANTIATE_TEST_SUITE_P(lucent, lucent, ::testing::Values("32x48", "33x35", "64x64"),
                         [](const auto& test) { return "of_" + std::string(test.param); });

TEST(lucent_colours, have_the_same_matrix) {
  FOVEA_NEEDS_SHARED(file);
  const auto all = test::read_npz(test::shared_data(file));
  const Tensor theirs = all.at("color_correlation_normalized");
  EXPECT_LE(test::relative_error(canvases::colour_matrix(theirs), theirs), lucent_bar);
}

}  // namespace
}  // namespace fovea
