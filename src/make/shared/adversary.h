// Adversarial pictures once they are found: what the network says of them, how they are drawn, and what of them
// outlives changes that pictures meet in the world.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <fovea/make.h>

namespace fovea::make {

/// No class: an attack that only leaves the picture's own.
inline constexpr std::int64_t no_class = -1;

/// One picture with a small change, both as files of 8 bits that the network takes as they are.
struct Adversary {
  std::string name;     ///< of its files
  std::string picture;  ///< what it was made of
  Image original;
  Image found;
  std::int64_t source = no_class;  ///< the network's class of the original
  double source_probability = 0;   ///< of that class, at the original
  std::int64_t target = no_class;
  std::int64_t top = no_class;  ///< the network's class of what was found
  double top_probability = 0;
  double target_probability = 0;  ///< at what was found; of the source where there is no target
  bool fools = false;             ///< the aim was reached, and the original was not there already
  bool borrowed = false;          ///< its change was found on another picture
  Image weights;                  ///< of the target, where the network is linear; else empty
  std::string about_weights;
};

/// Tells whether the network's answer is the target, or where there is none, no longer the picture's own class.
bool misleads(const Adversary& adversary, std::int64_t answer);

/// Returns the change in grey levels, [3,H,W].
Tensor change_of(const Adversary& adversary);

/// Returns the RMS of the change and its largest magnitude, in grey levels.
double rms_of(const Adversary& adversary);
double largest_of(const Adversary& adversary);

/// Draws adversaries: original, change magnified about mid-grey, what was found (and the target's weights). Fills
/// `picture`, `pictures`, `values` and `table`.
Made draw_adversaries(const std::vector<Adversary>& adversaries, const Card& card, const std::string& title);

/// Adds to the table, the notes and the pictures how many adversaries still mislead the network when they are changed
/// (src/attack/disturbance.h), beside how many originals then keep their class. `done` steps of the making are done.
void add_robustness(const MakeCall& call, const std::vector<Adversary>& adversaries, std::int64_t done, Made& made);

/// Words a probability: "99.1 %".
std::string percent(double probability);

}  // namespace fovea::make
