// Techniques: each answers, for one picture and one objective, with a map of what the network looked at.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fovea/api.h>
#include <fovea/figure.h>
#include <fovea/model.h>
#include <fovea/objective.h>
#include <fovea/options.h>
#include <fovea/trace.h>

namespace FOVEA_API fovea {

/// Is told of progress (done of total); answers false to stop the work.
using Progress = std::function<bool(std::int64_t done, std::int64_t total)>;

/// One picture under examination: techniques asked about it share its run. Any number of threads may ask at once; who
/// needs a run first makes it, and the others wait for it.
class Subject {
 public:
  /// `input` is [1,C,H,W]; `model` must outlive the subject.
  Subject(const Model& model, Tensor input);
  Subject(const Model&& model, Tensor input) = delete;  // such a model is gone at the end of the line
  /// Takes over the runs as well: what `trace` returned stays valid. The other one can only be assigned to or
  /// destroyed.
  Subject(Subject&& other) noexcept;
  Subject& operator=(Subject&& other) noexcept;
  ~Subject();

  const Model& model() const { return *model_; }
  const Graph& graph() const { return model_->graph; }
  const Tensor& input() const { return input_; }
  /// Returns the run on the picture, taped per op; made at the first call.
  const Trace& trace() const;
  /// Returns the run of the graph with batch norm folded (the same graph when it has none to fold).
  const Trace& folded_trace() const;

 private:
  struct Cache;
  const Model* model_;
  Tensor input_;
  std::unique_ptr<Cache> cache_;
};

struct Recipe;

/// What is asked of a technique.
struct Question {
  const Subject& subject;
  const Objective& objective;  ///< pinned: nothing in it depends on the picture any more
  std::string at;              ///< name of the value to read the map at; empty: the technique's default
  const Options& options;
  std::uint64_t seed = 0;
  Progress progress;               ///< may be empty
  const Recipe* recipe = nullptr;  ///< of a technique that is derived from one

  /// Reports progress; throws `Error(stopped)` when the listener asks to stop.
  void report(std::int64_t done, std::int64_t total) const;
};

/// How a map is best drawn.
enum class Drawing {
  heat,         ///< non-negative [h,w]: heat over the picture
  level,        ///< [h,w] whose zero means nothing: heat from its own lowest value to its highest
  signed_heat,  ///< signed [h,w]: diverging colours about grey over the picture
  signed_rgb,   ///< signed [C,H,W]: a picture about mid-grey
};

/// A further picture of an answer, such as the panels of Zeiler and Fergus's figure 7.
struct Panel {
  std::string name;  ///< "probability of the class"
  Tensor values;     ///< as `Map::values`; class numbers (int64, [ny,nx]) where `classes` is set
  Drawing drawing = Drawing::heat;
  bool classes = false;  ///< drawn in one colour per class, with a legend
};

/// A technique's answer.
struct Map {
  /// Raw, where it was read: [C,H,W], [H,W], [h,w] or [ny,nx]; float32.
  Tensor values;
  Drawing drawing = Drawing::heat;
  /// Name of the value where it was read.
  std::string at;
  /// What exactly ran, for a person.
  std::vector<std::string> notes;
  /// Numbers that say how far to trust it.
  std::vector<std::pair<std::string, double>> figures;
  /// Order of the channels of a [3,H,W] map, as the network takes them: "RGB" or "BGR"; `draw` shows true colours.
  std::string channels = "RGB";
  /// What else came of the same work; empty for most techniques.
  std::vector<Panel> panels;
};

/// What a technique costs beside one run of the network.
enum class Cost {
  walks,  ///< a few backward walks
  runs,   ///< tens to thousands of runs: samples, positions, channels, steps
};

/// One technique: one file of src/techniques, or a recipe with `relevance`.
struct Technique {
  std::string_view name;
  std::string_view sentence;  ///< one sentence on what the map shows
  std::string_view paper;
  std::string_view details = {};  ///< a paragraph: formula, conventions, limits
  std::span<const Option> options = {};
  std::span<const Preset> presets = {};
  Cost cost = Cost::walks;
  /// The map tells how fast the objective changes with what it is read at; other maps share the objective's value out.
  bool sensitivity = false;
  Map (*explain)(const Question&) = nullptr;
  const Recipe* recipe = nullptr;  ///< that it is derived from; null for most
};

/// Returns every technique, sorted by name.
std::span<const Technique* const> all_techniques();
/// Finds a technique; throws `Error(usage)` offering near names.
const Technique& find_technique(std::string_view name);

/// Choices of one explanation.
struct ExplainOptions {
  std::string at;
  std::string preset;
  Settings settings;
  std::uint64_t seed = 0;
  Progress progress;
};

/// Returns every option's effective value for one explanation; throws as `explain` does.
Options options_of(const Technique& technique, const ExplainOptions& choices);

/// Asks one technique about one picture; throws `Error`, also when the answer is not finite (naming the value where NaN
/// or infinity first appears).
Map explain(const Technique& technique, const Subject& subject, const Objective& objective,
            const ExplainOptions& options = {});

/// Draws a map over (or beside) what the network saw.
Figure draw(const Map& map, const Image& seen);

/// Returns between which values the colours of a `Drawing::level` run, "0.212 to 0.391", which nothing else tells; ""
/// for others, whose colours begin at zero.
std::string range_text(const Tensor& values, Drawing drawing);

/// Returns the last spatial value before global pooling or flattening: a CAM's default layer.
ValueId last_spatial_value(const Trace& trace);

}  // namespace fovea
