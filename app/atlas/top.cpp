// fovea atlas top: what excites channels most, as in Zeiler and Fergus 2014, figure 2, as a picture or a page.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <memory>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/top_page.h>

#include "shared/arguments.h"
#include "shared/atlas_source.h"
#include "shared/html.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::atlas::top {
namespace {

using namespace fovea::cli;
namespace fs = std::filesystem;

struct Choices {
  std::string atlas;
  std::string what;
  std::string recipe = "deconvnet";
  std::string out;
  std::int64_t most = 0;
  Common common;
};

/// VALUE, or VALUE:CHANNEL.
struct Asked {
  std::vector<std::string> values;
  std::int64_t channel = -1;
};

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Asked read_what(const std::string& what, const Atlas& atlas, const Model& model) {
  const std::vector<AtlasValue>& ranked = atlas.manifest().ranked;
  const auto is_ranked = [&](const std::string& name) {
    return std::any_of(ranked.begin(), ranked.end(),
                       [&](const AtlasValue& value) { return value.name == name || value.node == name; });
  };
  const std::size_t colon = what.rfind(':');
  if (!is_ranked(what) && colon != std::string::npos && is_number(std::string_view(what).substr(colon + 1))) {
    const std::string name = what.substr(0, colon);
    const std::size_t channels = atlas.tops(name).size();
    const std::int64_t channel = std::stoll(what.substr(colon + 1));
    if (channel >= static_cast<std::int64_t>(channels)) {
      throw Error(ErrorKind::usage, fmt::format("'{}' has channels 0..{}, found {}", name, channels - 1, channel));
    }
    return {{atlas.ranked(name).name}, channel};
  }
  if (what.find('*') == std::string::npos) {
    return {{atlas.ranked(what).name}, -1};
  }
  Asked asked;
  for (const ValueId id : match_values(model.graph, {what})) {
    const std::string& name = model.graph.name(id);
    if (is_ranked(name)) asked.values.push_back(name);
  }
  if (asked.values.empty()) throw Error(ErrorKind::usage, "the atlas ranked no value that fits '" + what + "'");
  return asked;
}

/// The classes of a channel's strongest pictures, most frequent first: "church 5, gas pump 2".
std::string classes_text(const Atlas& atlas, const std::vector<AtlasPicture>& pictures,
                         std::span<const Strongest> places) {
  std::map<std::string, int> counts;
  for (const Strongest& place : places) {
    ++counts[label_of(atlas.manifest(), pictures[static_cast<std::size_t>(place.picture)])];
  }
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  constexpr std::size_t most = 3;
  for (std::size_t i = 0; i < sorted.size() && i < most; ++i) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", sorted[i].first, sorted[i].second);
  }
  return text + (sorted.size() > most ? " ..." : "");
}

/// What all the drawing needs.
struct Source {
  Atlas atlas;
  Model model;
  std::unique_ptr<Pictures> pictures;
  std::vector<AtlasPicture> records;
};

/// One channel, large: every place with its picture's class and the activation.
Figure draw_channel(const Source& source, const Projector& projector, const std::string& value, std::int64_t channel) {
  constexpr int side = 160;
  const auto places = source.atlas.tops(value)[static_cast<std::size_t>(channel)];
  const ChannelTop top = draw_top(source.model, *source.pictures, projector, channel, places, side);
  std::vector<Tile> tiles;
  for (std::size_t i = 0; i < top.places.size(); ++i) {
    const AtlasPicture& picture = source.records[static_cast<std::size_t>(top.places[i].picture)];
    tiles.push_back(
        {top.patches[i], fmt::format("{}: {:.3g}", label_of(source.atlas.manifest(), picture), top.places[i].score)});
  }
  for (const Image& projection : top.projections) tiles.push_back({projection, ""});
  return sheet(tiles, std::max(1, static_cast<int>(top.patches.size())),
               fmt::format("{} channel {}: what excites it most, and its projections", value, channel), side);
}

/// Some channels of a value, each as in figure 2.
Figure draw_value(const Source& source, const Projector& projector, const std::string& value, std::int64_t most) {
  constexpr int tile_width = 300;
  const auto tops = source.atlas.tops(value);
  const std::int64_t count = std::min<std::int64_t>(most, static_cast<std::int64_t>(tops.size()));
  const Progress bar = progress_on_stderr("top");
  std::vector<Tile> tiles;
  for (std::int64_t c = 0; c < count; ++c) {
    stop_if_interrupted();
    const auto& places = tops[static_cast<std::size_t>(c)];
    tiles.push_back({lay_out(draw_top(source.model, *source.pictures, projector, c, places, 48)),
                     fmt::format("{}: {}", c, classes_text(source.atlas, source.records, places))});
    if (bar) bar(c + 1, count);
  }
  const std::string rest =
      count < static_cast<std::int64_t>(tops.size()) ? fmt::format(", the first {} of {}", count, tops.size()) : "";
  return sheet(tiles, 4, fmt::format("{}: strongest patches and their projections{}", value, rest), tile_width);
}

/// What was asked for; of several values the rows stand below each other, as in figure 2.
Figure draw_asked(const Source& source, const Recipe& recipe, const Asked& asked, std::int64_t most) {
  constexpr std::int64_t usual_most = 32;
  constexpr std::int64_t usual_most_of_each = 4;
  if (most == 0) most = asked.values.size() > 1 ? usual_most_of_each : usual_most;
  std::vector<Figure> parts;
  int width = 0;
  int height = 0;
  for (const std::string& value : asked.values) {
    const Projector projector(source.model, source.model.graph.at(value), recipe);
    parts.push_back(asked.channel >= 0 ? draw_channel(source, projector, value, asked.channel)
                                       : draw_value(source, projector, value, most));
    width = std::max(width, parts.back().width);
    height += parts.back().height;
  }
  Figure whole(width, height);
  int y = 0;
  for (Figure& part : parts) {
    const int below = y + part.height;
    paste(whole, std::move(part), 0, y);
    y = below;
  }
  return whole;
}

std::string channels_text(std::int64_t channel, std::int64_t count) {
  return channel >= 0 ? fmt::format("channel {}", channel) : fmt::format("{} channels", count);
}

constexpr const char* page_says =
    "Channels of the value: on the left the patches of the data set that excite it most, each of another picture "
    "and cut to what the unit can see; on the right the projections of these very activations down to the pixels. "
    "Under "
    "them the largest activation and the classes of the pictures.";

/// Writes a value's page and the picture of every channel (of one: -1 is none); returns how many.
std::int64_t write_page(const Source& source, const Choices& choices, const std::string& value, std::int64_t channel,
                        const fs::path& folder, std::vector<HtmlPicture>& cover) {
  const auto tops = source.atlas.tops(value);
  const Recipe& recipe = find_recipe(choices.recipe);
  const Projector projector(source.model, source.model.graph.at(value), recipe);
  const std::string stem = file_stem(value);
  make_folder(folder / stem);
  const auto all = static_cast<std::int64_t>(tops.size());
  const std::int64_t begin = std::max<std::int64_t>(channel, 0);
  const std::int64_t count = channel >= 0 ? 1 : choices.most > 0 ? std::min(choices.most, all) : all;
  const Progress bar = progress_on_stderr(value);
  std::vector<HtmlPicture> pictures;
  for (std::int64_t c = begin; c < begin + count; ++c) {
    stop_if_interrupted();
    const auto& places = tops[static_cast<std::size_t>(c)];
    const ChannelTop top = draw_top(source.model, *source.pictures, projector, c, places);
    const Figure drawn = lay_out(top);
    const std::string file = fmt::format("{}/{:04}.png", stem, c);
    write_figure(folder / file, drawn);
    const float score = places.empty() ? 0 : places.front().score;
    pictures.push_back({.file = file,
                        .width = drawn.width,
                        .height = drawn.height,
                        .caption = fmt::format("<b>{}</b> {:.3g} · {}", c, score,
                                               html_text(classes_text(source.atlas, source.records, places))),
                        .link = file});
    if (bar) bar(c - begin + 1, count);
  }
  if (!pictures.empty()) {
    HtmlPicture first = pictures.front();
    first.caption = fmt::format("<b>{}</b> {}", html_text(value), channels_text(channel, count));
    first.link = stem + ".html";
    cover.push_back(std::move(first));
  }
  write_text(folder / (stem + ".html"), html_page({.title = value + ": what excites its channels",
                                                   .says = page_says,
                                                   .up = "index.html",
                                                   .pictures = pictures}));
  return count;
}

int write_pages(const Source& source, const Choices& choices, const Asked& asked) {
  const fs::path folder = choices.out;
  make_folder(folder);
  std::vector<HtmlPicture> cover;
  std::int64_t channels = 0;
  for (const std::string& value : asked.values) {
    channels += write_page(source, choices, value, asked.channel, folder, cover);
  }
  write_text(
      folder / "index.html",
      html_page({.title = fmt::format("What excites {}", source.model.path.stem().string()),
                 .says = fmt::format("{} pictures, {} values, projections by {}. Each value has a page of its own.",
                                     source.atlas.manifest().pictures, asked.values.size(), choices.recipe),
                 .up = "",
                 .pictures = cover}));
  if (choices.common.json)
    fmt::print("{}\n", text_of(Json{{"page", (folder / "index.html").string()}, {"channels", channels}}));
  else
    fmt::print("{} of {} value{}; written {}\n", channels_text(asked.channel, channels), asked.values.size(),
               asked.values.size() == 1 ? "" : "s", (folder / "index.html").string());
  return 0;
}

int show_top(const Choices& choices) {
  apply(choices.common);
  const fs::path out = choices.out;
  const bool one = draws(out);
  if (one)
    require_writable(out);
  else
    require_creatable(out);
  find_recipe(choices.recipe);
  Atlas atlas(choices.atlas);
  Model model = open_model_of(atlas.manifest(), choices.common);
  const Asked asked = read_what(choices.what, atlas, model);
  if (asked.channel >= 0 && choices.most > 0) {
    throw Error(ErrorKind::usage, "--most counts channels, found one: " + choices.what, "leave it out");
  }
  auto pictures = open_pictures_of(atlas.manifest());
  std::vector<AtlasPicture> records = atlas.pictures();
  const Source source{std::move(atlas), std::move(model), std::move(pictures), std::move(records)};
  if (!one) return write_pages(source, choices, asked);
  write_figure(out, draw_asked(source, find_recipe(choices.recipe), asked, choices.most));
  if (choices.common.json)
    fmt::print("{}\n", text_of(Json{{"file", choices.out}, {"values", asked.values}}));
  else
    fmt::print("written {}\n", choices.out);
  return 0;
}

cli::Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_atlas(parser, choices->atlas);
  parser.add_option("VALUE", choices->what, "A ranked value, one channel of it (VALUE:17), or a pattern with `*`")
      .text("VALUE[:CHANNEL]")
      .required();
  parser
      .add_option("--recipe", choices->recipe, "Names the recipe of the projections; default deconvnet (`fovea list`)")
      .text("NAME")
      .names("recipe");
  parser
      .add_option("--most", choices->most,
                  "Draws the first N channels; default: 32 on a picture (4 of each of several values), all on a page")
      .text("N")
      .range(1, 1'000'000);
  parser
      .add_option("--out", choices->out,
                  "Draws one picture (.png, .jpg, .webp, .svg, .pdf), or writes pages into a folder")
      .text("PATH")
      .required();
  add_common(parser, choices->common, {.seed = true});
  return [choices] { return show_top(*choices); };
}

}  // namespace

extern constinit const cli::Verb descriptor{
    .name = "top",
    .sentence = "Shows the patches that excite channels most, beside what in them does.",
    .examples =
        "Examples:\n"
        "  fovea atlas top atlas conv5 --out conv5.png          figure 2 of Zeiler and Fergus 2014\n"
        "  fovea atlas top atlas conv5:17 --out channel.png     one channel, large\n"
        "  fovea atlas top atlas 'relu*' --out layers.png       four channels of each of several values\n"
        "  fovea atlas top atlas '*' --out pages                every channel of every value, to browse\n"
        "  fovea atlas top atlas conv5 --recipe guided --out pages",
    .add = add};

}  // namespace fovea::atlas::top
