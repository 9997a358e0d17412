// Adversarial pictures: the least change (or one within a bound) with which a network says something else, by gradient.
// Szegedy et al. 2013, Goodfellow et al. 2014, Kurakin et al. 2016, Madry et al. 2017; the formulae are in
// src/attack/attack.h. What is found is rounded to 8 bits before it is judged.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include <ATen/ops/cat.h>

#include <fovea/display.h>
#include <fovea/error.h>

#include "attack/attack.h"
#include "attack/class_slope.h"
#include "core/random.h"
#include "make/shared/adversary.h"
#include "make/shared/common.h"
#include "make/shared/linear_network.h"

namespace fovea::make {
namespace {

constexpr double white = 255;

constexpr Option options[] = {
    {.name = "method",
     .type = OptionType::choice,
     .fallback = "minimal",
     .range = "fgsm|iterated|pgd|minimal",
     .help =
         "One step of the gradient's sign, several, several from a random start, or the least change that is sure."},
    {.name = "target",
     .fallback = "",
     .help = "Classes to be taken for, by index or label, separated by ; `random` is one by the seed, `none` any other "
             "class than the picture's. By default random for minimal, none for the others."},
    {.name = "confidence",
     .type = OptionType::number,
     .fallback = "0.99",
     .range = "0.01..0.9999",
     .help = "Probability of the target that minimal reaches, after rounding to 8 bits."},
    {.name = "norm",
     .type = OptionType::choice,
     .fallback = "inf",
     .range = "inf|l2",
     .help = "What epsilon bounds: the largest change of any channel of any pixel, or the RMS change (minimal: l2)."},
    {.name = "epsilon",
     .type = OptionType::number,
     .fallback = "4",
     .range = "0..255",
     .help = "Bound of the change, in grey levels of 0..255: the largest (inf) or the RMS (l2); not for minimal."},
    {.name = "rate",
     .type = OptionType::number,
     .fallback = "0",
     .range = "0..255",
     .help =
         "Size of a step, in grey levels, largest or RMS; 0: 2.5 epsilon / steps, as Madry et al. (at most epsilon)."},
    steps_option("40"),
    {.name = "start",
     .type = OptionType::choice,
     .fallback = "noise",
     .range = "noise|mean",
     .help = "What is changed when no picture is given: uniform noise, or the mean colour of the training data."},
    {.name = "count",
     .type = OptionType::integer,
     .fallback = "1",
     .range = "1..100000",
     .help = "How many of them, when no picture is given."},
    {.name = "robustness",
     .type = OptionType::boolean,
     .fallback = "false",
     .help =
         "Also shifts, scales, turns, blurs, lights, disturbs and compresses the adversaries, and tells what is left."},
    {.name = "apply_to_others",
     .type = OptionType::boolean,
     .fallback = "false",
     .help = "Changes the first picture only, and lays that change over all others (the frames of a clip, say)."},
    batch_option("10")};

// --- what is to be done ---

bool is_minimal(const MakeCall& call) { return call.options.text("method") == "minimal"; }

void check(const MakeCall& call) {
  if (is_minimal(call) && call.options.is_set("norm") && call.options.text("norm") == "inf") {
    throw Error(ErrorKind::usage, "method 'minimal' looks for the least RMS change, found norm 'inf'",
                "leave norm out, or take method pgd with an epsilon");
  }
  if (call.options.flag("apply_to_others") && call.pictures.size() < 2) {
    throw Error(ErrorKind::usage,
                "'apply_to_others' needs at least 2 pictures, found " + std::to_string(call.pictures.size()),
                "the change of the first one is laid over the others");
  }
}

/// A picture as the network takes it, with its answer.
struct Seen {
  std::string name;
  Image image;
  std::int64_t top = 0;
  double probability = 0;
};

Image start_picture(const MakeCall& call, std::uint64_t index) {
  const Preprocess& preprocess = preprocess_of(call.network());
  const Shape shape{1, 3, preprocess.height, preprocess.width};
  if (call.options.text("start") == "mean") return from_display(mean_colour(preprocess).expand(shape));
  return from_display(uniform(shape, call.seed, index));
}

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

// --- attacks ---

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

/// What is left of the attacks beside the adversaries.
struct Attacked {
  std::vector<Image> frames;
  std::int64_t steps = 0;
};

Attacked attack(const MakeCall& call, std::vector<Adversary>& adversaries) {
  const auto groups = grouped(adversaries, static_cast<std::size_t>(call.options.integer("batch")));
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
    if (call.film && done == 0) group.frames = &frames;
    std::vector<Tensor> pictures;
    for (const Adversary& one : members) pictures.push_back(to_display(one.original));
    const Tensor found =
        is_minimal(call) ? least_change_of(group, at::cat(pictures)) : in_ball(group, at::cat(pictures));
    for (std::size_t i = 0; i < members.size(); ++i)
      members[i].found = from_display(found[static_cast<std::int64_t>(i)]);
    done = group.done;
  }
  judge(call, adversaries);
  return {std::move(frames), done};
}

/// Lays each change over all other pictures.
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

// --- what is told ---

std::string title_of(const MakeCall& call) {
  const Options& chosen = call.options;
  const std::string& card_name = call.network().card.name;
  const std::string network = card_name.empty() ? call.network().path.stem().string() : card_name;
  if (is_minimal(call)) {
    return network + ": the least change that makes a target " + percent(chosen.number("confidence")) + " probable";
  }
  return network + " fooled by " + chosen.text("method") + ", " +
         (chosen.text("norm") == "inf" ? "no channel" : "RMS not") + " changed by more than " +
         short_number(chosen.number("epsilon")) + "/255";
}

std::string how_it_ran(const MakeCall& call) {
  const Options& chosen = call.options;
  if (is_minimal(call)) {
    return "the least L2 change by repeated linearisation of the target's log-odds, " +
           std::to_string(chosen.integer("steps")) +
           " steps, every one on pictures of 8 bits; judged as files of 8 bits";
  }
  const std::string& method = chosen.text("method");
  std::string text = method == "fgsm" ? "one step of " + short_number(chosen.number("epsilon")) + "/255"
                                      : std::to_string(chosen.integer("steps")) + " steps in a ball of " +
                                            short_number(chosen.number("epsilon")) + "/255";
  if (method == "pgd") text += " from a random place in it";
  return text + (chosen.text("norm") == "inf" ? " (largest change of a channel)" : " (RMS change)") +
         "; rounded to 8 bits, judged as files";
}

bool some_borrowed(const std::vector<Adversary>& adversaries) {
  return std::any_of(adversaries.begin(), adversaries.end(), [](const Adversary& one) { return one.borrowed; });
}

void add_figures(const std::vector<Adversary>& adversaries, Made& made) {
  std::vector<double> sizes;
  double fools = 0;
  double others_fool = 0;
  double others = 0;
  std::int64_t already = 0;
  for (const Adversary& one : adversaries) {
    if (one.target == one.source) {
      ++already;
    } else if (one.borrowed) {
      ++others;
      others_fool += one.fools ? 1 : 0;
    } else {
      sizes.push_back(rms_of(one));
      fools += one.fools ? 1 : 0;
    }
  }
  std::sort(sizes.begin(), sizes.end());
  made.figures.emplace_back("adversaries", static_cast<double>(sizes.size()));
  made.figures.emplace_back("that_fool", fools);
  if (!sizes.empty()) {
    made.figures.emplace_back("rms_median", (sizes[(sizes.size() - 1) / 2] + sizes[sizes.size() / 2]) / 2);
    made.figures.emplace_back("rms_largest", sizes.back());
  }
  if (some_borrowed(adversaries)) {
    made.figures.emplace_back("others", others);
    made.figures.emplace_back("others_that_fool", others_fool);
  }
  if (already > 0) {
    made.notes.push_back(std::to_string(already) +
                         " are not counted: the network takes the picture for the target as it is");
  }
  if (static_cast<double>(sizes.size()) > fools) {
    made.notes.push_back(short_number(static_cast<double>(sizes.size()) - fools) +
                         " did not come there: more steps, a larger epsilon or a lower confidence may help");
  }
}

/// Asks other networks about each adversary and about its original.
void ask_others(const MakeCall& call, const std::vector<Adversary>& adversaries, Made& made) {
  std::vector<Tensor> pictures;
  std::vector<std::string> names;
  for (const Adversary& one : adversaries) {
    pictures.push_back(to_display(one.original));
    pictures.push_back(to_display(one.found));
    names.push_back(one.name + "_original");
    names.push_back(one.name);
  }
  ask_witnesses(call, at::cat(pictures), names, made);
}

Made make_fool(const MakeCall& call) {
  check(call);
  const std::vector<Seen> seen = seen_of(call);
  std::vector<Adversary> adversaries = planned(call, seen);
  const Attacked attacked = attack(call, adversaries);
  Made told;
  if (is_linear_in_picture(call.network().graph))
    compare_with_weights(call.network(), call.options.number("confidence"), adversaries, told);
  if (call.options.flag("apply_to_others")) {
    const std::vector<Adversary> others = borrowed(call, adversaries, seen);
    adversaries.insert(adversaries.end(), others.begin(), others.end());
  }
  Made made = draw_adversaries(adversaries, call.network().card, title_of(call));
  made.frames = attacked.frames;
  made.notes.push_back(how_it_ran(call));
  made.notes.insert(made.notes.end(), told.notes.begin(), told.notes.end());
  add_figures(adversaries, made);
  made.figures.insert(made.figures.end(), told.figures.begin(), told.figures.end());
  if (call.options.flag("robustness")) add_robustness(call, adversaries, attacked.steps, made);
  ask_others(call, adversaries, made);
  return made;
}

}  // namespace

extern constinit const MakeKind fool{
    .name = "fool",
    .sentence = "Changes pictures so little that nobody sees it, and the network takes them for something else.",
    .paper =
        "Szegedy et al. 2013, Intriguing properties of neural networks; Goodfellow, Shlens and Szegedy 2014, "
        "Explaining and harnessing adversarial examples; Kurakin, Goodfellow and Bengio 2016; Madry et al. 2017",
    .details =
        "`minimal` looks for the smallest RMS change with which the network is sure of the target: the target's log- "
        "odds are taken for linear, the nearest picture where they suffice is gone to, and again from there; every "
        "picture on the way is one that a file of 8 bits can hold, so what is saved is what was judged. `fgsm` makes "
        "one step of epsilon along the gradient's sign, `iterated` small steps that stay within epsilon, `pgd` the "
        "same from a random start; without a target they leave the class that the network gave. Everything is in grey "
        "levels of 0..255 of the picture as the network takes it (fitted to its size); a folder (--out DIR/) holds "
        "the adversaries as files that it takes as they are. Without pictures it fools from noise or from the mean "
        "colour. On a network that is linear in the picture the target's weights are shown beside the change, which "
        "must look like them.",
    .pictures = "[IMAGE...]",
    .least_pictures = 0,
    .most_pictures = 100000,
    .options = options,
    .make = make_fool};

}  // namespace fovea::make
