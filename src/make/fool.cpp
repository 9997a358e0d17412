// Adversarial pictures: the least change (or one within a bound) with which a network says something else, by gradient.
// Szegedy et al. 2013, Goodfellow et al. 2014, Kurakin et al. 2016, Madry et al. 2017; the formulae are in
// src/attack/attack.h. What is found is rounded to 8 bits before it is judged.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <ATen/ops/cat.h>

#include <fovea/display.h>
#include <fovea/error.h>

#include "attack/class_slope.h"
#include "make/shared/adversary.h"
#include "make/shared/attacked.h"
#include "make/shared/common.h"
#include "make/shared/linear_network.h"
#include "make/shared/witnesses.h"

namespace fovea::make::fool {
namespace {

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

void check(const MakeCall& call) {
  if (is_minimal(call) && call.options.is_set("norm") && call.options.text("norm") == "inf") {
    throw Error(ErrorKind::usage, "method 'minimal' looks for the least RMS change, found norm 'inf'",
                "leave norm out, or take method pgd with an epsilon");
  }
  const std::string& method = call.options.text("method");
  const std::string with = "with method " + method;
  if (is_minimal(call))
    refuse_asked(call, {"epsilon", "rate"}, with + ": no bound is given, the least change is sought");
  if (method == "fgsm") refuse_asked(call, {"steps", "rate"}, with + ", which makes one step of epsilon");
  if (!is_minimal(call) && !is_linear_in_picture(call.network().graph))
    refuse_asked(call, {"confidence"}, with + ", which stays within epsilon however sure the network is");
  if (!call.pictures.empty()) refuse_asked(call, {"start", "count"}, "where pictures are given");
  if (call.options.flag("apply_to_others") && call.pictures.size() < 2) {
    throw Error(ErrorKind::usage,
                "'apply_to_others' needs at least 2 pictures, found " + std::to_string(call.pictures.size()),
                "the change of the first one is laid over the others");
  }
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

extern constinit const MakeKind descriptor{
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
    .asks_witnesses = true,
    .make = make_fool};

}  // namespace fovea::make::fool
