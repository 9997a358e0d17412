// Labelled pictures: where they come from (folders, .tar files, the rendered world), and batches of them for training.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/image.h>
#include <fovea/model.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// Where an object is: pixel edges (data sets know fractions of a pixel), origin at the top left, `x1` and `y1`
/// exclusive.
struct Box {
  double x0 = 0;
  double y0 = 0;
  double x1 = 0;
  double y1 = 0;
  std::int64_t label = 0;
};

/// One labelled picture.
struct Sample {
  Image picture;
  std::int64_t label = 0;
  std::string name;        ///< where it came from: a path, "world seed 3 scene 17"
  std::vector<Box> boxes;  ///< of the objects, where the data set has them
  Tensor mask;             ///< uint8 [H,W], 1 on the visible pixels of what `label` names; undefined: not known
};

/// A list of labelled pictures, each made when it is asked for. All members may be called from several threads.
class Pictures {
 public:
  virtual ~Pictures() = default;
  /// Returns how many there are.
  virtual std::int64_t size() const = 0;
  /// Returns one label per class.
  virtual const std::vector<std::string>& labels() const = 0;
  /// Returns a picture's class without decoding it.
  virtual std::int64_t label(std::int64_t index) const = 0;
  /// Returns where a picture comes from.
  virtual std::string name(std::int64_t index) const = 0;
  /// Reads or draws one picture. Throws `Error` naming it when it is broken.
  virtual Sample at(std::int64_t index) const = 0;
};

/// Choices when a data set is opened.
struct OpenOptions {
  std::string split;        ///< "": everything; "train": only what lies in a folder of this name
  bool unlabelled = false;  ///< where no picture lies in a folder of a class, all are of one class, "unlabelled"
};

/// Opens a data set: a folder with one folder of pictures per class, or a .tar file of the same; a `classes.txt` in it
/// (or above the split) gives the order of the classes (lines "label wnid name", "label name" or "name"; folders are
/// matched by name, by wnid or by "wnid_name"), else folders count in alphabetical order. A `boxes.csv`
/// (path,label,x0,y0,x1,y1) gives boxes. Throws `Error(file|format|usage)`; a picture that is broken is found out by
/// `at`.
std::unique_ptr<Pictures> open_pictures(const std::filesystem::path& path, const OpenOptions& options = {});

/// Stands for all splits of a data set together, unless it has a folder of this name.
inline constexpr std::string_view every_split = "all";

/// Returns the folders that a data set is divided into ("train", "val"), sorted: those of names that are common for it,
/// and one called `asked`, where there is one beside others. Throws as `open_pictures` does.
std::vector<std::string> splits_of(const std::filesystem::path& path, const std::string& asked = {});

/// What pictures are read for.
enum class SplitUse {
  judging,    ///< a network is judged by them, which should not have been trained on them
  everything  ///< all of them are looked at
};

/// Which pictures of a data set are meant.
struct SplitChoice {
  std::string split;                ///< for `OpenOptions`; "": all
  std::vector<std::string> splits;  ///< that the set is divided into, where the choice was ours
};

/// Says which split is read. `asked` names one, or `every_split`; of "" a divided set is judged by the split whose name
/// says that it is for validation (val, valid, validation, dev). Throws `Error(usage)` where there is none, or several.
SplitChoice choose_split(const std::filesystem::path& path, const std::string& asked, SplitUse use);

/// Which pictures are trained on, and which tell how well.
struct SplitPair {
  std::string training;             ///< "": all of the set
  std::string validation;           ///< "": a part of `training` must be held out
  std::vector<std::string> splits;  ///< that the set is divided into, where the choice was ours
};

/// Says which splits are trained on and validated by. `asked` names both ("train,val"), one, which a part is held out
/// of, or `every_split`; of "" a divided set is taken by its folders' names (train or training; those for validation).
/// Throws `Error(usage)` where these do not say it.
SplitPair choose_split_pair(const std::filesystem::path& path, const std::string& asked);

/// Views some pictures of a data set, which must outlive the view.
std::unique_ptr<Pictures> subset(const Pictures& pictures, std::vector<std::int64_t> indices);
/// As above; the view keeps the data set.
std::unique_ptr<Pictures> subset(std::unique_ptr<Pictures> pictures, std::vector<std::int64_t> indices);

/// Returns `most` numbers evenly spaced over 0 to `count` - 1; all of them where there are no more.
std::vector<std::int64_t> spread_evenly(std::int64_t count, std::int64_t most);

/// Keeps pictures in memory once they were made, up to `most_bytes` of pixels in all (others are made anew each time):
/// for pictures that are drawn slower than they are trained on. The data set must outlive the view.
std::unique_ptr<Pictures> kept_in_memory(const Pictures& pictures, std::size_t most_bytes = std::size_t{2} << 30);

/// How a picture is changed before a network sees it in training. All draws are keyed by (seed, epoch, picture).
struct Augmentation {
  double least_area =
      1.0;               ///< a box of this share of the picture's area at least (to 1) is cut out and resized; 1: whole
  double stretch = 1.0;  ///< and its aspect changes by up to this factor
  bool flip = false;     ///< mirrored, every second time
  double colour = 0.0;   ///< brightness, contrast and saturation change by up to this share
  double erase = 0.0;    ///< probability that a box of the picture becomes noise
};

/// Choices of a loader.
struct LoaderOptions {
  Preprocess preprocess;  ///< how a picture becomes the input; its size is the batch's
  Augmentation augmentation;
  std::int64_t batch = 64;
  bool shuffle = false;        ///< another order each epoch, keyed by (seed, epoch)
  bool whole_batches = false;  ///< leave out the last batch when it is not full
  bool empty_batches = false;  ///< a batch whose pictures are all broken comes empty instead of being thrown
  int threads = 1;             ///< that decode and augment, beside the caller's
  std::uint64_t seed = 0;
  /// Tells which batches of an epoch are made; the others are passed over. Empty: all.
  std::function<bool(std::int64_t batch)> only;
};

/// Some pictures for a network.
struct Batch {
  Tensor input;   ///< float32 [N,C,H,W], channels_last
  Tensor labels;  ///< int64 [N]
  std::vector<std::int64_t> indices;
};

/// A picture that could not be read.
struct Broken {
  std::string name;
  std::string reason;
  std::int64_t index = -1;  ///< in the data set
};

/// Hands out the pictures of a data set batch by batch, decoded and augmented in threads ahead of time. The batches are
/// the same bytes for any number of threads. A broken picture is left out of its batch and remembered, never fatal.
class Loader {
 public:
  /// `pictures` must outlive the loader. Throws `Error(usage)` for an empty data set.
  Loader(const Pictures& pictures, LoaderOptions options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  /// Returns how many batches an epoch has.
  std::int64_t batches() const;
  /// Returns how many pictures a batch has, the last one of an epoch perhaps fewer.
  std::int64_t batch() const;
  /// Starts an epoch at a batch (so that a training that was interrupted within an epoch goes on); drops what is left
  /// of the one before. `end_batch` (-1: none) is the first one that is left out.
  void start(std::int64_t epoch, std::int64_t first_batch = 0, std::int64_t end_batch = -1);
  /// Returns the next batch of the epoch; nothing when it is over. Throws `Error(format)` when every picture of a batch
  /// is broken, unless such batches were asked for.
  std::optional<Batch> next();
  /// Returns the broken pictures met so far, each once.
  std::vector<Broken> broken() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace fovea
