// One picture explained: which techniques with which options, and what they answered. Nothing here prints or writes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <fovea/technique.h>

#include "shared/arguments.h"
#include "shared/input.h"

namespace fovea::cli {

/// A technique with its settings.
struct Choice {
  const Technique* technique = nullptr;
  std::string preset;
  Settings settings;
};

/// Reads "grad_cam", "gradient,grad_cam" or "all". A setting or a preset goes to every technique that has it; throws
/// `Error(usage)` when none has, or when a value is out of range.
std::vector<Choice> choose_techniques(const std::string& names, const std::string& preset, const Settings& settings);

/// Makes the objective of `--class`: an index, a label, or "top".
Objective class_objective(const std::string& name);

/// What is asked about every picture.
struct Request {
  ModelChoice model;
  Common common;
  std::string techniques;  ///< as named by the user, e.g. "all"
  std::vector<Choice> choices;
  Objective objective = Objective(0.0);
  std::string at;
  std::string precision = "float32";
  bool sheet = false;         ///< several techniques on one picture
  bool skip_failing = false;  ///< `all` leaves out what cannot answer for this network, and says so
};

/// A class with the network's opinion of it.
struct Opinion {
  std::int64_t index = 0;
  std::string label;
  double score = 0;
  double probability = 0;
};

/// One technique's answer.
struct Answer {
  const Choice* choice = nullptr;
  Settings options;  ///< every option's effective value
  Map map;
  double seconds = 0;
};

/// A technique that could not answer.
struct Skipped {
  std::string technique;
  std::string reason;
};

/// Everything that was found out about one picture.
struct Explanation {
  Input input;
  std::string input_hash;  ///< SHA-256 of the file
  std::string objective;   ///< pinned: its classes and places are numbers
  double value = 0;        ///< of the objective
  Opinion top;
  std::optional<Opinion> asked;  ///< the class that was asked about, when the objective is its logit
  std::vector<Answer> answers;
  std::vector<Skipped> skipped;
  double run_seconds = 0;  ///< of reading the picture and running the network
};

/// Brings an input to where and how precisely the request computes.
Tensor as_computed(const Tensor& input, const Request& request);
/// Loads the request's model, in the precision that it asks for.
Model open_model(const Request& request);

/// Asks all techniques about one picture. Throws `Error`; `request` must outlive the result.
Explanation explain_picture(const Request& request, const Model& model, const std::filesystem::path& picture);

/// Draws one answer over what the network saw.
Figure draw_answer(const Answer& answer, const Input& input);
/// Draws all answers on one sheet: what the network saw first, then a tile per technique.
Figure draw_sheet(const Explanation& explanation, const Model& model);

/// Words a class: "tabby (281), 83.2 %".
std::string opinion_text(const Opinion& opinion);

}  // namespace fovea::cli
