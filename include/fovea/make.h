// Making pictures: every synthesis of the field is a kind, a recipe of defaults over canvases, objectives, priors,
// transforms and optimisers. One constant descriptor per file of src/make; `fovea make KIND` runs it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fovea/api.h>
#include <fovea/figure.h>
#include <fovea/model.h>
#include <fovea/options.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// Where a making is, for whoever watches.
struct MakeStatus {
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::optional<double> value;  ///< of the objective, mean over the batch; nothing where there is none
  std::string_view stage = {};  ///< "octave 2 of 4"; may be empty
};

/// A picture that goes into a making, by the name of its file.
struct NamedImage {
  std::string name;
  Image image;
};

/// What is asked of a kind.
struct MakeCall {
  const Model* model = nullptr;  ///< null for kinds that need none
  std::span<const NamedImage> pictures = {};
  const Options& options;
  std::uint64_t seed = 0;
  std::function<bool(const MakeStatus&)> progress = {};  ///< answers false to stop; may be empty
  /// Makes a picture of the state when somebody wants to see one now; may be empty. Called at every step.
  std::function<void(const std::function<Image()>&)> preview = {};
  std::span<const Model* const> witnesses = {};  ///< other networks, whose opinion is asked (`--check`)
  std::filesystem::path resume = {};             ///< where an unfinished making is kept; empty: nowhere
  bool film = false;                             ///< frames of the process are wanted

  /// Returns the network; throws `Error(internal)` when there is none.
  const Model& network() const;
  /// Reports progress; throws `Error(stopped)` when the listener asks to stop.
  void report(const MakeStatus& status) const;
};

/// One picture that was made.
struct MadePicture {
  std::string name;  ///< stem of its file in a folder: "channel_17"
  Image image;
  std::string label;      ///< under it on a sheet
  std::int64_t item = 0;  ///< which item of the kind's list (`MakeKind::lists`) asked for it
};

/// A further table of an outcome, such as what other networks say.
struct MadeTable {
  std::string name;                            ///< of its file: NAME_witnesses.csv
  std::vector<std::vector<std::string>> rows;  ///< a header and rows, all of one length
};

/// What was made.
struct Made {
  /// What --out FILE.png shows: the picture alone, or a labelled sheet of several.
  Figure picture;
  /// The single pictures, for a folder.
  std::vector<MadePicture> pictures;
  /// The pictures in display units, [N,3,H,W], unrounded: what --out FILE.npy holds.
  Tensor values;
  /// What exactly ran, for a person.
  std::vector<std::string> notes;
  /// Numbers of the outcome, by name.
  std::vector<std::pair<std::string, double>> figures;
  /// A table of the outcome (the .csv beside the picture): a header and rows, all of one length; may be empty.
  std::vector<std::vector<std::string>> table;
  std::vector<MadeTable> further;
  /// Frames of the process, all of one size, when a film was asked for.
  std::vector<Image> frames;
  double frames_per_second = 20;
};

/// One kind of making, one file of src/make.
struct MakeKind {
  std::string_view name;
  std::string_view sentence;  ///< one sentence on what is made
  std::string_view paper;
  std::string_view details = {};  ///< a paragraph: formula, conventions, limits
  bool needs_model = true;
  std::string_view pictures = {};  ///< what the pictures are: "IMAGE STYLE..."; empty: none
  std::size_t least_pictures = 0;
  std::size_t most_pictures = 0;
  std::span<const Option> options = {};
  std::span<const Preset> presets = {};
  /// Options that hold a list separated by `;`: makings that differ only in one of them may be made at once.
  std::span<const std::string_view> lists = {};
  /// Options that name a file or a folder.
  std::span<const std::string_view> paths = {};
  bool asks_witnesses = false;  ///< `MakeCall::witnesses` are asked what they see in what was made
  Made (*make)(const MakeCall&) = nullptr;
};

/// Returns every kind, sorted by name.
std::span<const MakeKind* const> all_make_kinds();
/// Finds a kind; throws `Error(usage)` offering near names.
const MakeKind& find_make_kind(std::string_view name);

/// Choices of one making.
struct MakeOptions {
  std::string preset;
  Settings settings;
  std::uint64_t seed = 0;
  std::function<bool(const MakeStatus&)> progress;
  std::function<void(const std::function<Image()>&)> preview;
  std::vector<const Model*> witnesses;
  std::filesystem::path resume;
  bool film = false;
};

/// Makes pictures. Throws `Error(usage)` for a wrong number of pictures or a missing model, and whatever the kind
/// throws.
Made make_picture(const MakeKind& kind, const Model* model, std::span<const NamedImage> pictures,
                  const MakeOptions& options = {});

}  // namespace fovea
