// Wording and drawing what ablations do.
// SPDX-License-Identifier: Apache-2.0
#include "shared/ablation_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include <fovea/plot.h>

#include "core/csv.h"
#include "shared/progress.h"
#include "shared/result_files.h"
#include "shared/text.h"

namespace fovea::cli {
namespace {

constexpr std::size_t shown_classes = 10;
constexpr std::size_t shown_channels = 30;

std::string off_text(const AblationChoice& choice) {
  return joined(choice.at, " + ") + (choice.fill == AblationFill::zero ? " set to 0" : " set to its mean");
}

std::string left_out_text(const Broken& broken) { return "left out " + broken.name + ": " + broken.reason + "\n"; }

std::string pictures_text(std::int64_t count) { return count == 1 ? "1 picture" : fmt::format("{} pictures", count); }

std::string change_text(double before, double after) {
  return fmt::format("{} -> {}", percent_text(before), percent_text(after));
}

}  // namespace

// --- one picture ---

AblationFound ablate_picture(const AblationChoice& choice, const Model& model, const AblationSet& set,
                             const Input& input) {
  const AblatedScores scores = ablate(model, input.tensor, set);
  const Tensor before = scores.before[0];
  const Tensor after = scores.after[0];
  const auto at = [](const Tensor& t, std::int64_t i) { return t[i].item<double>(); };
  std::vector<std::int64_t> order(static_cast<std::size_t>(before.size(0)));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return std::abs(at(after, a) - at(before, a)) > std::abs(at(after, b) - at(before, b));
  });
  AblationFound found{.csv = "class,label,before,after\n", .json = {{"classes", Json::array()}}};
  std::vector<std::vector<std::string>> rows;
  std::vector<BeforeAfter> bars;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::int64_t c = order[i];
    const double b = at(before, c);
    const double a = at(after, c);
    const std::string label = fovea::label_of(model.card, c);
    found.csv += csv_line({std::to_string(c), label, number_text(b), number_text(a)});
    found.json["classes"].push_back({{"index", c}, {"label", label}, {"before", b}, {"after", a}});
    if (i >= shown_classes) continue;
    rows.push_back({class_text(label, c), percent_text(b), percent_text(a), fmt::format("{:+.1f}", 100 * (a - b))});
    bars.push_back({label, b, a, change_text(b, a)});
  }
  const auto best = [&](const Tensor& t) { return fovea::label_of(model.card, t.argmax().item<std::int64_t>()); };
  found.text = fmt::format("{}: {}\n", input.path.string(), off_text(choice)) +
               fmt::format("best class before: {}; after: {}\n", best(before), best(after)) +
               "classes that change most:\n" +
               table_text({{"class"}, {"before", true}, {"after", true}, {"change", true}}, rows);
  found.page = draw_before_after(
      bars, fmt::format("{}: {}", input.path.filename().string(), off_text(choice)),
      {fmt::format("Probabilities of the {} classes that change most. Best class before: {}; after: {}.", bars.size(),
                   best(before), best(after))},
      {"the network as it is", "switched off"});
  return found;
}

// --- a data set ---

namespace {

Json to_json(const AblationEffect& e) {
  return {{"pictures", e.pictures},
          {"accuracy_before", e.accuracy_before()},
          {"accuracy_after", e.accuracy_after()},
          {"flipped", e.flipped},
          {"probability_before", e.probability_before},
          {"probability_after", e.probability_after}};
}

std::vector<std::string> csv_cells(const AblationEffect& e) {
  return {std::to_string(e.pictures), number_text(e.accuracy_before()),  number_text(e.accuracy_after()),
          std::to_string(e.flipped),  number_text(e.probability_before), number_text(e.probability_after)};
}

constexpr const char* effect_columns =
    "pictures,accuracy_before,accuracy_after,flipped,probability_before,probability_after";

std::string line_of(const std::string& head, const AblationEffect& e) {
  std::vector<std::string> cells{head};
  for (std::string& cell : csv_cells(e)) cells.push_back(std::move(cell));
  return csv_line(cells);
}

std::string overall_text(const AblationEffect& all) {
  return fmt::format(
      "{} pictures: accuracy {} -> {}, probability of the true class {} -> {}, {} answers flip ({})\n", all.pictures,
      percent_text(all.accuracy_before()), percent_text(all.accuracy_after()), percent_text(all.probability_before),
      percent_text(all.probability_after), all.flipped,
      percent_text(static_cast<double>(all.flipped) / static_cast<double>(std::max<std::int64_t>(all.pictures, 1))));
}

}  // namespace

AblationFound ablate_data(const AblationChoice& choice, const Model& model, const AblationSet& set,
                          const Pictures& pictures) {
  const AblationEvaluation result = ablate(model, pictures, set, {.progress = progress_on_stderr("ablate")});
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < result.classes.size(); ++c) {
    if (result.classes[c].pictures > 0) order.push_back(c);
  }
  const auto loss = [&](std::size_t c) {
    return result.classes[c].accuracy_before() - result.classes[c].accuracy_after();
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return loss(a) > loss(b); });
  AblationFound found{
      .csv = std::string("class,") + effect_columns + "\n" + line_of("all", result.all),
      .json = {{"all", to_json(result.all)}, {"classes", Json::array()}, {"broken", result.broken.size()}}};
  std::vector<std::vector<std::string>> rows;
  std::vector<BeforeAfter> bars{{"all classes", result.all.accuracy_before(), result.all.accuracy_after(),
                                 change_text(result.all.accuracy_before(), result.all.accuracy_after())}};
  for (const std::size_t c : order) {
    const AblationEffect& e = result.classes[c];
    const std::string& label = pictures.labels()[c];
    found.csv += line_of(label, e);
    Json one = to_json(e);
    one["label"] = label;
    found.json["classes"].push_back(std::move(one));
    rows.push_back({label, std::to_string(e.pictures), percent_text(e.accuracy_before()),
                    percent_text(e.accuracy_after()), percent_text(e.probability_before),
                    percent_text(e.probability_after), std::to_string(e.flipped)});
    bars.push_back(
        {label, e.accuracy_before(), e.accuracy_after(), change_text(e.accuracy_before(), e.accuracy_after())});
  }
  constexpr std::size_t most_bars = 41;
  const std::size_t left_out = bars.size() > most_bars ? bars.size() - most_bars : 0;
  bars.resize(bars.size() - left_out);
  found.text = off_text(choice) + "\n" + overall_text(result.all) + "by class, the most hurt first:\n" +
               table_text({{"class"},
                           {"pictures", true},
                           {"right", true},
                           {"then", true},
                           {"probability", true},
                           {"then", true},
                           {"flips", true}},
                          rows);
  for (const Broken& broken : result.broken) found.text += left_out_text(broken);
  std::vector<std::string> notes{fmt::format(
      "Share of right answers, the most hurt classes first. Over all {} pictures {} answers are others than "
      "before; the true class's mean probability goes from {} to {}.",
      result.all.pictures, result.all.flipped, percent_text(result.all.probability_before),
      percent_text(result.all.probability_after))};
  if (left_out > 0) notes.push_back(fmt::format("{} less hurt classes are left out; the .csv has them.", left_out));
  found.page = draw_before_after(bars, fmt::format("{}: {}", model.path.stem().string(), off_text(choice)), notes,
                                 {"the network as it is", "switched off"});
  return found;
}

// --- every channel alone ---

AblationFound ablate_channels(const AblationChoice& choice, const Model& model, const Ablation& ablation,
                              const Pictures& pictures) {
  const bool by_accuracy = choice.by_accuracy;
  std::string left_out;
  const std::vector<ChannelEffect> effects =
      ablate_each(model, pictures, ablation.value, choice.fill, by_accuracy,
                  {.progress = progress_on_stderr("ablate each"),
                   .on_broken = [&](const Broken& broken) { left_out += left_out_text(broken); }});
  AblationFound found{.csv = std::string("channel,") + effect_columns + "\n", .json = {{"channels", Json::array()}}};
  std::vector<std::vector<std::string>> rows;
  std::vector<BeforeAfter> bars;
  std::int64_t harmless = 0;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    const AblationEffect& e = effects[i].effect;
    found.csv += line_of(std::to_string(effects[i].channel), e);
    Json one = to_json(e);
    one["channel"] = effects[i].channel;
    found.json["channels"].push_back(std::move(one));
    harmless += e.probability_after >= e.probability_before ? 1 : 0;
    if (i >= shown_channels) continue;
    rows.push_back({std::to_string(effects[i].channel), percent_text(e.probability_after),
                    fmt::format("{:+.2f}", 100 * (e.probability_after - e.probability_before)),
                    percent_text(e.accuracy_after()), std::to_string(e.flipped)});
    const double before = by_accuracy ? e.accuracy_before() : e.probability_before;
    const double after = by_accuracy ? e.accuracy_after() : e.probability_after;
    bars.push_back({.label = fmt::format("channel {}", effects[i].channel),
                    .after = std::max(0.0, before - after),
                    .told = fmt::format("-{:.2f} points, flips: {}", 100 * std::max(0.0, before - after), e.flipped)});
  }
  const AblationEffect& any = effects.front().effect;
  const std::string what = by_accuracy ? "accuracy" : "the true class's mean probability";
  found.text =
      fmt::format("{}: {} channels, each alone set to {}; {}: accuracy {}, probability of the true class {}\n",
                  choice.at.front(), effects.size(), choice.fill == AblationFill::zero ? "0" : "its mean",
                  pictures_text(any.pictures), percent_text(any.accuracy_before()),
                  percent_text(any.probability_before)) +
      table_text({{"channel", true}, {"probability", true}, {"change", true}, {"accuracy", true}, {"flips", true}},
                 rows);
  if (effects.size() > shown_channels) {
    found.text += fmt::format("and {} more, in the .csv\n", effects.size() - shown_channels);
  }
  found.text +=
      fmt::format("{} of {} channels do not lower the probability when they are off\n", harmless, effects.size()) +
      left_out;
  found.page = draw_before_after(
      bars, fmt::format("{}: which channels of '{}' are missed?", model.path.stem().string(), choice.at.front()),
      {fmt::format(
          "What {} loses when one channel alone is set to {}, in points of a hundred; the {} most harmful of {} "
          "channels, over {}. {} channels do not lower the probability at all.",
          what, choice.fill == AblationFill::zero ? "0" : "its mean", bars.size(), effects.size(),
          pictures_text(any.pictures), harmless)},
      {"", ""}, false);
  return found;
}

// --- activation ---

AblationFound tell_activations(const std::vector<ValueId>& values, const Model& model, const Pictures& pictures) {
  std::string left_out;
  const std::vector<LayerActivation> layers = activation_by_class(
      model, pictures, values, {.progress = progress_on_stderr("activation"), .on_broken = [&](const Broken& broken) {
                                  left_out += left_out_text(broken);
                                }});
  AblationFound found{.csv = "value,class,channel,activation\n", .json = {{"values", Json::array()}}};
  std::vector<Figure> pages;
  for (const LayerActivation& layer : layers) {
    Json json{{"value", layer.value}, {"classes", Json::array()}};
    std::vector<std::vector<std::string>> rows;
    for (std::size_t c = 0; c < pictures.labels().size(); ++c) {
      const Tensor channels = layer.by_channel[static_cast<std::int64_t>(c)];
      const double total = channels.sum().item<double>();
      json["classes"].push_back({{"label", pictures.labels()[c]}, {"pictures", layer.pictures[c]}, {"total", total}});
      rows.push_back({pictures.labels()[c], std::to_string(layer.pictures[c]), number_text(total),
                      channels.max().item<double>() > 0 ? std::to_string(channels.argmax().item<std::int64_t>()) : ""});
      for (std::int64_t k = 0; k < channels.size(0); ++k) {
        found.csv +=
            csv_line({layer.value, pictures.labels()[c], std::to_string(k), number_text(channels[k].item<double>())});
      }
    }
    found.json["values"].push_back(std::move(json));
    found.text += layer.value + ": total positive activation, mean over each class's pictures\n" +
                  table_text({{"class"}, {"pictures", true}, {"total", true}, {"strongest channel", true}}, rows);
    pages.push_back(draw_layer_activation(
        layer, pictures.labels(),
        fmt::format("{}: how much of '{}' does each class switch on?", model.path.stem().string(), layer.value)));
  }
  found.text += left_out;
  found.page = stack_figures(pages);
  return found;
}

}  // namespace fovea::cli
