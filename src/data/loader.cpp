// Batches of a data set, made ahead of time: threads take one picture after another from the next few batches, decode,
// change and write it to its place. What a picture becomes depends on (seed, epoch, its index) alone, never on threads.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <ATen/ops/empty.h>

#include <fovea/data.h>
#include <fovea/error.h>

#include "core/random.h"
#include "data/augment.h"
#include "data/input_table.h"

namespace fovea {
namespace {

/// Batches under way at once, the one that is waited for included.
constexpr std::size_t batches_ahead = 3;

/// Shuffles 0..count-1 (Fisher and Yates; Knuth, The Art of Computer Programming 2, 3.4.2, algorithm P).
std::vector<std::int64_t> shuffled(std::vector<std::int64_t> order, std::uint64_t seed, std::int64_t epoch) {
  const auto count = static_cast<std::int64_t>(order.size());
  // Two draws of 24 bits each make one that is fine enough for any number of pictures.
  const Tensor draws = uniform({count, 2}, draw_key(seed), draw_stream(DrawPurpose::order, epoch, 0));
  const auto* draw = draws.data_ptr<float>();
  for (std::int64_t i = count - 1; i > 0; --i, draw += 2) {
    const double unit = double{draw[0]} + double{draw[1]} * 0x1p-24;
    const auto other = static_cast<std::size_t>(unit * static_cast<double>(i + 1));
    std::swap(order[static_cast<std::size_t>(i)], order[other]);
  }
  return order;
}

void check(const LoaderOptions& options, const Pictures& pictures) {
  constexpr int most_threads = 1024;
  if (pictures.size() == 0) throw Error(ErrorKind::usage, "a data set without pictures makes no batches");
  if (options.batch < 1) {
    throw Error(ErrorKind::usage, "a batch must have at least 1 picture, not " + std::to_string(options.batch));
  }
  if (options.threads < 0 || options.threads > most_threads) {
    throw Error(ErrorKind::usage, "a loader has 0 to " + std::to_string(most_threads) + " threads, not " +
                                      std::to_string(options.threads));
  }
  check(options.augmentation);
}

/// What a failure says, when it says that a picture cannot be read; nothing else is kept from the caller.
std::string reason_of(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace

/// A batch that is being made. Every picture has a slot; threads write to slots of their own.
struct Work {
  std::int64_t number = 0;
  std::int64_t epoch = 0;
  std::vector<std::int64_t> indices;
  std::vector<std::int64_t> labels;
  std::vector<std::exception_ptr> failures;
  Tensor input;
  std::size_t taken = 0;  ///< slots that a thread has begun
  std::size_t done = 0;   ///< and finished
};

struct Loader::State {
  State(const Pictures& data, LoaderOptions choices)
      : pictures(data), options(std::move(choices)), table(options.preprocess) {}
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::int64_t batches() const;
  std::shared_ptr<Work> open(std::int64_t number) const;
  void make(Work& work, std::size_t slot) const;
  void attempt(std::unique_lock<std::mutex>& lock, const std::shared_ptr<Work>& work);
  std::shared_ptr<Work> with_free_slot() const;
  void run();
  void top_up();
  std::shared_ptr<Work> take_front();
  Batch finish(Work& work);

  const Pictures& pictures;
  const LoaderOptions options;
  const InputTable table;

  mutable std::mutex mutex;          ///< guards all that follows
  std::condition_variable begun;     ///< slots to take, or the end
  std::condition_variable finished;  ///< all slots of a batch are done
  bool stopped = false;
  bool started = false;
  std::int64_t epoch = 0;
  std::int64_t next_batch = 0;
  std::int64_t end_batch = 0;
  std::vector<std::int64_t> order;
  std::deque<std::shared_ptr<Work>> window;  ///< batches under way, in their order
  std::vector<Broken> broken;
  std::set<std::int64_t> broken_indices;
  std::vector<std::thread> threads;
};

Loader::State::~State() {
  {
    const std::lock_guard lock(mutex);
    stopped = true;
  }
  begun.notify_all();
  for (std::thread& thread : threads) thread.join();
}

std::int64_t Loader::State::batches() const {
  const std::int64_t rounded_up = options.whole_batches ? 0 : options.batch - 1;
  return (pictures.size() + rounded_up) / options.batch;
}

std::shared_ptr<Work> Loader::State::open(std::int64_t number) const {
  auto work = std::make_shared<Work>();
  work->number = number;
  work->epoch = epoch;
  const std::int64_t begin = number * options.batch;
  const std::int64_t end = std::min(begin + options.batch, pictures.size());
  work->indices.assign(order.begin() + begin, order.begin() + end);
  work->labels.resize(work->indices.size());
  work->failures.resize(work->indices.size());
  const std::array<std::int64_t, 4> shape{end - begin, table.channels(), options.preprocess.height,
                                          options.preprocess.width};
  work->input = at::empty(shape, at::TensorOptions(at::kFloat).memory_format(at::MemoryFormat::ChannelsLast));
  return work;
}

/// Makes one picture.
void Loader::State::make(Work& work, std::size_t slot) const {
  const std::int64_t index = work.indices[slot];
  const Sample sample = pictures.at(index);
  const Changes changes = draw_changes(options.augmentation, options.preprocess, sample.picture.width,
                                       sample.picture.height, options.seed, work.epoch, index);
  const Image seen = changed(sample.picture, options.preprocess, changes);
  const std::size_t size = seen.rgb.size() / 3 * static_cast<std::size_t>(table.channels());
  table.write(seen, changes.mirrored, work.input.data_ptr<float>() + slot * size);
  work.labels[slot] = sample.label;
}

/// Takes the next slot and makes its picture, without the lock meanwhile; a failure is kept for the caller of `next`.
void Loader::State::attempt(std::unique_lock<std::mutex>& lock, const std::shared_ptr<Work>& work) {
  const std::size_t slot = work->taken++;
  lock.unlock();
  try {
    make(*work, slot);
  } catch (...) {
    work->failures[slot] = std::current_exception();
  }
  lock.lock();
  if (++work->done == work->indices.size()) finished.notify_all();
}

std::shared_ptr<Work> Loader::State::with_free_slot() const {
  const auto place =
      std::find_if(window.begin(), window.end(), [](const auto& work) { return work->taken < work->indices.size(); });
  return place == window.end() ? nullptr : *place;
}

/// What a thread does until the loader ends.
void Loader::State::run() {
  std::unique_lock lock(mutex);
  while (!stopped) {
    if (const auto work = with_free_slot()) {
      attempt(lock, work);
    } else {
      begun.wait(lock);
    }
  }
}

/// Opens batches until enough are under way; without threads only the one that is asked for.
void Loader::State::top_up() {
  const std::size_t ahead = threads.empty() ? 1 : batches_ahead;
  for (; window.size() < ahead && next_batch < end_batch; ++next_batch) {
    if (!options.only || options.only(next_batch)) window.push_back(open(next_batch));
  }
  begun.notify_all();
}

/// Waits for the next batch and helps with it; nothing when the epoch is over.
std::shared_ptr<Work> Loader::State::take_front() {
  std::unique_lock lock(mutex);
  top_up();
  if (window.empty()) return nullptr;
  const std::shared_ptr<Work> front = window.front();
  while (front->taken < front->indices.size()) attempt(lock, front);
  finished.wait(lock, [&] { return front->done == front->indices.size(); });
  window.pop_front();
  if (!threads.empty()) top_up();
  return front;
}

/// Closes up the gaps that broken pictures leave. Throws what is more than a broken picture.
Batch Loader::State::finish(Work& work) {
  const std::lock_guard lock(mutex);
  const std::size_t size = static_cast<std::size_t>(work.input.numel()) / work.indices.size();
  auto* rows = work.input.data_ptr<float>();
  std::string first_reason;
  std::size_t kept = 0;
  for (std::size_t slot = 0; slot < work.indices.size(); ++slot) {
    const std::int64_t index = work.indices[slot];
    if (work.failures[slot]) {
      const std::string reason = reason_of(work.failures[slot]);
      if (first_reason.empty()) first_reason = reason;
      if (broken_indices.insert(index).second) broken.push_back({pictures.name(index), reason, index});
      continue;
    }
    if (kept != slot) std::memcpy(rows + kept * size, rows + slot * size, size * sizeof(float));
    work.indices[kept] = index;
    work.labels[kept++] = work.labels[slot];
  }
  if (kept == 0 && !options.empty_batches) {
    throw Error(ErrorKind::format, "none of the " + std::to_string(work.indices.size()) + " pictures of batch " +
                                       std::to_string(work.number) + " can be read; the first: " + first_reason);
  }
  const auto count = static_cast<std::int64_t>(kept);
  Batch batch{.input = work.input.narrow(0, 0, count), .labels = {}, .indices = std::move(work.indices)};
  batch.indices.resize(kept);
  batch.labels = at::empty({count}, at::TensorOptions(at::kLong));
  std::copy_n(work.labels.begin(), kept, batch.labels.data_ptr<std::int64_t>());
  return batch;
}

Loader::Loader(const Pictures& pictures, LoaderOptions options) {
  check(options, pictures);
  state_ = std::make_unique<State>(pictures, std::move(options));
  for (int i = 0; i < state_->options.threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->run(); });
  }
}

Loader::~Loader() = default;

std::int64_t Loader::batches() const { return state_->batches(); }

std::int64_t Loader::batch() const { return state_->options.batch; }

void Loader::start(std::int64_t epoch, std::int64_t first_batch, std::int64_t end_batch) {
  if (end_batch < 0) end_batch = batches();
  if (epoch < 0 || first_batch < 0 || first_batch > end_batch || end_batch > batches()) {
    throw Error(ErrorKind::usage, "epoch " + std::to_string(epoch) + " cannot go from batch " +
                                      std::to_string(first_batch) + " to " + std::to_string(end_batch) +
                                      "; expected 0.." + std::to_string(batches()));
  }
  std::vector<std::int64_t> order(static_cast<std::size_t>(state_->pictures.size()));
  std::iota(order.begin(), order.end(), 0);
  if (state_->options.shuffle) order = shuffled(std::move(order), state_->options.seed, epoch);
  const std::lock_guard lock(state_->mutex);
  state_->window.clear();  // a thread that is at one of its pictures keeps the batch until it is done
  state_->order = std::move(order);
  state_->epoch = epoch;
  state_->next_batch = first_batch;
  state_->end_batch = end_batch;
  state_->started = true;
  if (!state_->threads.empty()) state_->top_up();
}

std::optional<Batch> Loader::next() {
  if (!state_->started) start(0);
  const std::shared_ptr<Work> work = state_->take_front();
  if (!work) return std::nullopt;
  return state_->finish(*work);
}

std::vector<Broken> Loader::broken() const {
  const std::lock_guard lock(state_->mutex);
  return state_->broken;
}

}  // namespace fovea
