// Arguments that several verbs take, and what they stand for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fovea/model.h>

#include "shared/parser.h"
#include "shared/verb.h"

namespace fovea::cli {

/// What most verbs take.
struct Common {
  int threads = 0;  ///< 0: as libtorch chooses
  std::uint64_t seed = 0;
  bool json = false;
  std::string device = "cpu";
};

/// Which of them a verb has no use for.
struct NotCommon {
  bool threads = false;
  bool seed = false;
  bool device = false;
};

/// Which model, and how it is read.
struct ModelChoice {
  std::string path;
  LoadOptions options;
};

/// Adds --threads, --seed, --device and --json, without those that the verb would pass over.
void add_common(Parser& parser, Common& common, const NotCommon& without = {});
/// Adds MODEL, --preprocess and --logits; `required` when the verb cannot do without MODEL. Returns MODEL.
Argument& add_model(Parser& parser, ModelChoice& choice, bool required = true);
/// Adds --preprocess and --logits.
void add_loading(Parser& parser, LoadOptions& options);
/// Adds an option of NAME=VALUE pairs that may be given several times, or once with several pairs behind it.
void add_pairs(Parser& parser, const std::string& option, std::vector<std::string>& pairs, const std::string& type,
               const std::string& help);

/// Splits NAME=VALUE, where a value of the network may hold `=` in its NAME: at the first one, or at the last. Throws
/// `Error(usage)` naming the option when there is none.
std::pair<std::string, std::string> split_pair(std::string_view option, std::string_view text, bool at_last = false);

/// Sets the threads and checks that the device is there.
void apply(const Common& common);
/// Loads the model and moves it to the device.
Model open_model(const ModelChoice& choice, const Common& common);

}  // namespace fovea::cli
