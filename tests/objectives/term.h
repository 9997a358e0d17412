// A fixed run for tests of single terms: "map" is [1,2,2,3], "pooled" its maximum per channel, the logits (1, 4).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/objective.h>

#include "support/net.h"

namespace fovea::test {

struct Term {
  Net net;
  ValueId x = net.input("x", {-1, 2, 2, 3});
  ValueId map = net.node("Identity", {x}, {}, "map");
  ValueId pooled = net.node("GlobalMaxPool", {map}, {}, "pooled");
  ValueId logits = net.node("Flatten", {pooled}, {}, "scores");
  Model model = net.model();
  Trace trace = run(model.graph, tensor({0, 1, 0, -1, 0.5, -3, 4, 0, 0, 0, 0, 2}, {1, 2, 2, 3}));

  double value(const std::string& text) const {
    return parse_objective(text)
        .evaluate(
            model.graph, model.card, [&](ValueId v) { return trace.value(v); }, &targets)
        .item<double>();
  }
  /// Lays a target down at "map".
  Term& with(const std::string& name, const Tensor& target) {
    targets.set(name, model.graph.at("map"), target);
    return *this;
  }
  Targets targets;
  std::string pinned(const std::string& text) const { return parse_objective(text).pinned(trace, model.card).text(); }
};

template <typename Function>
void expect_error(Function function, const std::string& part) {
  try {
    function();
    FAIL() << "no error; expected one with: " << part;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

}  // namespace fovea::test
