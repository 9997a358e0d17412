// A part of the picture of one size, at a random place: anywhere, or about the centre with a Gaussian of deviation
// (side - size) * window, which makes the middle the place where things grow (Nguyen et al. 2016, MFV).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fovea/transform.h>

namespace fovea::transforms::crop {
namespace {

constexpr Option options[] = {
    {.name = "size",
     .type = OptionType::integer,
     .fallback = "224",
     .range = "1..8192",
     .help = "Side of the part, px; a smaller picture stays as it is."},
    {.name = "window",
     .type = OptionType::number,
     .fallback = "0",
     .range = "0..10",
     .help = "Deviation of the place from the centre, as a share of the room there is; 0: anywhere."}};

std::int64_t place(std::int64_t room, double draw, double window) {
  if (room <= 0) return 0;
  const double at =
      window > 0 ? static_cast<double>(room) * (0.5 + window * draw) : draw * static_cast<double>(room + 1);
  return std::clamp<std::int64_t>(window > 0 ? std::llround(at) : static_cast<std::int64_t>(at), 0, room);
}

Tensor apply_crop(const TransformCall& call) {
  const std::int64_t size = call.options.integer("size");
  const double window = call.options.number("window");
  const std::vector<double> draws = window > 0 ? call.draws.normal(2) : call.draws.uniform(2);
  const std::int64_t height = std::min(size, call.image.size(2));
  const std::int64_t width = std::min(size, call.image.size(3));
  return call.image.narrow(2, place(call.image.size(2) - height, draws[0], window), height)
      .narrow(3, place(call.image.size(3) - width, draws[1], window), width);
}

}  // namespace

extern constinit const TransformKind descriptor{
    .name = "crop",
    .sentence = "Cuts out a part of one size, anywhere or near the centre.",
    .paper = "Nguyen, Yosinski and Clune 2016, Multifaceted feature visualization (centre-biased regularization)",
    .options = options,
    .apply = apply_crop};

}  // namespace fovea::transforms::crop
