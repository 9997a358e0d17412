// A unit's optimum x* on the sphere |x - mean| = r of pictures, the great circles through it along which the unit falls
// fastest (what it is selective to) and slowest (its invariances), and walks along them. Along a unit vector w
// orthogonal to x* - mean the second derivative is w'Hw - (1/r^2) (x* - mean)'g; at a maximum all are negative, so that
// those nearest zero are the upper end of the spectrum, and Lanczos finds both ends. Berkes, Wiskott 2006, On the
// analysis and interpretation of inhomogeneous quadratic forms as receptive fields, sections 3 and 4; Le et al. 2010,
// Tiled convolutional neural networks; Erhan, Courville, Bengio 2010, Understanding representations learned in deep
// architectures, section 5.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <c10/util/Exception.h>

#include <fovea/display.h>

#include "core/random.h"
#include "make/shared/common.h"
#include "make/shared/film_strips.h"
#include "make/shared/sphere_problem.h"

namespace fovea::make::hessian {
namespace {

constexpr Option options[] = {
    {.name = "at", .fallback = "", .help = "The unit: VALUE:3 (channel 3's unit in the middle) or VALUE:3@4,5."},
    {.name = "class", .fallback = "", .help = "A class instead, by index or label: its score before any softmax."},
    {.name = "objective", .fallback = "", .help = "An expression instead, e.g. channel(conv5,3)."},
    {.name = "method",
     .type = OptionType::choice,
     .fallback = "softplus",
     .range = "softplus|finite",
     .help =
         "Where second derivatives come from: a copy of the network whose ReLUs are softplus, or differences of the "
         "network's own gradient over a finite reach."},
    {.name = "beta",
     .type = OptionType::number,
     .fallback = "3",
     .range = "1e-3..1e6",
     .help = "Steepness of the softplus, per root mean square of each ReLU's input; large: nearly the ReLU."},
    {.name = "reach",
     .type = OptionType::number,
     .fallback = "0.05",
     .range = "1e-8..1",
     .help = "How far the finite differences reach to each side, as a share of the radius."},
    {.name = "frequencies",
     .type = OptionType::integer,
     .fallback = "24",
     .range = "0..8192",
     .help = "Waves per axis and colour that the pictures are made of, from the slowest up; 0: every pixel is free."},
    {.name = "radius",
     .type = OptionType::number,
     .fallback = "0",
     .range = "0..1e6",
     .help = "Radius of the sphere about the mean colour, display units; 0: that of the picture, or a quarter of the "
             "full range per pixel value."},
    {.name = "tried",
     .type = OptionType::integer,
     .fallback = "16",
     .range = "1..10000",
     .help = "Random starts, of which the strongest is climbed from; a picture takes their place."},
    steps_option("300"),
    {.name = "products",
     .type = OptionType::integer,
     .fallback = "80",
     .range = "2..100000",
     .help = "Products with the Hessian at most, as many as steps of Lanczos."},
    {.name = "directions",
     .type = OptionType::integer,
     .fallback = "3",
     .range = "1..100",
     .help = "Directions that are walked at each end of the spectrum."},
    {.name = "fraction",
     .type = OptionType::number,
     .fallback = "0.8",
     .range = "0..0.999",
     .help = "Share of the activation at the optimum at which a walk ends."},
    {.name = "angle",
     .type = OptionType::number,
     .fallback = "90",
     .range = "1..180",
     .help = "Degrees at which a walk ends at the latest."},
    {.name = "frames",
     .type = OptionType::integer,
     .fallback = "3",
     .range = "1..50",
     .help = "Frames on each side of the optimum."},
    size_option(),
    {.name = "precision",
     .type = OptionType::choice,
     .fallback = "float32",
     .range = "float32|float64",
     .help = "How exactly the network is computed; float64 takes four times as long."}};

constexpr Setting berkes[] = {{"fraction", "0.8"}, {"frequencies", "0"}};
constexpr Preset presets[] = {{"berkes", "the paper's walks, to 80 % of the optimum, with every pixel free", berkes}};

constexpr double degrees = 180 / std::numbers::pi;

// --- optimum and curvatures ---

/// What was found on the sphere.
struct Found {
  SphereOptimum optimum;
  Curvatures curvatures;
  Curvature random;  ///< one direction out of many, to compare with
  std::string how;   ///< the products with the Hessian were computed
};

SphereOptimum climb_from(const MakeCall& call, const UnitFunction& f, const SphereStart& start, std::int64_t before) {
  const std::int64_t steps = call.options.integer("steps");
  const auto watch = [&](std::int64_t step, double value, const Tensor& point) {
    if (call.preview) call.preview([&] { return from_display(f.space().pictures(point)); });
    call.report({.done = before + step,
                 .total = before + steps + call.options.integer("products"),
                 .value = value,
                 .stage = "optimum"});
  };
  return climb_on_sphere(f, start.point, {.radius = start.radius, .steps = steps, .watch = watch});
}

/// In `finite` the copy's optimum is where the network's climb begins: its units may all be dead at the start.
SphereOptimum optimum_of(const MakeCall& call, const SphereProblem& problem) {
  const SphereOptimum smooth = climb_from(call, problem.copy, problem.start, 0);
  if (call.options.text("method") == "softplus") return smooth;
  return climb_from(call, problem.network, {smooth.point, problem.start.radius}, call.options.integer("steps"));
}

/// The exact product, or why there is none: a node that cannot be differentiated twice, or whose second derivative is
/// infinite where the picture lies (a root at 0, say).
std::optional<HessianProduct> exact_product(const SphereProblem& problem, const SphereOptimum& optimum,
                                            std::string& why) {
  try {
    HessianProduct exact = problem.copy.exact_hessian(optimum.point);
    if (exact(optimum.point).isfinite().all().item<bool>()) return exact;
    why = "as the exact ones are no finite numbers";
  } catch (const c10::Error&) {
    why = "as some node cannot be differentiated twice";
  }
  return std::nullopt;
}

/// The exact product where there is one, else that by small differences.
HessianProduct product_of(const MakeCall& call, const SphereProblem& problem, const SphereOptimum& optimum,
                          std::string& how) {
  // As far as the precision needs for a change of the gradient that stands out from its rounding.
  const double small_reach = call.options.text("precision") == "float64" ? 1e-4 : 1e-2;
  const double radius = problem.start.radius;
  if (call.options.text("method") == "finite") {
    const double reach = call.options.number("reach") * radius;
    how = "central differences of the network's own gradient, " + short_number(reach) + " to each side";
    return problem.network.difference_hessian(optimum.point, reach);
  }
  std::string why;
  if (std::optional<HessianProduct> exact = exact_product(problem, optimum, why)) {
    how = "exact, the copy's gradient being differentiated again";
    return *std::move(exact);
  }
  how = "central differences of the copy's gradient, " + short_number(small_reach * radius) + " to each side, " + why;
  return problem.copy.difference_hessian(optimum.point, small_reach * radius);
}

Curvature random_direction(const HessianProduct& product, const SphereOptimum& optimum, const UnitFunction& f,
                           std::uint64_t seed) {
  const Tensor x = optimum.point / optimum.point.norm();
  Tensor w = normal({x.numel()}, seed, 1).to(at::kDouble);
  w = w - x * x.dot(w);
  if (f.space().dimensions() < 2) return {};
  w = w / w.norm();
  return {curvature_product(product, optimum, w).dot(w).item<double>(), {}, w};
}

Found find(const MakeCall& call, const SphereProblem& problem) {
  Found found{.optimum = optimum_of(call, problem)};
  const HessianProduct product = product_of(call, problem, found.optimum, found.how);
  const std::int64_t products = call.options.integer("products");
  found.curvatures =
      curvatures_at(product, found.optimum,
                    {.steps = products,
                     .wanted = call.options.integer("directions"),
                     .seed = call.seed,
                     .watch = [&](std::int64_t step) {
                       call.report({.done = step, .total = products, .value = {}, .stage = "curvatures"});
                     }});
  found.random = random_direction(product, found.optimum, problem.network, call.seed);
  return found;
}

// --- what comes out ---

std::vector<NamedCurvature> named(const Found& found) {
  std::vector<NamedCurvature> all;
  for (const Curvature& one : found.curvatures.lowest)
    all.push_back({"selective_" + std::to_string(all.size() + 1), one});
  if (found.random.direction.defined()) all.push_back({"random", found.random});
  std::size_t number = 0;
  for (const Curvature& one : found.curvatures.highest) all.push_back({"invariant_" + std::to_string(++number), one});
  return all;
}

void lay_down_frames(const PictureSpace& space, const std::vector<Strip>& strips, Made& made) {
  std::vector<Tensor> all;
  for (const Strip& strip : strips) {
    all.push_back(space.pictures(strip.points).to(at::kFloat));
    const Tensor frames = free_part(space, all.back());
    for (std::size_t i = 0; i < strip.angles.size(); ++i) {
      made.pictures.push_back({.name = strip.name + "_frame_" + std::to_string(i + 1),
                               .image = from_display(frames[static_cast<std::int64_t>(i)]),
                               .label = strip.name + ": " + short_number(strip.values[i])});
    }
  }
  made.values = at::cat(all);
}

/// The largest residual of an eigenpair, as a share of the largest curvature.
double largest_residual(const Curvatures& curvatures) {
  double residual = 0;
  double largest = 0;
  for (const auto& pairs : {curvatures.lowest, curvatures.highest}) {
    for (const Curvature& one : pairs) {
      residual = std::max(residual, one.residual.value_or(0));
      largest = std::max(largest, std::abs(one.value));
    }
  }
  return largest > 0 ? residual / largest : 0;
}

double slope_left(const SphereOptimum& optimum) { return optimum.slope / optimum.gradient.norm().item<double>(); }

void tell_figures(const SphereProblem& problem, const Found& found, double activation, Made& made) {
  const Curvatures& curvatures = found.curvatures;
  made.figures = {{"radius", problem.start.radius},
                  {"activation", activation},
                  {"activation of what is analysed", found.optimum.value},
                  {"slope left", slope_left(found.optimum)},
                  {"lowest curvature", curvatures.lowest.front().value},
                  {"largest residual", largest_residual(curvatures)},
                  {"asymmetry", curvatures.asymmetry}};
  if (!curvatures.highest.empty()) made.figures.emplace_back("highest curvature", curvatures.highest.front().value);
}

std::string describe_space(const PictureSpace& space) {
  const PictureSpace::Plan& plan = space.plan();
  const bool part = plan.box.height < plan.height || plan.box.width < plan.width;
  std::string text = std::to_string(space.dimensions()) + " coordinates: ";
  text +=
      plan.frequencies > 0 ? "cosines up to the " + std::to_string(plan.frequencies) + "th per axis" : "every pixel";
  text += plan.grey ? ", grey" : "";
  if (part) {
    text += ", within the " + std::to_string(plan.box.width) + "x" + std::to_string(plan.box.height) +
            " px that the unit sees";
  }
  return text;
}

std::string describe_smoothness(const MakeCall& call, const SphereProblem& problem, const Found& found) {
  const bool copied = call.options.text("method") == "softplus";
  std::string text = "products with the Hessian: " + found.how;
  if (copied) {
    const Softened& soft = problem.softened;
    text += "; in the copy " + std::to_string(soft.rectifiers) + " ReLUs are softplus" +
            (soft.maxima > 0 ? " and " + std::to_string(soft.maxima) + " max pools log-sum-exp" : "") + " of beta " +
            call.options.text("beta") + " per root mean square of their input";
    if (soft.kinks > 0) text += "; " + std::to_string(soft.kinks) + " nodes keep their kinks";
  }
  return text;
}

void tell_notes(const MakeCall& call, const SphereProblem& problem, const Found& found, double activation, Made& made) {
  const SphereOptimum& optimum = found.optimum;
  const PictureSpace& space = problem.network.space();
  const bool copied = call.options.text("method") == "softplus";
  made.notes.push_back(describe_space(space) + "; radius " + short_number(problem.start.radius));
  made.notes.push_back("optimum after " + std::to_string(optimum.steps) + " steps: from " +
                       short_number(optimum.first_value) + " to " + short_number(optimum.value) +
                       (copied ? " of the softplus copy, " + short_number(activation) + " of the network itself" : "") +
                       "; " + short_number(slope_left(optimum)) + " of the gradient is left along the sphere");
  made.notes.push_back(describe_smoothness(call, problem, found));
  made.notes.push_back(std::to_string(found.curvatures.products) + " products; largest residual " +
                       short_number(largest_residual(found.curvatures)) + " of the largest curvature" +
                       (found.curvatures.converged ? "" : " (not converged: more products would help)"));
  if (!found.curvatures.highest.empty() && found.curvatures.highest.front().value > 0) {
    made.notes.push_back("some curvatures are above 0: the climb has not come to a maximum; more steps would help");
  }
  const Tensor picture = free_part(space, space.pictures(optimum.point));
  const double outside = (picture.lt(0).logical_or(picture.gt(1))).to(at::kDouble).mean().item<double>();
  if (outside > 0)
    made.notes.push_back(short_number(100 * outside) +
                         " % of the optimum's values are outside of what a screen can show, and are clipped");
}

Made make_hessian(const MakeCall& call) {
  Made made;
  const SphereProblem problem = sphere_problem(call);
  const Found found = find(call, problem);
  const double fraction = call.options.number("fraction");
  const std::vector<NamedCurvature> directions = named(found);
  const auto total = static_cast<std::int64_t>(directions.size());
  const std::vector<Strip> strips =
      walk_strips(problem.network, found.optimum.point, directions,
                  {.fraction = fraction,
                   .largest_angle = call.options.number("angle") / degrees,
                   .frames = call.options.integer("frames"),
                   .watch = [&](std::int64_t done) {
                     call.report({.done = done, .total = total, .value = {}, .stage = "walks"});
                   }});
  call.report({.done = total, .total = total, .value = {}, .stage = "walks"});
  const double activation = problem.network.values(found.optimum.point).front();
  made.picture =
      draw_strips(problem.network, strips,
                  problem.label + ": what it is selective to and what it ignores, on circles through its optimum");
  made.table = tabulate_strips(strips, fraction);
  lay_down_frames(problem.network.space(), strips, made);
  tell_figures(problem, found, activation, made);
  tell_notes(call, problem, found, activation, made);
  constexpr std::int64_t film_frames = 60;
  if (call.film) made.frames = swing(problem.network, strips, film_frames);
  return made;
}

}  // namespace

extern constinit const MakeKind descriptor{
    .name = "hessian",
    .sentence = "Shows along which changes of its best picture a unit falls fastest, and which it hardly notices.",
    .paper =
        "Berkes and Wiskott 2006, On the analysis and interpretation of inhomogeneous quadratic forms as receptive "
        "fields; Le et al. 2010, Tiled convolutional neural networks",
    .details =
        "Among all pictures at one distance r from the mean colour (one contrast) the unit's best one is climbed to. "
        "There every direction along the sphere has a curvature, w'Hw - (x - mean)'g / r^2 with the gradient g and the "
        "Hessian H; at a maximum all are negative. The most negative ones are what the unit is selective to, those "
        "nearest "
        "zero its invariances; Lanczos finds both ends from products with H alone. Each row walks along one of them, "
        "both "
        "ways, until the unit's activation has fallen to a set share: a wide angle is an invariance. A random "
        "direction "
        "stands between them. Curvatures are told per radian squared, as shares of the activation. A network of ReLUs "
        "is "
        "linear almost everywhere and has no curvature of its own: by default a copy with softplus is analysed (and "
        "told "
        "apart from the network, whose activations are what the frames show), or else the gradient's change over a "
        "finite reach. A quadratic form describes a high layer only near its optimum, as Zeiler and Fergus objected: "
        "the "
        "table holds the foreseen angles beside the real ones.",
    .pictures = "[IMAGE]",
    .most_pictures = 1,
    .options = options,
    .presets = presets,
    .make = make_hessian};

}  // namespace fovea::make::hessian
