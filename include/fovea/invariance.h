// How much a network's features change when the picture is moved, enlarged or turned: Zeiler and Fergus 2014, figure 5.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/figure.h>
#include <fovea/image.h>
#include <fovea/model.h>
#include <fovea/technique.h>

namespace FOVEA_API fovea {

/// How a picture is changed.
enum class Transformation {
  translation,  ///< moved down by so many px at a height of 224 (scaled to the input's, rounded to whole pixels)
  scale,        ///< enlarged about its centre by this factor; what leaves the frame is lost
  rotation,     ///< turned anticlockwise about its centre, degrees
};

/// All of them, in the order of the paper's rows.
inline constexpr std::array<Transformation, 3> transformations{Transformation::translation, Transformation::scale,
                                                               Transformation::rotation};

/// Names a transformation: "translation", "scale", "rotation".
std::string_view name(Transformation transformation);

/// What is seen where the changed picture has nothing to show; the paper does not say.
enum class Border {
  mean,     ///< the picture's mean colour
  edge,     ///< its outermost pixels, repeated
  reflect,  ///< its mirror image
};

/// Numbers from `low` to `high` in steps.
struct Steps {
  double low = 0;
  double high = 0;
  double step = 1;
};

/// Lists the numbers, `high` among them where a whole number of steps leads there. Throws `Error(usage)` unless
/// low < high, step > 0 and there are at most 1000.
std::vector<double> numbers_of(const Steps& steps);

/// Changes a picture; samples are taken bicubically about the centre ((width-1)/2, (height-1)/2), so that turns of a
/// square by right angles and amounts that change nothing (0 px, factor 1, 0 degrees) are exact. Throws `Error(usage)`
/// for a factor below 1.
Image transformed(const Image& picture, Transformation transformation, double amount, Border border);

/// A picture to be changed.
struct InvariancePicture {
  std::string name;
  Image seen;                         ///< as the network sees it: fitted to its input's size
  std::optional<std::int64_t> label;  ///< whose probability is followed; nothing: the network's best for `seen`
};

/// Choices of an experiment; the ranges are those of the paper's axes.
struct InvarianceOptions {
  ValueId first = no_value;  ///< default: the first rectified convolution's output
  ValueId last = no_value;   ///< default: what the classifier reads
  Border border = Border::mean;
  Steps translation{-60, 60, 5};
  Steps scale{1, 1.8, 0.04};
  Steps rotation{0, 350, 10};
  Progress progress;  ///< of runs
};

/// One transformation of one picture.
struct InvarianceCurve {
  Transformation transformation = Transformation::translation;
  std::vector<double> amounts;          ///< as they were applied: px at 224, factors, degrees
  std::vector<double> first;            ///< ||f(Tx) - f(x)|| / ||f(x)||, Euclidean, f the first layer's features
  std::vector<double> last;             ///< likewise of the last layer
  std::vector<double> probability;      ///< of the picture's label
  std::vector<std::int64_t> predicted;  ///< the network's best class
};

/// One picture.
struct PictureInvariance {
  InvariancePicture picture;
  std::int64_t label = 0;
  double probability = 0;               ///< of the label, unchanged
  std::vector<InvarianceCurve> curves;  ///< in the order of `transformations`
};

/// What came of it.
struct Invariance {
  std::string first;  ///< the layers' names
  std::string last;
  bool last_has_positions = false;  ///< the last layer's features are a map, which moves with the picture
  Border border = Border::mean;
  std::vector<PictureInvariance> pictures;
};

/// A transformation in three numbers, means over the pictures.
struct InvarianceSummary {
  Transformation transformation = Transformation::translation;
  double amount = 0;          ///< of the smallest change, as applied
  double first_smallest = 0;  ///< the first layer's distance there
  double last_smallest = 0;   ///< and the last layer's
  double first_mean = 0;      ///< over all amounts that change something
  double last_mean = 0;
  double probability_mean = 0;
  double kept = 0;  ///< share of these amounts at which the class is still the best
};

/// Runs every picture under every transformation. Throws `Error(usage)` without pictures and for a label out of range,
/// `Error(format)` for features that are zero everywhere, which have no relative distance, `Error(stopped)` when the
/// listener asks to stop.
Invariance measure_invariance(const Model& model, std::span<const InvariancePicture> pictures,
                              const InvarianceOptions& options = {});

/// Sums an experiment up, one entry per transformation.
std::vector<InvarianceSummary> summarise(const Invariance& invariance);

/// How many pictures fit on one page: one colour each.
inline constexpr std::size_t most_invariance_pictures = 7;

/// Draws the paper's figure: rows are transformations; columns are examples, the first layer's distance, the last
/// layer's, and the probability; each picture has its colour, and its thumbnail is the legend. Throws `Error(usage)`
/// for more pictures than `most_invariance_pictures`.
Figure draw_invariance(const Invariance& invariance, const Card& card, std::string_view title);

}  // namespace fovea
