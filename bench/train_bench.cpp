// How fast zfnet_small trains from JPEG files with augmentation, beside a bare libtorch loop (torch::nn modules and
// torch::optim::SGD, channels_last) on tensors that lie in memory, in the same process and in alternation.
// `ratio` is Fovea's pictures per second over the bare loop's.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <vector>

#include <malloc.h>

#include <torch/torch.h>

#include <fovea/train.h>
#include <fovea/world.h>

namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::int64_t batch = 64;
constexpr std::int64_t batches_a_round = 8;
constexpr int rounds = 5;

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

/// zfnet_small as a user of libtorch writes it; the layers of src/train/networks/zfnet_small.net.
struct Bare : torch::nn::Module {
  explicit Bare(std::int64_t classes) {
    namespace nn = torch::nn;
    const auto conv = [](std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride) {
      return nn::Conv2d(nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2));
    };
    const auto pool = [] { return nn::MaxPool2d(nn::MaxPool2dOptions(3).stride(2).ceil_mode(true)); };
    const auto lrn = [] { return nn::LocalResponseNorm(nn::LocalResponseNormOptions(5).alpha(5e-4).beta(0.75).k(2)); };
    body = register_module(
        "body",
        nn::Sequential(conv(3, 32, 7, 2), nn::ReLU(), pool(), lrn(), conv(32, 64, 5, 1), nn::ReLU(), pool(), lrn(),
                       conv(64, 96, 3, 1), nn::ReLU(), conv(96, 96, 3, 1), nn::ReLU(), conv(96, 96, 3, 1), nn::ReLU(),
                       pool(), nn::Flatten(), nn::Linear(3456, 256), nn::ReLU(), nn::Dropout(0.5), nn::Linear(256, 256),
                       nn::ReLU(), nn::Dropout(0.5), nn::Linear(256, classes)));
  }
  torch::nn::Sequential body{nullptr};
};

/// Pictures per second of the bare loop over some batches.
double bare_rate(Bare& net, torch::optim::SGD& optimiser, const std::vector<torch::Tensor>& inputs,
                 const std::vector<torch::Tensor>& labels) {
  const auto begun = Clock::now();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    optimiser.zero_grad();
    const torch::Tensor loss = torch::nn::functional::cross_entropy(net.body->forward(inputs[i]), labels[i]);
    loss.backward();
    optimiser.step();
    loss.item<double>();
  }
  return static_cast<double>(inputs.size()) * batch / seconds_since(begun);
}

/// Scenes as JPEG files, one folder per class, as a user's photographs lie on disk.
void write_jpegs(const fs::path& folder) {
  const auto scenes = fovea::world_pictures({.size = 96, .biases = {}}, 5, 0, batch * batches_a_round);
  for (std::int64_t i = 0; i < scenes->size(); ++i) {
    const fs::path place = folder / scenes->labels()[static_cast<std::size_t>(scenes->label(i))];
    fs::create_directories(place);
    fovea::write_image(place / (std::to_string(i) + ".jpg"), scenes->at(i).picture);
  }
}

}  // namespace

int main() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);  // as the program does: freed memory is kept
  mallopt(M_TRIM_THRESHOLD, -1);
  const fs::path folder =
      fs::temp_directory_path() / ("fovea-train-bench-" + std::to_string(Clock::now().time_since_epoch().count()));
  write_jpegs(folder);
  const auto pictures = fovea::open_pictures(folder);
  const std::vector<std::int64_t> few{0};
  const auto validation = fovea::subset(*pictures, few);

  fovea::TrainOptions options;
  options.network = fovea::find_network("zfnet_small");
  options.batch = batch;
  options.epochs = rounds + 1;  // the first warms up
  options.augmentation = {.least_area = 0.5, .stretch = 1.3, .flip = true, .colour = 0.2};
  fovea::Training training(*pictures, *validation, options);

  Bare net(static_cast<std::int64_t>(pictures->labels().size()));
  net.to(torch::kFloat);
  for (torch::Tensor& parameter : net.parameters()) {
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
  }
  torch::optim::SGD optimiser(net.parameters(), torch::optim::SGDOptions(0.01).momentum(0.9).weight_decay(5e-4));
  std::vector<torch::Tensor> inputs;
  std::vector<torch::Tensor> labels;
  for (std::int64_t i = 0; i < batches_a_round; ++i) {
    inputs.push_back(torch::randn({batch, 3, 96, 96}).contiguous(torch::MemoryFormat::ChannelsLast));
    labels.push_back(torch::randint(0, 10, {batch}, torch::kLong));
  }

  std::vector<double> own;
  std::vector<double> bare;
  auto begun = Clock::now();
  training.run({.batch =
                    [&](const fovea::TrainStatus& status) {
                      if (status.batch != status.batches) return true;
                      own.push_back(static_cast<double>(status.batches) * batch / seconds_since(begun));
                      bare.push_back(bare_rate(net, optimiser, inputs, labels));
                      return true;
                    },
                .epoch = [&](const fovea::EpochFigures&) { begun = Clock::now(); }});
  fs::remove_all(folder);
  own.erase(own.begin());
  bare.erase(bare.begin());
  std::vector<double> ratios;
  for (std::size_t i = 0; i < own.size(); ++i) ratios.push_back(own[i] / bare[i]);
  std::printf("zfnet_small, batches of %lld: %.0f pictures/s from JPEG with augmentation, bare loop %.0f, ratio %.3f\n",
              static_cast<long long>(batch), median(own), median(bare), median(ratios));
}
