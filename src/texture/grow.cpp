// Growth of textures. All pixels of an onion's layer (and runs of a scan's rows) are matched at once: the squared error
// under a mask, sum m g (s - t)^2 = sum (m g) s^2 - 2 sum (m g t) s + sum m g t^2, is three products with the matrix of
// all windows of the sample.
// SPDX-License-Identifier: Apache-2.0
#include "texture/grow.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/ops/arange.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "core/progress.h"
#include "core/random.h"

namespace fovea {
namespace {

/// Windows of the sample as rows, and what is needed of them again and again.
struct Matrix {
  Tensor rows;     ///< [S, 3 w w]
  Tensor squares;  ///< their squares, summed over colours [S, w w]
};

Matrix matrix_of(const Tensor& sample, int window) {
  const Tensor cut = sample.unfold(1, window, 1).unfold(2, window, 1);  // [3, y, x, w, w]
  const Tensor rows =
      cut.permute({1, 2, 0, 3, 4}).reshape({-1, 3, static_cast<std::int64_t>(window) * window}).contiguous();
  return {rows.flatten(1).contiguous(), rows.square().sum(1).contiguous()};
}

/// The Gaussian [w w].
Tensor bell(int window) {
  constexpr double windows_per_sigma = 6.4;
  const double sigma = window / windows_per_sigma;
  const Tensor offset = at::arange(window, at::TensorOptions(at::kFloat)) - window / 2;
  const Tensor line = (-offset.square() / (2 * sigma * sigma)).exp();
  return (line.unsqueeze(1) * line.unsqueeze(0)).flatten();
}

Tensor errors_of(const Matrix& matrix, const Tensor& windows, const Tensor& known, const Tensor& gaussian) {
  const Tensor weight = known.flatten(1).to(at::kFloat) * gaussian;  // [P, w w]
  const Tensor colours = windows.flatten(2);                         // [P, 3, w w]
  const Tensor weighted = (colours * weight.unsqueeze(1)).flatten(1);
  const Tensor own = (colours.square().sum(1) * weight).sum(1, true);
  const Tensor sum = at::mm(weight, matrix.squares.t()) - 2 * at::mm(weighted, matrix.rows.t()) + own;
  constexpr double nothing = 1e-12;
  constexpr double colours_per_pixel = 3;
  return sum.clamp_min(0) / (colours_per_pixel * weight.sum(1, true)).clamp_min(nothing);
}

/// A texture that is being grown.
class Growth {
 public:
  Growth(const Tensor& sample, const GrowthOptions& options)
      : sample_(sample.contiguous()),
        options_(options),
        half_(options.window / 2),
        matrix_(matrix_of(sample_, options.window)),
        gaussian_(bell(options.window)),
        ceiling_(options.ceiling) {
    const std::int64_t height = options.height + 2 * half_;  // a border that is never known
    const std::int64_t width = options.width + 2 * half_;
    picture_ = at::zeros({3, height, width}, at::TensorOptions(at::kFloat));
    known_ = at::zeros({height, width}, at::TensorOptions(at::kFloat));
    across_ = sample_.size(2) - options.window + 1;
  }

  Grown run() {
    if (options_.order == GrowthOrder::onion)
      grow_onion();
    else
      grow_scan();
    grown_.picture = picture_.narrow(1, half_, options_.height).narrow(2, half_, options_.width).contiguous();
    grown_.mean_error = matched_ > 0 ? errors_ / static_cast<double>(matched_) : 0;
    grown_.ceiling = ceiling_;
    return grown_;
  }

 private:
  /// A place of the texture, counted with the border.
  struct Place {
    std::int64_t y;
    std::int64_t x;
  };

  bool is_known(const Place& p) const { return known_.data_ptr<float>()[p.y * known_.size(1) + p.x] != 0; }
  bool inside(const Place& p) const {
    return p.y >= half_ && p.x >= half_ && p.y < half_ + options_.height && p.x < half_ + options_.width;
  }

  void copy(const Place& to, std::int64_t from_y, std::int64_t from_x) {
    auto* at = picture_.data_ptr<float>();
    const auto* from = sample_.data_ptr<float>();
    const std::int64_t plane = picture_.size(1) * picture_.size(2);
    const std::int64_t sample_plane = sample_.size(1) * sample_.size(2);
    for (std::int64_t c = 0; c < 3; ++c) {
      at[c * plane + to.y * picture_.size(2) + to.x] = from[c * sample_plane + from_y * sample_.size(2) + from_x];
    }
    known_.data_ptr<float>()[to.y * known_.size(1) + to.x] = 1;
    ++count_;
  }

  double draw() {
    if (drawn_ == draws_.size()) {
      constexpr std::int64_t block = 4096;
      const Tensor numbers = uniform({block}, options_.seed, stream_++).contiguous();
      draws_.assign(numbers.data_ptr<float>(), numbers.data_ptr<float>() + block);
      drawn_ = 0;
    }
    return draws_[drawn_++];
  }

  void report() {
    if (!options_.watch) return;
    const Tensor shown = picture_.narrow(1, half_, options_.height).narrow(2, half_, options_.width);
    if (!options_.watch(count_, shown)) throw_stopped();
  }

  /// Matches places at once and fills in those whose match is good enough; returns how many.
  std::int64_t match(const std::vector<Place>& places, bool causal, bool whatever) {
    const std::int64_t window = options_.window;
    const auto count = static_cast<std::int64_t>(places.size());
    Tensor windows = at::zeros({count, 3, window, window}, at::TensorOptions(at::kFloat));
    Tensor known = at::zeros({count, window, window}, at::TensorOptions(at::kFloat));
    for (std::int64_t i = 0; i < count; ++i) {
      const Place& p = places[static_cast<std::size_t>(i)];
      windows[i].copy_(picture_.narrow(1, p.y - half_, window).narrow(2, p.x - half_, window));
      known[i].copy_(known_.narrow(0, p.y - half_, window).narrow(1, p.x - half_, window));
      if (causal) {
        known[i].narrow(0, half_ + 1, half_).zero_();
        known[i][half_].narrow(0, half_, half_ + 1).zero_();
      }
    }
    const Tensor errors = errors_of(matrix_, windows, known, gaussian_).contiguous();
    const std::int64_t candidates = errors.size(1);
    std::int64_t filled = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const auto* row = errors.data_ptr<float>() + i * candidates;
      const float best = *std::min_element(row, row + candidates);
      if (!whatever && best > ceiling_) continue;
      const std::int64_t chosen = choose(row, candidates, best);
      errors_ += row[chosen];
      ++matched_;
      copy(places[static_cast<std::size_t>(i)], chosen / across_ + half_, chosen % across_ + half_);
      ++filled;
    }
    return filled;
  }

  /// One of the windows that are nearly as good as the best.
  std::int64_t choose(const float* row, std::int64_t candidates, float best) {
    constexpr float rounding = 1e-6F;  // of three products of numbers in [0,1]
    const float bar = best * (1 + static_cast<float>(options_.tolerance)) + rounding;
    std::vector<std::int64_t> good;
    for (std::int64_t c = 0; c < candidates; ++c) {
      if (row[c] <= bar) good.push_back(c);
    }
    const auto at = static_cast<std::size_t>(draw() * static_cast<double>(good.size()));
    return good[std::min(at, good.size() - 1)];
  }

  void plant(std::int64_t height, std::int64_t width, std::int64_t top, std::int64_t left) {
    const auto below = [&](std::int64_t most) {
      return std::min(static_cast<std::int64_t>(draw() * static_cast<double>(most)), most - 1);
    };
    const std::int64_t y = below(sample_.size(1) - height + 1);
    const std::int64_t x = below(sample_.size(2) - width + 1);
    for (std::int64_t dy = 0; dy < height; ++dy) {
      for (std::int64_t dx = 0; dx < width; ++dx) copy({top + dy, left + dx}, y + dy, x + dx);
    }
  }

  /// Unknown places beside known ones, those with most known neighbours first; ties in a random order.
  std::vector<Place> rim() {
    struct Ranked {
      Place place;
      int neighbours;
      double tie;
    };
    std::vector<Ranked> ranked;
    for (std::int64_t y = half_; y < half_ + options_.height; ++y) {
      for (std::int64_t x = half_; x < half_ + options_.width; ++x) {
        if (is_known({y, x})) continue;
        int neighbours = 0;
        for (std::int64_t dy = -1; dy <= 1; ++dy) {
          for (std::int64_t dx = -1; dx <= 1; ++dx) neighbours += is_known({y + dy, x + dx}) ? 1 : 0;
        }
        if (neighbours > 0) ranked.push_back({{y, x}, neighbours, draw()});
      }
    }
    std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
      return a.neighbours != b.neighbours ? a.neighbours > b.neighbours : a.tie < b.tie;
    });
    std::vector<Place> places;
    for (const Ranked& one : ranked) places.push_back(one.place);
    return places;
  }

  void grow_onion() {
    constexpr double raise = 1.1;
    constexpr std::int64_t sweeps = 4;
    const std::int64_t side = std::min<std::int64_t>({options_.seed_side, options_.height, options_.width});
    plant(side, side, half_ + (options_.height - side) / 2, half_ + (options_.width - side) / 2);
    while (count_ < options_.height * options_.width) {
      const std::vector<Place> places = rim();
      std::int64_t filled = 0;
      // A sweep takes every other place of a row and column at once: none is another's neighbour, and those of later
      // sweeps see them.
      for (std::int64_t sweep = 0; sweep < sweeps; ++sweep) {
        std::vector<Place> part;
        for (const Place& p : places) {
          if ((p.y % 2) * 2 + p.x % 2 == sweep) part.push_back(p);
        }
        filled += match_in_parts(part);
        report();
      }
      if (filled == 0) ceiling_ *= raise;
      ++grown_.rounds;
    }
  }

  std::int64_t match_in_parts(const std::vector<Place>& places) {
    constexpr std::size_t at_once = 256;  // bounds the memory: this many rows of all windows
    std::int64_t filled = 0;
    for (std::size_t begin = 0; begin < places.size(); begin += at_once) {
      const auto first = places.begin() + static_cast<std::ptrdiff_t>(begin);
      const auto last = places.begin() + static_cast<std::ptrdiff_t>(std::min(begin + at_once, places.size()));
      filled += match({first, last}, false, false);
    }
    return filled;
  }

  /// Rows from the top. A pixel needs the window's half to its left, so that those on a slanted line (half + 1 px to
  /// the left for each row down) do not need each other and are matched at once: the picture is the one of a strict
  /// scan.
  void grow_scan() {
    const std::int64_t slant = half_ + 1;
    plant(1, 1, half_, half_);
    const std::int64_t lines = options_.width + slant * (options_.height - 1);
    for (std::int64_t line = 1; line < lines; ++line) {
      std::vector<Place> places;
      for (std::int64_t y = 0; y < options_.height; ++y) {
        const std::int64_t x = line - slant * y;
        if (x >= 0 && x < options_.width) places.push_back({half_ + y, half_ + x});
      }
      match(places, true, true);
      ++grown_.rounds;
      report();
    }
  }

  Tensor sample_;
  const GrowthOptions& options_;
  std::int64_t half_;
  Matrix matrix_;
  Tensor gaussian_;
  double ceiling_;
  Tensor picture_;
  Tensor known_;
  std::int64_t across_ = 0;  ///< windows of the sample in a row
  std::int64_t count_ = 0;
  double errors_ = 0;
  std::int64_t matched_ = 0;
  std::vector<float> draws_;
  std::size_t drawn_ = 0;
  std::uint64_t stream_ = 0;
  Grown grown_;
};

}  // namespace

Tensor window_errors(const Tensor& sample, const Tensor& windows, const Tensor& known, int window) {
  return errors_of(matrix_of(sample, window), windows, known, bell(window));
}

Grown grow_texture(const Tensor& sample, const GrowthOptions& options) {
  if (options.window < 3 || options.window % 2 == 0) {
    throw Error(ErrorKind::usage, "the window has a middle pixel: its side is odd and at least 3, found " +
                                      std::to_string(options.window));
  }
  if (sample.size(1) < options.window || sample.size(2) < options.window) {
    throw Error(ErrorKind::usage,
                "the sample is " + std::to_string(sample.size(2)) + " x " + std::to_string(sample.size(1)) +
                    " px, smaller than the window of " + std::to_string(options.window),
                "take a larger sample or a smaller window");
  }
  return Growth(sample, options).run();
}

}  // namespace fovea
