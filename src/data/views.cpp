// Data sets seen through another: a part of one, or one whose pictures stay in memory.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <mutex>

#include <fovea/data.h>

namespace fovea {
namespace {

class Subset : public Pictures {
 public:
  Subset(const Pictures& pictures, std::vector<std::int64_t> indices, std::unique_ptr<Pictures> kept = nullptr)
      : kept_(std::move(kept)), pictures_(pictures), indices_(std::move(indices)) {}

  std::int64_t size() const override { return static_cast<std::int64_t>(indices_.size()); }
  const std::vector<std::string>& labels() const override { return pictures_.labels(); }
  std::int64_t label(std::int64_t index) const override { return pictures_.label(at_place(index)); }
  std::string name(std::int64_t index) const override { return pictures_.name(at_place(index)); }
  Sample at(std::int64_t index) const override { return pictures_.at(at_place(index)); }

 private:
  std::int64_t at_place(std::int64_t index) const { return indices_.at(static_cast<std::size_t>(index)); }

  std::unique_ptr<Pictures> kept_;  ///< `pictures_`, where the view keeps them
  const Pictures& pictures_;
  std::vector<std::int64_t> indices_;
};

class InMemory : public Pictures {
 public:
  InMemory(const Pictures& pictures, std::size_t most_bytes)
      : pictures_(pictures), room_(most_bytes), samples_(static_cast<std::size_t>(pictures.size())) {}

  std::int64_t size() const override { return pictures_.size(); }
  const std::vector<std::string>& labels() const override { return pictures_.labels(); }
  std::int64_t label(std::int64_t index) const override { return pictures_.label(index); }
  std::string name(std::int64_t index) const override { return pictures_.name(index); }

  Sample at(std::int64_t index) const override {
    auto& kept = samples_.at(static_cast<std::size_t>(index));
    {
      const std::lock_guard lock(mutex_);
      if (kept) return *kept;
    }
    auto made = std::make_shared<const Sample>(pictures_.at(index));  // outside the lock: others go on
    const std::lock_guard lock(mutex_);
    if (!kept && made->picture.rgb.size() <= room_) {
      room_ -= made->picture.rgb.size();
      kept = made;
    }
    return *made;
  }

 private:
  const Pictures& pictures_;
  mutable std::mutex mutex_;  ///< guards what follows
  mutable std::size_t room_;  ///< bytes that may still be kept
  mutable std::vector<std::shared_ptr<const Sample>> samples_;
};

}  // namespace

std::unique_ptr<Pictures> subset(const Pictures& pictures, std::vector<std::int64_t> indices) {
  return std::make_unique<Subset>(pictures, std::move(indices));
}

std::unique_ptr<Pictures> subset(std::unique_ptr<Pictures> pictures, std::vector<std::int64_t> indices) {
  const Pictures& all = *pictures;
  return std::make_unique<Subset>(all, std::move(indices), std::move(pictures));
}

std::vector<std::int64_t> spread_evenly(std::int64_t count, std::int64_t most) {
  const std::int64_t taken = std::min(count, most);
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = 0; i < taken; ++i) numbers.push_back(i * count / taken);
  return numbers;
}

std::unique_ptr<Pictures> kept_in_memory(const Pictures& pictures, std::size_t most_bytes) {
  return std::make_unique<InMemory>(pictures, most_bytes);
}

}  // namespace fovea
