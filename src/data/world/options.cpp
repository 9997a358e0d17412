// Reading and checking what a world is asked to be.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/world.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <fovea/error.h>

#include "core/part_library.h"

namespace fovea {
namespace {

void require_known(std::string_view what, const std::string& name, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) {
    hint = "known are";
    for (const std::string& one : known) hint += (one == known.front() ? " " : ", ") + one;
  }
  throw Error(ErrorKind::usage, "the rendered world has no " + std::string(what) + " '" + name + "'", hint);
}

void check_bias(const WorldBias& bias) {
  require_known("class", bias.label, world_labels());
  require_known("context", bias.context, world_contexts());
  if (bias.rate >= 0 && bias.rate <= 1) return;
  throw Error(ErrorKind::usage, "the rate of '" + bias.context + "' with '" + bias.label +
                                    "' should be in 0..1, found " + std::to_string(bias.rate));
}

}  // namespace

void check_world(const WorldOptions& options) {
  constexpr double rounding = 1e-9;
  if (options.size < least_world_size || options.size > most_world_size) {
    throw Error(ErrorKind::usage, "a scene's size should be in " + std::to_string(least_world_size) + ".." +
                                      std::to_string(most_world_size) + " px, found " + std::to_string(options.size));
  }
  std::set<std::pair<std::string, std::string>> seen;
  std::map<std::string, double> sums;
  for (const WorldBias& bias : options.biases) {
    check_bias(bias);
    if (!seen.emplace(bias.label, bias.context).second) {
      throw Error(ErrorKind::usage, "the rate of '" + bias.context + "' with '" + bias.label + "' is given twice");
    }
    if ((sums[bias.label] += bias.rate) > 1 + rounding) {
      throw Error(ErrorKind::usage, "the rates of contexts with '" + bias.label + "' sum to more than 1",
                  "a scene holds one context at most");
    }
  }
  opencv_part();  // now, before anything is written
}

WorldBias parse_bias(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::size_t colon = text.rfind(':');
  WorldBias bias;
  const char* end = text.data() + text.size();
  bool is_read = equals != std::string_view::npos && colon != std::string_view::npos && colon > equals;
  if (is_read) {
    const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, bias.rate);
    is_read = error == std::errc() && rest == end;
  }
  if (!is_read) {
    throw Error(ErrorKind::usage, "a bias is CLASS=CONTEXT:RATE, found '" + std::string(text) + "'",
                "for example: dumbbell=arm:0.95");
  }
  bias.label = text.substr(0, equals);
  bias.context = text.substr(equals + 1, colon - equals - 1);
  check_bias(bias);
  return bias;
}

}  // namespace fovea
