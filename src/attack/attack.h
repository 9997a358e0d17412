// Small changes of a picture that change what a network says of it, found by gradient. With v(x) what is to grow (such
// as log p of a target):
//   fast gradient sign   x + e sign(dv/dx)                      Goodfellow, Shlens and Szegedy 2014, section 4
//   iterated             the same in steps, |x' - x| <= e       Kurakin, Goodfellow and Bengio 2016, section 2.2
//   projected gradient   from a random start in the ball        Madry et al. 2017, section 2.1 (L-infinity and L2)
//   least change         min ||d||_2 with v(x + d) >= m         Szegedy et al. 2013, section 4.1; Carlini and Wagner
//   2016
// All functions are of plain tensors [N,...]; pictures of a batch do not influence each other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <limits>

#include <fovea/tensor.h>

namespace fovea {

/// How the size of a change is measured.
enum class Norm { inf, l2 };

/// What is to grow, at some pictures.
struct Slope {
  Tensor values;    ///< [N]
  Tensor gradient;  ///< of each value at its own picture, [N,...]
};

/// Asks for the slope at pictures [N,...].
using SlopeAt = std::function<Slope(const Tensor& x)>;

/// Returns the direction of steepest growth for a norm: sign(g) for `inf`, where |g| <= `least` counts as 0; g /
/// ||g||_2 of each picture for `l2`. 0 where the gradient is 0.
Tensor steepest(const Tensor& gradient, Norm norm, double least = 0);

/// Returns the nearest changes [N,...] in the ball of a radius about 0.
Tensor within_ball(const Tensor& change, Norm norm, double radius);

/// Draws changes [N,...] uniformly from the ball (for `l2` a uniform direction at a radius whose power of the dimension
/// is uniform). Picture i draws what its number `first` + i says, whatever the batch.
Tensor random_in_ball(const Shape& shape, Norm norm, double radius, std::uint64_t seed, std::uint64_t first = 0);

/// Choices of an attack in a ball.
struct BallAttack {
  Norm norm = Norm::inf;  ///< of the ball
  double radius = 0;
  Norm step = Norm::inf;  ///< of the steps: `steepest` for this norm
  double rate = 0;        ///< length of a step
  std::int64_t steps = 1;
  double least = 0;                                       ///< see `steepest`; Captum's is 1e-6
  Tensor start;                                           ///< the change to begin with; undefined: none
  double low = -std::numeric_limits<double>::infinity();  ///< bounds of the pictures themselves
  double high = std::numeric_limits<double>::infinity();
};

/// Climbs in a ball about the pictures: x <- bounds(x0 + ball(x + rate steepest(dv/dx) - x0)). One step with the rate
/// of the radius is the fast gradient sign method.
Tensor attack_in_ball(const Tensor& pictures, const SlopeAt& slope, const BallAttack& attack);

/// Choices of a search for the least change.
struct LeastChange {
  double reach = 0;  ///< the value that is to be reached
  std::int64_t steps = 40;
  std::int64_t more_steps = 160;  ///< at most, while some picture has not reached it
  /// Share of the directions before in the next one, so that kinks of the network average out; it rises over the steps.
  double first_memory = 0.7;
  double last_memory = 0.9;
  double slack = 1e-3;  ///< the linear value is asked for so much more, lest last bits decide
  double levels = 255;  ///< every picture is made of multiples of 1 / levels, as a file holds it; 0: of real numbers
  double low = 0;
  double high = 1;
  double first_size = 4.0 / 255;  ///< RMS that the first step does not exceed; each later one at most doubles
};

/// What a search came to.
struct LeastChanged {
  Tensor pictures;  ///< of those that reached it the nearest to the start, else the one with the largest value
  Tensor values;    ///< [N], at them
  Tensor reached;   ///< bool [N]
};

/// Looks for the smallest ||x' - x||_2 with v(x') >= reach. Each step takes v for linear: along a direction d (the
/// running mean of unit gradients) it goes to the least factor c at which v + g (x'(c) - x_k) reaches it, x'(c) =
/// picture(x + c d), where `picture` clips and rounds; what networks then lack of it is added to what is asked of the
/// next steps. For a linear v and real numbers the first step is the answer, (reach - v) g / ||g||^2; repeated on a
/// smooth v without memory it is Hasofer and Lind's (1974) search for the nearest point of a surface (also known as the
/// multi-step DeepFool, Moosavi-Dezfooli et al. 2016). That a change is rounded from c d makes it the shortest change
/// by whole levels: a pixel gets its k-th level when (2k - 1) / |d| is small enough, the price of that level by its
/// worth.
LeastChanged least_change(const Tensor& pictures, const SlopeAt& slope, const LeastChange& options);

/// Returns the RMS of each change [N,...], [N], float64 on the CPU.
Tensor rms_of(const Tensor& changes);

}  // namespace fovea
