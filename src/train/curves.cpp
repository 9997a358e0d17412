// SPDX-License-Identifier: Apache-2.0
#include "train/curves.h"

#include <cstdio>
#include <span>
#include <string>

#include <fovea/plot.h>

#include "core/atomic_file.h"

namespace fovea {
namespace {

std::string table_of(const std::vector<EpochFigures>& history) {
  std::string text = "epoch,rate,loss,accuracy,validation_loss,validation_accuracy,seconds\n";
  for (const EpochFigures& f : history) {
    char line[160];
    std::snprintf(line, sizeof line, "%lld,%.6g,%.6g,%.6g,%.6g,%.6g,%.1f\n", static_cast<long long>(f.epoch), f.rate,
                  f.loss, f.accuracy, f.validation_loss, f.validation_accuracy, f.seconds);
    text += line;
  }
  return text;
}

Line line_of(const std::vector<EpochFigures>& history, std::string label, double EpochFigures::*figure, double scale,
             std::size_t colour) {
  Line line{.label = std::move(label), .x = {}, .y = {}, .colour = line_colour(colour)};
  for (const EpochFigures& figures : history) {
    line.x.push_back(static_cast<double>(figures.epoch));
    line.y.push_back(scale * figures.*figure);
  }
  return line;
}

}  // namespace

void write_curves(const std::filesystem::path& folder, const std::vector<EpochFigures>& history) {
  const std::string table = table_of(history);
  write_whole(folder / "curves.csv", std::as_bytes(std::span(table)));
  constexpr double percent = 100;
  const Plot accuracy{.title = "accuracy, %",
                      .x_label = "epoch",
                      .lines = {line_of(history, "training", &EpochFigures::accuracy, percent, 0),
                                line_of(history, "validation", &EpochFigures::validation_accuracy, percent, 1)}};
  const Plot loss{.title = "cross-entropy",
                  .x_label = "epoch",
                  .lines = {line_of(history, "training", &EpochFigures::loss, 1, 0),
                            line_of(history, "validation", &EpochFigures::validation_loss, 1, 1)},
                  .from_zero = true};
  write_figure(folder / "curves.png", stack_figures({draw_plot(accuracy), draw_plot(loss)}));
}

}  // namespace fovea
