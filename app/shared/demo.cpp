// SPDX-License-Identifier: Apache-2.0
#include "shared/demo.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include <fovea/score.h>
#include <fovea/world_score.h>

#include "core/progress.h"
#include "shared/text.h"

namespace fovea::cli {
namespace {

constexpr int shown_px = 240;  // of a picture; twice what it takes on the page, for screens of high density
constexpr int page_px = 120;   // seven to a line
constexpr Colour right_colour{38, 166, 91};
constexpr Colour wrong_colour{214, 48, 49};
constexpr double found_ratio = 3;  // from here on a planted bias counts as found

/// What techniques that run the network many times are asked for, so that the page is made while one waits for it.
const std::map<std::string, Settings, std::less<>> quick_settings{{"rise", {{"samples", "300"}}},
                                                                  {"extremal", {{"steps", "60"}}},
                                                                  {"integrated_gradients", {{"steps", "20"}}},
                                                                  {"smoothgrad", {{"samples", "20"}}},
                                                                  {"squaregrad", {{"samples", "20"}}},
                                                                  {"vargrad", {{"samples", "20"}}}};
constexpr std::int64_t sampling_scenes = 4;  ///< that such techniques are asked about

Settings settings_of(const Technique& technique) {
  const auto found = quick_settings.find(technique.name);
  return found == quick_settings.end() ? Settings{} : found->second;
}

/// A network's answer to one scene.
struct Seen {
  WorldScene scene;
  Tensor input;
  std::int64_t predicted = 0;
  double probability = 0;
};

Seen look(const Model& model, const WorldOptions& options, std::uint64_t seed, std::int64_t index) {
  Seen seen{.scene = render_scene(options, seed, index), .input = {}};
  seen.input = to_input(seen.scene.picture, *model.card.preprocess);
  const Tensor scores = run(model.graph, seen.input, {.tape = Tape::none}).scores()[0].softmax(0);
  seen.predicted = scores.argmax().item<std::int64_t>();
  seen.probability = scores[seen.predicted].item<double>();
  return seen;
}

WorldOptions options_of(const Demo& demo, bool two_objects = false) {
  return {.size = demo.world.card.preprocess->width, .biases = {}, .two_objects = two_objects};
}

Image enlarged(const Image& picture) { return resize(picture, shown_px, shown_px, Interpolation::cubic); }

/// Draws a ring with a light rim, so that it shows on any ground.
void mark_point(Image& image, Point at, Colour colour) {
  constexpr double outer = 15;
  constexpr double inner = 8;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double distance = std::hypot(x - at.x, y - at.y);
      if (distance > outer || distance < inner - 2) continue;
      const bool rim = distance > outer - 2.5 || distance < inner + 0.5;
      const Colour drawn = rim ? Colour{255, 255, 255} : colour;
      std::copy(drawn.begin(), drawn.end(), image.at(x, y));
    }
  }
}

/// Dims what is not the object.
Image answer_picture(const WorldScene& scene) {
  Image picture = scene.picture;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      const bool object = std::any_of(scene.objects.begin(), scene.objects.end(),
                                      [&](const WorldObject& o) { return o.mask[y][x].item<std::uint8_t>() != 0; });
      if (object) continue;
      constexpr int dimmed = 4;
      std::uint8_t* pixel = picture.at(x, y);
      for (int c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(pixel[c] / dimmed);
    }
  }
  return enlarged(picture);
}

/// A technique's map over the scene, its strongest point marked by whether it hits the object.
CaptionedPicture map_figure(const Technique& technique, const Subject& subject, const Seen& seen,
                            const WorldObject& object, const std::string& caption, std::uint64_t seed) {
  const int size = seen.scene.picture.width;
  const Map map = explain(technique, subject, logit(object.label), {.settings = settings_of(technique), .seed = seed});
  const Tensor where = evidence(map, size, size);
  const Point point = strongest_point(where);
  const bool hit = point_hit(point, object.mask, pointing_tolerance(size));
  Image drawn = rasterise(draw(map, enlarged(seen.scene.picture)));
  if (drawn.width != shown_px) drawn = resize(drawn, shown_px, shown_px, Interpolation::cubic);
  mark_point(drawn, {(2 * point.x + 1) * shown_px / (2 * size), (2 * point.y + 1) * shown_px / (2 * size)},
             hit ? right_colour : wrong_colour);
  return {
      .image = std::move(drawn),
      .caption = fmt::format("{} - {}", caption, hit ? "hit" : "miss"),
      .description = fmt::format("{}'s map, which {} the {}", in_words(technique.name), hit ? "points at" : "misses",
                                 world_labels()[static_cast<std::size_t>(object.label)]),
      .width = page_px};
}

const std::string& label_name(std::int64_t label) { return world_labels()[static_cast<std::size_t>(label)]; }

CaptionedPicture scene_figure(const Seen& seen) {
  const std::string truth = label_name(seen.scene.objects[0].label);
  return {.image = enlarged(seen.scene.picture),
          .caption = fmt::format("{}; the network says {}, {}", truth, label_name(seen.predicted),
                                 percent_text(seen.probability)),
          .description = "a rendered scene with a " + truth,
          .width = page_px};
}

std::vector<const Technique*> named(std::initializer_list<std::string_view> names) {
  std::vector<const Technique*> techniques;
  for (const std::string_view name : names) techniques.push_back(&find_technique(name));
  return techniques;
}

}  // namespace

void add_scenes(Report& report, const Demo& demo) {
  constexpr std::int64_t shown = 3;
  report.heading("What the network looked at");
  report.paragraph(
      "Each block is one rendered scene that the network has never seen. The second picture is the known answer: where "
      "the object is. The others are what each technique says the network looked at for the true class; the ring marks "
      "the technique's strongest point, green where it hits the object.");
  const Progress progress = demo.progress("scenes");
  for (std::int64_t i = 0; i < shown; ++i) {
    const Seen seen = look(demo.world, options_of(demo), demo.seed, i);
    const Subject subject(demo.world, seen.input);
    std::vector<CaptionedPicture> figures{scene_figure(seen),
                                          {.image = answer_picture(seen.scene),
                                           .caption = "the answer",
                                           .description = "the object, the rest dimmed",
                                           .width = page_px}};
    for (const Technique* technique : all_techniques()) {
      figures.push_back(
          map_figure(*technique, subject, seen, seen.scene.objects[0], in_words(technique->name), demo.seed));
    }
    report.figures(figures);
    report_to(progress, i + 1, shown);
  }
}

void add_pointing(Report& report, const Demo& demo) {
  const PointingScores scores = point_at_world({.model = demo.world,
                                                .techniques = all_techniques(),
                                                .seed = demo.seed,
                                                .count = demo.scenes,
                                                .off_centre_only = true,
                                                .sampling_count = sampling_scenes,
                                                .settings = quick_settings,
                                                .progress = demo.progress("pointing game")});
  report.heading("The pointing game");
  report.paragraph(fmt::format(
      "On {} unseen scenes (the network is right on {}): does the strongest point lie on the object, or within 15 px "
      "of "
      "it at 224? Only scenes whose centre is not on the object are asked, so that looking at the middle, which scores "
      "well on many data sets, earns nothing. Techniques that run the network many times see the first {} scenes only, "
      "with fewer samples than their defaults.",
      scores.scenes, percent_text(scores.accuracy), std::min(sampling_scenes, scores.scenes)));
  std::vector<PointingRow> rows = scores.rows;
  std::stable_sort(rows.begin(), rows.end(),
                   [](const PointingRow& a, const PointingRow& b) { return a.off_centre > b.off_centre; });
  std::vector<Bar> bars;
  std::vector<std::vector<std::string>> cells;
  for (const PointingRow& row : rows) {
    bars.push_back({row.name, row.off_centre, percent_text(row.off_centre), row.baseline});
    cells.push_back({row.name, percent_text(row.off_centre), std::to_string(row.scenes), percent_text(row.energy),
                     row.baseline ? "-" : fmt::format("{:.1f} ms", 1e3 * row.seconds)});
  }
  report.bars(bars);
  report.table({"technique", "hits", "scenes", "evidence on the object", "time per picture"}, cells);
}

void add_two_classes(Report& report, const Demo& demo) {
  const auto techniques = named({"contrastive_excitation", "grad_cam", "excitation", "guided_backprop"});
  report.heading("Two objects, one question");
  report.paragraph(
      "A scene with two objects, asked about one and then the other. A technique that explains the decision moves its "
      "evidence to what was asked; one that shows whatever is striking does not.");
  const Seen seen = look(demo.world, options_of(demo, true), demo.seed, 1);
  const Subject subject(demo.world, seen.input);
  std::vector<CaptionedPicture> figures{
      {.image = enlarged(seen.scene.picture),
       .caption = fmt::format("a {} and a {}", label_name(seen.scene.objects[0].label),
                              label_name(seen.scene.objects[1].label)),
       .description = "a rendered scene with two objects",
       .width = page_px}};
  for (const Technique* technique : techniques) {
    for (const WorldObject& object : seen.scene.objects) {
      figures.push_back(map_figure(
          *technique, subject, seen, object,
          fmt::format("{}: where is the {}?", in_words(technique->name), label_name(object.label)), demo.seed));
    }
  }
  report.figures(figures);
  const std::vector<TwoClassRow> rows = tell_classes_apart({.model = demo.world,
                                                            .techniques = techniques,
                                                            .seed = demo.seed,
                                                            .count = demo.scenes / 2,
                                                            .progress = demo.progress("two classes")});
  std::vector<Bar> bars;
  for (const TwoClassRow& row : rows) {
    bars.push_back({row.name, row.asked,
                    fmt::format("{} asked, {} other", percent_text(row.asked), percent_text(row.other)), false});
  }
  report.bars(bars);
}

int add_bias(Report& report, const Demo& demo) {
  report.heading("A planted bias, found");
  report.paragraph(fmt::format(
      "A second network was trained on the same scenes, but {} of those with a {} also show {}, as photographs of dogs "
      "tend to. Its accuracy does not betray it. The maps do: evidence for \"{}\" moves onto the {}.",
      percent_text(demo.bias.rate), demo.bias.label, demo.bias.context, demo.bias.label, demo.bias.context));
  const auto ask = [&](const Model& model, const char* label) {
    return evidence_on_context({.model = model,
                                .techniques = all_techniques(),
                                .seed = demo.seed,
                                .count = std::max<std::int64_t>(demo.scenes / 2, 4),
                                .sampling_count = sampling_scenes,
                                .settings = quick_settings,
                                .progress = demo.progress(label)},
                               demo.bias);
  };
  const std::vector<ContextRow> plain = ask(demo.world, "bias, unbiased network");
  const std::vector<ContextRow> biased = ask(demo.biased, "bias, biased network");
  std::vector<std::vector<std::string>> cells;
  int found = 0;
  for (std::size_t t = 0; t < plain.size(); ++t) {
    const double ratio = biased[t].share / std::max(plain[t].share, 1e-9);
    found += ratio >= found_ratio ? 1 : 0;
    cells.push_back(
        {plain[t].name, percent_text(plain[t].share), percent_text(biased[t].share), fmt::format("{:.1f}x", ratio)});
  }

  WorldOptions options = options_of(demo);
  options.biases = {{demo.bias.label, demo.bias.context, 1}};
  const auto& labels = world_labels();
  const std::int64_t label = std::find(labels.begin(), labels.end(), demo.bias.label) - labels.begin();
  int shown = 0;
  constexpr int examples = 2;
  for (std::int64_t index = 0; shown < examples; ++index) {
    if (scene_label(demo.seed, index) != label) continue;
    ++shown;
    const Seen seen = look(demo.world, options, demo.seed, index);
    std::vector<CaptionedPicture> figures{scene_figure(seen)};
    for (const auto& [model, name] : {std::pair{&demo.world, "unbiased"}, std::pair{&demo.biased, "biased"}}) {
      const Subject subject(*model, seen.input);
      for (const Technique* technique : named({"grad_cam", "excitation"})) {
        figures.push_back(map_figure(*technique, subject, seen, seen.scene.objects[0],
                                     fmt::format("{} network, {}", name, in_words(technique->name)), demo.seed));
      }
    }
    report.figures(figures);
  }
  report.paragraph(
      fmt::format("Share of the evidence that lies on the {} (which covers {} of these pictures). {} of {} techniques "
                  "find at least {:.0f} times more of it in the biased network.",
                  demo.bias.context, percent_text(plain.front().area_share), found, plain.size(), found_ratio));
  report.table({"technique", "unbiased network", "biased network", "ratio"}, cells);
  return found;
}

}  // namespace fovea::cli
