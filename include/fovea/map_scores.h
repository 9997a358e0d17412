// Techniques held against measures over a data set: one table that says how far each map can be believed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/data.h>
#include <fovea/measure.h>
#include <fovea/model.h>
#include <fovea/technique.h>

namespace FOVEA_API fovea {

/// What is asked about every picture.
struct MapQuestions {
  const Model& model;
  const Pictures& pictures;  ///< of the model's classes, or of some of them, by name
  std::vector<const Technique*> techniques;
  std::vector<const Measure*> measures;
  std::map<std::string, Settings, std::less<>> settings;  ///< of some techniques and measures, by name
  std::uint64_t seed = 0;
};

/// How much is asked about one picture.
struct Depth {
  bool runs = true;        ///< techniques and measures of `Cost::runs` too
  bool asks_again = true;  ///< measures that ask techniques of `Cost::runs` again too: by far the most expensive
};

/// What the measures said of one technique's map of one picture.
struct MapRow {
  std::string name;                                                ///< the technique's; "random", "centre" or "edges"
  bool baseline = false;                                           ///< looks at no network
  double seconds = 0;                                              ///< that the map took
  std::string failure;                                             ///< why there is no map; empty: there is one
  std::map<std::string, double, std::less<>> values;               ///< by quantity; what is not known is left out
  std::map<std::string, std::vector<double>, std::less<>> curves;  ///< by measure
};

/// One picture's rows.
struct PictureScores {
  std::int64_t index = 0;  ///< in the data set
  std::string name;
  std::int64_t label = 0;  ///< the network's class of what the picture shows
  std::int64_t predicted = 0;
  double probability = 0;  ///< of the label
  double area = 0;         ///< share of the picture that the object covers; 0: not known
  std::vector<MapRow> rows;
};

/// A picture with its answer, as the network sees it.
struct AnsweredPicture {
  Image seen;
  Tensor input;            ///< [1,C,H,W]
  Tensor mask;             ///< uint8 [H,W]; undefined: not known
  std::vector<Box> boxes;  ///< px of `seen`
  bool mask_of_boxes = false;
};

/// Brings a sample to what the network sees, its boxes and mask with it. Boxes of other classes are left out, and so is
/// what the network does not see. Throws `Error(usage)` when the model does not say how a picture becomes its input.
AnsweredPicture answered_picture(const Sample& sample, const Model& model);

/// Is handed every map that is made, by its technique's name.
using OnMap = std::function<void(std::string_view name, const Map& map, const AnsweredPicture& picture)>;

/// Choices of one picture's scores.
struct ScoreChoices {
  Depth depth;
  const PictureScores* known = nullptr;  ///< rows that it holds already, complete, are taken over
  Progress progress;                     ///< of techniques
  OnMap on_map;
};

/// Asks and measures picture after picture; networks with random weights are made once and kept.
class MapScorer {
 public:
  /// `questions` and what it refers to must outlive the scorer. Throws `Error(usage)` for settings that cannot be.
  explicit MapScorer(const MapQuestions& questions);
  ~MapScorer();
  MapScorer(const MapScorer&) = delete;
  MapScorer& operator=(const MapScorer&) = delete;

  /// Asks every technique about one picture's true class and measures its maps; all share one run of the network.
  /// Throws `Error` for a picture that is broken; a technique that does not apply has its reason in its row.
  PictureScores score(std::int64_t index, const ScoreChoices& choices = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Names of the rows that look at no network.
std::span<const std::string_view> baseline_rows();
/// Makes a baseline's map [H,W] of an input: "random" (uniform numbers keyed by seed and stream), "centre" (falls with
/// the distance to the middle) or "edges" (magnitude of Sobel's gradient, its largest channel).
Tensor baseline_map(std::string_view name, const Tensor& input, std::uint64_t seed, std::uint64_t stream);

/// Draws the order in which pictures are asked, keyed by the seed: the first few are then of all classes. With
/// `with_boxes` only pictures that hold an object's box or mask are in it; at most `most` of them. Reads pictures, so
/// it takes a while on a large data set.
std::vector<std::int64_t> picture_order(const Pictures& pictures, std::int64_t most, bool with_boxes,
                                        std::uint64_t seed, const Progress& progress = {});

/// A mean over pictures.
struct Mean {
  double mean = 0;
  double error = 0;        ///< standard error of the mean
  std::int64_t count = 0;  ///< of pictures; 0: nothing is known
};

/// One technique over all pictures.
struct TableRow {
  std::string name;
  bool baseline = false;
  std::int64_t pictures = 0;
  double seconds = 0;   ///< median per map
  std::string failure;  ///< why there is no map of any picture
  std::map<std::string, Mean, std::less<>> values;
  std::map<std::string, std::vector<double>, std::less<>> curves;  ///< means, by measure
};

/// The table.
struct MapTable {
  std::vector<TableRow> rows;  ///< techniques in the order they first appear, then the baselines
  std::int64_t pictures = 0;
  double accuracy = 0;  ///< of the network on them
  double area = 0;      ///< mean share of the picture that the object covers
};

/// Sums pictures up. Quantities that are averaged by class are the mean of the classes' means.
MapTable summarise(std::span<const PictureScores> pictures, std::span<const Measure* const> measures);

}  // namespace fovea
