// A small network with a picture, for tests of techniques.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/technique.h>
#include <fovea/walk.h>

#include "support/net.h"

namespace fovea::test {

/// conv - relu - maxpool - conv - relu ("features") - global average pool - gemm, seeded.
struct Asked {
  Asked() : subject(model, input) {}

  static Model make() {
    Net net;
    ValueId x = net.node("Relu", {net.conv(net.input("x", {-1, 3, 16, 16}), 3, 6, 3, 1, 1)}, {}, "early");
    x = net.node(
        "MaxPool", {x},
        attributes({{"kernel_shape", std::vector<std::int64_t>{3, 3}}, {"strides", std::vector<std::int64_t>{2, 2}}}));
    x = net.node("Relu", {net.conv(x, 6, 8, 3, 1, 1)}, {}, "features");
    net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {x})}), 8, 5);
    return net.model();
  }

  Tensor ask(const char* technique, const Settings& settings = {}, const std::string& at = {},
             const char* objective = "logit(2)") const {
    return whole(technique, settings, at, objective).values;
  }
  Map whole(const char* technique, const Settings& settings = {}, const std::string& at = {},
            const char* objective = "logit(2)") const {
    return explain(find_technique(technique), subject, parse_objective(objective), {.at = at, .settings = settings});
  }
  /// The gradient at a value by the walk that tests/core/walk_test.cpp holds against autograd.
  Tensor gradient_at_value(const char* value) const {
    const Trace& trace = subject.trace();
    const ValueId at = model.graph.at(value);
    return walk(trace, seed(trace, logit(2)), find_recipe("gradient"), {.keep = {at}}).at(at)[0];
  }

  Model model = make();
  Tensor input = random_normal({1, 3, 16, 16}, 77);
  Subject subject;
};

}  // namespace fovea::test
