// Building: shards are handed out one after another, scanned and written; whoever is first to find all of them there
// puts the atlas together. With ranks, rank 0 does that; a shard whose rank is gone is handed out again.
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include <fovea/atlas.h>
#include <fovea/error.h>
#include <fovea/version.h>

#include "atlas/manifest.h"
#include "atlas/scan.h"
#include "atlas/shard_file.h"
#include "atlas/store.h"
#include "atlas/values.h"
#include "core/atomic_file.h"
#include "core/sha256.h"
#include "score/class_match.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

void check(const Model& model, const Pictures& pictures, const AtlasOptions& options) {
  if (!model.card.preprocess) {
    throw Error(ErrorKind::usage, "the model does not say how a picture becomes its input",
                "give --preprocess imagenet, caffe, tf or none");
  }
  if (pictures.size() == 0) throw Error(ErrorKind::usage, "a data set without pictures makes no atlas");
  const auto require = [](const char* what, std::int64_t value, std::int64_t most) {
    if (value >= 1 && value <= most) return;
    throw Error(ErrorKind::usage,
                std::string(what) + " must be 1.." + std::to_string(most) + ", not " + std::to_string(value));
  };
  require("top", options.top, 10'000);
  require("batch", options.batch, 4'096);
  require("shard", options.shard, 1'000'000);
}

std::string hash_of(const Pictures& pictures) {
  Sha256 hash;
  for (std::int64_t i = 0; i < pictures.size(); ++i) {
    const std::string line = pictures.name(i) + "\t" + std::to_string(pictures.label(i)) + "\n";
    hash.update(std::as_bytes(std::span(line)));
  }
  return hash.hex();
}

/// The network's class of every label, or nothing where the two do not speak of the same.
std::vector<std::int64_t> matched_classes(const Model& model, std::int64_t classes,
                                          const std::vector<std::string>& labels) {
  try {
    return match_classes(model.card, classes, labels);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::usage) throw;
    return {};
  }
}

AtlasManifest manifest_of(const Model& model, const Pictures& pictures, const AtlasOptions& options) {
  const std::vector<AtlasValue> logits = measure_values(model, {model.graph.logits()});
  const std::int64_t batches = (options.shard + options.batch - 1) / options.batch;
  return {.version = std::string(version()),
          .model = fs::absolute(model.path).lexically_normal(),
          .model_hash = model.hash,
          .preprocess = describe(*model.card.preprocess),
          .preprocess_option = options.preprocess,
          .data = options.data,
          .data_hash = hash_of(pictures),
          .pictures = pictures.size(),
          .labels = pictures.labels(),
          .classes = model.card.labels,
          .matched = matched_classes(model, logits.front().channels, pictures.labels()),
          .ranked = measure_values(model, ranked_values(model.graph, options.values)),
          .embedded = measure_values(model, embedded_values(model.graph, options.embed)),
          .top = options.top,
          .batch = options.batch,
          .shard = batches * options.batch};
}

/// Holds a folder for one build at a time, as long as the process lives.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder) : descriptor_(::open(folder.c_str(), O_RDONLY | O_CLOEXEC)) {
    const bool taken = descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!taken) return;  // a file system without locks is no reason to refuse
    ::close(descriptor_);
    throw Error(ErrorKind::usage, folder.string() + " is being built by another process",
                "wait for it, or let it take part by RANK and WORLD_SIZE");
  }
  ~FolderLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && fs::is_directory(folder)) return;
  throw Error(
      ErrorKind::file,
      "cannot make the folder " + folder.string() + ": " + (error ? error.message() : std::string("a file lies there")),
      "choose another place by --out");
}

/// Lays the manifest down, or holds the one that is there against it.
void claim_folder(const fs::path& folder, const AtlasManifest& manifest) {
  const fs::path path = manifest_path(folder);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    if (!fs::is_empty(folder, ignored)) {
      throw Error(ErrorKind::usage, folder.string() + " holds other things than an atlas",
                  "name an empty or a new folder by --out");
    }
    const std::string text = text_of(manifest);
    write_whole(path, std::as_bytes(std::span(text)));
    return;
  }
  const std::string differs = difference(read_manifest(path), manifest);
  if (differs.empty()) return;
  throw Error(ErrorKind::usage, folder.string() + " holds another atlas; " + differs,
              "name another folder by --out; nothing in this one was changed");
}

/// Removes temporaries that killed builds left.
void clean(const fs::path& folder) {
  for (const fs::path& place : {folder, folder / "shards"}) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(place, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(".") && (name.ends_with(".tmp") || name.ends_with(".partial"))) fs::remove(entry, ignored);
    }
  }
}

bool is_finished(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(database_path(folder), ignored);
}

/// Shards that are not there, or damaged.
std::vector<std::int64_t> missing_shards(const fs::path& folder, const AtlasManifest& manifest) {
  std::vector<std::int64_t> missing;
  for (std::int64_t number = 0; number < manifest.shards(); ++number) {
    if (!read_shard(shard_path(folder, number))) missing.push_back(number);
  }
  return missing;
}

std::string words_of(const std::vector<std::int64_t>& numbers) {
  std::string words;
  for (const std::int64_t number : numbers) words += std::to_string(number) + " ";
  return words;
}

std::vector<std::int64_t> numbers_of(const std::string& words) {
  std::vector<std::int64_t> numbers;
  for (std::size_t at = 0; at < words.size();) {
    std::size_t used = 0;
    numbers.push_back(std::stoll(words.substr(at), &used));
    at += used + 1;
  }
  return numbers;
}

/// Who does which shard next. Alone, one after another. With ranks, whoever asks takes a run of shards from a shared
/// counter, long runs first and single shards towards the end (Polychronopoulos and Kuck 1987, guided self-scheduling),
/// for a question to the store costs tens of milliseconds; in the end everybody looks after shards whose rank is gone.
class Handout {
 public:
  Handout(std::vector<std::int64_t> todo, const fs::path& folder, Ranks* ranks)
      : todo_(std::move(todo)), folder_(folder), ranks_(ranks) {}

  /// Returns the next shard for this process; nothing when there is none left.
  std::optional<std::int64_t> next() {
    skip_what_is_there();
    if (next_ == end_ && !take_run()) return ranks_ == nullptr ? std::nullopt : orphan();
    return todo_[next_++];
  }

 private:
  /// Some shards that one rank does, by their places in `todo_`.
  struct Run {
    std::size_t end = 0;
    int rank = 0;
    int generation = 0;  ///< how often it was taken over
  };

  /// Takes the next run; tells whether there was one.
  bool take_run() {
    if (ranks_ == nullptr) {
      if (end_ == todo_.size()) return false;
      end_ = todo_.size();
      return true;
    }
    const std::size_t left = todo_.size() - std::min(counted_, todo_.size());
    const std::size_t wanted = std::max<std::size_t>(left / (2 * static_cast<std::size_t>(ranks_->size())), 1);
    counted_ = static_cast<std::size_t>(ranks_->count("next", static_cast<std::int64_t>(wanted)));
    const std::size_t begin = counted_ - wanted;
    if (begin >= todo_.size()) return false;
    next_ = begin;
    end_ = std::min(counted_, todo_.size());
    ranks_->tell("run/" + std::to_string(begin), std::to_string(end_) + " " + std::to_string(ranks_->rank()));
    return true;
  }

  /// Waits until every shard lies in the folder or a rank is gone; takes over what it left and returns the first of it.
  std::optional<std::int64_t> orphan() {
    constexpr std::chrono::milliseconds pause{50};
    while (true) {
      bool all_there = true;
      for (std::size_t begin = 0; begin < todo_.size();) {
        Run* run = run_at(begin);
        const std::size_t end = run != nullptr ? run->end : todo_.size();
        const bool there = all_exist(begin, end);
        all_there = all_there && there;
        // Between taking a run and saying so a rank may die as well: then nobody says whose it is.
        const bool orphaned = !there && (run != nullptr ? ranks_->gone(run->rank) : anybody_gone());
        if (orphaned && take_over(begin, end, run)) return todo_[next_++];
        begin = end;
      }
      // Rank 0 clears the shards away once it has put them together.
      if (all_there || ranks_->told("finished")) return std::nullopt;
      std::this_thread::sleep_for(pause);
    }
  }

  /// The run that begins there; null where nobody has said whose it is.
  Run* run_at(std::size_t begin) {
    if (const auto known = runs_.find(begin); known != runs_.end()) return &known->second;
    const auto told = ranks_->told("run/" + std::to_string(begin));
    if (!told) return nullptr;
    const std::vector<std::int64_t> words = numbers_of(*told);
    return &(runs_[begin] = {static_cast<std::size_t>(words.at(0)), static_cast<int>(words.at(1)), 0});
  }

  bool all_exist(std::size_t begin, std::size_t end) {
    bool all = true;
    for (std::size_t at = begin; at < end; ++at) {
      std::error_code ignored;
      if (!there_.contains(at) && fs::exists(shard_path(folder_, todo_[at]), ignored)) there_.insert(at);
      all = all && there_.contains(at);
    }
    return all;
  }

  /// Takes a run over unless another rank is faster, which then is the one to watch.
  bool take_over(std::size_t begin, std::size_t end, Run* run) {
    if (run == nullptr) run = &(runs_[begin] = {end, ranks_->rank(), 0});
    const std::string name = std::to_string(begin) + "/" + std::to_string(run->generation + 1);
    const bool first = ranks_->count("taken/" + name, 1) == 1;
    if (first) {
      ranks_->tell("taker/" + name, std::to_string(ranks_->rank()));
      run->rank = ranks_->rank();
      next_ = begin;
      end_ = end;
      skip_what_is_there();
    } else if (const auto taker = ranks_->told("taker/" + name)) {
      run->rank = std::stoi(*taker);
    } else {
      return false;  // not said yet: look again
    }
    ++run->generation;
    return first && next_ < end_;
  }

  void skip_what_is_there() {
    while (next_ < end_ && there_.contains(next_)) ++next_;
  }

  bool anybody_gone() {
    for (int rank = 0; rank < ranks_->size(); ++rank) {
      if (ranks_->gone(rank)) return true;
    }
    return false;
  }

  std::vector<std::int64_t> todo_;
  const fs::path& folder_;
  Ranks* ranks_;
  std::size_t next_ = 0;     ///< of this process's run
  std::size_t end_ = 0;      ///< of this process's run
  std::size_t counted_ = 0;  ///< where the shared counter stood when it was last asked
  std::map<std::size_t, Run> runs_;
  std::set<std::size_t> there_;
};

/// Reads and scans the shards that this process is handed.
void scan_shards(const Model& model, const Pictures& pictures, const AtlasOptions& options,
                 const AtlasManifest& manifest, const fs::path& folder, Handout& handout, AtlasBuild& build,
                 const AtlasProgress& progress) {
  LoaderOptions choices{.preprocess = *model.card.preprocess, .augmentation = {}, .batch = manifest.batch};
  choices.threads = options.loader_threads;
  choices.empty_batches = true;
  Loader loader(pictures, choices);
  const ScanPlan plan{.ranked = ranked_values(model.graph, options.values),
                      .embedded = embedded_values(model.graph, options.embed),
                      .classes = manifest.matched,
                      .top = manifest.top};
  const std::int64_t batches = manifest.shard / manifest.batch;
  std::int64_t stands_at = -1;  // the batch that the loader would give next
  while (const std::optional<std::int64_t> shard = handout.next()) {
    const std::int64_t first = *shard * batches;
    if (stands_at != first) loader.start(0, first);
    const std::int64_t begin = *shard * manifest.shard;
    const std::int64_t count = std::min(manifest.shard, manifest.pictures - begin);
    const Shard found = scan_shard(model, loader, plan, begin, count, [&](std::int64_t done) {
      return !progress || progress(build.taken_over + build.pictures + done, manifest.pictures);
    });
    stands_at = first + batches;
    write_shard(shard_path(folder, *shard), found);
    build.pictures += count;
  }
}

/// What one process, or rank 0, does before the work: returns the shards to do.
std::vector<std::int64_t> prepare(const fs::path& folder, const AtlasManifest& manifest, AtlasBuild& build) {
  claim_folder(folder, manifest);
  build.was_finished = is_finished(folder);
  if (build.was_finished) {
    std::error_code ignored;
    fs::remove_all(folder / "shards", ignored);  // a kill may have come between the last two steps
    clean(folder);
    return {};
  }
  make_folder(folder / "shards");
  clean(folder);
  return missing_shards(folder, manifest);
}

}  // namespace

AtlasBuild build_atlas(const Model& model, const Pictures& pictures, const AtlasOptions& options,
                       const fs::path& folder, Ranks* ranks, const AtlasProgress& progress) {
  check(model, pictures, options);
  const AtlasManifest manifest = manifest_of(model, pictures, options);
  const bool leads = ranks == nullptr || ranks->rank() == 0;
  make_folder(folder);
  const std::optional<FolderLock> lock = leads ? std::make_optional<FolderLock>(folder) : std::nullopt;
  AtlasBuild build;
  std::vector<std::int64_t> todo;
  if (leads) todo = prepare(folder, manifest, build);
  if (ranks != nullptr && leads) ranks->tell("todo", words_of(todo));
  if (!leads) {
    todo = numbers_of(ranks->wait_for("todo", 0));
    claim_folder(folder, manifest);  // a rank that was given another model or data must not take part
  }
  if (build.was_finished) return build;

  std::int64_t left = 0;
  for (const std::int64_t shard : todo) left += std::min(manifest.shard, manifest.pictures - shard * manifest.shard);
  build.taken_over = manifest.pictures - left;
  const Clock::time_point begun = Clock::now();
  Handout handout(std::move(todo), folder, ranks);
  scan_shards(model, pictures, options, manifest, folder, handout, build, progress);
  build.seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  if (leads) {
    const Faults faults = finish_atlas(folder, manifest, pictures, {});
    build.broken = faults.broken;
    build.not_finite = faults.not_finite;
    std::error_code ignored;
    fs::remove_all(folder / "shards", ignored);
    if (ranks != nullptr) ranks->tell("finished", "");
  } else {
    ranks->wait_for("finished", 0);
  }
  return build;
}

}  // namespace fovea
