// fovea show field: which part of the picture a value's units can see, and how that grows with depth.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/npy.h>
#include <fovea/show.h>

#include "core/random.h"
#include "shared/device.h"
#include "shared/interrupt.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/showing.h"
#include "shared/verb.h"

namespace fovea::show::field {
namespace {

using namespace fovea::cli;

constexpr std::int64_t noise_inputs = 20;  // as many as Luo et al. average over

struct Choices {
  ShowRequest request;
  std::string unit;
  bool effective = false;
};

/// What is looked at: the network's input and what it shows.
struct Scene {
  Tensor input;
  Image seen;
  Trace trace;
};

// --- what is asked ---

/// Reads "Y,X"; the middle without.
std::array<std::int64_t, 2> unit_of(const std::string& text) {
  std::array<std::int64_t, 2> unit{-1, -1};
  if (text.empty()) return unit;
  const char* end = text.data() + text.size();
  const auto [comma, first] = std::from_chars(text.data(), end, unit[0]);
  const bool pair = first == std::errc() && comma != end && *comma == ',';
  const auto [last, second] = std::from_chars(pair ? comma + 1 : end, end, unit[1]);
  if (pair && second == std::errc() && last == end && unit[0] >= 0 && unit[1] >= 0) return unit;
  throw Error(ErrorKind::usage, fmt::format("--unit takes a row and a column, found '{}'", text),
              "counted from 0: --unit 6,6");
}

void require_sense(const Choices& choices) {
  const ShowRequest& request = choices.request;
  if (request.images.size() > 1 && !choices.effective) {
    throw Error(ErrorKind::usage, fmt::format("show field looks at one IMAGE at most, found {}", request.images.size()),
                "with --effective, gradients are averaged over several");
  }
  if (!request.at.empty() || (choices.unit.empty() && !choices.effective)) return;
  throw Error(ErrorKind::usage, "--unit and --effective speak of one value's units", "name the value by --at");
}

Image grey_canvas(const Tensor& input) {
  if (input.dim() == 4)
    return make_image(static_cast<int>(input.size(3)), static_cast<int>(input.size(2)), {176, 176, 176});
  throw Error(ErrorKind::unsupported, "the network's input is no picture, so its units have no receptive fields",
              "`show` looks at networks of pictures [N,C,H,W]");
}

/// The first picture, or a grey canvas.
Scene scene_of(const ShowRequest& request, const Model& model) {
  if (request.images.empty()) {
    Trace trace = blank_run(model);
    Tensor input = trace.value(model.graph.inputs().front());
    Image seen = grey_canvas(input);
    return {std::move(input), std::move(seen), std::move(trace)};
  }
  Input read = read_one(request.images.front(), model);
  return {read.tensor, std::move(read.seen), fovea::run(model.graph, read.tensor, {.tape = Tape::none})};
}

/// Noise as the network would see it of pictures whose pixels are drawn evenly; standard normal numbers without a card.
Tensor noise(const Model& model, const Tensor& input, std::uint64_t seed, std::uint64_t stream) {
  if (!model.card.preprocess) return normal(input.sizes().vec(), seed, stream).to(input.scalar_type());
  Image picture = make_image(static_cast<int>(input.size(3)), static_cast<int>(input.size(2)));
  const Tensor levels = uniform({static_cast<std::int64_t>(picture.rgb.size())}, seed, stream) * 256;
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) {
    picture.rgb[i] = static_cast<std::uint8_t>(levels.data_ptr<float>()[i]);
  }
  return to_input(picture, *model.card.preprocess);
}

EffectiveField effective_of(const ShowRequest& request, const Model& model, const Scene& scene, const UnitField& unit) {
  const auto pictures = static_cast<std::int64_t>(request.images.size());
  const std::int64_t count = pictures > 0 ? pictures : noise_inputs;
  const Progress progress = progress_on_stderr("show");
  const auto input = [&](std::int64_t i) {
    stop_if_interrupted();
    progress(i, count);
    const Tensor one = pictures > 0 ? read_one(request.images[static_cast<std::size_t>(i)], model).tensor
                                    : noise(model, scene.input, request.common.seed, static_cast<std::uint64_t>(i));
    return to_device(one, request.common.device);
  };
  return effective_field(on_device(model, request.common.device).graph, unit, count, input);
}

// --- what comes out ---

Json to_json(const UnitField& unit) {
  const auto extent = [](const Extent& one) { return Json::array({one.begin, one.end}); };
  Json json{{"node", unit.value},
            {"shape", unit.shape},
            {"size", unit.field.size},
            {"stride", unit.field.stride},
            {"first_centre", unit.field.first_centre},
            {"unit", unit.unit},
            {"centre", unit.centre},
            {"rows", nullptr},
            {"columns", nullptr},
            {"share", unit.share()}};
  if (unit.box.extents.size() != 2) return json;
  json["rows"] = extent(unit.box.extents[0]);
  json["columns"] = extent(unit.box.extents[1]);
  return json;
}

std::string sides_text(const std::array<std::int64_t, 2>& sides) { return fmt::format("{}x{}", sides[0], sides[1]); }

std::string share_text(double share) { return fmt::format("{:.3g} %", 100 * share); }

std::string stride_text(const ReceptiveField& field) {
  const auto& [rows, columns] = field.stride;
  return rows == columns ? fmt::format("{:.4g}", rows) : fmt::format("{:.4g}x{:.4g}", rows, columns);
}

void print(const ShowRequest& request, const Model& model, const UnitField& unit,
           const std::optional<EffectiveField>& effective) {
  fmt::print("{}: '{}', unit {},{} of {}x{}\n", model.path.string(), unit.value, unit.unit[0], unit.unit[1],
             unit.shape[2], unit.shape[3]);
  fmt::print("  receptive field {} px, stride {}, centred on row {:.5g}, column {:.5g}\n", sides_text(unit.field.size),
             stride_text(unit.field), unit.centre[0], unit.centre[1]);
  fmt::print("  sees rows {}..{} and columns {}..{}: {} of the picture\n", unit.box.extents[0].begin,
             unit.box.extents[0].end - 1, unit.box.extents[1].begin, unit.box.extents[1].end - 1,
             share_text(unit.share()));
  if (effective) {
    fmt::print(
        "  effective field: the gradient is above {:.3g} % of its largest on the area of {:.3g}x{:.3g} px, over "
        "{} inputs{}\n",
        100 * effective->of_peak, effective->side, effective->side, effective->inputs,
        request.images.empty() ? " of noise" : "");
  }
  print_written(request);
}

void print(const ShowRequest& request, const Model& model, const std::vector<UnitField>& growth) {
  fmt::print("{}: receptive fields of the values on every path to the class scores, input {} px\n", model.path.string(),
             sides_text(growth.front().input));
  std::vector<std::vector<std::string>> rows;
  for (const UnitField& unit : growth) {
    rows.push_back({unit.value, fmt::format("{}x{}", unit.shape[2], unit.shape[3]), sides_text(unit.field.size),
                    stride_text(unit.field), share_text(unit.share())});
  }
  const std::string table =
      table_text({{"value"}, {"units", true}, {"field", true}, {"stride", true}, {"sees", true}}, rows);
  for (std::size_t begin = 0; begin < table.size(); begin = table.find('\n', begin) + 1)
    fmt::print("  {}\n", table.substr(begin, table.find('\n', begin) - begin));
  print_written(request);
}

// --- doing it ---

int show_growth(const ShowRequest& request, const Model& model, const Scene& scene) {
  const std::vector<UnitField> growth = field_growth(scene.trace);
  const Figure drawn =
      draw_field_growth(scene.seen, growth, fmt::format("{} | how receptive fields grow", model.path.stem().string()));
  write_figure(request.out, drawn);
  Json json = show_head(request, model);
  json["at"] = "";
  json["input"] = growth.front().input;
  json["fields"] = Json::array();
  for (const UnitField& unit : growth) json["fields"].push_back(to_json(unit));
  finish(request, json, drawn);
  if (!request.common.json) print(request, model, growth);
  return 0;
}

int show_unit(const Choices& choices, const Model& model, const Scene& scene) {
  const ShowRequest& request = choices.request;
  const auto& [y, x] = unit_of(choices.unit);
  const UnitField unit = unit_field(scene.trace, value_at(model, request.at), y, x);
  std::optional<EffectiveField> effective;
  if (choices.effective) effective = effective_of(request, model, scene, unit);
  Figure drawn;
  if (draws(request.out)) {
    const std::string title = fmt::format("{} | what a unit of {} sees", model.path.stem().string(), unit.value);
    drawn = draw_field(scene.seen, unit, title, effective ? &*effective : nullptr);
    write_figure(request.out, drawn);
  } else {
    write_npy(request.out, effective->map);
  }
  Json json = show_head(request, model);
  json["at"] = request.at;
  json["input"] = unit.input;
  json["field"] = to_json(unit);
  if (effective) {
    json["effective"] = {{"side", effective->side}, {"of_peak", effective->of_peak}, {"inputs", effective->inputs}};
    json["seed"] = request.common.seed;
  }
  finish(request, json, drawn);
  if (!request.common.json) print(request, model, unit, effective);
  return 0;
}

int show_field(const Choices& choices) {
  const ShowRequest& request = choices.request;
  apply(request.common);
  require_sense(choices);
  require_place(request, choices.effective ? "the mean gradient [H,W]" : "");
  unit_of(choices.unit);                              // a misspelled one is told before the work
  const Model model = open_model(request.model, {});  // geometry needs no GPU
  if (!request.at.empty()) value_at(model, request.at);
  const Scene scene = scene_of(request, model);
  stop_if_interrupted();
  return request.at.empty() ? show_growth(request, model, scene) : show_unit(choices, model, scene);
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  ShowRequest& request = choices->request;
  request.kind = "field";
  add_model(parser, request.model);
  parser
      .add_option("IMAGE", request.images,
                  "A picture, or a .npy of float32 [C,H,W], to draw the fields on; several with --effective. "
                  "Default: grey")
      .text("...");
  add_at(parser, request, "Names the node or value; without, the growth over all layers is drawn");
  parser.add_option("--unit", choices->unit, "Names the unit of the value by row and column; default: the middle one")
      .text("Y,X");
  parser.add_flag("--effective", choices->effective,
                  "Draws what counts of the field: the unit's mean gradient over the pictures, or over 20 of noise");
  add_out(parser, request, "what --effective found, [H,W]");
  add_common(parser, request.common);
  parser.needs("--effective", {"--seed", "--device"}, "it is for the gradients of --effective: leave it out");
  parser.excludes("IMAGE", {"--seed"}, "--seed draws the noise that is taken without pictures: leave it out");
  return [choices] { return show_field(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "field",
    .sentence = "Draws what a layer's units can see of a picture, or how that grows with depth.",
    .examples =
        "Examples:\n"
        "  fovea show field net.onnx cat.jpg --out growth.png\n"
        "  fovea show field net.onnx cat.jpg --at conv4 --out field.png\n"
        "  fovea show field net.onnx cat.jpg --at conv4 --unit 0,5 --out field.png --json\n"
        "  fovea show field net.onnx --at conv4 --effective --out effective.png\n"
        "A unit's receptive field is all of the picture that it can depend on, computed from the layers' geometry. "
        "How\n"
        "much of it counts is another matter: mostly the middle (Luo et al. 2016), which --effective measures.",
    .add = add};

}  // namespace fovea::show::field
