// The atlas of a data set: for every channel of chosen values the pictures and places that excite it most, the
// embedding of every picture, and what the network says of it. Built in one pass, by one process or many, in pieces
// that a kill does not lose.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/data.h>
#include <fovea/model.h>
#include <fovea/ranks.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// One of the strongest answers of a channel.
struct Strongest {
  float score = -std::numeric_limits<float>::infinity();  ///< the activation there
  std::int32_t place = -1;                                ///< row * width + column of the value's map
  std::int64_t picture = -1;                              ///< index in the data set; -1: nobody
};

/// Choices of an atlas.
struct AtlasOptions {
  std::vector<std::string> values;  ///< whose channels are ranked: names or patterns with `*`; empty: every rectifier's
                                    ///< output, or where there is none every convolution's, and the logits
  std::vector<std::string>
      embed;                    ///< values that embed a picture, maps by their mean; empty: what the classifier reads
  std::int64_t top = 9;         ///< places kept per channel, each of another picture
  std::int64_t batch = 16;      ///< pictures run at once; other sizes change results in their last bits
  std::int64_t shard = 512;     ///< pictures between two places where a build can go on; rounded up to whole batches
  int loader_threads = 1;       ///< that read pictures, beside the network's
  std::string data = {};        ///< says which data set this is, as its opener wants to be told again
  std::string preprocess = {};  ///< the override that the model was loaded with, for the same reason
};

/// One value of an atlas.
struct AtlasValue {
  std::string name;
  std::string node;  ///< that computes it; either name stands for the value
  std::int64_t channels = 0;
  std::int64_t height = 1;  ///< of its map for the network's input size
  std::int64_t width = 1;
};

/// What an atlas is of, and how it was made: the same text in every build of it.
struct AtlasManifest {
  std::string version;            ///< of the fovea that wrote it
  std::filesystem::path model;    ///< absolute
  std::string model_hash;         ///< SHA-256
  std::string preprocess;         ///< how pictures become the input, as `describe` words it
  std::string preprocess_option;  ///< the override at load
  std::string data;               ///< `AtlasOptions::data`
  std::string data_hash;          ///< SHA-256 of all names and labels
  std::int64_t pictures = 0;
  std::vector<std::string> labels;    ///< of the data set
  std::vector<std::string> classes;   ///< the network's
  std::vector<std::int64_t> matched;  ///< the network's class of every label; empty where they do not match
  std::vector<AtlasValue> ranked;
  std::vector<AtlasValue> embedded;
  std::int64_t top = 0;
  std::int64_t batch = 0;
  std::int64_t shard = 0;  ///< pictures, whole batches
  std::int64_t shards() const { return (pictures + shard - 1) / shard; }
};

/// What an atlas knows of one picture.
struct AtlasPicture {
  std::string name;
  std::int64_t label = -1;
  std::int64_t predicted = -1;  ///< the network's class; -1 where the picture could not be read
  float probability = 0;        ///< softmax, of that class
  float of_truth = 0;           ///< of the label's class; NaN where labels and classes do not match
  std::string broken;           ///< why it could not be read; "" when it could
};

/// What came of a build.
struct AtlasBuild {
  std::int64_t pictures = 0;    ///< read by this process
  std::int64_t taken_over = 0;  ///< pictures that were known from before
  std::int64_t broken = 0;      ///< of all
  std::int64_t not_finite = 0;  ///< pictures for which some ranked value held no number
  double seconds = 0;           ///< of reading and running, without merging
  bool was_finished = false;    ///< nothing had to be done
};

/// Told while an atlas is built; answers false to stop.
using AtlasProgress = std::function<bool(std::int64_t done, std::int64_t total)>;

/// Builds an atlas in a folder, or goes on with the one in it. The finished folder is the same bytes for the same
/// options, model, data and number of threads, however often the build was killed and however many ranks took part
/// (they share the folder). Throws `Error(usage)` when the folder holds an atlas of another model, data or other
/// options (naming what differs), or anything else; `Error(file)` when it cannot be written; nothing finished is lost.
AtlasBuild build_atlas(const Model& model, const Pictures& pictures, const AtlasOptions& options,
                       const std::filesystem::path& folder, Ranks* ranks = nullptr, const AtlasProgress& progress = {});

/// A finished atlas.
class Atlas {
 public:
  /// Opens it. Throws `Error(file)` when there is none, `Error(usage)` when it is not finished, `Error(format)` when it
  /// is damaged.
  explicit Atlas(const std::filesystem::path& folder);
  ~Atlas();
  Atlas(Atlas&&) noexcept;
  Atlas& operator=(Atlas&&) noexcept;

  const AtlasManifest& manifest() const;
  const std::filesystem::path& folder() const;
  /// Returns every picture, in the data set's order.
  std::vector<AtlasPicture> pictures() const;
  /// Returns a value's (or its node's) strongest places, one list per channel, each from the strongest on; fewer than
  /// `top` where the data set has fewer pictures. Throws `Error(usage)` offering near names when the value was not
  /// ranked.
  std::vector<std::vector<Strongest>> tops(std::string_view value) const;
  /// Returns the embeddings [N,D] of a value (or its node), float32, rows of pictures that could not be read NaN; ""
  /// for the first embedded value. Throws `Error(usage)` offering near names when the value was not embedded.
  Tensor embedding(std::string_view value = {}) const;
  /// Finds a ranked value by its name or its node's; throws as `tops` does.
  const AtlasValue& ranked(std::string_view name) const;
  /// Finds an embedded value by its name or its node's, "" for the first one; throws as `embedding` does.
  const AtlasValue& embedded(std::string_view name) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Returns the values that a pattern or name stands for, in the graph's order. Throws `Error(usage)` offering near
/// names when there is none.
std::vector<ValueId> match_values(const Graph& graph, const std::vector<std::string>& patterns);

}  // namespace fovea
