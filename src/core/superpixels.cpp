// SLIC: k-means in colour and space, each centre looking only 2 S around itself, S = sqrt(pixels / count), distance
// D^2 = (colour / range)^2 + (compactness / 20)^2 (space / S)^2; then parts that lost touch with their region join a
// neighbour. Achanta, Shaji, Smith, Lucchi, Fua, Süsstrunk 2012, SLIC Superpixels, section 4 (in the network's own
// colours instead of CIELAB: it is the network's view that is cut up).
// SPDX-License-Identifier: Apache-2.0
#include "core/superpixels.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>

namespace fovea {
namespace {

/// A picture as planes of floats.
struct Planes {
  explicit Planes(const Tensor& picture)
      : values(picture.to(at::kCPU, at::kFloat).contiguous()),
        channels(picture.size(0)),
        height(picture.size(1)),
        width(picture.size(2)) {}

  float at(std::int64_t c, std::int64_t place) const { return values.data_ptr<float>()[c * height * width + place]; }
  std::int64_t size() const { return height * width; }

  Tensor values;
  std::int64_t channels;
  std::int64_t height;
  std::int64_t width;
};

struct Centre {
  double y = 0;
  double x = 0;
  std::vector<double> colour;
};

Centre centre_at(const Planes& planes, double y, double x) {
  Centre centre{y, x, {}};
  const auto row = std::min(static_cast<std::int64_t>(y), planes.height - 1);
  const auto column = std::min(static_cast<std::int64_t>(x), planes.width - 1);
  for (std::int64_t c = 0; c < planes.channels; ++c) centre.colour.push_back(planes.at(c, row * planes.width + column));
  return centre;
}

std::vector<Centre> grid_of_centres(const Planes& planes, double step) {
  std::vector<Centre> centres;
  const auto rows = std::max<std::int64_t>(1, std::llround(static_cast<double>(planes.height) / step));
  const auto columns = std::max<std::int64_t>(1, std::llround(static_cast<double>(planes.width) / step));
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      const double y = (static_cast<double>(r) + 0.5) * static_cast<double>(planes.height) / static_cast<double>(rows);
      const double x =
          (static_cast<double>(c) + 0.5) * static_cast<double>(planes.width) / static_cast<double>(columns);
      centres.push_back(centre_at(planes, y, x));
    }
  }
  return centres;
}

/// Gives every pixel to the nearest centre that looks its way.
std::vector<std::int64_t> assign(const Planes& planes, const std::vector<Centre>& centres, double step,
                                 double colour_weight, double space_weight) {
  std::vector<std::int64_t> labels(static_cast<std::size_t>(planes.size()), 0);
  std::vector<double> nearest(labels.size(), std::numeric_limits<double>::infinity());
  for (std::size_t k = 0; k < centres.size(); ++k) {
    const Centre& centre = centres[k];
    const auto first = [&](double middle) { return std::max<std::int64_t>(0, std::llround(middle - 2 * step)); };
    const auto last = [&](double middle, std::int64_t side) {
      return std::min<std::int64_t>(side, std::llround(middle + 2 * step) + 1);
    };
    for (std::int64_t y = first(centre.y); y < last(centre.y, planes.height); ++y) {
      for (std::int64_t x = first(centre.x); x < last(centre.x, planes.width); ++x) {
        const std::int64_t place = y * planes.width + x;
        double colour = 0;
        for (std::int64_t c = 0; c < planes.channels; ++c) {
          const double difference = planes.at(c, place) - centre.colour[static_cast<std::size_t>(c)];
          colour += difference * difference;
        }
        const double dy = static_cast<double>(y) + 0.5 - centre.y;
        const double dx = static_cast<double>(x) + 0.5 - centre.x;
        const double distance = colour * colour_weight + (dy * dy + dx * dx) * space_weight;
        if (distance >= nearest[static_cast<std::size_t>(place)]) continue;
        nearest[static_cast<std::size_t>(place)] = distance;
        labels[static_cast<std::size_t>(place)] = static_cast<std::int64_t>(k);
      }
    }
  }
  return labels;
}

void move_centres(const Planes& planes, const std::vector<std::int64_t>& labels, std::vector<Centre>& centres) {
  std::vector<double> counts(centres.size(), 0);
  std::vector<Centre> sums(centres.size(),
                           Centre{0, 0, std::vector<double>(static_cast<std::size_t>(planes.channels))});
  for (std::int64_t place = 0; place < planes.size(); ++place) {
    const auto k = static_cast<std::size_t>(labels[static_cast<std::size_t>(place)]);
    ++counts[k];
    const std::int64_t row = place / planes.width;
    sums[k].y += static_cast<double>(row) + 0.5;
    sums[k].x += static_cast<double>(place % planes.width) + 0.5;
    for (std::int64_t c = 0; c < planes.channels; ++c)
      sums[k].colour[static_cast<std::size_t>(c)] += planes.at(c, place);
  }
  for (std::size_t k = 0; k < centres.size(); ++k) {
    if (counts[k] == 0) continue;
    centres[k].y = sums[k].y / counts[k];
    centres[k].x = sums[k].x / counts[k];
    for (std::size_t c = 0; c < sums[k].colour.size(); ++c) centres[k].colour[c] = sums[k].colour[c] / counts[k];
  }
}

/// Numbers the connected parts in row order; a part smaller than `least` takes the number of the part before it.
Tensor connect(const Planes& planes, const std::vector<std::int64_t>& labels, std::int64_t least) {
  Tensor result = at::empty({planes.height, planes.width}, at::kLong);
  auto* numbers = result.data_ptr<std::int64_t>();
  std::fill_n(numbers, planes.size(), -1);
  std::int64_t next = 0;
  std::vector<std::int64_t> part;
  for (std::int64_t start = 0; start < planes.size(); ++start) {
    if (numbers[start] >= 0) continue;
    std::int64_t neighbour = -1;
    part.assign(1, start);
    numbers[start] = next;
    for (std::size_t i = 0; i < part.size(); ++i) {
      const std::int64_t y = part[i] / planes.width;
      const std::int64_t x = part[i] % planes.width;
      for (const auto& [dy, dx] : {std::pair{-1, 0}, std::pair{1, 0}, std::pair{0, -1}, std::pair{0, 1}}) {
        if (y + dy < 0 || y + dy >= planes.height || x + dx < 0 || x + dx >= planes.width) continue;
        const std::int64_t other = (y + dy) * planes.width + x + dx;
        if (numbers[other] >= 0 && numbers[other] != next) neighbour = numbers[other];
        if (numbers[other] >= 0 || labels[static_cast<std::size_t>(other)] != labels[static_cast<std::size_t>(start)])
          continue;
        numbers[other] = next;
        part.push_back(other);
      }
    }
    if (static_cast<std::int64_t>(part.size()) >= least || neighbour < 0) {
      ++next;
    } else {
      for (const std::int64_t place : part) numbers[place] = neighbour;
    }
  }
  return result;
}

}  // namespace

Tensor superpixels(const Tensor& picture, std::int64_t count, double compactness) {
  constexpr int rounds = 10;  // Achanta et al.: suffices for most pictures
  constexpr double usual_compactness = 10;
  constexpr std::int64_t least_share = 4;  // of a region's usual size: smaller parts join a neighbour
  const Planes planes(picture);
  const double step =
      std::sqrt(static_cast<double>(planes.size()) / static_cast<double>(std::max<std::int64_t>(count, 1)));
  const double range = (planes.values.max() - planes.values.min()).item<double>();
  const double colour_weight = range > 0 ? 1 / (range * range) : 0;
  const double relative = compactness / usual_compactness / 2;
  const double space_weight = relative * relative / (step * step);
  std::vector<Centre> centres = grid_of_centres(planes, step);
  std::vector<std::int64_t> labels;
  for (int round = 0; round < rounds; ++round) {
    labels = assign(planes, centres, step, colour_weight, space_weight);
    move_centres(planes, labels, centres);
  }
  return connect(planes, labels, static_cast<std::int64_t>(step * step) / least_share);
}

}  // namespace fovea
