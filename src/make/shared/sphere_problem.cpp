// A unit's problem on the sphere, out of a call's options.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/sphere_problem.h"

#include <algorithm>
#include <cmath>

#include <ATen/core/grad_mode.h>

#include <fovea/ablate.h>
#include <fovea/ascent.h>
#include <fovea/display.h>
#include <fovea/error.h>
#include <fovea/inspect.h>

#include "ascent/asked.h"
#include "make/shared/common.h"

namespace fovea::make {
namespace {

// --- what is asked ---

/// The unit in question.
struct Unit {
  Objective objective;
  std::string label;
  std::optional<Ablation> place = {};  ///< where `at` names it
};

Unit unit_at(const Model& model, const std::string& text) {
  const Ablation place = parse_ablation(model.graph, text);
  if (place.channels.size() != 1) {
    throw Error(ErrorKind::usage, "'hessian' looks at one unit, found '" + text + "'",
                "say VALUE:CHANNEL or VALUE:CHANNEL@ROW,COLUMN");
  }
  std::vector<std::string> arguments{model.graph.name(place.value), std::to_string(place.channels.front())};
  if (place.unit) {
    for (const std::int64_t at : *place.unit) arguments.push_back(std::to_string(at));
  }
  return {term("neuron", arguments), text, place};
}

Unit unit_of(const MakeCall& call) {
  const Model& model = call.network();
  const Options& chosen = call.options;
  const int named = (chosen.text("at").empty() ? 0 : 1) + (chosen.text("class").empty() ? 0 : 1) +
                    (chosen.text("objective").empty() ? 0 : 1);
  if (named != 1) {
    throw Error(ErrorKind::usage, "'hessian' needs one unit, found " + std::to_string(named),
                "say --at VALUE:CHANNEL, --class C or --objective EXPRESSION");
  }
  if (!chosen.text("at").empty()) return unit_at(model, chosen.text("at"));
  if (!chosen.text("objective").empty()) return {parse_objective(chosen.text("objective")), chosen.text("objective")};
  const std::vector<std::int64_t> classes = read_classes(model, chosen.text("class"));
  if (classes.size() != 1) {
    throw Error(ErrorKind::usage, "'hessian' looks at one class, found " + std::to_string(classes.size()));
  }
  return {logit(classes.front()), label_of(model.card, classes.front())};
}

/// The part of the picture that the unit can see.
Box field_of(const Unit& unit, const Trace& trace, const Box& whole) {
  if (!unit.place) return whole;
  const Tensor& value = trace.value(unit.place->value);
  if (value.dim() != 4) return whole;
  const std::array<std::int64_t, 2> at = unit.place->unit.value_or(std::array{value.size(2) / 2, value.size(3) / 2});
  const Region region = receptive_box(trace, unit.place->value, at[0], at[1]);
  if (region.empty || region.extents.size() != 2) return whole;
  const auto [rows, columns] = std::pair(region.extents[0], region.extents[1]);
  return {rows.begin, columns.begin, rows.end - rows.begin, columns.end - columns.begin};
}

// --- the function on the sphere ---

/// The network for pictures of one size in one precision, and what of the unit depends on them.
struct Prepared {
  Model model;
  Objective objective;  ///< pinned on the start picture
  Box box;              ///< what the unit sees of a picture
  std::int64_t height;  ///< of the network's input
  std::int64_t width;
};

at::Device device_of(const Graph& graph) {
  for (const Tensor& weight : graph.weights()) {
    if (weight.defined()) return weight.device();
  }
  return at::kCPU;
}

/// A picture of the asked size to try the network on: the call's, as the network sees it, or the mean colour.
Tensor first_picture(const MakeCall& call) {
  const Preprocess& preprocess = preprocess_of(call.network());
  const std::int64_t size = call.options.integer("size");
  const std::int64_t height = size > 0 ? size : preprocess.height;
  const std::int64_t width = size > 0 ? size : preprocess.width;
  if (call.pictures.empty()) return mean_colour(preprocess).expand({1, 3, height, width});
  return resize_pictures(to_display(fit_image(call.pictures.front().image, preprocess)), height, width);
}

Prepared prepared_in(const MakeCall& call, const Unit& unit, const Tensor& picture, at::ScalarType type) {
  const c10::AutoGradMode no_grad(false);
  const Model& model = call.network();
  const std::vector<ValueId> taps = unit.objective.taps(model.graph);
  Prepared prepared{model, unit.objective, {}, picture.size(2), picture.size(3)};
  bool fitted = false;
  prepared.model.graph = to_type(graph_for_size(model, taps, prepared.height, prepared.width, fitted), type);
  const Tensor seen = resize_pictures(picture, prepared.height, prepared.width).to(device_of(model.graph), type);
  const Trace trace =
      run(prepared.model.graph, display_to_input(seen, preprocess_of(model)), {.tape = Tape::none, .until = taps});
  prepared.objective = unit.objective.pinned(trace, model.card);
  const Box whole{0, 0, picture.size(2), picture.size(3)};
  prepared.box = fitted ? whole : field_of(unit, trace, whole);
  return prepared;
}

/// The picture's place, or the strongest of some random ones.
SphereStart start_of(const MakeCall& call, const UnitFunction& network, const Tensor& picture) {
  constexpr double typical_deviation = 0.25;  // of a picture's values about its mean, display units
  const PictureSpace& space = network.space();
  double radius = call.options.number("radius");
  if (!call.pictures.empty()) {
    const Tensor point = space.coordinates(picture)[0];
    const double length = point.norm().item<double>();
    if (length == 0)
      throw Error(ErrorKind::usage, "the picture is nothing but the mean colour",
                  "begin with another one, or with none");
    if (radius == 0) radius = length;
    return {point * (radius / length), radius};
  }
  if (radius == 0) radius = typical_deviation * std::sqrt(static_cast<double>(space.values()));
  const Tensor noise = space.noise(call.options.integer("tried"), call.seed);
  const Tensor points = noise * (radius / noise.norm(2, 1, true));
  const std::vector<double> values = network.values(points);
  return {points[std::max_element(values.begin(), values.end()) - values.begin()], radius};
}

}  // namespace

SphereProblem sphere_problem(const MakeCall& call) {
  const Unit unit = unit_of(call);
  const Tensor picture = first_picture(call);
  const bool exactly = call.options.text("precision") == "float64";
  const Prepared prepared = prepared_in(call, unit, picture, exactly ? at::kDouble : at::kFloat);
  const Preprocess& preprocess = preprocess_of(call.network());
  const PictureSpace space({.height = picture.size(2),
                            .width = picture.size(3),
                            .box = prepared.box,
                            .frequencies = call.options.integer("frequencies"),
                            .grey = preprocess.channels == "GREY",
                            .mean = mean_colour(preprocess)});
  const UnitFunction network(prepared.model, prepared.objective, space, prepared.height, prepared.width);
  const SphereStart start = start_of(call, network, picture);
  Softened softened = soften(prepared.model.graph, call.options.number("beta"), network.input_of(start.point),
                             prepared.objective.taps(prepared.model.graph));
  Model copy = prepared.model;
  copy.graph = softened.graph;
  const UnitFunction smooth(std::move(copy), prepared.objective, space, prepared.height, prepared.width);
  return {unit.label, network, smooth, std::move(softened), start};
}

}  // namespace fovea::make
