// neuron(v,k,y,x): one unit of a value. Without a place the centre [h/2, w/2] (Olah et al. 2017); `strongest` in place
// of the place is the position of the channel's maximum, in place of the channel that of the whole value's.
// SPDX-License-Identifier: Apache-2.0
#include "objectives/arguments.h"

namespace fovea::objectives::neuron {
namespace {

struct Unit {
  std::int64_t channel;
  std::vector<std::int64_t> place;  ///< along the axes from 2 on
};

std::vector<std::int64_t> unravel(std::int64_t flat, const Shape& sizes) {
  std::vector<std::int64_t> place(sizes.size());
  for (std::size_t axis = sizes.size(); axis-- > 0;) {
    place[axis] = flat % sizes[axis];
    flat /= sizes[axis];
  }
  return place;
}

void require_one_picture(const ObjectiveCall& call) {
  if (call.value.size(0) == 1) return;
  throw Error(ErrorKind::usage,
              "'strongest' is one unit only for one picture, found a batch of " + std::to_string(call.value.size(0)));
}

Unit find_unit(const ObjectiveCall& call) {
  const std::int64_t channels = channels_of(call);
  const Shape sizes = call.value.sizes().slice(2).vec();
  if (call.arguments[1] == "strongest") {
    require_one_picture(call);
    std::vector<std::int64_t> place =
        unravel(call.value[0].contiguous().argmax().item<std::int64_t>(), call.value.sizes().slice(1).vec());
    const std::int64_t channel = place.front();
    place.erase(place.begin());
    return {channel, place};
  }
  Unit unit{index_argument(call, 1, channels, "channel"), {}};
  if (call.arguments.size() == 2) {
    for (const std::int64_t size : sizes) unit.place.push_back(size / 2);
  } else if (call.arguments[2] == "strongest") {
    require_one_picture(call);
    const Tensor map = call.value[0][unit.channel].contiguous();
    unit.place = unravel(map.argmax().item<std::int64_t>(), sizes);
  } else {
    if (call.arguments.size() != 2 + sizes.size()) {
      throw Error(ErrorKind::usage, "a unit of '" + call.arguments[0] + "' has " + std::to_string(sizes.size()) +
                                        " coordinates beside its channel, found " +
                                        std::to_string(call.arguments.size() - 2));
    }
    for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
      unit.place.push_back(index_argument(call, 2 + axis, sizes[axis], axis + 1 == sizes.size() ? "column" : "row"));
    }
  }
  return unit;
}

Tensor evaluate_neuron(const ObjectiveCall& call) {
  const Unit unit = find_unit(call);
  Tensor value = call.value.select(1, unit.channel);
  for (const std::int64_t position : unit.place) value = value.select(1, position);
  return value;
}

std::vector<std::string> pin_unit(const ObjectiveCall& call) {
  const Unit unit = find_unit(call);
  std::vector<std::string> arguments{call.arguments[0], std::to_string(unit.channel)};
  for (const std::int64_t position : unit.place) arguments.push_back(std::to_string(position));
  return arguments;
}

}  // namespace

extern constinit const ObjectiveKind descriptor{
    .name = "neuron",
    .arguments = "VALUE, K[, Y, X]",
    .sentence =
        "One unit of a value: channel K at row Y, column X (default: the centre); `strongest` in place of K or of "
        "Y, X is the position of the maximum.",
    .least_arguments = 2,
    .most_arguments = 5,
    .tap = tap_named,
    .evaluate = evaluate_neuron,
    .pin = pin_unit};

}  // namespace fovea::objectives::neuron
