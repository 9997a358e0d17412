// How much a step of an ascent costs beside what it cannot do without: libtorch's forward and backward pass of the same
// network from a class's logit to the input, written with plain ATen calls in channels_last, its ReLUs in place as
// torchvision's are. In one process and in alternation, step by step. And whether memory grows over 1,000 steps.
//   ascent_bench [memory | vgg16 | MODEL.onnx]...      without arguments: memory vgg16
// VGG-16 has seeded weights and is built in. `ratio` is the median over steps of ascent over bare, by the clock and by
// the processors' time, which other work beside it disturbs less (one thread: OMP_NUM_THREADS=1). Bars: 1.1 without
// transforms, 1.3 with Lucid's.
// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <malloc.h>

#include <torch/torch.h>

#include <fovea/fovea.h>

#include "core/random.h"

namespace {

using namespace fovea;  // NOLINT(google-build-using-namespace): a program of one file
using Clock = std::chrono::steady_clock;

constexpr int rounds = 21;
constexpr int warm_up = 3;
constexpr std::int64_t asked_class = 1;
constexpr std::int64_t classes = 1000;

/// Simonyan and Zisserman 2015, configuration D.
constexpr std::string_view vgg16 = R"(input 224
conv 64 3 pad 1
relu
conv 64 3 pad 1
relu
pool max 2
conv 128 3 pad 1
relu
conv 128 3 pad 1
relu
pool max 2
conv 256 3 pad 1
relu
conv 256 3 pad 1
relu
conv 256 3 pad 1
relu
pool max 2
conv 512 3 pad 1
relu
conv 512 3 pad 1
relu
conv 512 3 pad 1
relu
pool max 2
conv 512 3 pad 1
relu
conv 512 3 pad 1
relu
conv 512 3 pad 1
relu
pool max 2
fc 4096
relu
fc 4096
relu
fc classes
)";

/// A moment, by the clock and by the processors' time that the process has had; or how long something took.
struct Moment {
  double clock = 0;
  double processors = 0;
};

Moment now() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return {std::chrono::duration<double>(Clock::now().time_since_epoch()).count(),
          static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec)};
}

Moment since(const Moment& begun) {
  const Moment end = now();
  return {end.clock - begun.clock, end.processors - begun.processors};
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// --- the network as a user of libtorch writes it ---

using Values = std::vector<torch::Tensor>;
using Layer = std::function<torch::Tensor(const Values&)>;

std::vector<std::int64_t> pair_of(const Node& node, const char* name, std::int64_t otherwise) {
  const auto numbers = node.attributes.integers(name);
  return numbers.empty() ? std::vector{otherwise, otherwise} : std::vector{numbers[0], numbers[1]};
}

torch::Tensor local_response_norm(const torch::Tensor& x, std::int64_t size, double alpha, double beta, double bias) {
  const torch::Tensor squares = at::constant_pad_nd(x * x, {0, 0, 0, 0, (size - 1) / 2, size / 2});
  torch::Tensor sum = squares.narrow(1, 0, x.size(1));
  for (std::int64_t i = 1; i < size; ++i) sum = sum + squares.narrow(1, i, x.size(1));
  const torch::Tensor root = (sum * (alpha / static_cast<double>(size)) + bias).rsqrt();
  return x * (beta == 0.75 ? root * root.sqrt() : root.pow(2 * beta));
}

Layer pool_of(const Node& node, ValueId x) {
  const auto kernel = pair_of(node, "kernel_shape", 1);
  const auto stride = pair_of(node, "strides", 1);
  const auto pad = pair_of(node, "pads", 0);
  const bool ceil = node.attributes.integer("ceil_mode", 0) != 0;
  if (node.op->onnx == "AveragePool") {
    return [=](const Values& v) { return at::avg_pool2d(v[x], kernel, stride, pad, ceil, false); };
  }
  return [=](const Values& v) { return at::max_pool2d(v[x], kernel, stride, pad, 1, ceil); };
}

Layer layer_of(const Graph& graph, const Node& node) {
  const std::string_view op = node.op->onnx;
  const ValueId x = node.inputs.at(0);
  const auto constant = [&](std::size_t i) {
    return i < node.inputs.size() ? graph.weights()[node.inputs[i]] : torch::Tensor();
  };
  if (op == "Conv") {
    const torch::Tensor weight = constant(1).contiguous(at::MemoryFormat::ChannelsLast);
    const auto stride = pair_of(node, "strides", 1);
    const auto pad = pair_of(node, "pads", 0);
    const std::int64_t groups = node.attributes.integer("group", 1);
    return [=, bias = constant(2)](const Values& v) {
      return at::conv2d(v[x], weight, bias, stride, pad, {1, 1}, groups);
    };
  }
  if (op == "Relu") return [=](const Values& v) { return at::relu_(const_cast<torch::Tensor&>(v[x])); };
  if (op == "MaxPool" || op == "AveragePool") return pool_of(node, x);
  if (op == "GlobalAveragePool") return [=](const Values& v) { return at::adaptive_avg_pool2d(v[x], {1, 1}); };
  if (op == "Flatten") return [=](const Values& v) { return v[x].flatten(1); };
  if (op == "Dropout" || op == "Identity") return [=](const Values& v) { return v[x]; };
  if (op == "LRN") {
    const Attributes& a = node.attributes;
    return [=, size = a.integer("size", 1), alpha = a.number("alpha", 1e-4), beta = a.number("beta", 0.75),
            bias = a.number("bias", 1)](const Values& v) { return local_response_norm(v[x], size, alpha, beta, bias); };
  }
  if (op == "Concat") {
    return [inputs = node.inputs](const Values& v) {
      Values parts;
      for (const ValueId input : inputs) parts.push_back(v[input]);
      return at::cat(parts, 1);
    };
  }
  if (op == "Gemm" && node.attributes.integer("transB", 0) != 0) {
    return [=, weight = constant(1), bias = constant(2)](const Values& v) { return at::linear(v[x], weight, bias); };
  }
  throw Error(ErrorKind::unsupported, "the bare loop does not know " + std::string(op));
}

/// The network without Fovea: layers in order, attributes read beforehand, values let go after their last use.
class Bare {
 public:
  explicit Bare(const Graph& graph) : graph_(graph) {
    std::vector<int> last(graph.values().size(), -1);
    for (const Node& node : graph.nodes()) {
      for (const ValueId input : node.inputs) last[input] = static_cast<int>(steps_.size());
      steps_.push_back({node.outputs[0], layer_of(graph, node), {}});
      if (node.outputs[0] == graph.logits()) break;
    }
    for (std::size_t value = 0; value < last.size(); ++value) {
      if (last[value] >= 0) steps_[static_cast<std::size_t>(last[value])].over.push_back(value);
    }
  }

  /// The gradient of a class's logit at an input in channels_last.
  torch::Tensor gradient(const torch::Tensor& input) const {
    Values values(graph_.values().size());
    const torch::Tensor leaf = input.detach().requires_grad_();
    values[graph_.inputs().front()] = leaf;
    for (const Step& step : steps_) {
      values[step.output] = step.layer(values);
      for (const std::size_t value : step.over) values[value] = torch::Tensor();
    }
    const torch::Tensor logit = values[graph_.logits()].select(1, asked_class).sum();
    return torch::autograd::grad({logit}, {leaf})[0];
  }

 private:
  struct Step {
    ValueId output;
    Layer layer;
    std::vector<std::size_t> over;  ///< values that nothing reads any more
  };
  const Graph& graph_;
  std::vector<Step> steps_;
};

// --- beside it, ascents ---

/// One way to climb.
struct Way {
  const char* name;
  const char* canvas;
  const char* transforms;
  const char* optimiser;
};

constexpr const char* lucid = "pad(12) jitter(8) scale rotate jitter(4)";
constexpr Way ways[] = {{"pixels", "pixels", "", "sgd(rate=0.001)"},
                        {"pixels, Lucid's transforms", "pixels", lucid, "sgd(rate=0.001)"},
                        {"fourier, adam", "fourier", "", "adam(rate=0.05)"},
                        {"fourier, adam, Lucid's transforms", "fourier", lucid, "adam(rate=0.05)"}};

AscentOptions options_of(const Way& way, std::int64_t steps) {
  AscentOptions options;
  options.objectives = {logit(asked_class)};
  options.canvas = way.canvas;
  options.transforms = way.transforms;
  options.optimiser = way.optimiser;
  options.steps = steps;
  return options;
}

void compare(const Model& model, const Bare& bare, const torch::Tensor& input, const Way& way) {
  std::vector<double> own;
  std::vector<double> alone;
  std::vector<double> ratios;
  std::vector<double> by_processors;
  AscentOptions options = options_of(way, warm_up + rounds);
  Moment begun = now();
  options.watch = [&](const AscentStatus& status) {
    const Moment step = since(begun);
    begun = now();
    bare.gradient(input);
    const Moment reference = since(begun);
    if (status.step > warm_up) {
      own.push_back(step.clock);
      alone.push_back(reference.clock);
      ratios.push_back(step.clock / reference.clock);
      by_processors.push_back(step.processors / reference.processors);
    }
    begun = now();
    return true;
  };
  ascend(model, options);
  std::printf("%-16s %-34s step %8.2f ms  bare %8.2f ms  ratio %.3f  by processors' time %.3f\n",
              model.card.name.c_str(), way.name, 1e3 * median(own), 1e3 * median(alone), median(ratios),
              median(by_processors));
  std::fflush(stdout);
}

void compare_all(const Model& model) {
  const Bare bare(model.graph);
  Shape shape = model.graph.value(model.graph.inputs().front()).declared;
  shape[0] = 1;
  const torch::Tensor input = normal(shape, 1, 0).contiguous(at::MemoryFormat::ChannelsLast);
  const torch::Tensor theirs = bare.gradient(input);
  const torch::Tensor ours = gradient_at(model, input, logit(asked_class));
  std::printf("%-16s gradients differ by %.1e of their norm\n", model.card.name.c_str(),
              ((ours - theirs).norm() / theirs.norm()).item<double>());
  for (const Way& way : ways) compare(model, bare, input, way);
}

Model seeded(const Network& network) {
  Model model{.path = network.name,
              .hash = {},
              .graph = build_network(network, classes, Phase::inference, 1).graph,
              .card = {}};
  model.card.name = network.name;
  model.card.preprocess = Preprocess{.source = "bench",
                                     .width = network.size,
                                     .height = network.size,
                                     .scale = 1.0 / 255,
                                     .mean = {0.485, 0.456, 0.406},
                                     .std = {0.229, 0.224, 0.225}};
  return model;
}

// --- memory ---

constexpr double bytes_in_mebibyte = 1024.0 * 1024;

/// The process's resident set, MiB.
double resident() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double pages = 0;
  file >> all >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / bytes_in_mebibyte;
}

/// The largest that it has been, MiB.
double peak() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / bytes_in_mebibyte;
}

void watch_memory_of(const Model& model, const Way& way) {
  constexpr std::int64_t steps = 1000;
  constexpr std::int64_t marks[] = {10, 100, 200, 500, steps};
  AscentOptions options = options_of(way, steps);
  std::printf("%s, %s: MiB resident (peak) after", model.card.name.c_str(), way.name);
  options.watch = [&](const AscentStatus& status) {
    if (std::find(std::begin(marks), std::end(marks), status.step) != std::end(marks)) {
      std::printf("  %lld: %.1f (%.1f)", static_cast<long long>(status.step), resident(), peak());
      std::fflush(stdout);
    }
    return true;
  };
  ascend(model, options);
  std::printf("\n");
}

void watch_memory() {
  const Model model = seeded(find_network("vgg_small"));
  for (const Way& way : ways) watch_memory_of(model, way);
}

}  // namespace

int main(int count, char** arguments) {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // as the program does: freed memory is kept
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  std::vector<std::string> asked(arguments + 1, arguments + count);
  if (asked.empty()) asked = {"memory", "vgg16"};
  try {
    std::printf("threads: %d\n", at::get_num_threads());
    for (const std::string& name : asked) {
      if (name == "memory") {
        watch_memory();
      } else {
        compare_all(name == "vgg16" ? seeded(parse_network(vgg16, name)) : load_model(name));
      }
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return 1;
  }
  return 0;
}
