// Arguments that several verbs take, and what they stand for.
// SPDX-License-Identifier: Apache-2.0
#include "shared/arguments.h"

#include <algorithm>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/threads.h>

#include "shared/device.h"
#include "shared/shipped.h"

namespace fovea::cli {
namespace {

constexpr int most_threads = 1024;

/// A file, or the name of a shipped model where there is no such file.
std::filesystem::path model_path(const std::string& named) {
  const std::vector<std::string> shipped = shipped_models();
  const bool is_name = std::find(shipped.begin(), shipped.end(), named) != shipped.end();
  return is_name && !std::filesystem::exists(named) ? shipped_model(named) : std::filesystem::path(named);
}

}  // namespace

void add_common(Parser& parser, Common& common, const NotCommon& without) {
  if (!without.threads) {
    parser.add_option("--threads", common.threads, "Sets the number of threads; default: one per processor")
        .text("N")
        .range(1, most_threads);
  }
  if (!without.seed) {
    parser.add_option("--seed", common.seed, "Sets the seed of everything random; default 0").text("N");
  }
  if (!without.device) {
    parser.add_option("--device", common.device, "Says where to compute: cpu (default) or cuda")
        .text("cpu|cuda")
        .among({"cpu", "cuda"});
  }
  parser.add_flag("--json", common.json, "Prints the results as JSON");
}

Argument& add_model(Parser& parser, ModelChoice& choice, bool required) {
  Argument& model =
      parser
          .add_option(
              "MODEL", choice.path,
              "The network: an ONNX file, whose card is MODEL's name with .json, or the name of a shipped one (world)")
          .text(" ")
          .required(required);
  add_loading(parser, choice.options);
  return model;
}

void add_loading(Parser& parser, LoadOptions& options) {
  parser
      .add_option("--preprocess", options.preprocess,
                  "Says how a picture becomes the network's input, in place of the model's card")
      .text("imagenet|caffe|tf|none");
  parser.add_option("--logits", options.logits, "Names the value that holds the class scores; default: found")
      .text("NAME");
}

void add_pairs(Parser& parser, const std::string& option, std::vector<std::string>& pairs, const std::string& type,
               const std::string& help) {
  parser.add_option(option, pairs, help).text(type + " ...").pairs();
}

std::pair<std::string, std::string> split_pair(std::string_view option, std::string_view text, bool at_last) {
  const std::size_t at = at_last ? text.rfind('=') : text.find('=');
  if (at == std::string_view::npos || at == 0) {
    throw Error(ErrorKind::usage, fmt::format("{} takes NAME=VALUE, found '{}'", option, text));
  }
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

void apply(const Common& common) {
  require_device(common.device);
  if (common.threads > 0) set_threads(common.threads);
}

Model open_model(const ModelChoice& choice, const Common& common) {
  return on_device(load_model(model_path(choice.path), choice.options), common.device);
}

}  // namespace fovea::cli
