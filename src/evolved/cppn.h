// Compositional pattern-producing networks: small graphs of functions that give every pixel its colour from where it
// is, and the mutations that make them grow. Stanley 2007, Compositional pattern producing networks; Stanley and
// Miikkulainen 2002 (NEAT); as used by Nguyen, Yosinski and Clune 2015.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <fovea/tensor.h>

#include "evolved/random.h"

namespace fovea::evolved {

enum class Function { sine, sigmoid, gaussian, linear };
inline constexpr std::size_t function_count = 4;

/// What a node computes from the weighted sum of what it reads.
double apply(Function function, double x);

/// Inputs x, y, distance from the middle and 1, then three outputs; hidden nodes follow.
inline constexpr std::size_t input_count = 4;
inline constexpr std::size_t output_count = 3;

struct Link {
  std::size_t from = 0;
  std::size_t to = 0;
  double weight = 0;
};

/// A genome. Links never make a circle.
struct Cppn {
  std::vector<Function> functions;  ///< of every node; an input's says nothing
  std::vector<Link> links;

  std::size_t size() const { return functions.size(); }
  /// Tells whether a new link would make a circle.
  bool closes_circle(std::size_t from, std::size_t to) const;
  /// Nodes in an order in which each comes after all that it reads.
  std::vector<std::size_t> order() const;
};

/// Rates of mutations, each tried once per child; the released code's.
struct CppnRates {
  double add_link = 0.5;
  double remove_link = 0.3;
  double rewire = 0.5;
  double add_node = 0.5;
  double remove_node = 0.2;
  double weight = 0.1;  ///< of each weight
  double eta = 15;      ///< of the polynomial mutation
  double range = 10;    ///< weights stay within +- this
};

/// Draws a genome without hidden nodes.
Cppn first_cppn(Dice& dice, const CppnRates& rates);
/// Changes a genome.
void mutate(Cppn& genome, Dice& dice, const CppnRates& rates);

/// Where pixels are: by their index as the released code has it (only the distance is brought to [-1, 1]), or all from
/// -1 to 1.
enum class Coordinates { unit, pixels };

/// Computes the three outputs for every pixel, float32 [3,H,W].
Tensor outputs_of(const Cppn& genome, std::int64_t height, std::int64_t width, Coordinates coordinates);

/// How outputs become colours: as hue, lightness and saturation in 8 bits (the released code: a hue over 180 of 255
/// runs round again), as hue, saturation and value, or as red, green and blue.
enum class Colours { hls, hsv, rgb };

/// Turns outputs [3,H,W] into a picture in display units: channels |v|, at most 1, rounded to 8 bits.
Tensor coloured(const Tensor& outputs, Colours colours);

}  // namespace fovea::evolved
