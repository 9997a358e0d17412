// What a verb is asked decides which options it has a use for. In every mode each option either counts or is refused
// with status 2 by a message that names it; none is passed over in silence. An option that is declared and not listed
// here fails.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "stage.h"

namespace {

using fovea::test::Lines;
using fovea::test::play;
using fovea::test::Printed;
using fovea::test::Stage;

/// A verb asked in one way.
struct Mode {
  const char* name;
  const char* verb;
  const char* asked;  ///< what follows the verb
  Lines counting;     ///< names of options that count there, or that ask in another way
  Lines refused;      ///< options with a value that would do elsewhere
};

Lines operator+(Lines first, const Lines& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

const Lines loading{"--preprocess", "--logits"};
const Lines common{"--threads", "--json"};
const Lines scenes{"--scenes 20", "--first 3", "--world-seed 2", "--bias dog=grass:0.5"};
const Lines world{"--scenes", "--first", "--world-seed", "--bias"};
const Lines training{
    "--network",        "--out",   "--resume",   "--epochs",     "--batch",     "--micro-batch", "--rate",
    "--momentum",       "--decay", "--schedule", "--warm-up",    "--smoothing", "--renormalise", "--least-area",
    "--stretch",        "--flip",  "--colour",   "--start-size", "--erase",     "--snapshots",   "--checkpoint-every",
    "--loader-threads", "--name",  "--licence",  "--seed"};
const Lines probing{"--values",  "--shots",    "--training", "--held-out", "--side",  "--repeats",
                    "--penalty", "--no-input", "--out",      "--seed",     "--device"};
const Lines building{"--pictures", "--values",         "--embed", "--top",   "--batch",
                     "--shard",    "--loader-threads", "--out",   "--device"};
const Lines tracing{"--pictures", "--values", "--channels", "--recipe", "--out"};
const Lines comparing{"--class", "--values", "--fill", "--pictures", "--draws", "--out", "--seed", "--device"};
const Lines mapping{"--at", "--method", "--components", "--pictures", "--grid", "--plots", "--out"};
const Lines making{
    "--class 1",         "--objective logit(1)", "--at conv1",     "--steps 3",         "--size 32",
    "--canvas pixels",   "--transforms flip",    "--priors range", "--optimiser adam",  "--recipe guided",
    "--method adam",     "--set steps=3",        "--preset lucid", "--check tiny.onnx", "--raw",
    "--preview now.png", "--preprocess none",    "--logits fc",    "--seed 1",          "class tiny.onnx"};
const Lines of_kinds{"--class",  "--objective", "--at",     "--steps",  "--size", "--canvas", "--transforms",
                     "--priors", "--optimiser", "--recipe", "--method", "--set",  "--preset"};

const std::vector<Mode> all_modes{
    {"evaluate_answers_of_a_set", "evaluate", "tiny.onnx set",
     loading + common + Lines{"--split", "--pictures", "--batch", "--technique", "--device"},
     scenes + Lines{"--measure pointing", "--out t", "--sampled 3", "--repeated 2", "--set steps=3", "--seed 1"}},
    {"evaluate_answers_of_the_world",
     "evaluate",
     "tiny.onnx world",
     loading + common + world + Lines{"--pictures", "--batch", "--technique", "--device"},
     {"--split val", "--measure pointing", "--out t", "--sampled 3", "--repeated 2", "--set steps=3", "--seed 1"}},
    {"evaluate_maps_of_a_set", "evaluate", "tiny.onnx set --technique gradient --out t",
     loading + common +
         Lines{"--split", "--pictures", "--technique", "--measure", "--out", "--set", "--seed", "--device"},
     scenes + Lines{"--batch 8", "--sampled 101", "--repeated 51"}},
    {"evaluate_maps_of_the_world",
     "evaluate",
     "tiny.onnx world --technique gradient --out t --pictures 5",
     loading + common + world + Lines{"--pictures", "--technique", "--measure", "--out", "--set", "--seed", "--device"},
     {"--batch 8", "--split val", "--sampled 6", "--repeated 6"}},
    {"ablate_a_picture", "ablate", "tiny.onnx picture.png --at relu2 --out o.png",
     loading + common + Lines{"--at", "--fill", "--each", "--out", "--device"},
     scenes + Lines{"--by accuracy", "--class ibis", "--activation", "--pictures 3", "--split val", "--seed 1"}},
    {"ablate_each_on_a_picture", "ablate", "tiny.onnx picture.png --at relu2 --each --out o.png",
     loading + common + Lines{"--at", "--fill", "--each", "--by", "--class", "--out", "--device"},
     scenes + Lines{"--activation", "--pictures 3", "--split val", "--seed 1"}},
    {"ablate_a_set", "ablate", "tiny.onnx set --at relu2 --out o.png",
     loading + common +
         Lines{"--at", "--fill", "--each", "--activation", "--pictures", "--split", "--out", "--seed", "--device"},
     scenes + Lines{"--by accuracy", "--class ibis"}},
    {"ablate_each_on_the_world",
     "ablate",
     "tiny.onnx world --at relu2 --each --out o.png",
     loading + common + world + Lines{"--at", "--fill", "--each", "--by", "--pictures", "--out", "--seed", "--device"},
     {"--activation", "--class ibis", "--split val"}},
    {"ablate_activation", "ablate", "tiny.onnx set --at relu2 --activation --out o.png",
     loading + common + Lines{"--at", "--activation", "--pictures", "--split", "--out", "--seed", "--device"},
     scenes + Lines{"--fill mean", "--by accuracy", "--class ibis", "--each"}},
    {"correspondence_of_the_world",
     "correspondence",
     "tiny.onnx world --class dog --out o.png",
     loading + common + comparing + Lines{"--first", "--world-seed", "--whole"},
     {"--split val", "--parts p.csv", "--boxes"}},
    {"correspondence_of_a_set",
     "correspondence",
     "tiny.onnx set --class heron --boxes --out o.png",
     loading + common + comparing + Lines{"--split", "--boxes"},
     {"--first 2", "--world-seed 2", "--whole", "--parts p.csv"}},
    {"evolve_on_a_set", "evolve", "run set --out o.png", common + tracing + Lines{"--split"}, scenes},
    {"evolve_on_the_world", "evolve", "run world --out o.png", common + tracing + world, {"--split val"}},
    {"train_on_a_set", "train", "set --out run", common + training + Lines{"--split"}, scenes + Lines{"--patience 3"}},
    {"train_on_the_world",
     "train",
     "world --out run --schedule constant",
     common + training + world,
     {"--split train", "--patience 3"}},
    {"train_until_a_plateau", "train", "set --out run --schedule plateau",
     common + training + Lines{"--split", "--patience"}, scenes},
    {"probe_a_set", "probe", "tiny.onnx set --out o.png", loading + common + probing + Lines{"--split"}, scenes},
    {"probe_the_world", "probe", "tiny.onnx world --out o.png", loading + common + probing + world, {"--split train"}},
    {"atlas_build_of_a_set", "atlas build", "tiny.onnx set --out a", loading + common + building + Lines{"--split"},
     scenes},
    {"atlas_build_of_the_world",
     "atlas build",
     "tiny.onnx world --out a",
     loading + common + building + world,
     {"--split train"}},
    {"atlas_map_by_tsne",
     "atlas map",
     "a --out m",
     common + mapping + Lines{"--perplexity", "--steps", "--exaggeration", "--start", "--seed"},
     {"--arrows 3"}},
    {"atlas_map_by_pca",
     "atlas map",
     "a --method pca --out m",
     common + mapping + Lines{"--arrows"},
     {"--perplexity 5", "--steps 300", "--exaggeration 4", "--start random", "--seed 1"}},
    {"atlas_activation_of_a_layout",
     "atlas activation",
     "a --layout layout.npy --out c",
     common + Lines{"--at", "--grid", "--least", "--layout", "--out"},
     {"--seed 1"}},
    {"explain_a_picture",
     "explain",
     "tiny.onnx picture.png --out why.png",
     loading + common +
         Lines{"--technique", "--class", "--objective", "--at", "--set", "--preset", "--out", "--raw", "--from",
               "--memory", "--precision", "--seed", "--device"},
     {"--every 2"}},
    {"explain_a_clip",
     "explain",
     "tiny.onnx clip.mp4 --out why.mp4",
     loading + common +
         Lines{"--technique", "--class", "--objective", "--at", "--set", "--preset", "--out", "--every", "--from",
               "--memory", "--precision", "--seed", "--device"},
     {"--raw"}},
    {"explain_again",
     "explain",
     "--from why.json",
     common + Lines{"--out", "--raw", "--from", "--device"},
     {"--technique gradient", "--class 1", "--objective logit(1)", "--at relu2", "--set steps=3", "--preset captum",
      "--every 2", "--memory 9", "--precision float64", "--preprocess none", "--logits fc", "--seed 1"}},
    {"make_a_feature",
     "make",
     "feature tiny.onnx --at conv1:1 --out x.png",
     loading + common + of_kinds +
         Lines{"--out", "--raw", "--film", "--preview", "--jobs", "--from", "--seed", "--device"},
     {"--check tiny.onnx"}},
    {"make_without_a_network",
     "make",
     "grow picture.png --out x.png",
     common + of_kinds + Lines{"--out", "--raw", "--film", "--preview", "--jobs", "--from", "--seed", "--device"},
     {"--check tiny.onnx", "--preprocess none", "--logits fc"}},
    {"make_again", "make", "--from x.json", common + Lines{"--out", "--film", "--from", "--device"},
     making + Lines{"--jobs jobs.yaml"}},
    {"make_jobs", "make", "--jobs jobs.yaml", common + Lines{"--out", "--film", "--jobs", "--from", "--device"},
     making},
    {"list_a_name", "list", "grad_cam", {"--json"}, {"--ops", "--docs pages"}},
    {"list_pages", "list", "--docs pages", {"--docs"}, {"--ops", "--json", "grad_cam"}},
    {"inspect_as_json", "inspect", "tiny.onnx --json", loading + common, {"--all"}},
    {"show_how_fields_grow",
     "show field",
     "tiny.onnx --out f.png",
     loading + common + Lines{"--at", "--out"},
     {"--unit 3,3", "--effective", "--seed 1", "--device cpu"}},
    {"show_an_effective_field_of_pictures",
     "show field",
     "tiny.onnx picture.png --at relu2 --effective --out f.png",
     loading + common + Lines{"--at", "--unit", "--effective", "--out", "--device"},
     {"--seed 1"}},
    {"show_filters_renormalised",
     "show filters",
     "tiny.onnx --renormalise --out f.png",
     loading + common + Lines{"--at", "--renormalise", "--out"},
     {"--scale own", "--slices", "--images picture.png", "--device cpu"}},
    {"show_filters_as_numbers",
     "show filters",
     "tiny.onnx --at conv2 --out f.npy",
     loading + common + Lines{"--at", "--renormalise", "--images", "--out"},
     {"--scale shared", "--slices", "--device cpu"}},
    {"show_one_channel",
     "show activations",
     "tiny.onnx picture.png --channel 1 --out m.png",
     loading + common + Lines{"--at", "--scale", "--channel", "--out", "--device"},
     {"--most 3", "--order number", "--over"}},
    {"show_activations_as_numbers",
     "show activations",
     "tiny.onnx picture.png --out m.npy",
     loading + common + Lines{"--at", "--channel", "--out", "--device"},
     {"--most 3", "--order number", "--scale shared", "--over"}},
    {"show_bars",
     "show activations",
     "tiny.onnx picture.png --at fc --out m.png",
     loading + common + Lines{"--at", "--out", "--device"},
     {"--channel 1", "--most 3", "--order number", "--scale shared", "--over"}}};

std::string first_word(const std::string& text) { return text.substr(0, text.find(' ')); }

/// A word with its value, quoted for the shell.
std::string quoted(const std::string& option) {
  const std::string name = first_word(option);
  return "'" + name + "'" + (name == option ? "" : " '" + option.substr(name.size() + 1) + "'");
}

class modes : public ::testing::TestWithParam<Mode> {};

TEST_P(modes, every_option_counts_or_is_refused) {
  const Mode& mode = GetParam();
  const Stage stage;
  play("mkdir -p set/heron; cp picture.png set/heron", stage.folder());
  std::set<std::string> known{"--help"};
  for (const std::string& option : mode.counting) known.insert(option);
  for (const std::string& option : mode.refused) {
    EXPECT_TRUE(known.insert(first_word(option)).second) << option << " is listed twice";
    const std::string line = std::string("fovea ") + mode.verb + " " + mode.asked + " " + quoted(option);
    const Printed printed = play(line, stage.folder());
    EXPECT_EQ(printed.status, 2) << line;
    ASSERT_FALSE(printed.lines.empty()) << line;
    const bool named = option.starts_with("--") && printed.lines.front().find(first_word(option)) != std::string::npos;
    EXPECT_TRUE(named || !option.starts_with("--")) << line << "\n" << printed.lines.front();
  }
  const Printed declared = play(std::string("fovea --complete ") + mode.verb + " --", stage.folder());
  for (const std::string& option : declared.lines) EXPECT_TRUE(known.contains(option)) << mode.verb << " " << option;
  for (const std::string& option : known) {
    const bool is = std::find(declared.lines.begin(), declared.lines.end(), option) != declared.lines.end();
    EXPECT_TRUE(is || !option.starts_with("--")) << mode.verb << " has no " << option;
  }
}

INSTANTIATE_TEST_SUITE_P(cli, modes, ::testing::ValuesIn(all_modes),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
