// fovea ablate: what a network answers without a layer, some channels or a single unit.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <fovea/ablate.h>
#include <fovea/error.h>

#include "core/lower_case.h"
#include "shared/ablation_report.h"
#include "shared/arguments.h"
#include "shared/dataset.h"
#include "shared/input.h"
#include "shared/interrupt.h"
#include "shared/progress.h"
#include "shared/result_files.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::ablate {
namespace {

namespace fs = std::filesystem;

struct Choices {
  ModelChoice model;
  DataChoice data;
  Common common;
  std::vector<std::string> at;
  std::string fill = "zero";
  std::string by = "probability";
  std::string class_name;
  bool each = false;
  bool activation = false;
  bool seed_given = false;
  std::string out;
};

/// One picture as a data set: its class is the one that is asked about.
class OnePicture : public Pictures {
 public:
  OnePicture(Image picture, std::string name, std::int64_t label, std::vector<std::string> labels)
      : picture_(std::move(picture)), name_(std::move(name)), label_(label), labels_(std::move(labels)) {}
  std::int64_t size() const override { return 1; }
  const std::vector<std::string>& labels() const override { return labels_; }
  std::int64_t label(std::int64_t) const override { return label_; }
  std::string name(std::int64_t) const override { return name_; }
  Sample at(std::int64_t) const override {
    return {.picture = picture_, .label = label_, .name = name_, .boxes = {}, .mask = {}};
  }

 private:
  Image picture_;
  std::string name_;
  std::int64_t label_;
  std::vector<std::string> labels_;
};

std::vector<Ablation> ablations_of(const Choices& choices, const Graph& graph) {
  std::vector<Ablation> ablations;
  for (const std::string& text : choices.at) ablations.push_back(parse_ablation(graph, text));
  for (std::size_t i = 0; i < ablations.size() && (choices.each || choices.activation); ++i) {
    if (ablations[i].channels.empty()) continue;
    throw Error(
        ErrorKind::usage,
        fmt::format("--{} looks at whole values, found --at {}", choices.each ? "each" : "activation", choices.at[i]),
        "leave the channels out");
  }
  if (choices.each && ablations.size() > 1) {
    throw Error(ErrorKind::usage, fmt::format("--each goes through one value, found {}", ablations.size()));
  }
  return ablations;
}

// --- doing it ---

void check(const Choices& choices) {
  check_data(choices.data);
  const bool data = !is_one_picture(choices.data);
  if (choices.each && choices.activation) throw Error(ErrorKind::usage, "--each and --activation are two questions");
  if (choices.activation && !data) {
    throw Error(ErrorKind::usage, "--activation compares classes, so it needs a data set, found one picture",
                "fovea ablate MODEL DATA --at VALUE --activation --out PATH");
  }
  if (!data && choices.seed_given) {
    throw Error(ErrorKind::usage, "--seed draws the pictures of a data set, found one picture", "leave it out");
  }
  if (data && !choices.class_name.empty()) {
    throw Error(ErrorKind::usage, "--class is for one picture; a data set knows its pictures' classes");
  }
}

std::vector<ValueId> values_of(const std::vector<Ablation>& ablations) {
  std::vector<ValueId> values;
  for (const Ablation& one : ablations) {
    if (std::find(values.begin(), values.end(), one.value) == values.end()) values.push_back(one.value);
  }
  return values;
}

AblationFill fill_of(const Choices& choices) {
  return choices.fill == "zero" ? AblationFill::zero : AblationFill::mean;
}

AblationChoice choice_of(const Choices& choices) {
  return {.at = choices.at, .fill = fill_of(choices), .by_accuracy = choices.by == "accuracy"};
}

std::vector<std::string> class_labels(const Card& card, std::int64_t classes) {
  std::vector<std::string> labels;
  for (std::int64_t c = 0; c < classes; ++c) labels.push_back(fovea::label_of(card, c));
  return labels;
}

AblationFound examine_picture(const Choices& choices, const Model& model, const std::vector<Ablation>& ablations) {
  const Input input = read_input(choices.data.path, model);
  if (input.tensor.size(0) != 1 || ending_of(choices.data.path) == ".npy") {
    throw Error(ErrorKind::usage, choices.data.path + " is a tensor, expected a picture or a data set");
  }
  const AblationSet nothing;
  const Tensor scores = fovea::ablate(model, input.tensor, nothing).before[0];
  const std::string asked = choices.class_name.empty() ? "top" : choices.class_name;
  const std::int64_t label =
      asked == "top" ? scores.argmax().item<std::int64_t>() : find_class(model.card, asked, scores.size(0));
  const OnePicture pictures(read_image(choices.data.path), choices.data.path, label,
                            class_labels(model.card, scores.size(0)));
  if (choices.each) return ablate_channels(choice_of(choices), model, ablations.front(), pictures);
  AblationSet set{.ablations = ablations, .fill = fill_of(choices)};
  if (set.fill == AblationFill::mean) set.means = channel_means(model, pictures, values_of(ablations));
  return ablate_picture(choice_of(choices), model, set, input);
}

AblationFound examine_data(const Choices& choices, const Model& model, const std::vector<Ablation>& ablations,
                           const Data& data) {
  const auto pictures = taken_of(*data.everything, choices.data, choices.common.seed);
  if (choices.activation) return tell_activations(values_of(ablations), model, *pictures);
  if (choices.each) return ablate_channels(choice_of(choices), model, ablations.front(), *pictures);
  AblationSet set{.ablations = ablations, .fill = fill_of(choices)};
  if (set.fill == AblationFill::mean) {
    set.means = channel_means(model, *pictures, values_of(ablations), {.progress = progress_on_stderr("means")});
  }
  return ablate_data(choice_of(choices), model, set, *pictures);
}

int examine(const Choices& choices) {
  check(choices);
  const ResultFiles files = result_files(choices.out, "ablate", {choices.data.path});
  apply(choices.common);
  const Model model = open_model(choices.model, choices.common);
  const std::vector<Ablation> ablations = ablations_of(choices, model.graph);
  const bool one = is_one_picture(choices.data);
  const Data data = one ? Data() : open_data(choices.data, scene_size_of(model));
  print_note(data.note);
  const AblationFound found =
      one ? examine_picture(choices, model, ablations) : examine_data(choices, model, ablations, data);
  stop_if_interrupted();
  Json json = result_head(files, model);
  json["data"] = choices.data.path;
  if (!one) json["source"] = data.told;
  json["at"] = choices.at;
  if (!choices.activation) json["fill"] = choices.fill;
  json["seed"] = choices.common.seed;
  for (const auto& [key, value] : found.json.items()) json[key] = value;
  const std::vector<std::string> written = write_results(files, found.page, found.csv, json);
  if (choices.common.json)
    fmt::print("{}\n", text_of(json));
  else
    fmt::print("{}written {}\n", found.text, joined(written, ", "));
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_model(parser, choices->model);
  choices->data.pictures = 500;
  add_data(parser, choices->data,
           {.argument = "IMAGE|DATA",
            .pictures = "Sets how many pictures of DATA are asked, drawn by the seed; default 500, 0: all",
            .take = Take::drawn,
            .picture = true});
  parser
      .add_option("--at", choices->at,
                  "Names what is switched off: VALUE is a whole layer, VALUE:3,7-9 channels, VALUE:3@4,5 the unit of "
                  "channel 3 in row 4, column 5; may be given several times")
      .text("VALUE[:CHANNELS[@Y,X]]")
      .one_each()
      .required();
  parser
      .add_option("--fill", choices->fill,
                  "Says what it is set to: 0 (default), or the channel's mean over the pictures and positions")
      .text("zero|mean")
      .among({"zero", "mean"})
      .excludes("--activation", "--activation switches nothing off: leave --fill out");
  parser.add_flag("--each", choices->each, "Switches every channel of the value off alone, and ranks them");
  parser.add_option("--by", choices->by, "Ranks by the true class's mean probability (default) or by accuracy")
      .text("probability|accuracy")
      .among({"probability", "accuracy"})
      .needs("--each", "add --each, which ranks channels, or leave --by out");
  parser.add_flag("--activation", choices->activation,
                  "Switches nothing off: tells how much of the value each class switches on");
  parser
      .add_option("--class", choices->class_name, "Names the class that --each asks a picture about; default: its best")
      .text("C")
      .needs("--each", "without --each all classes are told: leave --class out");
  add_out(parser, choices->out);
  add_common(parser, choices->common);
  parser.at("--seed").tells(choices->seed_given);
  return [choices] { return examine(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "ablate",
    .sentence = "Switches layers, channels or single units off, and tells what becomes of the answers.",
    .examples =
        "Examples:\n"
        "  fovea ablate natural church.jpg --at relu7:12,40-60 --out church.png\n"
        "  fovea ablate natural imagenette128.tar --split val --at relu8:3 --fill mean --out without3.png\n"
        "  fovea ablate world world --at relu6 --each --pictures 200 --out channels/\n"
        "  fovea ablate world world --at relu7 --activation --out activation.png\n"
        "  fovea ablate net.onnx cat.jpg --at conv5:3@4,5 --at fc6:0-99 --out cat.png\n"
        "Numbers are in the .csv and .json beside the picture; `fovea inspect MODEL` lists the values.",
    .add = add};

}  // namespace fovea::cli::ablate
