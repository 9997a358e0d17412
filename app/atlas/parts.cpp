// fovea atlas parts: units of an atlas of the rendered world that answer to one part of objects, named.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/part_units.h>
#include <fovea/top_page.h>

#include "shared/arguments.h"
#include "shared/atlas_source.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::atlas::parts {
namespace {

using namespace fovea::cli;

struct Choices {
  std::string atlas;
  std::vector<std::string> values;
  std::string out;
  double agreement = 1.0;
  Common common;
};

/// A channel and what it shows.
struct Named {
  std::string value;
  std::int64_t channel = 0;
  PartUnit unit;
};

bool is_part(const PartUnit& unit, double agreement) {
  return unit.places > 0 && unit.part != "background" &&
         static_cast<double>(unit.agreeing) >= agreement * static_cast<double>(unit.places) - 1e-9;
}

std::vector<std::string> chosen(const Choices& choices, const Atlas& atlas) {
  std::vector<std::string> values;
  for (const std::string& name : choices.values) values.push_back(atlas.ranked(name).name);
  if (!values.empty()) return values;
  for (const AtlasValue& value : atlas.manifest().ranked) {
    if (value.height * value.width > 1) values.push_back(value.name);
  }
  return values;
}

Json to_json(const Named& named) {
  return {{"value", named.value},
          {"channel", named.channel},
          {"part", named.unit.part},
          {"agreeing", named.unit.agreeing},
          {"places", named.unit.places},
          {"share_of_evidence", named.unit.share},
          {"share_of_field", named.unit.area},
          {"parts", named.unit.all}};
}

Figure draw(const std::vector<const Named*>& shown, const Atlas& atlas, const Model& model, const Pictures& pictures) {
  std::vector<Tile> tiles;
  for (const Named* named : shown) {
    const Projector projector(model, model.graph.at(named->value), find_recipe("deconvnet"));
    const auto places = atlas.tops(named->value)[static_cast<std::size_t>(named->channel)];
    tiles.push_back({lay_out(draw_top(model, pictures, projector, named->channel, places, 48)),
                     fmt::format("{} {}: {}, {} of {}", named->value, named->channel, named->unit.part,
                                 named->unit.agreeing, named->unit.places)});
  }
  return sheet(tiles, 4, "units that answer to one part: strongest patches and projections", 300);
}

int find_parts(const Choices& choices) {
  require_drawing(choices.out);
  constexpr std::size_t most_drawn = 24;
  if (!choices.out.empty()) require_writable(choices.out);
  apply(choices.common);
  const Atlas atlas(choices.atlas);
  const WorldSource source = world_of(atlas.manifest());
  const std::vector<std::string> values = chosen(choices, atlas);
  const Model model = open_model_of(atlas.manifest(), choices.common);
  std::vector<Named> all;
  std::vector<std::vector<std::string>> rows;
  for (const std::string& value : values) {
    const Projector projector(model, model.graph.at(value), find_recipe("deconvnet"));
    const auto tops = atlas.tops(value);
    const Progress bar = progress_on_stderr(value);
    std::int64_t found = 0;
    for (std::size_t c = 0; c < tops.size(); ++c) {
      stop_if_interrupted();
      const auto channel = static_cast<std::int64_t>(c);
      all.push_back({value, channel, find_part(model, projector, source, channel, tops[c])});
      found += is_part(all.back().unit, choices.agreement) ? 1 : 0;
      if (bar) bar(channel + 1, static_cast<std::int64_t>(tops.size()));
    }
    rows.push_back({value, std::to_string(tops.size()), std::to_string(found)});
  }
  std::vector<const Named*> parts;
  for (const Named& named : all) {
    if (is_part(named.unit, choices.agreement)) parts.push_back(&named);
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Named* a, const Named* b) { return a->unit.share > b->unit.share; });
  if (choices.common.json) {
    Json list = Json::array();
    for (const Named* named : parts) list.push_back(to_json(*named));
    fmt::print(
        "{}\n",
        text_of(Json{
            {"atlas", choices.atlas}, {"agreement", choices.agreement}, {"channels", all.size()}, {"units", list}}));
  } else {
    fmt::print("{}\n", table_text({{"value"}, {"channels", true}, {"answer to one part", true}}, rows));
    std::vector<std::vector<std::string>> named_rows;
    for (const Named* named : parts) {
      named_rows.push_back({named->value, std::to_string(named->channel), named->unit.part,
                            fmt::format("{} of {}", named->unit.agreeing, named->unit.places),
                            percent_text(named->unit.share), percent_text(named->unit.area)});
    }
    fmt::print(
        "{}",
        table_text(
            {{"value"}, {"channel", true}, {"part"}, {"places"}, {"of the evidence", true}, {"of the field", true}},
            named_rows));
  }
  if (choices.out.empty()) return 0;
  if (parts.empty())
    throw Error(ErrorKind::usage, "no unit answers to one part, so there is nothing to draw", "lower --agreement");
  parts.resize(std::min(parts.size(), most_drawn));
  write_figure(choices.out, draw(parts, atlas, model, *open_pictures_of(atlas.manifest())));
  if (!choices.common.json) fmt::print("written {}\n", choices.out);
  return 0;
}

cli::Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_atlas(parser, choices->atlas);
  parser.add_option("--values", choices->values, "Names ranked values; default: all that are maps")
      .text("NAME[,...]")
      .split_at(',');
  parser
      .add_option("--agreement", choices->agreement,
                  "Sets at which share of its strongest places a unit must show the part; default 1: all of them")
      .text("SHARE")
      .range_of_numbers(0.1, 1.0);
  parser.add_option("--out", choices->out, "Draws up to 24 of them (.png, .jpg, .webp, .svg, .pdf)").text("PATH");
  add_common(parser, choices->common, {.seed = true});
  return [choices] { return find_parts(*choices); };
}

}  // namespace

extern constinit const cli::Verb descriptor{
    .name = "parts",
    .sentence = "Names the units that answer to one part of objects (atlases of the rendered world).",
    .examples =
        "Examples:\n"
        "  fovea atlas build world world --scenes 4000 --out atlas; fovea atlas parts atlas --out parts.png\n"
        "  fovea atlas parts atlas --values relu6,relu7 --agreement 0.8 --json\n"
        "A place shows the part whose pixels hold more of its deconvnet projection's magnitude than any other's; a "
        "unit\n"
        "is named when all of its strongest places (or the share of --agreement) show the same part.",
    .add = add};

}  // namespace fovea::atlas::parts
