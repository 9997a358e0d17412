// fovea atlas build: one pass over a data set, by one process or many; a kill at any moment loses at most a shard.
// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <fovea/atlas.h>
#include <fovea/error.h>

#include "shared/arguments.h"
#include "shared/atlas_source.h"
#include "shared/dataset.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::atlas::build {
namespace {

using namespace fovea::cli;

struct Choices {
  ModelChoice model;
  DataChoice data;
  Common common;
  AtlasOptions options;
  std::string out;
};

Json to_json(const AtlasBuild& build, const AtlasManifest& manifest, const std::string& out) {
  Json ranked = Json::array();
  for (const AtlasValue& value : manifest.ranked) ranked.push_back(value.name);
  Json embedded = Json::array();
  for (const AtlasValue& value : manifest.embedded) embedded.push_back(value.name);
  return {{"atlas", out},
          {"pictures", manifest.pictures},
          {"read", build.pictures},
          {"taken_over", build.taken_over},
          {"broken", build.broken},
          {"not_finite", build.not_finite},
          {"seconds", build.seconds},
          {"ranked", ranked},
          {"embedded", embedded},
          {"was_finished", build.was_finished}};
}

void print_broken(const Atlas& atlas, std::int64_t broken) {
  constexpr std::int64_t most_named = 10;
  std::int64_t named = 0;
  for (const AtlasPicture& picture : atlas.pictures()) {
    if (picture.broken.empty()) continue;
    if (named++ < most_named) fmt::print("left out {}: {}\n", picture.name, picture.broken);
  }
  if (broken > most_named) fmt::print("and {} more\n", broken - most_named);
}

void print(const AtlasBuild& build, const Atlas& atlas, const std::string& out) {
  const AtlasManifest& manifest = atlas.manifest();
  std::int64_t channels = 0;
  for (const AtlasValue& value : manifest.ranked) channels += value.channels;
  std::vector<std::string> embedded;
  for (const AtlasValue& value : manifest.embedded) embedded.push_back(value.name);
  print_broken(atlas, build.broken);
  if (build.not_finite > 0) fmt::print("{} pictures gave values that are no numbers\n", build.not_finite);
  if (build.was_finished) {
    fmt::print("{} was finished already\n", out);
  } else {
    fmt::print("{} pictures in {:.1f} s ({:.0f}/s){}\n", build.pictures, build.seconds,
               static_cast<double>(build.pictures) / std::max(build.seconds, 1e-9),
               build.taken_over > 0 ? fmt::format(", {} more were known from before", build.taken_over) : "");
  }
  fmt::print("{}: the {} strongest places of {} channels in {} values, {} pictures embedded at {}\n", out, manifest.top,
             channels, manifest.ranked.size(), manifest.pictures, joined(embedded, ", "));
}

/// What the manifest tells of the pictures: all that `open_pictures_of` needs.
std::string told_of(const Choices& choices, const Data& data) {
  Json told = data.told;
  if (choices.data.pictures > 0) told["pictures"] = choices.data.pictures;
  return told.dump({.replace = true});
}

int build_it(const Choices& choices) {
  check_data(choices.data);
  require_creatable(choices.out);
  apply(choices.common);
  const std::optional<RankOptions> environment = ranks_from_environment();
  const Model model = open_model(choices.model, choices.common);
  const Data data = open_data(choices.data, scene_size_of(model));
  const auto pictures = taken_of(*data.everything, choices.data, choices.common.seed);
  AtlasOptions options = choices.options;
  options.data = told_of(choices, data);
  options.preprocess = choices.model.options.preprocess;
  const std::unique_ptr<Ranks> ranks = environment ? std::make_unique<Ranks>(*environment) : nullptr;
  const bool leads = !ranks || ranks->rank() == 0;
  if (leads) print_note(data.note);
  const AtlasBuild build =
      build_atlas(model, *pictures, options, choices.out, ranks.get(), progress_on_stderr("atlas"));
  if (!leads) return 0;
  const Atlas atlas(choices.out);
  if (choices.common.json)
    fmt::print("{}\n", text_of(to_json(build, atlas.manifest(), choices.out)));
  else
    print(build, atlas, choices.out);
  return 0;
}

cli::Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  AtlasOptions& o = choices->options;
  add_model(parser, choices->model);
  add_data(parser, choices->data,
           {.split = SplitUse::everything,
            .pictures = "Sets how many pictures are looked at, evenly spaced over DATA; default: all, as for 0",
            .unlabelled = true});
  parser
      .add_option("--values", o.values,
                  "Names the values whose channels are ranked, `*` for any text; default: every rectifier's output and "
                  "the logits")
      .text("NAME|PATTERN[,...]")
      .split_at(',');
  parser
      .add_option("--embed", o.embed,
                  "Names the values that embed a picture, maps by their mean; default: what the classifier reads")
      .text("NAME|PATTERN[,...]")
      .split_at(',');
  const auto count = [&](const char* name, std::int64_t& value, const char* help) {
    parser.add_option(name, value, help).text("N").range(std::int64_t{1}, std::int64_t{1'000'000});
  };
  count("--top", o.top, "Sets how many places are kept per channel, each of another picture; default 9");
  count("--batch", o.batch, "Sets how many pictures run at once; default 16");
  count("--shard", o.shard, "Sets after how many pictures the work is safe; default 512");
  parser.add_option("--loader-threads", o.loader_threads, "Sets how many threads read pictures; default 1")
      .text("N")
      .range(0, 256);
  parser.add_option("--out", choices->out, "Names the folder; one with a part of this atlas goes on")
      .text("DIR")
      .required();
  add_common(parser, choices->common, {.seed = true});
  return [choices] { return build_it(*choices); };
}

}  // namespace

extern constinit const cli::Verb descriptor{
    .name = "build",
    .sentence = "Looks at every picture once and keeps what excites each channel most.",
    .examples =
        "Examples:\n"
        "  fovea atlas build natural imagenette128.tar --out atlas\n"
        "  fovea atlas build vgg16.onnx photos/ --values 'conv*,fc6' --top 9 --embed fc7 --out atlas\n"
        "  fovea atlas build world world --scenes 2000 --out atlas\n"
        "Pictures in no folder of a class will do, too: they are of one class, `unlabelled`.\n"
        "Killed at any moment it goes on when it is run again, and the finished folder is the same to the last byte.\n"
        "Many machines: start it once per rank, with one --out that all of them see, as torchrun, mpirun or srun do\n"
        "(RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT); a rank that dies costs its unfinished shard:\n"
        "  for r in 0 1; do RANK=$r WORLD_SIZE=2 fovea atlas build net.onnx photos/ --threads 1 --out atlas & done; "
        "wait",
    .add = add};

}  // namespace fovea::atlas::build
