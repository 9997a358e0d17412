// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include <fovea/error.h>

#include "core/quadrature.h"

namespace fovea {
namespace {

double integrate(const Quadrature& rule, int power) {
  double sum = 0;
  for (std::size_t i = 0; i < rule.nodes.size(); ++i) sum += rule.weights[i] * std::pow(rule.nodes[i], power);
  return sum;
}

TEST(quadrature, weights_sum_to_one) {
  for (const char* name : {"midpoint", "trapezoid", "gauss_legendre"}) {
    for (const int steps : {1, 2, 7, 50, 500})
      EXPECT_NEAR(integrate(quadrature(name, steps), 0), 1, 1e-12) << name << steps;
  }
}

TEST(quadrature, gauss_legendre_integrates_polynomials_of_twice_its_degree) {
  for (const int steps : {1, 2, 5, 20}) {
    for (int power = 0; power < 2 * steps; ++power) {
      EXPECT_NEAR(integrate(quadrature("gauss_legendre", steps), power), 1.0 / (power + 1), 1e-12)
          << steps << " " << power;
    }
  }
}

TEST(quadrature, others_are_exact_on_lines_and_converge_at_second_order) {
  for (const char* name : {"midpoint", "trapezoid"}) {
    EXPECT_NEAR(integrate(quadrature(name, 5), 1), 0.5, 1e-14);
    const double coarse = std::abs(integrate(quadrature(name, 11), 2) - 1.0 / 3);
    const double fine = std::abs(integrate(quadrature(name, 101), 2) - 1.0 / 3);
    EXPECT_GT(coarse / fine, 70) << name;
  }
}

TEST(quadrature, refuses_nonsense) {
  EXPECT_THROW(quadrature("simpson", 5), Error);
  EXPECT_THROW(quadrature("midpoint", 0), Error);
}

}  // namespace
}  // namespace fovea
