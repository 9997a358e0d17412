// Switching parts of a network off: what its answers are without a layer, some channels or a single unit.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/data.h>
#include <fovea/figure.h>
#include <fovea/model.h>
#include <fovea/technique.h>

namespace FOVEA_API fovea {

/// What of one value is switched off. Channels are numbered along axis 1 of [N,C] and [N,C,h,w].
struct Ablation {
  ValueId value = no_value;
  std::vector<std::int64_t> channels;               ///< empty: all
  std::optional<std::array<std::int64_t, 2>> unit;  ///< the one position (row, column) of the one channel
};

/// Reads "VALUE" (the whole layer), "VALUE:3,7-9" (channels) or "VALUE:3@4,5" (the unit of channel 3 in row 4, column
/// 5). Throws `Error(usage)` naming what cannot be read, or offering near values.
Ablation parse_ablation(const Graph& graph, std::string_view text);

/// What takes the place of what is switched off.
enum class AblationFill {
  zero,
  mean,  ///< the channel's mean over the pictures that were asked, and over its positions
};

/// Returns a value [N,C,...] with a part of it replaced: by `means` [C], or by 0 where they are not defined. Throws
/// `Error(usage)` for a channel or position that the value does not have; `name` stands for it in messages.
Tensor switched_off(const Tensor& value, const Ablation& ablation, const Tensor& means, std::string_view name);

/// Several ablations at once.
struct AblationSet {
  std::vector<Ablation> ablations;
  AblationFill fill = AblationFill::zero;
  std::map<ValueId, Tensor> means;  ///< [C] by value, for `AblationFill::mean`
};

/// Class probabilities [N,classes], float64, as they are and without what is switched off. The network is run up to
/// what is switched off once.
struct AblatedScores {
  Tensor before;
  Tensor after;
};

/// Switches off on an input [N,C,H,W]; a value behind another one is switched off in what the first one left.
AblatedScores ablate(const Model& model, const Tensor& input, const AblationSet& set);

/// Choices of an ablation over a data set.
struct AblationOptions {
  std::int64_t batch = 32;
  int threads = 1;                                    ///< that read pictures
  Progress progress;                                  ///< of pictures
  std::function<void(const Broken&)> on_broken = {};  ///< told of each picture that cannot be read and is left out
};

/// Computes each value's mean per channel [C] over all pictures and positions.
std::map<ValueId, Tensor> channel_means(const Model& model, const Pictures& pictures,
                                        const std::vector<ValueId>& values, const AblationOptions& options = {});

/// What switching off does to the pictures of one class, or to all.
struct AblationEffect {
  std::int64_t pictures = 0;
  std::int64_t right_before = 0;
  std::int64_t right_after = 0;
  std::int64_t flipped = 0;       ///< pictures whose best class is another one afterwards
  double probability_before = 0;  ///< of the true class, mean
  double probability_after = 0;

  double accuracy_before() const { return pictures > 0 ? double(right_before) / double(pictures) : 0; }
  double accuracy_after() const { return pictures > 0 ? double(right_after) / double(pictures) : 0; }
};

/// What came of an ablation over a data set.
struct AblationEvaluation {
  AblationEffect all;
  std::vector<AblationEffect> classes;
  std::vector<Broken> broken;
};

/// Switches off for every picture of a data set. Throws `Error(usage)` when the data set has another number of classes
/// than the model or holds no picture, `Error(stopped)` when the listener asks to stop.
AblationEvaluation ablate(const Model& model, const Pictures& pictures, const AblationSet& set,
                          const AblationOptions& options = {});

/// One channel switched off alone.
struct ChannelEffect {
  std::int64_t channel = 0;
  AblationEffect effect;
};

/// Switches every channel of a value off alone, the part of the network before it being run once per picture; ordered
/// by the loss of the true class's mean probability, or of accuracy first with `by_accuracy`, the most harmful first.
/// Progress is of pictures times channels.
std::vector<ChannelEffect> ablate_each(const Model& model, const Pictures& pictures, ValueId value, AblationFill fill,
                                       bool by_accuracy, const AblationOptions& options = {});

/// How much of a layer each class switches on.
struct LayerActivation {
  std::string value;                   ///< its node's name
  std::vector<std::int64_t> pictures;  ///< per class
  Tensor by_channel;  ///< [classes,C], float64: mean over pictures of max(activation, 0) summed over positions
  Tensor total;       ///< [classes]: its sum over channels
};

/// Measures layers over a data set.
std::vector<LayerActivation> activation_by_class(const Model& model, const Pictures& pictures,
                                                 const std::vector<ValueId>& values,
                                                 const AblationOptions& options = {});

/// One row of bars.
struct BeforeAfter {
  std::string label;
  double before = 0;
  double after = 0;
  std::string told;  ///< the change in words
};

/// Draws pairs of bars, 0 to 1 or to the largest; `names` are of before and after. Without `before_bars` only the
/// second ones are drawn.
Figure draw_before_after(const std::vector<BeforeAfter>& rows, std::string_view title,
                         const std::vector<std::string>& notes, const std::array<std::string, 2>& names,
                         bool before_bars = true);

/// Draws the classes' totals as bars, and below them the strongest channels of every class as a table of shades.
Figure draw_layer_activation(const LayerActivation& activation, const std::vector<std::string>& labels,
                             std::string_view title);

}  // namespace fovea
