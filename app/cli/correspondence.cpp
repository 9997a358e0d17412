// fovea correspondence: whether a network relates the same part of different pictures (Zeiler and Fergus 2014, section
// 4.3, table 1).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include <fovea/atlas.h>
#include <fovea/correspondence.h>
#include <fovea/error.h>

#include "core/csv.h"
#include "shared/arguments.h"
#include "shared/dataset.h"
#include "shared/interrupt.h"
#include "shared/progress.h"
#include "shared/result_files.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::correspondence {
namespace {

struct Choices {
  ModelChoice model;
  DataChoice data;
  Common common;
  std::string class_name;
  std::string parts;
  bool boxes = false;
  bool whole = false;
  std::vector<std::string> values;
  std::string fill = "grey";
  std::int64_t pictures = 5;
  std::int64_t draws = 10;
  std::string out;
};

/// What came of one class.
struct ClassResult {
  std::string label;
  Correspondence result;
};

/// What came of all classes; of `--class all` those without pictures are left out.
struct Results {
  std::vector<ClassResult> classes;
  std::vector<std::string> left_out;
};

void check(const Choices& choices) {
  check_data(choices.data);
  const bool world = is_world(choices.data);
  if (world && (choices.boxes || !choices.parts.empty())) {
    throw Error(ErrorKind::usage, "--boxes and --parts are of no use for the world: its scenes know their parts");
  }
  if (!world && choices.boxes == !choices.parts.empty()) {
    throw Error(ErrorKind::usage,
                choices.boxes ? "--boxes and --parts both say what is masked" : "what shall be masked is not known",
                "--parts FILE.csv names parts (path,part,x0,y0,x1,y1); --boxes masks the objects' boxes; the rendered "
                "world knows its parts");
  }
  if (!world && choices.whole) throw Error(ErrorKind::usage, "--whole is for the rendered world");
}

/// The classes that are asked about, by the data set's numbers.
std::vector<std::int64_t> classes_of(const Choices& choices, const std::vector<std::string>& labels) {
  if (choices.class_name != "all") {
    const Card card{.labels = labels};
    return {find_class(card, choices.class_name, static_cast<std::int64_t>(labels.size()))};
  }
  std::vector<std::int64_t> all(labels.size());
  std::iota(all.begin(), all.end(), std::int64_t{0});
  return all;
}

/// Finds pictures of a class with their parts.
std::vector<PartPicture> pictures_of(const Choices& choices, const Model& model, const Pictures* pictures,
                                     std::int64_t label) {
  if (pictures == nullptr) {
    return world_parts_of(model, {.label = label,
                                  .pictures = choices.pictures,
                                  .seed = choices.data.world.seed,
                                  .first = choices.data.world.first,
                                  .cut_out = !choices.whole});
  }
  if (choices.boxes) return pictures_with_boxes(model, *pictures, label, choices.pictures);
  return pictures_with_parts(model, *pictures, label, read_parts(choices.parts), choices.pictures);
}

/// `pictures` are null for the world, whose scenes are looked for.
Results examine_classes(const Choices& choices, const Model& model, const Pictures* pictures) {
  const std::vector<std::string>& labels = pictures == nullptr ? world_labels() : pictures->labels();
  CorrespondenceOptions options{.fill = choices.fill, .draws = choices.draws, .seed = choices.common.seed};
  if (!choices.values.empty()) options.values = match_values(model.graph, choices.values);
  Results results;
  for (const std::int64_t label : classes_of(choices, labels)) {
    stop_if_interrupted();
    const std::string& name = labels[static_cast<std::size_t>(label)];
    std::vector<PartPicture> found;
    try {
      found = pictures_of(choices, model, pictures, label);
    } catch (const Error& error) {
      if (choices.class_name != "all" || error.kind() != ErrorKind::usage) throw;
      results.left_out.push_back(name + ": " + error.what());
      continue;
    }
    options.progress = progress_on_stderr("correspondence of " + name);
    results.classes.push_back({name, measure_correspondence(model, found, options)});
  }
  if (!results.classes.empty()) return results;
  throw Error(ErrorKind::usage, "no class has two pictures with parts", results.left_out.front());
}

// --- what comes out ---

std::string delta_text(const Delta& delta) { return fmt::format("{:.3f} ± {:.3f}", delta.mean, delta.deviation); }

std::string csv_of(const std::vector<ClassResult>& results) {
  std::string csv = "class,part,value,mean,deviation,pairs,random_mean,random_deviation,random_pairs,below\n";
  for (const ClassResult& one : results) {
    for (const PartDelta& row : one.result.rows) {
      csv += csv_line({one.label, row.part, row.value, number_text(row.masked.mean), number_text(row.masked.deviation),
                       std::to_string(row.masked.pairs), number_text(row.random.mean),
                       number_text(row.random.deviation), std::to_string(row.random.pairs), number_text(row.below)});
    }
  }
  return csv;
}

Json json_of(Json json, const Choices& choices, const Data& data, const std::vector<ClassResult>& results,
             const std::vector<PartDelta>& rows) {
  const auto of = [](const Delta& d) { return Json{{"mean", d.mean}, {"deviation", d.deviation}, {"pairs", d.pairs}}; };
  json["data"] = choices.data.path;
  if (is_world(choices.data)) {
    json["world_seed"] = choices.data.world.seed;
    json["first"] = choices.data.world.first;
    json["cut_out"] = !choices.whole;
  } else {
    json["source"] = data.told;
  }
  json["pictures"] = choices.pictures;
  json["draws"] = choices.draws;
  json["fill"] = choices.fill;
  json["seed"] = choices.common.seed;
  json["classes"] = Json::array();
  for (const ClassResult& one : results) {
    Json list = Json::array();
    for (const PartDelta& row : one.result.rows) {
      list.push_back({{"part", row.part},
                      {"value", row.value},
                      {"masked", of(row.masked)},
                      {"random", of(row.random)},
                      {"below", row.below}});
    }
    json["classes"].push_back({{"class", one.label}, {"rows", std::move(list)}});
  }
  json["summary"] = Json::array();
  for (const CorrespondenceSummary& s : summarise(rows)) {
    json["summary"].push_back(
        {{"value", s.value}, {"masked", s.masked}, {"random", s.random}, {"below", s.below}, {"parts", s.parts}});
  }
  return json;
}

void print(const Results& results, const std::vector<PartDelta>& rows, const std::vector<std::string>& files) {
  std::vector<std::vector<std::string>> lines;
  for (const ClassResult& one : results.classes) {
    for (const PartDelta& row : one.result.rows) {
      lines.push_back({one.label, row.part, row.value, delta_text(row.masked), delta_text(row.random),
                       fmt::format("{:.0f} %", 100 * row.below)});
    }
  }
  fmt::print(
      "{}", table_text(
                {{"class"}, {"part"}, {"value"}, {"part masked", true}, {"random masks", true}, {"below random", true}},
                lines));
  for (const CorrespondenceSummary& s : summarise(rows)) {
    fmt::print("{}: parts {:.3f}, random {:.3f}; {} of {} parts have a smaller distance\n", s.value, s.masked, s.random,
               s.below, s.parts);
  }
  for (const std::string& one : results.left_out) fmt::print("left out {}\n", one);
  fmt::print("written {}\n", joined(files, ", "));
}

int examine(const Choices& choices) {
  check(choices);
  const ResultFiles files = result_files(choices.out, "correspondence", {choices.parts});
  apply(choices.common);
  const Model model = open_model(choices.model, choices.common);
  const Data data = is_world(choices.data) ? Data() : open_data(choices.data, scene_size_of(model));
  print_note(data.note);
  const Results found = examine_classes(choices, model, data.everything.get());
  const std::vector<ClassResult>& results = found.classes;
  stop_if_interrupted();
  std::vector<PartDelta> rows;
  for (const ClassResult& one : results) rows.insert(rows.end(), one.result.rows.begin(), one.result.rows.end());
  const auto title = [&](const std::string& of) {
    return fmt::format("{}: does masking a part do the same to every {}?", model.path.stem().string(), of);
  };
  const bool single = results.size() == 1;
  const Figure page = single ? draw_correspondence(results.front().result, title(results.front().label))
                             : draw_correspondence_summary(rows, title("picture of a class"));
  Json json = json_of(result_head(files, model), choices, data, results, rows);
  std::vector<std::string> written = write_results(files, page, csv_of(results), json);
  for (std::size_t i = 0; !single && !files.folder.empty() && i < results.size(); ++i) {
    const std::filesystem::path file = files.folder / (results[i].label + ".png");
    write_figure(file, draw_correspondence(results[i].result, title(results[i].label)));
    written.push_back(file.string());
  }
  if (choices.common.json)
    fmt::print("{}\n", text_of(json));
  else
    print(found, rows, written);
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_model(parser, choices->model);
  add_data(parser, choices->data, {.parts = true});
  parser.add_option("--class", choices->class_name, "Names the class whose pictures are compared; all: each in turn")
      .text("C|all")
      .required();
  parser
      .add_option("--parts", choices->parts,
                  "Names a .csv of lines path,part,x0,y0,x1,y1: px of the picture, or fractions of its sides when no "
                  "number is over 1")
      .text("FILE.csv");
  parser.add_flag(
      "--boxes", choices->boxes,
      "Masks the objects' boxes of the data set's boxes.csv instead of parts, where they cover half a picture at most");
  parser.add_flag("--whole", choices->whole,
                  "Takes the world's scenes as they are; default: the object's box is cut out and enlarged, so that "
                  "parts lie at like places, as in the paper's frontal views");
  parser
      .add_option("--values", choices->values,
                  "Names the layers, patterns too (relu*); default: the last map, and what the classifier reads")
      .text("NAME[,NAME...]")
      .split_at(',')
      .one_each();
  parser.add_option("--fill", choices->fill, "Says what masks are filled with; default grey")
      .text("mean|black|white|grey|blur|noise")
      .among({"mean", "black", "white", "grey", "blur", "noise"});
  const auto count = [&](const std::string& option, std::int64_t& value, std::int64_t least, const std::string& help) {
    parser.add_option(option, value, help).text("N").range(least, std::int64_t{1000});
  };
  count("--pictures", choices->pictures, 2,
        "Sets how many pictures of the class are compared, the first ones; default 5, as in the paper");
  count("--draws", choices->draws, 1, "Sets how many random masks each picture and part gets; default 10");
  add_out(parser, choices->out);
  add_common(parser, choices->common);
  return [choices] { return examine(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "correspondence",
    .sentence = "Masks the same part in several pictures, and tells whether the network's features change alike.",
    .examples =
        "Examples:\n"
        "  fovea correspondence world world --class sailboat --out sailboat.png\n"
        "  fovea correspondence world world --class all --values 'relu*' --pictures 8 --out parts/\n"
        "  fovea correspondence net.onnx photos/ --class dog --parts eyes.csv --values conv5,fc7 --out dogs.png\n"
        "Zeiler and Fergus 2014, section 4.3: epsilon is a picture's features less those of the masked picture; the\n"
        "distance is the share of dimensions in which two pictures' epsilons differ in sign (-, 0 or +), a mean over\n"
        "pairs. Random masks have the part's own shape; a part that corresponds has a smaller distance than they.",
    .add = add};

}  // namespace fovea::cli::correspondence
