// fovea invariance: how much features change when pictures are moved, enlarged or turned (Zeiler and Fergus 2014,
// figure 5).
// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <map>
#include <memory>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/invariance.h>

#include "core/lower_case.h"
#include "core/csv.h"
#include "shared/arguments.h"
#include "shared/input.h"
#include "shared/interrupt.h"
#include "shared/progress.h"
#include "shared/result_files.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::invariance {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, Border, std::less<>> borders{
    {"mean", Border::mean}, {"edge", Border::edge}, {"reflect", Border::reflect}};

struct Choices {
  ModelChoice model;
  Common common;
  std::vector<std::string> pictures;
  std::vector<std::string> classes;
  std::string first, last;
  std::string fill = "mean";
  std::string translation, scale, rotation;
  std::string out;
};

/// Reads "LOW:HIGH:STEP".
Steps steps_of(const std::string& option, const std::string& text, const Steps& fallback) {
  if (text.empty()) return fallback;
  std::array<double, 3> numbers{};
  const char* at = text.data();
  const char* end = at + text.size();
  bool fits = true;
  for (std::size_t i = 0; i < numbers.size() && fits; ++i) {
    const auto [next, error] = std::from_chars(at, end, numbers[i]);
    fits = error == std::errc() && (i + 1 < numbers.size() ? next != end && *next == ':' : next == end);
    at = fits && next != end ? next + 1 : next;
  }
  if (!fits) {
    throw Error(ErrorKind::usage, fmt::format("{} takes LOW:HIGH:STEP, found '{}'", option, text),
                fmt::format("the default is {} {:g}:{:g}:{:g}", option, fallback.low, fallback.high, fallback.step));
  }
  const Steps steps{numbers[0], numbers[1], numbers[2]};
  numbers_of(steps);  // throws when they cannot be
  return steps;
}

InvarianceOptions options_of(const Choices& choices, const Graph& graph) {
  InvarianceOptions options;
  if (!choices.first.empty()) options.first = graph.at(choices.first);
  if (!choices.last.empty()) options.last = graph.at(choices.last);
  options.border = borders.at(choices.fill);
  options.translation = steps_of("--translation", choices.translation, options.translation);
  options.scale = steps_of("--scale", choices.scale, options.scale);
  options.rotation = steps_of("--rotation", choices.rotation, options.rotation);
  if (options.scale.low < 1) {
    throw Error(ErrorKind::usage, fmt::format("--scale begins at {:g}, expected 1 or more", options.scale.low),
                "pictures are enlarged, as in the paper: a smaller one would show more border than picture");
  }
  return options;
}

/// How many classes the network tells apart, from one run on zeros.
std::int64_t classes_of(const Model& model, const Tensor& input) {
  return run(model.graph, input, {.tape = Tape::none, .keep = KeepValues::none, .until = {model.graph.logits()}})
      .scores()
      .size(1);
}

std::vector<InvariancePicture> read_pictures(const Choices& choices, const Model& model) {
  if (choices.classes.size() > 1 && choices.classes.size() != choices.pictures.size()) {
    throw Error(
        ErrorKind::usage,
        fmt::format("--class is given {} times for {} pictures", choices.classes.size(), choices.pictures.size()),
        "give it once for all, or once per picture in their order");
  }
  std::vector<InvariancePicture> pictures;
  for (std::size_t i = 0; i < choices.pictures.size(); ++i) {
    const fs::path path = choices.pictures[i];
    if (ending_of(path) == ".npy") {
      throw Error(ErrorKind::usage, path.string() + " is a tensor; pictures are moved, enlarged and turned",
                  "name a picture file");
    }
    const Input input = read_input(path, model);
    InvariancePicture picture{.name = path.filename().string(), .seen = input.seen, .label = {}};
    const std::string chosen =
        choices.classes.empty() ? "top" : choices.classes[std::min(i, choices.classes.size() - 1)];
    if (chosen != "top") picture.label = find_class(model.card, chosen, classes_of(model, input.tensor));
    pictures.push_back(std::move(picture));
  }
  return pictures;
}

// --- what comes out ---

std::string csv_of(const Invariance& result, const Card& card) {
  std::string csv = "picture,class,transformation,amount,first,last,probability,predicted\n";
  for (const PictureInvariance& one : result.pictures) {
    for (const InvarianceCurve& curve : one.curves) {
      for (std::size_t i = 0; i < curve.amounts.size(); ++i) {
        csv += csv_line({one.picture.name, fovea::label_of(card, one.label), std::string(name(curve.transformation)),
                         number_text(curve.amounts[i]), number_text(curve.first[i]), number_text(curve.last[i]),
                         number_text(curve.probability[i]), fovea::label_of(card, curve.predicted[i])});
      }
    }
  }
  return csv;
}

Json json_of(Json json, const Choices& choices, const Invariance& result, const Card& card) {
  json["first"] = result.first;
  json["last"] = result.last;
  json["fill"] = choices.fill;
  json["distance"] = "||f(Tx) - f(x)|| / ||f(x)||";
  json["pictures"] = Json::array();
  for (const PictureInvariance& one : result.pictures) {
    Json picture{{"file", one.picture.name},
                 {"class", {{"index", one.label}, {"label", fovea::label_of(card, one.label)}}},
                 {"probability", one.probability}};
    for (const InvarianceCurve& curve : one.curves) {
      picture[std::string(name(curve.transformation))] = {{"amounts", curve.amounts},
                                                          {"first", curve.first},
                                                          {"last", curve.last},
                                                          {"probability", curve.probability},
                                                          {"predicted", curve.predicted}};
    }
    json["pictures"].push_back(std::move(picture));
  }
  json["summary"] = Json::array();
  for (const InvarianceSummary& s : summarise(result)) {
    json["summary"].push_back(
        {{"transformation", name(s.transformation)},
         {"smallest", {{"amount", s.amount}, {"first", s.first_smallest}, {"last", s.last_smallest}}},
         {"mean", {{"first", s.first_mean}, {"last", s.last_mean}, {"probability", s.probability_mean}}},
         {"kept", s.kept}});
  }
  return json;
}

std::string smallest_text(const InvarianceSummary& summary) {
  switch (summary.transformation) {
    case Transformation::translation: return fmt::format("{:.3g} px", summary.amount);
    case Transformation::scale: return fmt::format("x {:.3g}", summary.amount);
    case Transformation::rotation: return fmt::format("{:.3g} deg", summary.amount);
  }
  return "";
}

void print(const Invariance& result, const Card& card, const std::vector<std::string>& files) {
  for (const PictureInvariance& one : result.pictures) {
    fmt::print("{}: {}, {}\n", one.picture.name, class_text(fovea::label_of(card, one.label), one.label),
               percent_text(one.probability));
  }
  fmt::print("Distances ||f(Tx) - f(x)|| / ||f(x)||, means over the pictures; first: '{}', last: '{}'\n", result.first,
             result.last);
  if (result.last_has_positions) {
    fmt::print(
        "note: '{}' is a map with positions, so its features move with the picture; --last-at names another value\n",
        result.last);
  }
  std::vector<std::vector<std::string>> rows;
  for (const InvarianceSummary& s : summarise(result)) {
    rows.push_back({std::string(name(s.transformation)), smallest_text(s), fmt::format("{:.3f}", s.first_smallest),
                    fmt::format("{:.3f}", s.last_smallest), fmt::format("{:.3f}", s.first_mean),
                    fmt::format("{:.3f}", s.last_mean), percent_text(s.probability_mean), percent_text(s.kept)});
  }
  fmt::print("{}", table_text({{"transformation"},
                               {"smallest", true},
                               {"first there", true},
                               {"last there", true},
                               {"first mean", true},
                               {"last mean", true},
                               {"probability", true},
                               {"class kept", true}},
                              rows));
  fmt::print("written {}\n", joined(files, ", "));
}

/// Writes every changed picture into the folder of --out, a sheet per picture and transformation.
std::vector<std::string> write_sheets(const ResultFiles& files, const Invariance& result) {
  constexpr int columns = 6;
  constexpr int tile = 112;
  std::vector<std::string> written;
  for (std::size_t p = 0; p < result.pictures.size(); ++p) {
    const PictureInvariance& one = result.pictures[p];
    for (const InvarianceCurve& curve : one.curves) {
      std::vector<Tile> tiles;
      for (std::size_t i = 0; i < curve.amounts.size(); ++i) {
        tiles.push_back({transformed(one.picture.seen, curve.transformation, curve.amounts[i], result.border),
                         fmt::format("{:.3g}: {}", curve.amounts[i], percent_text(curve.probability[i]))});
      }
      const fs::path file =
          files.folder /
          fmt::format("{}_{}_{}.png", p + 1, fs::path(one.picture.name).stem().string(), name(curve.transformation));
      write_figure(file,
                   sheet(tiles, columns, fmt::format("{}: {}", one.picture.name, name(curve.transformation)), tile));
      written.push_back(file.string());
    }
  }
  return written;
}

int examine(const Choices& choices) {
  if (choices.pictures.size() > most_invariance_pictures) {
    throw Error(ErrorKind::usage,
                fmt::format("a page shows at most {} pictures, one colour each, found {}", most_invariance_pictures,
                            choices.pictures.size()),
                "ask about the others in a second call");
  }
  const ResultFiles files = result_files(choices.out, "invariance", choices.pictures);
  apply(choices.common);
  const Model model = open_model(choices.model, choices.common);
  InvarianceOptions options = options_of(choices, model.graph);
  const std::vector<InvariancePicture> pictures = read_pictures(choices, model);
  options.progress = progress_on_stderr("invariance");
  const Invariance result = measure_invariance(model, pictures, options);
  options.progress = {};  // wipes the bar
  stop_if_interrupted();
  Json json = json_of(result_head(files, model), choices, result, model.card);
  const std::string title =
      fmt::format("{}: how far do features move when the picture does?", model.path.stem().string());
  std::vector<std::string> written =
      write_results(files, draw_invariance(result, model.card, title), csv_of(result, model.card), json);
  if (!files.folder.empty()) {
    for (std::string& sheet : write_sheets(files, result)) written.push_back(std::move(sheet));
  }
  if (choices.common.json)
    fmt::print("{}\n", text_of(json));
  else
    print(result, model.card, written);
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_model(parser, choices->model);
  parser.add_option("IMAGE", choices->pictures, "Pictures, at most 7").text("...").required();
  parser
      .add_option("--class", choices->classes,
                  "Names whose probability is followed: an index, a label or top (default: the network's best for the "
                  "unchanged picture); once for all pictures, or once for each")
      .text("C")
      .one_each();
  parser
      .add_option("--first-at", choices->first,
                  "Names the first layer; default: the first rectified convolution's output")
      .text("VALUE")
      .was("--first");
  parser.add_option("--last-at", choices->last, "Names the last layer; default: what the classifier reads")
      .text("VALUE")
      .was("--last");
  parser
      .add_option("--fill", choices->fill,
                  "Says what stands where a changed picture has nothing to show: the picture's mean colour (default), "
                  "its edge repeated, or its mirror image")
      .text("mean|edge|reflect")
      .among({"mean", "edge", "reflect"});
  const auto steps = [&](const std::string& option, std::string& text, const std::string& help) {
    parser.add_option(option, text, help).text("LOW:HIGH:STEP");
  };
  steps("--translation", choices->translation,
        "Moves by these px of a height of 224, down is positive; default -60:60:5");
  steps("--scale", choices->scale, "Enlarges by these factors; default 1:1.8:0.04");
  steps("--rotation", choices->rotation, "Turns by these degrees, anticlockwise; default 0:350:10");
  add_out(parser, choices->out);
  add_common(parser, choices->common, {.seed = true});
  return [choices] { return examine(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "invariance",
    .sentence = "Moves, enlarges and turns pictures, and plots how far features and probabilities change.",
    .examples =
        "Examples:\n"
        "  fovea invariance natural church.jpg dog.jpg --out invariance.png\n"
        "  fovea invariance net.onnx cat.jpg --class tabby --first-at conv2 --last-at fc7 --out cat.png\n"
        "  fovea invariance net.onnx cat.jpg --fill reflect --rotation -45:45:3 --out cat/\n"
        "The figure is that of Zeiler and Fergus 2014 (figure 5). A distance is ||f(Tx) - f(x)|| / ||f(x)||: 0 where\n"
        "nothing changed. A folder also gets a sheet of every changed picture. Numbers are in the .csv and .json.",
    .add = add};

}  // namespace fovea::cli::invariance
