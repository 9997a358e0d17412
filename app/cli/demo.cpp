// fovea demo: renders scenes with known answers, explains them with every technique, scores the maps, finds a planted
// bias, and writes it all as one page.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <memory>

#include <fmt/format.h>

#include <fovea/version.h>

#include "shared/arguments.h"
#include "shared/demo.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/shipped.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::demo {
namespace {

namespace fs = std::filesystem;

struct Choices {
  Common common;
  std::string out = "fovea-demo";
  std::int64_t scenes = 40;
};

/// The bias that world_biased was trained with (models/train).
WorldBias shipped_bias() { return {"dog", "grass", 0.95}; }

int show_demo(const Choices& choices) {
  using Clock = std::chrono::steady_clock;
  const auto begun = Clock::now();
  apply(choices.common);
  make_folder(choices.out);
  const Model world = open_model({.path = shipped_model("world").string(), .options = {}}, choices.common);
  const Model biased = open_model({.path = shipped_model("world_biased").string(), .options = {}}, choices.common);
  constexpr std::uint64_t demo_seed = 20'240'000;  // no training reads it
  const Demo demo{.world = world,
                  .biased = biased,
                  .bias = shipped_bias(),
                  .seed = demo_seed + choices.common.seed,
                  .scenes = choices.scenes,
                  .progress = [](const std::string& label) { return progress_on_stderr(label); }};
  Report report("What a network sees, and whether to believe the picture");
  report.paragraph(fmt::format("A small convolutional network tells {} kinds of rendered objects apart. Because the "
                               "scenes are rendered, the right answer of every explanation is known. Here are all {} "
                               "techniques of Fovea {} on it, held against that answer.",
                               world.card.labels.size(), all_techniques().size(), version()),
                   true);
  add_scenes(report, demo);
  add_pointing(report, demo);
  add_two_classes(report, demo);
  const int found = add_bias(report, demo);
  report.heading("Your own network");
  report.paragraph("Any ONNX classifier will do. The first line lists what the techniques are and do.");
  report.code(
      "./fovea list\n"
      "./fovea inspect  network.onnx\n"
      "./fovea classify network.onnx cat.jpg --preprocess imagenet\n"
      "./fovea explain  network.onnx cat.jpg --technique all --preprocess imagenet --out sheet.png\n"
      "./fovea train    photos/ --network zfnet_small --out runs/photos");
  const fs::path page = fs::path(choices.out) / "index.html";
  write_text(page, report.html());
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  if (choices.common.json) {
    const Json json{
        {"page", fs::absolute(page).string()}, {"techniques_that_find_the_bias", found}, {"seconds", seconds}};
    fmt::print("{}\n", text_of(json));
  } else {
    fmt::print("wrote {} in {:.0f} s; open it in a browser\n", fs::absolute(page).string(), seconds);
  }
  return 0;
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  parser.add_option("--out", choices->out, "Sets the folder for the page; default fovea-demo").text("DIR");
  parser.add_option("--scenes", choices->scenes, "Sets how many scenes are scored; default 40")
      .text("N")
      .range(std::int64_t{4}, std::int64_t{100'000});
  add_common(parser, choices->common);
  return [choices] { return show_demo(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "demo",
    .sentence = "Shows every technique on scenes whose right answer is known, as one page for a browser.",
    .examples =
        "Examples:\n"
        "  fovea demo\n"
        "  fovea demo --out page --scenes 200      (slower, surer)",
    .add = add};

}  // namespace fovea::cli::demo
