// fovea train: trains a network on labelled pictures and writes it as ONNX with its card.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/train.h>
#include <fovea/version.h>

#include "core/atomic_file.h"
#include "shared/arguments.h"
#include "shared/dataset.h"
#include "shared/interrupt.h"
#include "shared/json.h"
#include "shared/place.h"
#include "shared/progress.h"
#include "shared/text.h"
#include "shared/verb.h"

namespace fovea::cli::train {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_network_bytes = 1 << 20;

struct Choices {
  DataChoice data;
  Common common;
  std::string network = "zfnet_small";
  std::string schedule = "cosine";
  std::string out;
  bool resume = false;
  TrainOptions options;
};

/// Reads a built-in network's name, or a file.
Network read_network(const std::string& name) {
  if (!fs::exists(name)) return find_network(name);
  const std::vector<std::byte> bytes = read_whole(name, most_network_bytes);
  return parse_network({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, fs::path(name).stem().string());
}

Schedule schedule_of(const std::string& name) {
  if (name == "plateau") return Schedule::plateau;
  return name == "constant" ? Schedule::constant : Schedule::cosine;
}

std::string time_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  return whole < 60 ? fmt::format("{} s", whole) : fmt::format("{}:{:02} min", whole / 60, whole % 60);
}

void print_epoch(const EpochFigures& f, std::int64_t epochs) {
  fmt::print("epoch {:>3}/{}  loss {:.4f}  accuracy {:>6}  validation loss {:.4f}  accuracy {:>6}  {}\n", f.epoch,
             epochs, f.loss, percent_text(f.accuracy), f.validation_loss, percent_text(f.validation_accuracy),
             time_text(f.seconds));
  std::fflush(stdout);
}

/// Throws where an option could have no effect on this training.
void check_recipe(const TrainOptions& options) {
  for (const std::int64_t epoch : options.snapshots) {
    if (epoch >= 1 && epoch <= options.epochs) continue;
    throw Error(ErrorKind::usage,
                fmt::format("--snapshots {}: the training has {} epoch{}", epoch, options.epochs,
                            options.epochs == 1 ? "" : "s"),
                fmt::format("name epochs in 1..{}", options.epochs));
  }
  if (options.start_size > 0 && options.start_size >= options.network.size) {
    throw Error(ErrorKind::usage,
                fmt::format("--start-size {}: the network's pictures have {} px, so they do not grow",
                            options.start_size, options.network.size),
                "name a smaller one, or leave it out");
  }
}

/// Draws a bar over all epochs that remain, with pictures per second.
TrainListener listener_of(const Choices& choices) {
  struct Start {
    std::int64_t done = -1;
  };
  const Progress progress = progress_on_stderr("train");
  const auto start = std::make_shared<Start>();
  const std::int64_t batch = choices.options.batch;
  return {.batch =
              [=](const TrainStatus& s) {
                const std::int64_t done = ((s.epoch - 1) * s.batches + s.batch) * batch;
                if (start->done < 0) start->done = done - batch;
                return progress(done - start->done, s.epochs * s.batches * batch - start->done);
              },
          .epoch =
              [json = choices.common.json, epochs = choices.options.epochs](const EpochFigures& figures) {
                if (!json) print_epoch(figures, epochs);
              }};
}

/// Of ranks other than the first: only Ctrl-C is heard.
TrainListener quiet_listener() {
  return {.batch = [](const TrainStatus&) { return !interrupted(); }, .epoch = {}};
}

void require_fresh(const Choices& choices) {
  const fs::path checkpoint = fs::path(choices.out) / "checkpoint.fovea";
  if (choices.resume || !fs::exists(checkpoint)) return;
  throw Error(ErrorKind::usage, "there is a training in " + choices.out + " already",
              "--resume goes on with it; choose another --out to begin anew");
}

void print_result(const Choices& choices, const Training& training, bool finished) {
  const fs::path out = choices.out;
  if (choices.common.json) {
    Json epochs = Json::array();
    for (const EpochFigures& f : training.history()) {
      epochs.push_back({{"epoch", f.epoch},
                        {"loss", f.loss},
                        {"accuracy", f.accuracy},
                        {"validation_loss", f.validation_loss},
                        {"validation_accuracy", f.validation_accuracy},
                        {"seconds", f.seconds}});
    }
    const Json result{{"finished", finished}, {"out", out.string()}, {"epochs", epochs}};
    fmt::print("{}\n", text_of(result));
    return;
  }
  for (const Broken& broken : training.broken()) fmt::print("left out {}: {}\n", broken.name, broken.reason);
  if (finished) {
    fmt::print("wrote {} ({}), curves.png, curves.csv\n", (out / "model.onnx").string(),
               percent_text(training.history().back().validation_accuracy));
  } else {
    fmt::print("stopped; `--resume` goes on from {}\n", (out / "checkpoint.fovea").string());
  }
}

int train_network(Choices& choices) {
  check_data(choices.data);
  apply(choices.common);
  const std::optional<RankOptions> environment = ranks_from_environment();
  require_fresh(choices);
  TrainOptions& options = choices.options;
  options.network = read_network(choices.network);
  options.schedule = schedule_of(choices.schedule);
  options.seed = choices.common.seed;
  check_recipe(options);
  const TrainingData data = open_training_data(choices.data, options.network.size);
  options.data = data.told;
  make_folder(choices.out);
  options.out = choices.out;
  const std::unique_ptr<Ranks> ranks = environment ? std::make_unique<Ranks>(*environment) : nullptr;
  const bool leads = !ranks || ranks->rank() == 0;
  Training training(*data.training, *data.validation, options, ranks.get());
  if (leads) print_note(data.note);
  if (choices.resume && !training.resume()) {
    throw Error(ErrorKind::usage, "there is no training in " + choices.out + " to go on with", "leave out --resume");
  }
  if (!choices.common.json && leads) {
    fmt::print("{}: {} pictures, {} to validate, {} classes{}\n", options.network.name, data.training->size(),
               data.validation->size(), data.training->labels().size(),
               ranks ? fmt::format(", {} ranks", ranks->size()) : "");
    std::fflush(stdout);
  }
  const bool finished = training.run(leads ? listener_of(choices) : quiet_listener());
  if (leads) print_result(choices, training, finished);
  return finished ? 0 : interrupted_status;
}

void add_recipe(Parser& parser, Choices& choices) {
  TrainOptions& o = choices.options;
  const auto number = [&](const char* name, double& value, double low, double high, const char* help) {
    parser.add_option(name, value, help).text("NUMBER").range_of_numbers(low, high);
  };
  const auto count = [&](const char* name, std::int64_t& value, std::int64_t low, const char* help) {
    parser.add_option(name, value, help).text("N").range(low, std::int64_t{1'000'000});
  };
  count("--epochs", o.epochs, 1, "Sets how often every picture is seen; default 30");
  count("--batch", o.batch, 1, "Sets how many pictures make a step, over all ranks; default 64");
  count("--micro-batch", o.micro_batch, 1,
        "Sets how many pictures' gradients are computed at once; default: the batch, or an even part of it for each "
        "rank");
  number("--rate", o.rate, 0, 100, "Sets the learning rate after the warm-up; default 0.05");
  number("--momentum", o.momentum, 0, 0.9999, "Sets the momentum; default 0.9");
  number("--decay", o.decay, 0, 1, "Sets the weight decay; default 0.0005");
  parser.add_option("--schedule", choices.schedule, "Sets how the rate falls: cosine (default), plateau or constant")
      .text("NAME")
      .among({"cosine", "plateau", "constant"});
  number("--warm-up", o.warm_up, 0, 1000, "Sets over how many epochs the rate rises; default 1");
  count("--patience", o.patience, 1, "Sets how many epochs without a better validation make a plateau; default 5");
  parser.at("--patience").needs("--schedule", "plateau", "add --schedule plateau, or leave --patience out");
  number("--smoothing", o.smoothing, 0, 0.9, "Sets label smoothing; default 0");
  parser.add_flag("--renormalise", o.renormalise, "Scales filters whose RMS exceeds 0.1 back to it, as ZFNet's paper");
  number("--least-area", o.augmentation.least_area, 0.01, 1, "Cuts out boxes of at least this share; default 1: none");
  number("--stretch", o.augmentation.stretch, 1, 10, "Changes their aspect by up to this factor; default 1");
  parser.add_flag("--flip", o.augmentation.flip, "Mirrors every second picture");
  number("--colour", o.augmentation.colour, 0, 1, "Changes brightness, contrast and saturation by up to this share");
  parser
      .add_option("--start-size", o.start_size,
                  "Begins with pictures of this side, which grow to the network's: less time; default: no")
      .text("PX")
      .range(0, 4096);
  number("--erase", o.augmentation.erase, 0, 1, "Overwrites a box with noise at this probability");
}

Action add(Parser& parser) {
  const auto choices = std::make_shared<Choices>();
  add_data(parser, choices->data, {.trains = true});
  parser
      .add_option("--network", choices->network,
                  "Names a built-in network (" + joined(network_names(), ", ") +
                      ") or a file that describes one; default zfnet_small")
      .text("NAME|FILE");
  parser.add_option("--out", choices->out, "Sets the folder for the model, checkpoints and curves")
      .text("DIR")
      .required();
  parser.add_flag("--resume", choices->resume, "Goes on with the training in the folder");
  add_recipe(parser, *choices);
  parser
      .add_option("--snapshots", choices->options.snapshots,
                  "Exports a model after these epochs, e.g. 1,2,5,10,20,30,40,64")
      .text("N,N")
      .split_at(',');
  parser
      .add_option("--checkpoint-every", choices->options.checkpoint_every,
                  "Also writes a checkpoint every N batches; default: each epoch")
      .text("N")
      .range(std::int64_t{1}, std::int64_t{1'000'000});
  parser
      .add_option("--loader-threads", choices->options.loader_threads, "Sets how many threads read pictures; default 1")
      .text("N")
      .range(1, 256);
  parser.add_option("--name", choices->options.name, "Names the model on its card").text("NAME");
  parser.add_option("--licence", choices->options.licence, "Sets the licence on its card").text("TEXT");
  add_common(parser, choices->common, {.device = true});
  return [choices] { return train_network(*choices); };
}

}  // namespace

extern constinit const Verb descriptor{
    .name = "train",
    .sentence = "Trains a network on labelled pictures and exports it as ONNX with its card.",
    .examples =
        "Examples:\n"
        "  fovea train photos/ --network zfnet_small --out runs/photos --flip --least-area 0.5\n"
        "  fovea train imagenette128.tar --network vgg_small --epochs 20 --out runs/natural\n"
        "  fovea train world --bias dumbbell=arm:0.95 --network vgg_small --out runs/biased\n"
        "  fovea train photos/ --out runs/photos --resume       (after a Ctrl-C or a crash)\n"
        "  torchrun --no-python --nproc-per-node 2 fovea train photos/ --micro-batch 16 --out runs/photos\n"
        "      several processes on one or many machines (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT; mpirun's and\n"
        "      srun's names too), which share the folder: the same weights for any number of them\n"
        "\n"
        "A network's file has one layer per line:\n"
        "  input 96\n"
        "  conv 32 7 stride 2 pad 3        channels, kernel\n"
        "  relu\n"
        "  pool max 3 stride 2\n"
        "  fc classes\n"
        "and further: batch_norm, lrn, dropout RATE, global_pool, keep NAME, from NAME, add NAME.",
    .add = add};

}  // namespace fovea::cli::train
