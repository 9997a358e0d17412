// Multifaceted pictures: the kinds of picture that excite one unit. Pictures of a class (or those that excite a unit
// most)
// -> features -> 50 principal components -> t-SNE -> k-means -> the mean of the 15 pictures nearest each centre -> an
// ascent from that mean, in growing sizes and more and more in the middle. Nguyen, Yosinski and Clune 2016.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include <fovea/ablate.h>
#include <fovea/atlas.h>
#include <fovea/data.h>
#include <fovea/display.h>
#include <fovea/embedding.h>
#include <fovea/error.h>

#include "atlas/values.h"
#include "core/json.h"
#include "core/k_means.h"
#include "make/shared/common.h"
#include "score/class_match.h"

namespace fovea::make::facets {
namespace {

constexpr Option options[] = {
    {.name = "class", .fallback = "", .help = "The class whose facets are made, by index or label."},
    {.name = "at", .fallback = "", .help = "A channel instead: VALUE:3."},
    {.name = "data",
     .fallback = "",
     .help = "A folder or .tar with one folder of pictures per class; the class's own are taken (of a channel all). "
             "None: the pictures after the network."},
    {.name = "split",
     .fallback = "",
     .help = "Takes only what lies in a folder of `data` of this name, such as train; none, and `all`: everything."},
    {.name = "atlas",
     .fallback = "",
     .help = "An atlas (`fovea atlas build`) whose strongest pictures of the channel are taken."},
    {.name = "features",
     .fallback = "",
     .help = "The value whose answers tell pictures apart; none: what the classifier reads."},
    {.name = "facets", .type = OptionType::integer, .fallback = "10", .range = "1..100", .help = "Groups of pictures."},
    {.name = "members",
     .type = OptionType::integer,
     .fallback = "15",
     .range = "1..1000",
     .help = "Pictures nearest a group's middle that the ascent begins with the mean of."},
    {.name = "pictures",
     .type = OptionType::integer,
     .fallback = "300",
     .range = "0..100000000",
     .help = "Pictures that are looked at, evenly spaced among those there are; 0: all.",
     .old_name = "most"},
    {.name = "start",
     .type = OptionType::choice,
     .fallback = "mean",
     .range = "mean|noise",
     .help = "What an ascent begins with: the mean of a group's pictures, or noise (then all facets look alike)."},
    steps_option("370"),
    {.name = "blur",
     .type = OptionType::number,
     .fallback = "0.6",
     .range = "0..10",
     .help = "Sigma of the blur in the first steps, px; it halves towards the end."},
    canvas_option("pixels(noise=0.03)"),
    priors_option("range"),
    batch_option()};

constexpr Setting centre[] = {{"start", "noise"}, {"blur", "0.8"}};
constexpr Preset presets[] = {
    {"centre", "the paper's second recipe: from noise, by its bias towards the centre alone", centre}};

/// The pictures that are grouped, as the network sees them.
struct Seen {
  Tensor pictures;  ///< [N,3,H,W], display units
  std::vector<std::string> names;
  std::string note;  ///< which parts of a divided set were looked at together
};

/// Throws where options say what others say already, or speak of what is not there.
void require_one_source(const MakeCall& call) {
  const Options& options = call.options;
  const bool data = !options.text("data").empty();
  const bool atlas = !options.text("atlas").empty();
  const bool channel = !options.text("at").empty();
  if (channel && !options.text("class").empty())
    throw Error(ErrorKind::usage, "'class' and 'at' both say whose facets are made", "leave one of them out");
  if (data && atlas)
    throw Error(ErrorKind::usage, "'data' and 'atlas' both say which pictures", "leave one of them out");
  if (!data && !options.text("split").empty())
    throw Error(ErrorKind::usage, "'split' is of 'data', which is not said", "--set data=FOLDER split=train");
  if (!options.is_set("pictures") || data || (atlas && !channel)) return;
  throw Error(ErrorKind::usage,
              atlas ? "'pictures' has no effect with 'atlas' and 'at': the atlas says which excite the channel most"
                    : "'pictures' counts those of 'data' or 'atlas', and neither is said",
              "leave it out");
}

void add(const Image& image, const std::string& name, const Preprocess& preprocess, std::vector<Tensor>& pictures,
         Seen& seen) {
  pictures.push_back(to_display(fit_image(image, preprocess)));
  seen.names.push_back(name);
}

/// The labels of a data set that stand for a class of the network.
std::vector<bool> labels_of_class(const MakeCall& call, const Pictures& data, std::int64_t index) {
  const Model& model = call.network();
  const std::int64_t classes = channels_of(model, model.graph.logits());
  const std::vector<std::int64_t> matched = match_classes(model.card, classes, data.labels());
  std::vector<bool> fits;
  for (std::size_t i = 0; i < data.labels().size(); ++i) fits.push_back(i < matched.size() && matched[i] == index);
  return fits;
}

std::unique_ptr<Pictures> pictures_of_atlas(const Atlas& atlas) {
  const Json json = Json::parse_or_null(atlas.manifest().data);
  if (json.is_object() && json.contains("path")) {
    auto pictures =
        open_pictures(json.at("path").get<std::string>(), {.split = json.value("split", ""), .unlabelled = true});
    const std::int64_t count = pictures->size();
    const std::int64_t most = json.value("pictures", count);
    return most < count ? subset(std::move(pictures), spread_evenly(count, most)) : std::move(pictures);
  }
  throw Error(ErrorKind::unsupported, "the atlas's pictures are not in a folder or .tar",
              "leave the atlas out, and give pictures by data=PATH");
}

/// Which pictures of a data set are looked at.
std::vector<std::int64_t> candidates_of(const MakeCall& call, const Pictures& data,
                                        std::optional<std::int64_t> asked_class, const Atlas* atlas,
                                        const Ablation* place) {
  std::vector<std::int64_t> chosen;
  if (atlas != nullptr && place != nullptr) {
    for (const Strongest& strongest :
         atlas->tops(call.network().graph.name(place->value)).at(static_cast<std::size_t>(place->channels.front()))) {
      if (strongest.picture >= 0) chosen.push_back(strongest.picture);
    }
    return chosen;
  }
  const std::vector<bool> fits = asked_class ? labels_of_class(call, data, *asked_class) : std::vector<bool>();
  for (std::int64_t i = 0; i < data.size(); ++i) {
    if (!asked_class || fits[static_cast<std::size_t>(data.label(i))]) chosen.push_back(i);
  }
  const std::int64_t most = call.options.integer("pictures");
  if (most == 0) return chosen;
  std::vector<std::int64_t> spread;
  for (const std::int64_t i : spread_evenly(static_cast<std::int64_t>(chosen.size()), most))
    spread.push_back(chosen[static_cast<std::size_t>(i)]);
  return spread;
}

Seen look(const MakeCall& call, std::optional<std::int64_t> asked_class, const Ablation* place) {
  const Preprocess& preprocess = preprocess_of(call.network());
  Seen seen;
  std::vector<Tensor> pictures;
  for (const NamedImage& named : call.pictures) add(named.image, named.name, preprocess, pictures, seen);
  const std::string& path = call.options.text("data");
  const std::string& folder = call.options.text("atlas");
  std::optional<Atlas> atlas;
  if (!folder.empty()) atlas.emplace(folder);
  std::unique_ptr<Pictures> data;
  if (!path.empty()) {
    const SplitChoice split = choose_split(path, call.options.text("split"), SplitUse::everything);
    data = open_pictures(path, {.split = split.split, .unlabelled = true});
    if (!split.splits.empty()) seen.note = "pictures of all parts of the data set (split=NAME takes one)";
  } else if (atlas) {
    data = pictures_of_atlas(*atlas);
  }
  if (data) {
    const auto chosen = candidates_of(call, *data, asked_class, atlas ? &*atlas : nullptr, place);
    for (const std::int64_t index : chosen) {
      call.report({.done = static_cast<std::int64_t>(pictures.size()),
                   .total = static_cast<std::int64_t>(chosen.size()),
                   .value = {},
                   .stage = "pictures"});
      add(data->at(index).picture, data->name(index), preprocess, pictures, seen);
    }
  }
  if (pictures.size() < 2) {
    throw Error(
        ErrorKind::usage, "'facets' groups pictures: expected at least 2, found " + std::to_string(pictures.size()),
        "give them after the network, or data=FOLDER with a folder per class, or atlas=DIR and at=VALUE:CHANNEL");
  }
  seen.pictures = at::cat(pictures);
  return seen;
}

/// The features of every picture [N,D]; of maps their means.
Tensor features_of(const MakeCall& call, const Tensor& pictures) {
  const Model& model = call.network();
  const std::string& name = call.options.text("features");
  const ValueId value =
      embedded_values(model.graph, name.empty() ? std::vector<std::string>{} : std::vector<std::string>{name}).front();
  const std::int64_t batch = batch_of(call);
  const c10::AutoGradMode no_grad(false);
  std::vector<Tensor> rows;
  for (std::int64_t begin = 0; begin < pictures.size(0); begin += batch) {
    const Tensor part = pictures.narrow(0, begin, std::min(batch, pictures.size(0) - begin));
    const Trace trace = run(model.graph, display_to_input(part, preprocess_of(model)),
                            {.tape = Tape::none, .keep = KeepValues::none, .until = {value}});
    const Tensor answer = trace.value(value).flatten(2 < trace.value(value).dim() ? 2 : 1);
    rows.push_back(answer.dim() == 3 ? answer.mean(2) : answer);
  }
  return at::cat(rows);
}

/// The pictures in the plane: 50 principal components, then t-SNE where there are enough pictures for it.
Tensor plane_of(const MakeCall& call, const Tensor& features, std::vector<std::string>& notes) {
  constexpr std::int64_t components = 50;
  constexpr std::int64_t least_for_tsne = 16;
  const std::int64_t count = features.size(0);
  const std::int64_t k = std::min({components, count - 1, features.size(1)});
  const Tensor scores = pca(features, std::max<std::int64_t>(k, 1)).scores;
  if (count < least_for_tsne) {
    notes.push_back("grouped by principal components: " + std::to_string(count) + " pictures are too few for t-SNE");
    return scores;
  }
  const TsneOptions options{.perplexity = fitting_perplexity(count), .seed = call.seed};
  return tsne(scores, options,
              [&](const TsneStatus& status) {
                call.report({.done = status.iteration, .total = status.iterations, .value = {}, .stage = "t-SNE"});
                return true;
              })
      .layout;
}

/// One facet: its pictures from the middle outward.
struct Facet {
  std::vector<std::int64_t> members;
  Tensor mean;
};

std::vector<Facet> facets_of(const MakeCall& call, const Tensor& plane, const Tensor& pictures) {
  const std::int64_t k = std::min(call.options.integer("facets"), std::max<std::int64_t>(1, pictures.size(0) / 2));
  const KMeans groups = k_means(plane, k, call.seed);
  const Tensor points = plane.to(at::kDouble);
  std::vector<Facet> facets;
  for (std::int64_t g = 0; g < k; ++g) {
    std::vector<std::pair<double, std::int64_t>> near;
    for (std::int64_t i = 0; i < points.size(0); ++i) {
      if (groups.groups[static_cast<std::size_t>(i)] != g) continue;
      near.emplace_back((points[i] - groups.centres[g]).norm().item<double>(), i);
    }
    if (near.empty()) continue;
    std::sort(near.begin(), near.end());
    near.resize(std::min(near.size(), static_cast<std::size_t>(call.options.integer("members"))));
    Facet facet;
    for (const auto& [distance, index] : near) facet.members.push_back(index);
    facet.mean = pictures.index_select(0, at::tensor(facet.members, at::kLong)).mean(0, true);
    facets.push_back(std::move(facet));
  }
  return facets;
}

/// The released code's phases: shares of the steps, growth, where things may change, and step sizes in grey levels.
struct Phase {
  double share;
  double scale;
  double window;  ///< of the crop's place about the centre
  double margin;  ///< share of the side in which nothing changes
  double first_step;
  double last_step;
};
constexpr Phase phases[] = {
    {0.51, 1.0, 0.3, 0, 1, 2}, {0.4, 1.2, 0.3, 0, 1, 1}, {0.06, 1.0, 0.2, 0.2, 2, 2}, {0.03, 1.0, 0.2, 0, 2, 2}};

std::vector<Rung> rungs_of(const MakeCall& call) {
  constexpr double grey_levels = 255;
  const Preprocess& preprocess = preprocess_of(call.network());
  const int side = std::min(preprocess.width, preprocess.height);
  const double blur = call.options.number("blur");
  std::vector<Rung> rungs;
  double grown = 1;
  double done = 0;
  for (const Phase& phase : phases) {
    grown *= phase.scale;
    Rung rung{.options = ascent_options(call), .scale = phase.scale, .text = {}};
    rung.options.steps =
        std::max<std::int64_t>(1, std::llround(phase.share * static_cast<double>(call.options.integer("steps"))));
    rung.options.transforms = "crop(" + std::to_string(side) + ", window=" + short_number(phase.window) + ")";
    const auto margin = static_cast<std::int64_t>(phase.margin * grown * side);
    std::string priors = "centre_bias(sigma=0.35, margin=" + std::to_string(margin) + ")";
    if (blur > 0) {
      priors += " blur(sigma=" + short_number(blur * (1 - done / 2)) +
                ", last_sigma=" + short_number(blur * (1 - (done + phase.share) / 2)) + ")";
    }
    rung.options.priors = priors + " " + rung.options.priors;
    rung.options.optimiser = "normalised(rate=" + short_number(phase.first_step / grey_levels) +
                             ", last_rate=" + short_number(phase.last_step / grey_levels) + ")";
    done += phase.share;
    rung.text = "phase " + std::to_string(rungs.size() + 1) + " of " + std::to_string(std::size(phases));
    rungs.push_back(std::move(rung));
  }
  return rungs;
}

void lay_out(const Seen& seen, const std::vector<Facet>& facets, const Climbed& climbed, const std::string& title,
             Made& made) {
  constexpr std::size_t shown = 4;
  constexpr int most_tile = 180;
  std::vector<Tile> tiles;
  made.table.push_back({"facet", "objective", "pictures"});
  for (std::size_t f = 0; f < facets.size(); ++f) {
    const std::string number = std::to_string(f + 1);
    const Image picture = from_display(climbed.pictures[static_cast<std::int64_t>(f)]);
    const std::string label = "facet " + number + ": " + short_number(climbed.values[f]);
    tiles.push_back({picture, label});
    tiles.push_back({from_display(facets[f].mean), "mean of " + std::to_string(facets[f].members.size())});
    std::string members;
    for (std::size_t m = 0; m < facets[f].members.size(); ++m) {
      const std::string& name = seen.names[static_cast<std::size_t>(facets[f].members[m])];
      members += (m > 0 ? "; " : "") + name;
      if (m < shown) tiles.push_back({from_display(seen.pictures[facets[f].members[m]]), ""});
    }
    for (std::size_t m = facets[f].members.size(); m < shown; ++m)
      tiles.push_back({make_image(1, 1, {255, 255, 255}), ""});
    made.pictures.push_back({"facet_" + number, picture, label});
    made.table.push_back({number, short_number(climbed.values[f]), members});
  }
  made.picture =
      sheet(tiles, static_cast<int>(shown) + 2, title, std::min(most_tile, made.pictures.front().image.width));
  made.values = climbed.pictures;
}

Made make_facets(const MakeCall& call) {
  const Model& model = call.network();
  const std::string& at = call.options.text("at");
  std::optional<std::int64_t> asked_class;
  std::optional<Ablation> place;
  Objective objective(0);
  std::string title;
  if (!at.empty()) {
    place = parse_ablation(model.graph, at);
    if (place->channels.size() != 1)
      throw Error(ErrorKind::usage, "'facets' needs one channel, found '" + at + "'", "say at=VALUE:3");
    objective = term("channel", {model.graph.name(place->value), std::to_string(place->channels.front())});
    title = at;
  } else {
    const std::vector<std::int64_t> classes = read_classes(model, call.options.text("class"));
    if (classes.size() != 1) {
      throw Error(ErrorKind::usage, "'facets' needs one class or channel, found " + std::to_string(classes.size()),
                  "say --class C or --at VALUE:3");
    }
    asked_class = classes.front();
    objective = logit(*asked_class);
    title = label_of(model.card, *asked_class);
  }
  require_one_source(call);
  const Seen seen = look(call, asked_class, place ? &*place : nullptr);
  Made made;
  const Tensor plane = plane_of(call, features_of(call, seen.pictures), made.notes);
  const std::vector<Facet> facets = facets_of(call, plane, seen.pictures);
  AscentOptions first = ascent_options(call);
  if (call.options.text("start") == "mean") {
    std::vector<Tensor> means;
    for (const Facet& facet : facets) means.push_back(facet.mean);
    first.start = at::cat(means);
  }
  const Climbed climbed = climb_ladder(call, rungs_of(call), first, std::vector<Objective>(facets.size(), objective));
  lay_out(seen, facets, climbed, "facets of " + title + ", the mean each began with, and its pictures", made);
  made.frames = climbed.frames;
  std::vector<std::string> notes{std::to_string(seen.pictures.size(0)) + " pictures in " +
                                 std::to_string(facets.size()) + (facets.size() == 1 ? " group; " : " groups; ") +
                                 call.options.text("steps") +
                                 " steps in four phases, cropped about the centre "
                                 "and blurred less and less (the released code denoises by split Bregman instead)"};
  if (!seen.note.empty()) notes.push_back(seen.note);
  notes.insert(notes.end(), made.notes.begin(), made.notes.end());
  notes.insert(notes.end(), climbed.notes.begin(), climbed.notes.end());
  made.notes = std::move(notes);
  return made;
}

constexpr std::string_view paths[] = {"data", "atlas"};

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "facets",
    .sentence = "Makes one picture for each kind of picture that excites a unit: its facets.",
    .paper = "Nguyen, Yosinski and Clune 2016, Multifaceted feature visualization",
    .details =
        "A unit that answers to shelves of a shop and to its front has two facets, and one ascent shows a mixture. "
        "Pictures of the class, or those that excite a channel most, are grouped by what a late layer says of them, "
        "and an ascent begins with the mean of each group.",
    .pictures = "[IMAGE...]",
    .most_pictures = 10000,
    .options = options,
    .presets = presets,
    .paths = paths,
    .make = make_facets};

}  // namespace fovea::make::facets
