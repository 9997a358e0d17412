// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/objective.h>

#include "support/net.h"

namespace fovea {
namespace {

using test::Net;

struct Two {
  Net net;
  ValueId x = net.input("x", {-1, 3});
  ValueId y = net.node("Mul", {x, net.constant(test::tensor({2}, {1}))}, {}, "y");
  Model model = net.model();
  Trace trace = run(model.graph, test::tensor({1, 2, 3}, {1, 3}));

  double value(const std::string& text) const {
    return parse_objective(text)
        .evaluate(model.graph, model.card, [&](ValueId v) { return trace.value(v); })
        .item<double>();
  }
};

TEST(objective, algebra_is_that_of_numbers) {
  const Two two;
  EXPECT_EQ(two.value("logit(0)"), 2);
  EXPECT_EQ(two.value("logit(2) - logit(0) * 2"), 2);
  EXPECT_EQ(two.value("(logit(2) - logit(0)) * 2"), 8);
  EXPECT_EQ(two.value("-logit(1) + 1"), -3);
  EXPECT_EQ(two.value("2 * -(logit(0) - 5)"), 6);
  EXPECT_EQ(two.value("logit(0) - logit(1) - logit(2)"), -8);
  EXPECT_EQ(two.value("0.5*logit(2)+1e1"), 13);
}

TEST(objective, text_reads_back_as_the_same) {
  const Two two;
  for (const char* text : {"logit(0) - (logit(1) - logit(2))", "-(logit(0) + 1) * 3", "2 * channel(\"a b\",1)",
                           "neuron(y,1) - 0.25", "--logit(1)", "value(\"quote\\\"d\")"}) {
    const std::string once = parse_objective(text).text();
    EXPECT_EQ(parse_objective(once).text(), once) << text;
  }
  EXPECT_EQ(two.value(parse_objective("logit(0) - (logit(1) - logit(2))").text()), 4);
}

TEST(objective, seeds_are_gradients_with_other_values_held_fixed) {
  const Two two;
  // y depends on x, but the seed at x of value(x) is 1, not 1 + dy/dx.
  const Seeds seeds = seed(two.trace, parse_objective("3 * value(x) + logit(1) * logit(1)"));
  ASSERT_EQ(seeds.size(), 2u);
  EXPECT_EQ(seeds[0].value, two.x);
  EXPECT_TRUE(seeds[0].relevance.equal(test::tensor({3, 3, 3}, {1, 3})));
  EXPECT_TRUE(seeds[1].relevance.equal(test::tensor({0, 8, 0}, {1, 3})));
}

TEST(objective, pins_top_to_a_number) {
  const Two two;
  EXPECT_EQ(parse_objective("logit(top) - probability(top)").pinned(two.trace, {}).text(), "logit(2) - probability(2)");
}

TEST(objective, takes_labels_as_classes) {
  Two two;
  two.model.card.labels = {"ant", "bee", "tabby, tabby cat"};
  EXPECT_EQ(parse_objective("logit(bee)").pinned(two.trace, two.model.card).text(), "logit(1)");
}

TEST(objective, batches_give_one_number_per_picture_in_micro_batches) {
  const Two two;
  const Tensor inputs = test::random_normal({5, 3}, 3);
  const Tensor values = evaluate(two.model, inputs, logit(1), 2);
  EXPECT_TRUE(values.equal(inputs.select(1, 1) * 2));
  const Tensor gradient = gradient_at(two.model, inputs, logit(1), 2);
  EXPECT_TRUE(gradient.equal(test::tensor({0, 2, 0}, {1, 3}).expand({5, 3})));
}

TEST(objective, refuses_numbers_alone) { EXPECT_THROW((void)Two().value("1 + 2"), Error); }

struct Wrong {
  const char* text;
  const char* message;
};

class objective_syntax : public ::testing::TestWithParam<Wrong> {};

TEST_P(objective_syntax, points_at_the_mistake) {
  try {
    parse_objective(GetParam().text);
    FAIL() << GetParam().text;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_NE(std::string(error.what()).find(GetParam().message), std::string::npos) << error.what();
    EXPECT_FALSE(error.hint().empty());
  }
}

INSTANTIATE_TEST_SUITE_P(
    objective, objective_syntax,
    ::testing::Values(Wrong{"", "column 1: expected a number"},
                      Wrong{"logit(3", "column 8: expected ')', found the end"}, Wrong{"logit(3) + ", "column 12"},
                      Wrong{"logit(3) / 2", "column 10: expected the end"},
                      Wrong{"logot(3)", "there is no objective 'logot'"}, Wrong{"logit()", "takes (CLASS), found 0"},
                      Wrong{"logit(1,2)", "takes (CLASS), found 2"}, Wrong{"channel(\"a", "a closing"},
                      Wrong{"conv5", "column 1: expected a number or a term"}));

TEST(objective, refuses_endless_nesting) { EXPECT_THROW(parse_objective(std::string(100000, '(')), Error); }

}  // namespace
}  // namespace fovea
