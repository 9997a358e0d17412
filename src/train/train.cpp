// The loop: a batch, its loss, the gradient at every weight by autograd through the whole graph, a step
// v = momentum v + g + decay w, w = w - rate v (Sutskever et al. 2013's classical momentum as Caffe and PyTorch write
// it). A batch may be cut into micro-batches, which ranks share out; every rank then makes the same step.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/train.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/error.h>
#include <fovea/filters.h>
#include <fovea/save.h>
#include <fovea/trace.h>

#include "core/random.h"
#include "train/curves.h"
#include "train/schedule.h"
#include "train/state.h"
#include "train/statistics.h"

namespace fovea {
namespace {

constexpr std::uint64_t masks_seed = 0x6d61736b;  // keeps the masks' numbers apart from the weights'
constexpr int no_ignored_class = -100;            // libtorch's default: counts every picture

/// Mean cross-entropy of class scores; with smoothing s the truth is 1 - s + s/K, the other classes s/K.
Tensor cross_entropy(const Tensor& scores, const Tensor& labels, double smoothing) {
  constexpr std::int64_t mean = 1;  // at::Reduction::Mean
  return at::cross_entropy_loss(scores, labels, {}, mean, no_ignored_class, smoothing);
}

std::int64_t count_right(const Tensor& scores, const Tensor& labels) {
  return scores.argmax(1).eq(labels).sum().item<std::int64_t>();
}

std::string snapshot_name(std::int64_t epoch) {
  const std::string digits = std::to_string(epoch);
  return "epoch_" + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits + ".onnx";
}

/// The side of an epoch's pictures: rises in a straight line over the first three quarters, in whole steps.
int size_in_epoch(const TrainOptions& options, std::int64_t epoch) {
  constexpr double growing = 0.75;  // of the epochs
  constexpr int step = 8;           // px: sides that halve a few times without a remainder
  const int full = options.network.size;
  if (options.start_size <= 0 || options.start_size >= full) return full;
  const double share = static_cast<double>(epoch) / (growing * static_cast<double>(options.epochs));
  if (share >= 1) return full;
  const int grown = static_cast<int>(share * (full - options.start_size));
  return std::min(full, options.start_size + grown / step * step);
}

/// Sets the micro-batch that is meant and cuts a step into such.
Split split_of(TrainOptions& options, const Ranks* ranks) {
  Split split{.rank = ranks != nullptr ? ranks->rank() : 0, .ranks = ranks != nullptr ? ranks->size() : 1};
  std::int64_t& micro = options.micro_batch;
  if (micro == 0) {
    micro = std::max<std::int64_t>(options.batch / split.ranks, 1);
    while (options.batch % micro != 0) --micro;
  }
  if (micro < 1 || options.batch % micro != 0) {
    throw Error(
        ErrorKind::usage,
        "a batch of " + std::to_string(options.batch) + " does not part into micro-batches of " + std::to_string(micro),
        "choose a divisor of --batch for --micro-batch");
  }
  split.micro_batches = options.batch / micro;
  if (split.micro_batches < split.ranks) {
    throw Error(ErrorKind::usage,
                "a batch of " + std::to_string(options.batch) + " has " + std::to_string(split.micro_batches) +
                    " micro-batches of " + std::to_string(micro) + ", fewer than the " + std::to_string(split.ranks) +
                    " ranks",
                "choose a smaller --micro-batch, or fewer ranks");
  }
  return split;
}

/// The training graph for pictures of one side.
NetworkGraph training_graph(const TrainOptions& options, std::int64_t classes, int size) {
  Network network = options.network;
  network.size = size;
  return build_network(network, classes, Phase::training, options.seed);
}

}  // namespace

Training::State::State(const Pictures& pictures_, const Pictures& validation_, TrainOptions options_, Ranks* ranks_)
    : pictures(pictures_),
      validation(validation_),
      options(std::move(options_)),
      ranks(ranks_),
      split(split_of(options, ranks_)),
      preprocess(measure_preprocess(pictures_, options.network.size)),
      training(training_graph(options, static_cast<std::int64_t>(pictures_.labels().size()), options.network.size)),
      inference(build_network(options.network, static_cast<std::int64_t>(pictures_.labels().size()), Phase::inference,
                              options.seed)),
      weights(training.graph.weights()) {
  trained = training.weights;
  trained.insert(trained.end(), training.others.begin(), training.others.end());
  for (const ValueId value : trained) {
    Tensor& weight = weights[value];
    weight = weight.clone().requires_grad_();
    momenta.push_back(at::zeros_like(weight).detach());
  }
  resize_to(size_in_epoch(options, 0));
  if (steps() == 0) {
    throw Error(ErrorKind::usage,
                "a batch of " + std::to_string(options.batch) + " is larger than the " +
                    std::to_string(pictures.size()) + " training pictures",
                "choose a smaller --batch");
  }
}

/// Returns the broken pictures met by all loaders, each once.
std::vector<Broken> Training::State::all_broken() const {
  std::vector<Broken> all = broken;
  for (Broken& met : loader->broken()) {
    const bool known =
        std::any_of(all.begin(), all.end(), [&](const Broken& before) { return before.name == met.name; });
    if (!known) all.push_back(std::move(met));
  }
  return all;
}

/// Goes over to pictures of another side; the values of the graph keep their numbers, the weights stay.
void Training::State::resize_to(int size) {
  Preprocess smaller = preprocess;
  smaller.width = size;
  smaller.height = size;
  NetworkGraph graph = training_graph(options, static_cast<std::int64_t>(pictures.labels().size()), size);
  for (const ValueId value : trained) {
    if (graph.graph.weights()[value].sizes() == weights[value].sizes()) continue;
    throw Error(ErrorKind::usage,
                "network '" + options.network.name + "' has other weights for pictures of " + std::to_string(size) +
                    " px ('" + graph.graph.name(value) + "'), so its pictures cannot grow",
                "leave out --start-size, or end the network in global_pool before the first fc");
  }
  training = std::move(graph);
  if (loader) broken = all_broken();
  loader = std::make_unique<Loader>(pictures, LoaderOptions{.preprocess = smaller,
                                                            .augmentation = options.augmentation,
                                                            .batch = options.micro_batch,
                                                            .shuffle = true,
                                                            .whole_batches = true,
                                                            .empty_batches = split.micro_batches > 1,
                                                            .threads = options.loader_threads,
                                                            .seed = options.seed,
                                                            .only = [split = split](std::int64_t batch) {
                                                              return split.mine(batch % split.micro_batches);
                                                            }});
  side = size;
}

/// Draws the masks of a whole step's pictures and returns the micro-batch's rows: no matter who draws them.
std::map<ValueId, Tensor> Training::State::draw_masks(std::int64_t pictures_in_batch, std::int64_t micro_batch) const {
  std::map<ValueId, Tensor> masks;
  const bool whole = split.micro_batches == 1;
  const auto step = static_cast<std::uint64_t>(at.epoch * steps() + at.batch);
  for (std::size_t i = 0; i < training.masks.size(); ++i) {
    const DropoutMask& mask = training.masks[i];
    Shape shape = training.graph.value(mask.value).declared;
    shape[0] = whole ? pictures_in_batch : options.batch;
    Tensor draws = uniform(shape, options.seed ^ masks_seed, step * training.masks.size() + i);
    if (!whole) draws = draws.narrow(0, micro_batch * options.micro_batch, pictures_in_batch);
    masks.emplace(mask.value, draws.ge(mask.rate).to(at::kFloat) / (1 - mask.rate));
  }
  return masks;
}

void Training::State::update(const std::vector<Tensor>& gradients, double rate) {
  constexpr double most_rms = 0.1;
  const c10::AutoGradMode no_grad(false);
  for (std::size_t i = 0; i < trained.size(); ++i) {
    Tensor& weight = weights[trained[i]];
    Tensor& momentum = momenta[i];
    momentum.mul_(options.momentum).add_(gradients[i]);
    if (i < training.weights.size() && options.decay != 0) momentum.add_(weight, options.decay);
    weight.sub_(momentum, rate);
    if (options.renormalise && weight.dim() == 4) weight.copy_(renormalise(weight.detach(), most_rms));
  }
}

/// What a micro-batch of this rank adds to the step.
Share Training::State::share_of(const Batch& batch, std::int64_t micro_batch) const {
  const std::int64_t count = batch.input.size(0);
  if (count == 0) return no_share();
  RunOptions how{.tape = Tape::whole,
                 .keep = KeepValues::none,
                 .named = {},
                 .until = training.graph.outputs(),
                 .given = draw_masks(count, micro_batch),
                 .weights = &weights};
  const Trace trace = fovea::run(training.graph, batch.input, how);
  const Tensor scores = trace.value(training.graph.logits());
  const Tensor loss = cross_entropy(scores, batch.labels, options.smoothing);
  Share share{.loss = loss.item<double>(), .right = count_right(scores.detach(), batch.labels), .pictures = count};
  std::vector<Tensor> leaves;
  for (const ValueId id : trained) leaves.push_back(weights[id]);
  if (std::isfinite(share.loss)) share.gradients = vjp({loss}, leaves, {loss.detach().new_ones({})});
  if (share.gradients.empty()) share.gradients = no_share().gradients;
  for (const RunningStatistic& statistic : training.statistics) {
    share.statistics.push_back(trace.value(statistic.updated).detach());
  }
  return share;
}

/// The share of pictures that could not be read, and the shapes of any.
Share Training::State::no_share() const {
  Share share;
  for (const ValueId id : trained) share.gradients.push_back(at::zeros_like(weights[id]).detach());
  for (const RunningStatistic& statistic : training.statistics) {
    share.statistics.push_back(at::zeros_like(weights[statistic.held]).detach());
  }
  return share;
}

/// Makes one step; tells whether any rank wants to stop after it.
bool Training::State::step(bool stop) {
  std::vector<Share> shares;
  for (std::int64_t micro = split.begin(split.rank); micro < split.begin(split.rank + 1); ++micro) {
    const std::optional<Batch> batch = loader->next();
    shares.push_back(batch ? share_of(*batch, micro) : no_share());
  }
  if (ranks != nullptr) {
    Exchange exchanged = exchange(*ranks, split, shares, no_share(), stop);
    shares = std::move(exchanged.shares);
    stop = exchanged.stop;
  }
  const Share total = joined(shares);
  if (!std::isfinite(total.loss)) {
    throw Error(
        ErrorKind::usage,
        "the loss is not finite in epoch " + std::to_string(at.epoch + 1) + ", batch " + std::to_string(at.batch + 1),
        "lower the learning rate (--rate), or warm up for longer");
  }
  update(total.gradients, rate_at(options, at.epoch * steps() + at.batch, steps(), at.history));
  for (std::size_t i = 0; i < training.statistics.size(); ++i) {
    weights[training.statistics[i].held] = total.statistics[i];
  }
  at.loss_sum += total.loss * static_cast<double>(total.pictures);
  at.right += total.right;
  at.counted += total.pictures;
  seen += total.pictures;
  return stop;
}

void Training::State::finish_epoch(const TrainListener& listener) {
  const std::int64_t batches = steps();
  const Evaluation evaluation = validate(model_now());
  const auto counted = static_cast<double>(std::max<std::int64_t>(at.counted, 1));
  at.seconds += std::chrono::duration<double>(Clock::now() - begun).count();
  EpochFigures figures{.epoch = at.epoch + 1,
                       .rate = rate_at(options, (at.epoch + 1) * batches - 1, batches, at.history),
                       .loss = at.loss_sum / counted,
                       .accuracy = static_cast<double>(at.right) / counted,
                       .validation_loss = evaluation.loss,
                       .validation_accuracy = evaluation.top1,
                       .seconds = at.seconds};
  at.history.push_back(figures);
  at = TrainProgressState{.epoch = at.epoch + 1, .batch = 0, .history = std::move(at.history)};
  begun = Clock::now();
  seen = 0;
  if (!options.out.empty() && leads()) {
    write_curves(options.out, at.history);
    if (std::find(options.snapshots.begin(), options.snapshots.end(), at.epoch) != options.snapshots.end()) {
      std::filesystem::create_directories(options.out / "snapshots");
      save_onnx(model_now(), options.out / "snapshots" / snapshot_name(at.epoch));
    }
  }
  save();
  if (listener.epoch) listener.epoch(figures);
}

Training::Training(const Pictures& pictures, const Pictures& validation, TrainOptions options, Ranks* ranks) {
  if (pictures.labels() != validation.labels()) {
    throw Error(ErrorKind::usage,
                "the validation pictures have other classes than the training pictures (" +
                    std::to_string(validation.labels().size()) + " and " + std::to_string(pictures.labels().size()) +
                    ", or other names)",
                "both need the same classes in the same order; a classes.txt gives the order");
  }
  if (options.epochs < 1 || options.batch < 1) {
    throw Error(ErrorKind::usage, "a training needs at least 1 epoch and pictures in a batch");
  }
  if (!options.out.empty()) std::filesystem::create_directories(options.out);
  state_ = std::make_unique<State>(pictures, validation, std::move(options), ranks);
}

Training::~Training() = default;

bool Training::resume() {
  const std::filesystem::path path = state_->options.out / checkpoint_name;
  if (state_->options.out.empty() || !std::filesystem::exists(path)) return false;
  state_->restore(read_checkpoint(path));
  return true;
}

bool Training::run(const TrainListener& listener) {
  State& s = *state_;
  s.begun = Clock::now();
  s.seen = 0;
  s.agree();
  const std::int64_t batches = s.steps();
  bool asked_to_stop = false;  // by this rank's listener; the next step tells the others
  while (s.at.epoch < s.options.epochs) {
    if (const int size = size_in_epoch(s.options, s.at.epoch); size != s.side) s.resize_to(size);
    s.loader->start(s.at.epoch, s.at.batch * s.split.micro_batches, batches * s.split.micro_batches);
    while (s.at.batch < batches) {
      const bool all_stop = s.step(asked_to_stop);
      ++s.at.batch;
      const double elapsed = std::chrono::duration<double>(Clock::now() - s.begun).count();
      const auto counted = static_cast<double>(s.at.counted);
      const TrainStatus status{.epoch = s.at.epoch + 1,
                               .epochs = s.options.epochs,
                               .batch = s.at.batch,
                               .batches = batches,
                               .loss = s.at.loss_sum / counted,
                               .accuracy = static_cast<double>(s.at.right) / counted,
                               .pictures_per_second = static_cast<double>(s.seen) / elapsed};
      asked_to_stop = (listener.batch && !listener.batch(status)) || asked_to_stop;
      const bool stop = s.ranks == nullptr ? asked_to_stop : all_stop;
      const bool due = s.options.checkpoint_every > 0 && s.at.batch % s.options.checkpoint_every == 0;
      if (stop || due) {
        s.at.seconds += elapsed;
        s.begun = Clock::now();
        s.seen = 0;
        s.save();
      }
      if (stop) return false;
    }
    s.finish_epoch(listener);
  }
  if (!s.options.out.empty() && s.leads()) save_onnx(model(), s.options.out / "model.onnx");
  return true;
}

Model Training::model() const { return state_->model_now(); }

const std::vector<EpochFigures>& Training::history() const { return state_->at.history; }

std::vector<Broken> Training::broken() const { return state_->all_broken(); }

}  // namespace fovea
