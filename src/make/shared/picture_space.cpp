// DCT-II, orthonormal: row k is sqrt(2/n) cos(pi (i + 1/2) k / n), row 0 sqrt(1/n). Ahmed, Natarajan, Rao 1974,
// Discrete cosine transform.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/picture_space.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <ATen/ops/arange.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/tensor.h>

#include "core/random.h"

namespace fovea::make {
namespace {

constexpr std::int64_t noise_frequencies = 32;    // per axis: what is higher is too weak to be seen
constexpr double luma[] = {0.299, 0.587, 0.114};  // Rec. 601, as networks of grey pictures see

Tensor cosines(std::int64_t count, std::int64_t size) {
  const Tensor k = at::arange(count, at::kDouble).reshape({-1, 1});
  const Tensor i = at::arange(size, at::kDouble).reshape({1, -1}) + 0.5;
  const auto n = static_cast<double>(size);
  Tensor basis = (k * i * (std::numbers::pi / n)).cos() * std::sqrt(2 / n);
  basis[0].fill_(std::sqrt(1 / n));
  return basis;
}

}  // namespace

PictureSpace::PictureSpace(const Plan& plan) : plan_(plan), channels_(plan.grey ? 1 : 3) {
  if (plan.box.height == 0 || plan.box.width == 0) plan_.box = {0, 0, plan.height, plan.width};
  if (plan.frequencies == 0) return;
  vertical_ = cosines(std::min(plan.frequencies, plan_.box.height), plan_.box.height);
  horizontal_ = cosines(std::min(plan.frequencies, plan_.box.width), plan_.box.width);
}

Tensor PictureSpace::patterns(const Tensor& coordinates) const {
  Tensor c = coordinates.reshape({-1, channels_, rows(), columns()});
  if (vertical_.defined()) c = vertical_.t().to(c.options()).matmul(c).matmul(horizontal_.to(c.options()));
  return plan_.grey ? c.expand({-1, 3, -1, -1}) : c;
}

Tensor PictureSpace::pictures(const Tensor& coordinates) const {
  const Box& box = plan_.box;
  const Tensor inside = patterns(coordinates);
  return at::constant_pad_nd(inside,
                             {box.x, plan_.width - box.x - box.width, box.y, plan_.height - box.y - box.height}) +
         plan_.mean.to(inside.options());
}

Tensor PictureSpace::coordinates(const Tensor& pictures) const {
  const Box& box = plan_.box;
  Tensor c = (pictures.to(at::kCPU, at::kDouble) - plan_.mean.to(at::kCPU, at::kDouble))
                 .narrow(2, box.y, box.height)
                 .narrow(3, box.x, box.width);
  if (plan_.grey) c = (c * at::tensor({luma[0], luma[1], luma[2]}, at::kDouble).reshape({1, 3, 1, 1})).sum(1, true);
  if (vertical_.defined()) c = vertical_.matmul(c).matmul(horizontal_.t());
  return c.reshape({c.size(0), -1});
}

Tensor PictureSpace::noise(std::int64_t count, std::uint64_t seed) const {
  Plan low = plan_;
  low.frequencies = std::min(noise_frequencies, plan_.frequencies > 0 ? plan_.frequencies : noise_frequencies);
  const PictureSpace space(low);
  const Tensor y = at::arange(space.rows(), at::kDouble).reshape({-1, 1});
  const Tensor x = at::arange(space.columns(), at::kDouble).reshape({1, -1});
  const Tensor amplitude = 1 / (1 + y.square() + x.square()).sqrt();
  const Tensor drawn =
      normal({count, space.channels_, space.rows(), space.columns()}, seed, 0).to(at::kDouble) * amplitude;
  return coordinates(space.pictures(drawn));
}

}  // namespace fovea::make
