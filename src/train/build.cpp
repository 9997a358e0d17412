// From a description to a graph, layer by layer, keeping track of the shape [C,H,W] that each one makes.
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <map>

#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>
#include <fovea/network.h>
#include <fovea/op.h>

#include "core/random.h"
#include "train/layer_words.h"

namespace fovea {
namespace {

constexpr int opset = 17;
constexpr std::int64_t most_channels = 1 << 16;
constexpr std::int64_t most_kernel = 64;
constexpr double he_gain = 2;  // He et al. 2015, equation 10

using Ints = std::vector<std::int64_t>;

/// A value of the graph being built, with its shape without the batch: [C,H,W], or [C] once it is flat.
struct Made {
  ValueId value = no_value;
  Shape shape;
};

/// A graph while it is built.
class Builder {
 public:
  Builder(const Network& network, std::int64_t classes, Phase phase, std::uint64_t seed)
      : network_(network), classes_(classes), phase_(phase), seed_(seed) {}

  NetworkGraph build();

 private:
  void add(const Layer& layer);
  void convolve(const Layer& layer);
  void pool(const Layer& layer);
  void connect(const Layer& layer);
  void normalise(const Layer& layer);
  void drop(const Layer& layer);
  void flatten();

  ValueId value(std::string name, Shape declared = {});
  ValueId constant(std::string name, Tensor tensor);
  ValueId node(const char* onnx, std::string name, std::vector<ValueId> inputs,
               std::map<std::string, Attribute, std::less<>> attributes = {}, std::size_t outputs = 1);
  /// Returns "conv3" for the third of its kind.
  std::string numbered(const std::string& kind) { return kind + std::to_string(++count_[kind]); }
  ValueId random_weight(const std::string& name, const Shape& shape, double variance);
  std::int64_t side_after(const Layer& layer, std::int64_t side, std::int64_t kernel, std::int64_t stride,
                          std::int64_t pad, bool ceil) const;

  const Network& network_;
  std::int64_t classes_;
  Phase phase_;
  std::uint64_t seed_;
  Graph::Parts parts_;
  std::vector<ValueId> weights_, others_;
  std::vector<DropoutMask> masks_;
  std::vector<RunningStatistic> statistics_;
  Made at_;
  std::map<std::string, Made> kept_;
  std::map<std::string, int> count_;
  std::uint64_t drawn_ = 0;
};

ValueId Builder::value(std::string name, Shape declared) {
  parts_.values.push_back({.name = std::move(name), .consumers = {}, .declared = std::move(declared)});
  parts_.weights.emplace_back();
  return static_cast<ValueId>(parts_.values.size() - 1);
}

ValueId Builder::constant(std::string name, Tensor tensor) {
  const ValueId id = value(std::move(name), tensor.sizes().vec());
  parts_.weights.back() = std::move(tensor);
  return id;
}

ValueId Builder::node(const char* onnx, std::string name, std::vector<ValueId> inputs,
                      std::map<std::string, Attribute, std::less<>> attributes, std::size_t outputs) {
  Node made{.name = name,
            .op = find_onnx_op(onnx),
            .inputs = std::move(inputs),
            .outputs = {},
            .attributes = Attributes(std::move(attributes)),
            .opset = opset};
  for (std::size_t i = 0; i < outputs; ++i) {
    made.outputs.push_back(value(i == 0 ? name : name + ".output" + std::to_string(i)));
  }
  const ValueId first = made.outputs[0];
  parts_.nodes.push_back(std::move(made));
  return first;
}

ValueId Builder::random_weight(const std::string& name, const Shape& shape, double variance) {
  Tensor weight = normal(shape, seed_, drawn_++) * std::sqrt(variance);
  if (weight.dim() == 4) weight = weight.contiguous(at::MemoryFormat::ChannelsLast);
  const ValueId id = constant(name, weight);
  weights_.push_back(id);
  return id;
}

std::int64_t Builder::side_after(const Layer& layer, std::int64_t side, std::int64_t kernel, std::int64_t stride,
                                 std::int64_t pad, bool ceil) const {
  const std::int64_t room = side + 2 * pad - kernel;
  if (room < 0) {
    bad_layer(network_, layer,
              "a window of " + std::to_string(kernel) + " does not fit maps of " + std::to_string(side) + " px",
              "make the input larger or the strides smaller");
  }
  std::int64_t count = (ceil ? room + stride - 1 : room) / stride + 1;
  if (ceil && (count - 1) * stride >= side + pad) --count;  // the last window must begin inside
  return count;
}

void Builder::convolve(const Layer& layer) {
  if (at_.shape.size() != 3) bad_layer(network_, layer, "a convolution cannot follow a fully connected layer", {});
  const std::int64_t out = number_of(network_, layer, layer.words[0], 1, most_channels);
  const std::int64_t kernel = number_of(network_, layer, layer.words[1], 1, most_kernel);
  const std::int64_t stride = option_of(network_, layer, "stride", 1, 1, most_kernel);
  const std::int64_t pad = option_of(network_, layer, "pad", 0, 0, most_kernel);
  const std::int64_t groups = option_of(network_, layer, "groups", 1, 1, most_channels);
  const std::int64_t in = at_.shape[0];
  if (in % groups != 0 || out % groups != 0) {
    bad_layer(network_, layer,
              std::to_string(groups) + " groups do not divide " + std::to_string(in) + " and " + std::to_string(out) +
                  " channels",
              {});
  }
  const std::string name = numbered("conv");
  const double fan_in = static_cast<double>(in / groups * kernel * kernel);
  std::vector<ValueId> inputs{at_.value,
                              random_weight(name + ".weight", {out, in / groups, kernel, kernel}, he_gain / fan_in)};
  if (!has_flag(layer, "nobias")) {
    inputs.push_back(constant(name + ".bias", at::zeros({out})));
    others_.push_back(inputs.back());
  }
  const Shape shape{out, side_after(layer, at_.shape[1], kernel, stride, pad, false),
                    side_after(layer, at_.shape[2], kernel, stride, pad, false)};
  at_ = {node("Conv", name, inputs,
              {{"kernel_shape", Ints{kernel, kernel}},
               {"strides", Ints{stride, stride}},
               {"pads", Ints{pad, pad, pad, pad}},
               {"group", groups}}),
         shape};
}

void Builder::pool(const Layer& layer) {
  if (at_.shape.size() != 3) bad_layer(network_, layer, "there is no map left to pool", {});
  const bool maximum = layer.words[0] == "max";
  if (!maximum && layer.words[0] != "average") {
    bad_layer(network_, layer, "a pool is 'max' or 'average', found '" + layer.words[0] + "'", {});
  }
  const std::int64_t kernel = number_of(network_, layer, layer.words[1], 1, most_kernel);
  const std::int64_t stride = option_of(network_, layer, "stride", kernel, 1, most_kernel);
  const std::int64_t pad = option_of(network_, layer, "pad", 0, 0, kernel / 2);
  const bool ceil = has_flag(layer, "ceil");
  const Shape shape{at_.shape[0], side_after(layer, at_.shape[1], kernel, stride, pad, ceil),
                    side_after(layer, at_.shape[2], kernel, stride, pad, ceil)};
  at_ = {node(maximum ? "MaxPool" : "AveragePool", numbered("pool"), {at_.value},
              {{"kernel_shape", Ints{kernel, kernel}},
               {"strides", Ints{stride, stride}},
               {"pads", Ints{pad, pad, pad, pad}},
               {"ceil_mode", std::int64_t{ceil ? 1 : 0}}}),
         shape};
}

void Builder::flatten() {
  if (at_.shape.size() != 3) return;
  const std::int64_t features = at_.shape[0] * at_.shape[1] * at_.shape[2];
  at_ = {node("Flatten", numbered("flatten"), {at_.value}, {{"axis", std::int64_t{1}}}), {features}};
}

void Builder::connect(const Layer& layer) {
  const bool last = layer.words[0] == "classes";
  const std::int64_t out = last ? classes_ : number_of(network_, layer, layer.words[0], 1, most_channels);
  flatten();
  const std::string name = numbered("fc");
  const auto fan_in = static_cast<double>(at_.shape[0]);
  const ValueId weight = random_weight(name + ".weight", {out, at_.shape[0]}, (last ? 1 : he_gain) / fan_in);
  const ValueId bias = constant(name + ".bias", at::zeros({out}));
  others_.push_back(bias);
  at_ = {node("Gemm", name, {at_.value, weight, bias}, {{"transB", std::int64_t{1}}}), {out}};
}

void Builder::normalise(const Layer& layer) {
  if (at_.shape.size() != 3) bad_layer(network_, layer, "a batch norm cannot follow a fully connected layer", {});
  const std::string name = numbered("bn");
  const std::int64_t channels = at_.shape[0];
  const ValueId scale = constant(name + ".scale", at::ones({channels}));
  const ValueId shift = constant(name + ".shift", at::zeros({channels}));
  const ValueId mean = constant(name + ".mean", at::zeros({channels}));
  const ValueId variance = constant(name + ".variance", at::ones({channels}));
  others_.push_back(scale);
  others_.push_back(shift);
  const bool training = phase_ == Phase::training;
  std::map<std::string, Attribute, std::less<>> attributes;
  if (training) {
    attributes.emplace("training_mode", std::int64_t{1});
    attributes.emplace("detached_statistics", std::int64_t{1});
  }
  at_.value = node("BatchNormalization", name, {at_.value, scale, shift, mean, variance}, std::move(attributes),
                   training ? 3 : 1);
  if (!training) return;
  const std::vector<ValueId>& outputs = parts_.nodes.back().outputs;
  statistics_.push_back({mean, outputs[1]});
  statistics_.push_back({variance, outputs[2]});
}

void Builder::drop(const Layer& layer) {
  const std::string& word = layer.words[0];
  char* end = nullptr;
  const double rate = std::strtod(word.c_str(), &end);
  if (word.empty() || *end != '\0' || !(rate >= 0 && rate < 1)) {
    bad_layer(network_, layer, "a dropout's rate is at least 0 and under 1, found '" + word + "'", {});
  }
  const std::string name = numbered("dropout");
  if (phase_ == Phase::inference || rate == 0) return;
  Shape declared{-1};
  declared.insert(declared.end(), at_.shape.begin(), at_.shape.end());
  const ValueId mask = value(name + ".mask", declared);
  parts_.inputs.push_back(mask);
  masks_.push_back({mask, rate});
  at_.value = node("Mul", name, {at_.value, mask});
}

void Builder::add(const Layer& layer) {
  const std::string& kind = layer.kind;
  if (kind == "conv") return convolve(layer);
  if (kind == "pool") return pool(layer);
  if (kind == "fc") return connect(layer);
  if (kind == "batch_norm") return normalise(layer);
  if (kind == "dropout") return drop(layer);
  if (kind == "relu") {
    at_.value = node("Relu", numbered("relu"), {at_.value});
  } else if (kind == "lrn") {  // AlexNet's constants: n 5, alpha 1e-4, beta 0.75, k 2 (section 3.3)
    at_.value = node("LRN", numbered("lrn"), {at_.value},
                     {{"size", std::int64_t{5}}, {"alpha", 5e-4}, {"beta", 0.75}, {"bias", 2.0}});
  } else if (kind == "global_pool") {
    if (at_.shape.size() != 3) bad_layer(network_, layer, "there is no map left to pool", {});
    at_ = {node("GlobalAveragePool", numbered("global_pool"), {at_.value}), {at_.shape[0], 1, 1}};
  } else if (kind == "keep") {
    kept_[layer.words[0]] = at_;
  } else {
    const auto found = kept_.find(layer.words[0]);
    if (found == kept_.end()) {
      std::vector<std::string> names;
      for (const auto& [name, made] : kept_) names.push_back(name);
      bad_layer(network_, layer, "nothing was kept as '" + layer.words[0] + "'", did_you_mean(layer.words[0], names));
    }
    if (kind == "from") {
      at_ = found->second;
    } else {
      if (found->second.shape != at_.shape) {
        bad_layer(network_, layer, "'" + layer.words[0] + "' has another shape than what it is added to",
                  "lead it through a convolution of the same stride and width");
      }
      at_.value = node("Add", numbered("add"), {at_.value, found->second.value});
    }
  }
}

NetworkGraph Builder::build() {
  const std::int64_t side = network_.size;
  const ValueId input = value("input", {-1, 3, side, side});
  parts_.inputs.push_back(input);
  at_ = {input, {3, side, side}};
  for (const Layer& layer : network_.layers) add(layer);
  const Layer& last = network_.layers.back();
  if (last.kind != "fc" || last.words[0] != "classes") {
    bad_layer(network_, last, "the last layer is '" + last.kind + "', expected 'fc classes'", {});
  }
  parts_.outputs = {at_.value};
  parts_.logits = at_.value;
  for (const RunningStatistic& statistic : statistics_) parts_.outputs.push_back(statistic.updated);
  return {Graph(std::move(parts_)), weights_, others_, masks_, statistics_};
}

}  // namespace

NetworkGraph build_network(const Network& network, std::int64_t classes, Phase phase, std::uint64_t seed) {
  if (classes < 2) {
    throw Error(ErrorKind::usage, "a network needs at least 2 classes, found " + std::to_string(classes));
  }
  return Builder(network, classes, phase, seed).build();
}

}  // namespace fovea
