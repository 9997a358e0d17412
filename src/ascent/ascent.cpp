// Gradient ascent on a picture: x <- x + step(d(objective(T(x)) - penalties(x)) / d parameters), then projections.
// Values of objectives are those seen through the step's random transforms.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/ascent.h>

#include <algorithm>
#include <chrono>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/canvas.h>
#include <fovea/display.h>
#include <fovea/error.h>
#include <fovea/optimiser.h>
#include <fovea/prior.h>
#include <fovea/transform.h>

#include "ascent/asked.h"
#include "ascent/state_file.h"
#include "core/progress.h"
#include "core/random.h"

namespace fovea {
namespace {

using Clock = std::chrono::steady_clock;

/// How often an unfinished ascent is laid down, seconds.
constexpr double seconds_between_states = 15;

/// Separates the random numbers of a canvas's background from those of transforms.
constexpr std::uint64_t background_seed = 0x62616b67726f756eULL;

bool finite(const Tensor& tensor) { return tensor.isfinite().all().item<bool>(); }

/// Tells per picture whether a tensor holds anything but zeros.
Tensor anything(const Tensor& tensor) { return tensor.reshape({tensor.size(0), -1}).ne(0).any(1); }

Tensor as_column(const Tensor& per_picture) { return per_picture.reshape({-1, 1, 1, 1}); }

/// Everything that stays the same during an ascent, and what changes from step to step.
class Climb {
 public:
  Climb(const Model& model, const AscentOptions& options);
  Ascended run();

 private:
  Uphill ask();
  Tensor through_network(const Tensor& image, Tensor* values);
  void project();
  bool take_note();
  void save(bool done);
  [[noreturn]] void nothing_reaches() const;
  std::string objectives_text() const;

  const Model& model_;
  const AscentOptions& options_;
  Tensor mean_;
  Canvas canvas_;
  Transforms transforms_;
  std::vector<Prior> priors_;
  AskedNetwork network_;
  std::unique_ptr<Optimiser> optimiser_;
  std::int64_t step_ = 0;
  bool reached_ = false;
  Tensor image_;     ///< as the step began
  Tensor gradient_;  ///< of the objective there
  Tensor values_;    ///< [N]
  bool asked_ = false;
  std::string trouble_;
  Ascended found_;
};

CanvasPlan plan_of(const Model& model, const AscentOptions& options) {
  const Preprocess& preprocess = preprocess_of(model);
  return {.pictures = options.pictures,
          .height = options.height > 0 ? options.height : preprocess.height,
          .width = options.width > 0 ? options.width : preprocess.width,
          .start = options.start,
          .mean = mean_colour(preprocess),
          .seed = options.seed};
}

void check(const AscentOptions& options) {
  if (options.objectives.empty()) throw Error(ErrorKind::usage, "an ascent needs an objective");
  if (options.objectives.size() != 1 && static_cast<std::int64_t>(options.objectives.size()) != options.pictures) {
    throw Error(ErrorKind::usage, "an ascent of " + std::to_string(options.pictures) +
                                      " pictures needs one objective, or one for each; found " +
                                      std::to_string(options.objectives.size()));
  }
  if (options.steps < 1) throw Error(ErrorKind::usage, "an ascent has at least 1 step");
}

Climb::Climb(const Model& model, const AscentOptions& options)
    : model_(model),
      options_((check(options), options)),
      mean_(mean_colour(preprocess_of(model))),
      canvas_(make_canvas(options.canvas, plan_of(model, options))),
      transforms_(options.transforms),
      priors_(parse_priors(options.priors)),
      network_(model, options.objectives, options.targets, options.recipe, plan_of(model, options).height,
               plan_of(model, options).width),
      optimiser_(make_optimiser(options.optimiser, canvas_.parameters, options.steps)) {
  found_.fitted = network_.fitted();
  for (const Prior& prior : priors_) {
    if (prior.kind->projection == nullptr || canvas_.invert) continue;
    throw Error(ErrorKind::usage,
                "prior '" + std::string(prior.kind->name) + "' changes the picture itself, which canvas '" +
                    options.canvas + "' cannot follow",
                "take a canvas of pixels, or a prior that is a penalty");
  }
}

/// Lays a picture with alpha over noise that is another in every step, so that it must show on any background.
Tensor over_background(const Tensor& image, std::uint64_t seed, std::int64_t step) {
  if (image.size(1) != 4) return image;
  constexpr std::int64_t coarse = 8;  // px of the noise before it is enlarged
  const Tensor noise = uniform({1, 3, coarse, coarse}, seed ^ background_seed, static_cast<std::uint64_t>(step));
  const Tensor background = resize_pictures(noise.to(image.device()), image.size(2), image.size(3));
  const Tensor alpha = image.narrow(1, 3, 1);
  return image.narrow(1, 0, 3) * alpha + background * (1 - alpha);
}

/// Returns the gradient of the objective at the picture; its values go to `values`.
Tensor Climb::through_network(const Tensor& image, Tensor* values) {
  const Tensor leaf = image.detach().requires_grad_();
  const Tensor opaque = over_background(leaf, options_.seed, step_);
  const Tensor input = network_.input_of(transforms_.apply(opaque, options_.seed, step_));
  AskedNetwork::Answer answer = network_.at_input(input);
  *values = answer.values;
  if (!answer.gradient.defined()) nothing_reaches();
  if (options_.recipe.empty() && step_ < options_.redirect) {
    const Tensor alive = anything(answer.gradient);
    if (!alive.all().item<bool>()) {
      const AskedNetwork::Answer redirected = network_.at_input(input, true);
      if (redirected.gradient.defined()) {
        answer.gradient = at::where(as_column(alive), answer.gradient, redirected.gradient);
      }
      ++found_.redirected;
    }
  }
  reached_ = reached_ || anything(answer.gradient).any().item<bool>();
  if (!reached_ && step_ + 1 >= std::max<std::int64_t>(options_.redirect, 1)) nothing_reaches();
  Tensor gradient = vjp({input}, {leaf}, {answer.gradient})[0];
  if (image.size(1) == 4) {  // the less of the picture shows, the better: objective * (1 - mean alpha), as in Lucid
    const Tensor shown = image.narrow(1, 3, 1).mean({1, 2, 3});
    const double area = static_cast<double>(image.size(2) * image.size(3));
    gradient = gradient * as_column(1 - shown);
    gradient = at::cat({gradient.narrow(1, 0, 3), gradient.narrow(1, 3, 1) - as_column(values->abs() / area)}, 1);
  }
  return gradient;
}

Uphill Climb::ask() {
  const c10::AutoGradMode grad(true);
  const Tensor image = canvas_.image(canvas_.parameters);
  Tensor values;
  Tensor gradient = through_network(image, &values);
  const Tensor shown = image.detach();
  for (const Prior& prior : priors_) {
    if (prior.kind->penalty == nullptr) continue;
    const Tensor leaf = shown.narrow(1, 0, 3).detach().requires_grad_();
    const Tensor penalty = prior.kind->penalty({leaf, {}, mean_, prior.options, step_, options_.steps});
    Tensor of_penalty = vjp({penalty}, {leaf}, {at::ones_like(penalty)})[0];
    values = values - penalty.detach();
    if (!of_penalty.defined()) continue;
    if (image.size(1) == 4) of_penalty = at::cat({of_penalty, at::zeros_like(of_penalty.narrow(1, 0, 1))}, 1);
    gradient = gradient - of_penalty;
  }
  for (const Prior& prior : priors_) {
    if (prior.kind->steering == nullptr) continue;
    gradient = prior.kind->steering({shown, gradient, mean_, prior.options, step_, options_.steps});
  }
  if (!asked_) {  // the first question of a step is asked where the step begins
    image_ = shown;
    gradient_ = gradient;
    values_ = values;
    asked_ = true;
    if (!finite(values) || !finite(gradient)) {
      trouble_ = "the objective or its gradient is no longer a finite number";
      gradient = at::zeros_like(gradient);
    }
  }
  Uphill uphill{.value = values.sum().item<double>(), .gradients = vjp({image}, canvas_.parameters, {gradient})};
  for (std::size_t i = 0; i < uphill.gradients.size(); ++i) {
    if (!uphill.gradients[i].defined()) uphill.gradients[i] = at::zeros_like(canvas_.parameters[i]);
  }
  return uphill;
}

void Climb::project() {
  const c10::AutoGradMode no_grad(false);
  bool any = false;
  Tensor image;
  for (const Prior& prior : priors_) {
    if (prior.kind->projection == nullptr) continue;
    if (!any) image = canvas_.image(canvas_.parameters).detach();
    any = true;
    image = prior.kind->projection({image, gradient_, mean_, prior.options, step_, options_.steps});
  }
  if (!any) return;
  const std::vector<Tensor> parameters = canvas_.invert(image);
  for (std::size_t i = 0; i < parameters.size(); ++i) canvas_.parameters[i].detach().copy_(parameters[i]);
}

/// Takes note of the picture that the step began with; answers false when the one before was the last good one.
bool Climb::take_note() {
  if (!trouble_.empty()) return false;
  const Tensor doubles = values_.to(at::kCPU, at::kDouble).contiguous();
  const std::vector<double> values(doubles.data_ptr<double>(), doubles.data_ptr<double>() + doubles.numel());
  double sum = 0;
  for (const double value : values) sum += value;
  found_.history.push_back(sum / static_cast<double>(values.size()));
  found_.last_values = values;
  found_.last = image_;
  if (!found_.best.defined()) {
    found_.best = image_.clone();
    found_.best_values = values;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] <= found_.best_values[i]) continue;
    found_.best_values[i] = values[i];
    found_.best[static_cast<std::int64_t>(i)].copy_(image_[static_cast<std::int64_t>(i)]);
  }
  if (options_.frame_every > 0 && step_ % options_.frame_every == 0) found_.frames.push_back(image_.clone());
  return true;
}

void Climb::save(bool done) {
  if (options_.state.empty()) return;
  AscentState state{.key = key_of(model_, options_), .step = step_, .done = done};
  for (const Tensor& parameter : canvas_.parameters) state.parameters.push_back(parameter.detach());
  state.optimiser = optimiser_->state();
  state.so_far = found_;
  write_state(options_.state, state);
}

std::string Climb::objectives_text() const {
  std::string text = "'" + options_.objectives.front().text() + "'";
  if (options_.objectives.size() > 1) text += " and " + std::to_string(options_.objectives.size() - 1) + " others";
  return text;
}

void Climb::nothing_reaches() const {
  throw Error(ErrorKind::usage, "no gradient of " + objectives_text() + " reaches the picture",
              "it does not depend on the picture, or its units are dead there: begin with a picture, take another "
              "seed, or set redirect higher");
}

Ascended Climb::run() {
  if (const auto state = read_state(options_.state, options_.state.empty() ? "" : key_of(model_, options_))) {
    if (state->done) return state->so_far;
    step_ = state->step;
    found_ = state->so_far;
    reached_ = true;
    const c10::AutoGradMode no_grad(false);
    for (std::size_t i = 0; i < canvas_.parameters.size(); ++i) {
      canvas_.parameters[i].detach().copy_(state->parameters.at(i));
    }
    optimiser_->restore(state->optimiser);
  }
  Clock::time_point saved = Clock::now();
  while (step_ < options_.steps && trouble_.empty()) {
    asked_ = false;
    optimiser_->step([this] { return ask(); });
    if (!take_note()) break;
    project();
    ++step_;
    const bool on = !options_.watch || options_.watch({step_, options_.steps, found_.history.back(), found_.last});
    if (!on || std::chrono::duration<double>(Clock::now() - saved).count() > seconds_between_states) {
      save(false);
      saved = Clock::now();
    }
    if (!on) throw_stopped();
  }
  if (const Tensor end = canvas_.image(canvas_.parameters).detach(); trouble_.empty()) {
    if (finite(end))
      found_.last = end;
    else
      trouble_ = "the picture is no longer made of finite numbers";
  }
  if (!trouble_.empty()) {
    found_.stopped = trouble_ + " in step " + std::to_string(step_ + 1) + " of " + std::to_string(options_.steps) +
                     "; the last good picture is kept";
  }
  if (!found_.last.defined()) {
    throw Error(ErrorKind::usage, trouble_ + " in the first step",
                "lower the rate of the optimiser or the weights of the priors, or look at the network's weights");
  }
  save(true);
  return found_;
}

}  // namespace

Ascended ascend(const Model& model, const AscentOptions& options) { return Climb(model, options).run(); }

void set_targets(Targets& targets, const Model& model, const std::vector<Objective>& objectives,
                 const std::string& name, const Tensor& picture) {
  std::vector<ValueId> taps;
  for (const Objective& objective : objectives) {
    for (const Target& target : objective.targets(model.graph)) {
      if (target.name == name && std::find(taps.begin(), taps.end(), target.value) == taps.end()) {
        taps.push_back(target.value);
      }
    }
  }
  if (taps.empty()) return;
  const std::vector<Tensor> values = values_at(model, picture, taps);
  for (std::size_t i = 0; i < taps.size(); ++i) targets.set(name, taps[i], values[i]);
}

std::vector<double> evaluate_pictures(const Model& model, const Tensor& pictures, const Objective& objective,
                                      const Targets& targets) {
  const c10::AutoGradMode no_grad(false);
  const std::vector<ValueId> taps = objective.taps(model.graph);
  const std::vector<Tensor> found = values_at(model, pictures, taps);
  const auto value = [&](ValueId v) {
    return found[static_cast<std::size_t>(std::find(taps.begin(), taps.end(), v) - taps.begin())];
  };
  const Tensor values =
      objective.evaluate(model.graph, model.card, value, &targets).to(at::kCPU, at::kDouble).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

Tensor without_alpha(const Tensor& pictures, double background) {
  if (pictures.size(1) != 4) return pictures;
  const Tensor alpha = pictures.narrow(1, 3, 1);
  return pictures.narrow(1, 0, 3) * alpha + background * (1 - alpha);
}

}  // namespace fovea
