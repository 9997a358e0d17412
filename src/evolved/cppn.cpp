// Genomes of pattern-producing networks: mutation, order, pictures.
// SPDX-License-Identifier: Apache-2.0
#include "evolved/cppn.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <ATen/ops/empty.h>

namespace fovea::evolved {

double apply(Function function, double x) {
  switch (function) {
    case Function::sine: return std::sin(x);
    case Function::sigmoid: return 1 / (1 + std::exp(-x));
    case Function::gaussian: return std::exp(-x * x);
    case Function::linear: return x;
  }
  return x;
}

bool Cppn::closes_circle(std::size_t from, std::size_t to) const {
  std::vector<bool> reached(size(), false);
  std::vector<std::size_t> left{to};
  reached[to] = true;
  while (!left.empty()) {
    const std::size_t node = left.back();
    left.pop_back();
    if (node == from) return true;
    for (const Link& link : links) {
      if (link.from != node || reached[link.to]) continue;
      reached[link.to] = true;
      left.push_back(link.to);
    }
  }
  return false;
}

std::vector<std::size_t> Cppn::order() const {
  std::vector<std::size_t> unread(size(), 0);  // links into a node that are not yet computed
  for (const Link& link : links) ++unread[link.to];
  std::vector<std::size_t> ready;
  for (std::size_t node = 0; node < size(); ++node) {
    if (unread[node] == 0) ready.push_back(node);
  }
  for (std::size_t i = 0; i < ready.size(); ++i) {
    for (const Link& link : links) {
      if (link.from == ready[i] && --unread[link.to] == 0) ready.push_back(link.to);
    }
  }
  return ready;
}

namespace {

Function any_function(Dice& dice) { return static_cast<Function>(dice.below(function_count)); }

bool is_input(std::size_t node) { return node < input_count; }

bool linked(const Cppn& genome, std::size_t from, std::size_t to) {
  return std::any_of(genome.links.begin(), genome.links.end(),
                     [&](const Link& link) { return link.from == from && link.to == to; });
}

/// Two nodes that may be linked; the same node twice when none were found.
Link any_link(const Cppn& genome, Dice& dice, const CppnRates& rates) {
  constexpr int tries = 8;
  for (int i = 0; i < tries; ++i) {
    const std::size_t from = dice.below(genome.size());
    const std::size_t to = input_count + dice.below(genome.size() - input_count);
    const double weight = dice.between(-rates.range, rates.range) / 2;
    if (from == to || linked(genome, from, to) || genome.closes_circle(from, to)) continue;
    return {from, to, weight};
  }
  return {};
}

void add_link(Cppn& genome, Dice& dice, const CppnRates& rates) {
  const Link link = any_link(genome, dice, rates);
  if (link.from != link.to) genome.links.push_back(link);
}

void remove_link(Cppn& genome, Dice& dice) {
  if (genome.links.size() <= 1) return;
  genome.links.erase(genome.links.begin() + static_cast<std::ptrdiff_t>(dice.below(genome.links.size())));
}

void rewire(Cppn& genome, Dice& dice, const CppnRates& rates) {
  if (genome.links.empty()) return;
  const std::size_t which = dice.below(genome.links.size());
  const Link old = genome.links[which];
  genome.links.erase(genome.links.begin() + static_cast<std::ptrdiff_t>(which));
  const Link link = any_link(genome, dice, rates);
  genome.links.push_back(link.from != link.to ? Link{link.from, link.to, old.weight} : old);
}

/// A node in the middle of a link, which at first changes little: the way in has weight 1.
void add_node(Cppn& genome, Dice& dice) {
  if (genome.links.empty()) return;
  const std::size_t which = dice.below(genome.links.size());
  const Link old = genome.links[which];
  const std::size_t node = genome.size();
  genome.functions.push_back(any_function(dice));
  genome.links[which] = {old.from, node, 1};
  genome.links.push_back({node, old.to, old.weight});
}

void remove_node(Cppn& genome, Dice& dice) {
  constexpr std::size_t fixed = input_count + output_count;
  if (genome.size() <= fixed) return;
  const std::size_t node = fixed + dice.below(genome.size() - fixed);
  std::erase_if(genome.links, [&](const Link& link) { return link.from == node || link.to == node; });
  genome.functions.erase(genome.functions.begin() + static_cast<std::ptrdiff_t>(node));
  for (Link& link : genome.links) {
    if (link.from > node) --link.from;
    if (link.to > node) --link.to;
  }
}

}  // namespace

Cppn first_cppn(Dice& dice, const CppnRates& rates) {
  Cppn genome;
  genome.functions.assign(input_count, Function::linear);
  for (std::size_t i = 0; i < output_count; ++i) genome.functions.push_back(any_function(dice));
  for (std::size_t output = input_count; output < input_count + output_count; ++output) {
    for (std::size_t input = 0; input < input_count; ++input) {
      if (dice.happens(0.5)) genome.links.push_back({input, output, dice.between(-rates.range, rates.range) / 2});
    }
    if (genome.links.empty()) genome.links.push_back({dice.below(input_count), output, 1});
  }
  return genome;
}

void mutate(Cppn& genome, Dice& dice, const CppnRates& rates) {
  if (dice.happens(rates.add_link)) add_link(genome, dice, rates);
  if (dice.happens(rates.remove_link)) remove_link(genome, dice);
  if (dice.happens(rates.rewire)) rewire(genome, dice, rates);
  if (dice.happens(rates.add_node)) add_node(genome, dice);
  if (dice.happens(rates.remove_node)) remove_node(genome, dice);
  for (Link& link : genome.links) {
    if (!dice.happens(rates.weight)) continue;
    link.weight = std::clamp(link.weight + 2 * rates.range * dice.polynomial(rates.eta), -rates.range, rates.range);
  }
  for (std::size_t node = input_count; node < genome.size(); ++node) {
    if (!is_input(node) && dice.happens(rates.weight / 2)) genome.functions[node] = any_function(dice);
  }
}

namespace {

void apply_all(Function function, std::vector<float>& values) {
  switch (function) {
    case Function::sine:
      for (float& x : values) x = std::sin(x);
      break;
    case Function::sigmoid:
      for (float& x : values) x = 1.0F / (1.0F + std::exp(-x));
      break;
    case Function::gaussian:
      for (float& x : values) x = std::exp(-x * x);
      break;
    case Function::linear: break;
  }
}

std::vector<float> input_values(std::size_t input, std::int64_t height, std::int64_t width, Coordinates coordinates) {
  std::vector<float> values(static_cast<std::size_t>(height * width));
  const auto unit = [](std::int64_t at, std::int64_t side) {
    return side > 1 ? 2 * static_cast<double>(at) / static_cast<double>(side - 1) - 1 : 0.0;
  };
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const double across = unit(x, width);
      const double down = unit(y, height);
      const double corner = std::sqrt(2.0);
      const bool raw = coordinates == Coordinates::pixels;
      const std::array<double, input_count> all{raw ? static_cast<double>(x) : across,
                                                raw ? static_cast<double>(y) : down,
                                                2 * std::sqrt(across * across + down * down) / corner - 1, 1};
      values[static_cast<std::size_t>(y * width + x)] = static_cast<float>(all[input]);
    }
  }
  return values;
}

}  // namespace

Tensor outputs_of(const Cppn& genome, std::int64_t height, std::int64_t width, Coordinates coordinates) {
  const auto pixels = static_cast<std::size_t>(height * width);
  std::vector<std::vector<float>> values(genome.size());
  for (std::size_t input = 0; input < input_count; ++input)
    values[input] = input_values(input, height, width, coordinates);
  for (const std::size_t node : genome.order()) {
    if (is_input(node)) continue;
    std::vector<float>& sum = values[node];
    sum.assign(pixels, 0.0F);
    for (const Link& link : genome.links) {
      if (link.to != node || values[link.from].empty()) continue;
      const auto weight = static_cast<float>(link.weight);
      const float* read = values[link.from].data();
      for (std::size_t i = 0; i < pixels; ++i) sum[i] += weight * read[i];
    }
    apply_all(genome.functions[node], sum);
  }
  Tensor outputs = at::empty({static_cast<std::int64_t>(output_count), height, width}, at::TensorOptions(at::kFloat));
  for (std::size_t o = 0; o < output_count; ++o) {
    std::copy(values[input_count + o].begin(), values[input_count + o].end(),
              outputs.data_ptr<float>() + static_cast<std::ptrdiff_t>(o * pixels));
  }
  return outputs;
}

namespace {

using Rgb = std::array<float, 3>;

/// A fully saturated hue in [0, 1).
Rgb hue_of(float h) {
  constexpr float sixths = 6;
  const auto ramp = [&](float shift) {
    const float k = std::fmod(h * sixths + shift, sixths);
    return std::clamp(std::abs(k - 3.0F) - 1.0F, 0.0F, 1.0F);
  };
  return {ramp(0), ramp(4), ramp(2)};
}

Rgb from_hls(float h, float l, float s) {
  const float chroma = (1 - std::abs(2 * l - 1)) * s;
  const Rgb hue = hue_of(h);
  return {l + chroma * (hue[0] - 0.5F), l + chroma * (hue[1] - 0.5F), l + chroma * (hue[2] - 0.5F)};
}

Rgb from_hsv(float h, float s, float v) {
  const Rgb hue = hue_of(h);
  return {v * (1 - s + s * hue[0]), v * (1 - s + s * hue[1]), v * (1 - s + s * hue[2])};
}

Rgb to_colour(Colours colours, float a, float b, float c) {
  constexpr float white = 255;
  constexpr float whole_turn = 180;  // of an 8-bit hue, which counts half degrees
  switch (colours) {
    case Colours::hls: return from_hls(std::fmod(std::round(a * white) / whole_turn, 1.0F), b, c);
    case Colours::hsv: return from_hsv(std::fmod(a, 1.0F), b, c);
    case Colours::rgb: return {a, b, c};
  }
  return {a, b, c};
}

}  // namespace

Tensor coloured(const Tensor& outputs, Colours colours) {
  constexpr float white = 255;
  Tensor picture = outputs.clone();
  auto* at = picture.data_ptr<float>();
  const auto pixels = static_cast<std::size_t>(outputs.size(1) * outputs.size(2));
  const auto bounded = [](float v) { return std::isfinite(v) ? std::min(std::abs(v), 1.0F) : 1.0F; };
  for (std::size_t i = 0; i < pixels; ++i) {
    const Rgb rgb = to_colour(colours, bounded(at[i]), bounded(at[pixels + i]), bounded(at[2 * pixels + i]));
    for (std::size_t c = 0; c < 3; ++c) at[c * pixels + i] = std::round(std::clamp(rgb[c], 0.0F, 1.0F) * white) / white;
  }
  return picture;
}

}  // namespace fovea::evolved
