// A network ready for pictures: its graph, its card (how a picture becomes its input), its labels.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/graph.h>
#include <fovea/image.h>

namespace FOVEA_API fovea {

/// How a picture of any size becomes the network's size.
enum class Fit {
  shortest_side,  ///< resize the shortest side to `resize_to`, then cut the centre
  central_share,  ///< cut the central `central_share` of both sides, then resize, aspect not kept
  stretch,        ///< resize to the input's size, aspect not kept
};

/// How a picture becomes the network's input: fit, then x = (pixel * scale - mean) / std per channel, in `channels`
/// order.
struct Preprocess {
  std::string source;  ///< where this came from: "googlenet_bvlc.json", "model metadata", "--preprocess imagenet"
  int width = 0;       ///< input size in px
  int height = 0;
  Fit fit = Fit::stretch;
  int resize_to = 0;             ///< px, for `Fit::shortest_side`
  double central_share = 1.0;    ///< for `Fit::central_share`
  std::string channels = "RGB";  ///< "RGB", "BGR" or "GREY"
  double scale = 1.0;            ///< 1 for pixels 0..255, 1/255 for 0..1
  std::vector<double> mean;      ///< per channel in `channels` order, in units after `scale`
  std::vector<double> std;       ///< likewise
};

/// What is known of a model beside its graph.
struct Card {
  std::string name;
  std::string licence;
  std::string task;
  std::optional<Preprocess> preprocess;      ///< absent: unknown, never guessed
  std::vector<std::string> labels;           ///< one per class, or empty
  std::string labels_source;                 ///< the file they came from
  std::map<std::string, std::string> facts;  ///< whatever else it tells: recipe, accuracy, data ...
};

/// A network with its card.
struct Model {
  std::filesystem::path path;
  std::string hash;  ///< SHA-256 of the model file and then of the data files that it names, by name; hex
  Graph graph;
  Card card;
};

/// Choices at load.
struct LoadOptions {
  std::string preprocess;  ///< "", or "imagenet", "caffe", "tf", "none": overrides the card
  std::string logits;      ///< "", or the name of the value to take as logits
};

/// Loads a model file and its card (`<stem>.json` beside it, or the file's own metadata). Throws `Error`.
Model load_model(const std::filesystem::path& path, const LoadOptions& options = {});

/// Reads a card in JSON; `model_input` is the network's declared input shape [N,C,H,W] for sizes that the card omits.
Card read_card(const std::filesystem::path& path, const Shape& model_input);
/// Makes the card of a named preset: "imagenet", "caffe", "tf" or "none". Throws `Error(usage)` on another name.
Preprocess preset_preprocess(std::string_view name, const Shape& model_input);

/// Returns what the network sees of a picture: fitted to the input's size, still 8-bit RGB.
Image fit_image(const Image& image, const Preprocess& preprocess);
/// Turns a picture into the network's input, float32 [1,C,H,W].
Tensor to_input(const Image& image, const Preprocess& preprocess);
/// Turns an input [1,C,H,W] or [C,H,W] back into the picture it shows (clipped to 0..255).
Image to_picture(const Tensor& input, const Preprocess& preprocess);
/// Returns a one-line description, e.g. "shortest side 256, centre crop 224x224, BGR, 0..255, mean 104 117 123".
std::string describe(const Preprocess& preprocess);

/// Returns a class's label, or "class 281" when there are no labels.
std::string label_of(const Card& card, std::int64_t index);
/// Finds a class by index or label ("281", "tabby", "tabby cat"); throws `Error(usage)` offering near labels or the
/// range.
std::int64_t find_class(const Card& card, std::string_view text, std::int64_t classes);

}  // namespace fovea
