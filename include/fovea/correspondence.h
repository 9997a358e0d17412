// Whether a network relates the same part of different pictures: Zeiler and Fergus 2014, section 4.3, table 1.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fovea/api.h>
#include <fovea/data.h>
#include <fovea/figure.h>
#include <fovea/model.h>
#include <fovea/technique.h>

namespace FOVEA_API fovea {

/// A picture of a class, and where its parts are. Masks are uint8 [H,W] of `seen`, 1 on the part.
struct PartPicture {
  std::string name;
  Image seen;  ///< as the network sees it: fitted to its input's size
  std::vector<std::pair<std::string, Tensor>> parts;
  Tensor object;  ///< where random masks are centred; undefined: anywhere in the picture
};

/// Choices of an experiment.
struct CorrespondenceOptions {
  std::vector<ValueId> values;  ///< default: the last map before the classifier, and what the classifier reads
  std::string fill = "grey";    ///< of what is masked: "mean", "black", "white", "grey", "blur" or "noise"
  std::int64_t draws = 10;      ///< of random masks, for each picture and part
  std::uint64_t seed = 0;
  Progress progress;  ///< of runs
};

/// Delta of one part, or of its control, at one value: the mean of the distances of all pairs of pictures.
struct Delta {
  double mean = 0;
  double deviation = 0;    ///< standard deviation over the pairs
  std::int64_t pairs = 0;  ///< of all draws together, for the control
};

/// One part at one value.
struct PartDelta {
  std::string part;
  std::string value;  ///< its node's name
  Delta masked;       ///< the part itself
  Delta random;       ///< masks of the same shapes laid elsewhere
  double below = 0;   ///< share of the draws whose mean distance is larger than the part's
};

/// What came of it.
struct Correspondence {
  std::vector<PartDelta> rows;  ///< by value, then by part
  std::vector<std::string> parts;
  std::vector<std::string> values;
  std::vector<std::vector<Image>> masked;  ///< [part][picture]: what the network saw
  std::vector<Image> random;               ///< [picture]: the first part's first random mask
  std::vector<Image> pictures;             ///< unmasked
};

/// Computes the distance of two differences' signs: the share of dimensions in which sign(a) and sign(b), each -1, 0 or
/// 1, are not the same. `a` and `b` are int8 of one shape.
double sign_distance(const Tensor& a, const Tensor& b);

/// Masks each part that all pictures have in all of them: epsilon_i = f(x_i) - f(masked x_i), Delta = mean over pairs
/// i < j of H(sign epsilon_i, sign epsilon_j), H the Hamming distance divided by the number of dimensions. (The paper's
/// formula is a sum, its table's values are means.) sign(0) = 0, so signs have three values; a difference below 1e-5 of
/// the features' largest is rounding and counts as 0. The control masks the same shapes at random places, centred on
/// the object where it is known. Throws `Error(usage)` for fewer than two pictures and when no part is in all of
/// them, `Error(stopped)` when the listener asks to stop.
Correspondence measure_correspondence(const Model& model, std::span<const PartPicture> pictures,
                                      const CorrespondenceOptions& options = {});

/// Choices of rendered scenes.
struct WorldPartsChoice {
  std::int64_t label = 0;
  std::int64_t pictures = 5;  ///< the paper's number
  std::uint64_t seed = 0;     ///< of the world
  std::int64_t first = 0;     ///< scene that the search begins with
  bool cut_out = false;       ///< the picture is the object's box, enlarged: parts then lie at like places
};

/// Renders scenes of a class in which every part that scenes of it usually show is visible (a part counts from 0.3 % of
/// the picture on), at the network's size. Throws `Error(usage)` for a class that the world lacks or when 1,000 scenes
/// of it do not hold as many.
std::vector<PartPicture> world_parts_of(const Model& model, const WorldPartsChoice& choice);

/// One part of one picture, as a table of parts says.
struct PartBox {
  std::string path;  ///< of the picture
  std::string part;
  Box box;  ///< px, or fractions of the picture's sides
};

/// Where parts of a data set's pictures are.
struct PartTable {
  std::vector<PartBox> boxes;  ///< in the file's order
  bool fractions = false;
};

/// Reads a .csv of lines "path,part,x0,y0,x1,y1", in px of the picture, or in fractions of its sides when no number in
/// the file is over 1. Throws `Error(file|format)` naming the line.
PartTable read_parts(const std::filesystem::path& path);

/// Takes up to `most` pictures of a class whose parts a table knows; their paths are the ends of the data set's names.
/// Throws `Error(usage)` when there are fewer than two.
std::vector<PartPicture> pictures_with_parts(const Model& model, const Pictures& pictures, std::int64_t label,
                                             const PartTable& table, std::int64_t most);

/// Takes up to `most` pictures of a class whose boxes cover half of what the network sees at most (larger ones leave
/// random masks no room): the part is "object", all boxes of the class together. Throws `Error(usage)` when there are
/// fewer than two.
std::vector<PartPicture> pictures_with_boxes(const Model& model, const Pictures& pictures, std::int64_t label,
                                             std::int64_t most);

/// Rows of several classes, of one value: means over their parts.
struct CorrespondenceSummary {
  std::string value;
  double masked = 0;       ///< mean of the parts' Delta
  double random = 0;       ///< and of their controls'
  std::int64_t below = 0;  ///< parts whose Delta is smaller than their control's
  std::int64_t parts = 0;
};

/// Sums rows up, an entry per value in the order in which they first appear.
std::vector<CorrespondenceSummary> summarise(std::span<const PartDelta> rows);

/// Draws the pictures as they were masked, a row per part (the first five pictures), with the distances beside them.
Figure draw_correspondence(const Correspondence& correspondence, std::string_view title);

/// Draws the rows of several classes: for every value a dot per part, its control's distance to the right, its own
/// upwards; dots below the diagonal are parts that correspond.
Figure draw_correspondence_summary(std::span<const PartDelta> rows, std::string_view title);

}  // namespace fovea
