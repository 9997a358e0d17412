// Adversaries of the kind `fool`: which are made, by which attack, and what the network says of them.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/attacked.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <span>

#include <ATen/ops/cat.h>

#include <fovea/display.h>
#include <fovea/error.h>
#include <fovea/npy.h>
#include <fovea/version.h>

#include "attack/attack.h"
#include "attack/class_slope.h"
#include "core/random.h"
#include "core/sha256.h"
#include "make/shared/common.h"

namespace fovea::make {
namespace {

constexpr double white = 255;

Image start_picture(const MakeCall& call, std::uint64_t index) {
  const Preprocess& preprocess = preprocess_of(call.network());
  const Shape shape{1, 3, preprocess.height, preprocess.width};
  if (call.options.text("start") == "mean") return from_display(mean_colour(preprocess).expand(shape));
  return from_display(uniform(shape, call.seed, index));
}

/// Any class but one, by the seed.
std::int64_t random_class(std::int64_t classes, std::int64_t except, std::uint64_t seed, std::uint64_t stream) {
  if (classes < 2) throw Error(ErrorKind::unsupported, "a network of one class cannot be made to say another");
  const auto drawn =
      static_cast<std::int64_t>(uniform({1}, seed, stream).item<double>() * static_cast<double>(classes - 1));
  return drawn + (drawn >= except ? 1 : 0);
}

/// The classes that each picture shall be taken for.
std::vector<std::int64_t> targets_for(const MakeCall& call, const Seen& seen, std::uint64_t index,
                                      std::int64_t classes) {
  constexpr std::uint64_t streams_per_picture = 1 << 16;
  std::vector<std::string> items = split_list(call.options.text("target"));
  if (items.empty()) items.emplace_back(is_minimal(call) ? "random" : "none");
  std::vector<std::int64_t> targets;
  for (const std::string& item : items) {
    if (item == "random") {
      targets.push_back(random_class(classes, seen.top, call.seed, index * streams_per_picture + targets.size()));
    } else if (item == "none") {
      if (is_minimal(call))
        throw Error(ErrorKind::usage, "method 'minimal' needs a target", "name a class, or say random");
      targets.push_back(no_class);
    } else {
      for (const std::int64_t found : read_classes(call.network(), item)) targets.push_back(found);
    }
  }
  return targets;
}

/// Some adversaries that are made at once.
struct Group {
  const MakeCall& call;
  std::span<Adversary> members;
  std::uint64_t first = 0;  ///< number of its first member
  std::int64_t done = 0;    ///< steps before it
  std::int64_t total = 0;   ///< of all groups
  std::vector<Image>* frames = nullptr;
};

/// What all of a group climb: towards their targets, or away from where they are.
std::vector<std::int64_t> classes_of(const Group& group) {
  std::vector<std::int64_t> classes;
  for (const Adversary& one : group.members) classes.push_back(one.target != no_class ? one.target : one.source);
  return classes;
}

/// The slope of an aim at a group's pictures; tells those who watch.
SlopeAt slope_of(Group& group, Aim aim) {
  return [&group, aim, classes = classes_of(group)](const Tensor& x) {
    const MakeCall& call = group.call;
    if (call.preview) call.preview([&] { return mosaic(x); });
    if (group.frames != nullptr) group.frames->push_back(mosaic(x));
    Slope slope = class_slope(call.network(), x, classes, aim, batch_of(call), is_minimal(call));
    ++group.done;
    call.report(
        {.done = group.done, .total = std::max(group.total, group.done), .value = slope.values.mean().item<double>()});
    return slope;
  };
}

Tensor least_change_of(Group& group, const Tensor& pictures) {
  constexpr std::int64_t patience = 4;  // times the steps, where a picture is not there yet
  constexpr double sure = 1e-3;         // log-odds: other batch sizes differ in the last bits
  return least_change(pictures, slope_of(group, Aim::odds),
                      {.reach = log_odds(group.call.options.number("confidence")) + sure,
                       .steps = group.call.options.integer("steps"),
                       .more_steps = patience * group.call.options.integer("steps")})
      .pictures;
}

BallAttack ball_of(const MakeCall& call, const Tensor& pictures, std::uint64_t first) {
  constexpr double madry_factor = 2.5;  // of epsilon / steps
  const std::string& method = call.options.text("method");
  const Norm norm = call.options.text("norm") == "inf" ? Norm::inf : Norm::l2;
  const double pixels = norm == Norm::inf ? 1 : std::sqrt(static_cast<double>(pictures[0].numel()));
  const double epsilon = call.options.number("epsilon");
  const std::int64_t steps = method == "fgsm" ? 1 : call.options.integer("steps");
  double rate = call.options.number("rate");
  if (rate == 0) rate = std::min(epsilon, madry_factor * epsilon / static_cast<double>(steps));
  if (method == "fgsm") rate = epsilon;
  BallAttack ball{.norm = norm,
                  .radius = epsilon * pixels / white,
                  .step = norm,
                  .rate = rate * pixels / white,
                  .steps = steps,
                  .start = {},
                  .low = 0,
                  .high = 1};
  if (method == "pgd") ball.start = random_in_ball(pictures.sizes().vec(), norm, ball.radius, call.seed, first);
  return ball;
}

/// Attacks a group in the ball. The log-odds' gradients have the directions of the losses', and do not vanish.
Tensor in_ball(Group& group, const Tensor& pictures) {
  const bool targeted = group.members.front().target != no_class;
  return attack_in_ball(pictures, slope_of(group, targeted ? Aim::odds : Aim::against),
                        ball_of(group.call, pictures, group.first));
}

/// Where what is found for a group is kept until all is made, under a name of all that decides it; empty: nowhere.
std::filesystem::path kept_at(const Group& group) {
  const MakeCall& call = group.call;
  if (call.resume.empty() || call.film) return {};  // a film wants every step again
  std::string key = std::string(version()) + " " + call.network().hash + " " + std::to_string(call.seed) + " " +
                    std::to_string(group.first);
  for (const auto& [name, value] : call.options.all()) key += " " + name + "=" + value;
  for (const Adversary& one : group.members) {
    key += " " + sha256_hex(std::as_bytes(std::span(one.original.rgb))) + " " + std::to_string(one.target);
  }
  return call.resume / (sha256_hex(std::as_bytes(std::span(key))) + ".npy");
}

/// Attacks a group, or takes up what an earlier try found for it: pictures of 8 bits in display units.
Tensor found_for(Group& group) {
  const std::filesystem::path kept = kept_at(group);
  if (!kept.empty() && std::filesystem::exists(kept)) return read_npy(kept);
  std::vector<Tensor> pictures;
  for (const Adversary& one : group.members) pictures.push_back(to_display(one.original));
  const Tensor start = at::cat(pictures);
  const Tensor found = is_minimal(group.call) ? least_change_of(group, start) : in_ball(group, start);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    pictures[i] = to_display(from_display(found[static_cast<std::int64_t>(i)]));
  }
  const Tensor rounded = at::cat(pictures);
  if (!kept.empty()) {
    std::filesystem::create_directories(kept.parent_path());
    write_npy(kept, rounded);
  }
  return rounded;
}

/// Sets what was found, and what the network says of it as a file.
void judge(const MakeCall& call, std::span<Adversary> adversaries) {
  std::vector<Image> images;
  for (const Adversary& one : adversaries) images.push_back(one.found);
  const Tensor probabilities = class_probabilities(call.network(), images, batch_of(call));
  for (std::size_t i = 0; i < adversaries.size(); ++i) {
    Adversary& one = adversaries[i];
    const Tensor own = probabilities[static_cast<std::int64_t>(i)];
    one.top = own.argmax().item<std::int64_t>();
    one.top_probability = own[one.top].item<double>();
    one.target_probability = own[one.target != no_class ? one.target : one.source].item<double>();
    const bool sure = is_minimal(call) && !one.borrowed ? one.target_probability >= call.options.number("confidence")
                                                        : misleads(one, one.top);
    one.fools = sure && one.target != one.source;
  }
}

/// Groups of at most `batch` neighbours that all have a target, or none of which has one.
std::vector<std::span<Adversary>> grouped(std::vector<Adversary>& adversaries, std::size_t batch) {
  std::vector<std::span<Adversary>> groups;
  for (std::size_t begin = 0; begin < adversaries.size();) {
    std::size_t end = begin + 1;
    const bool targeted = adversaries[begin].target != no_class;
    while (end < adversaries.size() && end - begin < batch && (adversaries[end].target != no_class) == targeted) ++end;
    groups.emplace_back(adversaries.data() + begin, end - begin);
    begin = end;
  }
  return groups;
}

}  // namespace

bool is_minimal(const MakeCall& call) { return call.options.text("method") == "minimal"; }

std::vector<Seen> seen_of(const MakeCall& call) {
  const Preprocess& preprocess = preprocess_of(call.network());
  std::vector<Seen> seen;
  for (const NamedImage& picture : call.pictures) {
    seen.push_back({std::filesystem::path(picture.name).stem().string(), fit_image(picture.image, preprocess)});
  }
  const auto count = static_cast<std::uint64_t>(call.pictures.empty() ? call.options.integer("count") : 0);
  for (std::uint64_t i = 0; i < count; ++i) {
    seen.push_back({call.options.text("start") + "_" + std::to_string(i + 1), start_picture(call, i)});
  }
  std::vector<Image> images;
  for (const Seen& one : seen) images.push_back(one.image);
  const Tensor probabilities = class_probabilities(call.network(), images, batch_of(call));
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const Tensor own = probabilities[static_cast<std::int64_t>(i)];
    seen[i].top = own.argmax().item<std::int64_t>();
    seen[i].probability = own[seen[i].top].item<double>();
  }
  return seen;
}

std::vector<Adversary> planned(const MakeCall& call, const std::vector<Seen>& seen) {
  const std::int64_t classes = channels_of(call.network(), call.network().graph.logits());
  std::set<std::string> taken;
  std::vector<Adversary> plan;
  const std::size_t attacked = call.options.flag("apply_to_others") ? 1 : seen.size();
  for (std::size_t i = 0; i < attacked; ++i) {
    for (const std::int64_t target : targets_for(call, seen[i], i, classes)) {
      const std::string what = target == no_class ? "other" : std::to_string(target);
      const std::string base = file_name(seen[i].name + "_as_" + what);
      std::string name = base;
      for (int again = 2; !taken.insert(name).second; ++again) name = base + "_" + std::to_string(again);
      plan.push_back({.name = name,
                      .picture = seen[i].name,
                      .original = seen[i].image,
                      .source = seen[i].top,
                      .source_probability = seen[i].probability,
                      .target = target});
    }
  }
  return plan;
}

Attacked attack(const MakeCall& call, std::vector<Adversary>& adversaries) {
  const auto groups = grouped(adversaries, static_cast<std::size_t>(batch_of(call)));
  const std::int64_t steps =
      call.options.text("method") == "fgsm" ? 1 : call.options.integer("steps") + (is_minimal(call) ? 1 : 0);
  std::vector<Image> frames;
  std::int64_t done = 0;
  for (const std::span<Adversary> members : groups) {
    Group group{.call = call,
                .members = members,
                .first = static_cast<std::uint64_t>(members.data() - adversaries.data()),
                .done = done,
                .total = steps * static_cast<std::int64_t>(groups.size())};
    if (call.film) group.frames = &frames;
    const Tensor found = found_for(group);
    for (std::size_t i = 0; i < members.size(); ++i) {
      members[i].found = from_display(found[static_cast<std::int64_t>(i)]);
    }
    group.done = std::max(group.done, done + steps);  // fewer were needed, or none
    call.report({.done = group.done, .total = std::max(group.total, group.done), .value = {}});
    done = group.done;
  }
  judge(call, adversaries);
  return {std::move(frames), done};
}

std::vector<Adversary> borrowed(const MakeCall& call, const std::vector<Adversary>& own,
                                const std::vector<Seen>& seen) {
  std::vector<Adversary> others;
  for (const Adversary& first : own) {
    for (std::size_t i = 1; i < seen.size(); ++i) {
      Adversary other{.name = file_name(seen[i].name + "_with_" + first.name + "_" + std::to_string(i)),
                      .picture = seen[i].name,
                      .original = seen[i].image,
                      .found = from_display(to_display(seen[i].image) + change_of(first) / white),
                      .source = seen[i].top,
                      .source_probability = seen[i].probability,
                      .target = first.target,
                      .borrowed = true};
      others.push_back(std::move(other));
    }
  }
  judge(call, others);
  return others;
}

}  // namespace fovea::make
