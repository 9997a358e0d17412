// The system: for every removed pixel i, d_i x_i - sum_{j removed} w_ij x_j = sum_{j kept} w_ij x_j with d_i = sum_j
// w_ij over the neighbours within the picture. It is symmetric and positive definite as long as a pixel is kept, so
// conjugate gradients solve it, preconditioned by d.
// SPDX-License-Identifier: Apache-2.0
#include "score/imputation.h"

#include <array>
#include <cmath>
#include <vector>

#include <fovea/error.h>

#include "core/random.h"

namespace fovea {
namespace {

constexpr double beside = 1.0 / 6;
constexpr double across = 1.0 / 12;
constexpr double enough = 1e-6;  // of the right side's norm
constexpr int most_iterations = 1000;

/// A neighbour of a pixel.
struct Neighbour {
  std::int64_t dx, dy;
  double weight;
};
constexpr std::array<Neighbour, 8> neighbours{{{-1, -1, across},
                                               {0, -1, beside},
                                               {1, -1, across},
                                               {-1, 0, beside},
                                               {1, 0, beside},
                                               {-1, 1, across},
                                               {0, 1, beside},
                                               {1, 1, across}}};

/// The system's matrix in rows, and its right side for any channel.
class System {
 public:
  explicit System(const Tensor& removed) : height_(removed.size(0)), width_(removed.size(1)) {
    const auto* mark = removed.data_ptr<std::uint8_t>();
    number_.assign(static_cast<std::size_t>(height_ * width_), -1);
    for (std::int64_t p = 0; p < height_ * width_; ++p) {
      if (mark[p] == 0) continue;
      number_[static_cast<std::size_t>(p)] = static_cast<std::int64_t>(places_.size());
      places_.push_back(p);
    }
    for (const std::int64_t p : places_) {
      double sum = 0;
      for (const Neighbour& n : neighbours) sum += place_of(p, n) >= 0 ? n.weight : 0;
      diagonal_.push_back(sum);
    }
  }

  const std::vector<std::int64_t>& places() const { return places_; }

  /// Solves for one channel of H*W values; removed ones are replaced.
  void solve(double* channel) const {
    const std::size_t count = places_.size();
    std::vector<double> right(count, 0);
    std::vector<double> x(count, 0);
    double mean = 0;
    for (std::size_t i = 0; i < count; ++i) {
      for (const Neighbour& n : neighbours) {
        const std::int64_t q = place_of(places_[i], n);
        if (q >= 0 && number_[static_cast<std::size_t>(q)] < 0) right[i] += n.weight * channel[q];
      }
    }
    for (std::int64_t p = 0; p < height_ * width_; ++p) {
      if (number_[static_cast<std::size_t>(p)] < 0) mean += channel[p];
    }
    mean /= static_cast<double>(number_.size() - count);
    std::fill(x.begin(), x.end(), mean);  // where to begin
    conjugate_gradients(right, x);
    for (std::size_t i = 0; i < count; ++i) channel[places_[i]] = x[i];
  }

 private:
  /// The neighbour's pixel, or -1 outside of the picture.
  std::int64_t place_of(std::int64_t p, const Neighbour& n) const {
    const std::int64_t x = p % width_ + n.dx;
    const std::int64_t y = p / width_ + n.dy;
    return x < 0 || y < 0 || x >= width_ || y >= height_ ? -1 : y * width_ + x;
  }

  std::vector<double> times(const std::vector<double>& x) const {
    std::vector<double> result(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      double sum = diagonal_[i] * x[i];
      for (const Neighbour& n : neighbours) {
        const std::int64_t q = place_of(places_[i], n);
        const std::int64_t j = q < 0 ? -1 : number_[static_cast<std::size_t>(q)];
        if (j >= 0) sum -= n.weight * x[static_cast<std::size_t>(j)];
      }
      result[i] = sum;
    }
    return result;
  }

  static double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  }

  void conjugate_gradients(const std::vector<double>& right, std::vector<double>& x) const {
    std::vector<double> residual = times(x);
    std::vector<double> z(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) residual[i] = right[i] - residual[i];
    const double limit = enough * enough * std::max(dot(right, right), 1e-300);
    const auto precondition = [&] {
      for (std::size_t i = 0; i < x.size(); ++i) z[i] = residual[i] / diagonal_[i];
    };
    precondition();
    std::vector<double> direction = z;
    double before = dot(residual, z);
    for (int k = 0; k < most_iterations && dot(residual, residual) > limit; ++k) {
      const std::vector<double> along = times(direction);
      const double step = before / dot(direction, along);
      for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] += step * direction[i];
        residual[i] -= step * along[i];
      }
      precondition();
      const double now = dot(residual, z);
      for (std::size_t i = 0; i < x.size(); ++i) direction[i] = z[i] + now / before * direction[i];
      before = now;
    }
  }

  std::int64_t height_;
  std::int64_t width_;
  std::vector<std::int64_t> number_;  ///< of a removed pixel among the unknowns, else -1
  std::vector<std::int64_t> places_;
  std::vector<double> diagonal_;
};

}  // namespace

Tensor impute(const Tensor& picture, const Tensor& removed, double noise, std::uint64_t seed) {
  const bool fits = picture.dim() == 4 && picture.size(0) == 1 && removed.dim() == 2 &&
                    removed.size(0) == picture.size(2) && removed.size(1) == picture.size(3);
  if (!fits || removed.scalar_type() != at::kByte) {
    throw Error(ErrorKind::shape, "pixels are made up in a picture [1,C,H,W] where uint8 [H,W] marks them");
  }
  const System system(removed.contiguous());
  const std::size_t count = system.places().size();
  if (count == 0) return picture;
  if (static_cast<std::int64_t>(count) == removed.numel()) {
    throw Error(ErrorKind::usage, "every pixel is removed: nothing is left to make the others up from");
  }
  Tensor result = picture.detach().to(at::kCPU, at::kDouble).contiguous().clone();
  const double deviation = noise * result.std().item<double>();
  for (std::int64_t c = 0; c < result.size(1); ++c) {
    double* channel = result.data_ptr<double>() + c * removed.numel();
    system.solve(channel);
    const Tensor drawn =
        normal({static_cast<std::int64_t>(count)}, seed, static_cast<std::uint64_t>(c)).to(at::kDouble);
    const double* number = drawn.data_ptr<double>();
    for (std::size_t i = 0; i < count; ++i) channel[system.places()[i]] += deviation * number[i];
  }
  return result.to(picture.options());
}

}  // namespace fovea
