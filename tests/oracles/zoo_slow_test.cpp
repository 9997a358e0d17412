// Real pretrained networks on real photographs: accuracy against what an independent runtime measures, and the grid
// pointing game (four pictures of different classes in a 2x2 grid: does the map fall into the asked quarter?).
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <sstream>

#include <ATen/ops/cat.h>
#include <gtest/gtest.h>

#include <fovea/model.h>
#include <fovea/technique.h>

#include "support/net.h"
#include "support/shared_data.h"
#include "support/tar.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

/// One labelled picture.
struct Labelled {
  std::string file;
  std::int64_t label;
  Image image;
};

std::vector<Labelled> samples() {
  const auto members = test::read_tar(test::shared_data("imagenet_samples.tar"));
  const test::TemporaryFolder folder;
  std::vector<Labelled> pictures;
  std::istringstream lines(members.at("labels.csv"));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const std::size_t comma = line.find(',');
    const std::string file = line.substr(0, comma);
    std::ofstream(folder.path() / file, std::ios::binary) << members.at(file);
    pictures.push_back({file, std::stoll(line.substr(comma + 1)), read_image(folder.path() / file)});
  }
  return pictures;
}

struct Expected {
  const char* model;
  double top1;  ///< of an independent runtime on the same pictures
};

class zoo_slow : public ::testing::TestWithParam<Expected> {};

TEST_P(zoo_slow, accuracy_is_that_of_an_independent_runtime) {
  const std::string file = std::string("models/") + GetParam().model;
  FOVEA_NEEDS_SHARED(file);
  FOVEA_NEEDS_SHARED("imagenet_samples.tar");
  constexpr std::size_t batch = 20;
  constexpr double tolerance = 0.015;
  const Model model = load_model(test::shared_data(file));
  const std::vector<Labelled> pictures = samples();
  std::int64_t right = 0;
  for (std::size_t begin = 0; begin < pictures.size(); begin += batch) {
    std::vector<Tensor> inputs;
    for (std::size_t i = begin; i < std::min(begin + batch, pictures.size()); ++i) {
      inputs.push_back(to_input(pictures[i].image, model.card.preprocess.value()));
    }
    const Trace trace = run(model.graph, at::cat(inputs), {.tape = Tape::none, .keep = KeepValues::none});
    const Tensor top = trace.scores().argmax(1);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      right += top[static_cast<std::int64_t>(i)].item<std::int64_t>() == pictures[begin + i].label;
    }
  }
  const double top1 = static_cast<double>(right) / static_cast<double>(pictures.size());
  std::printf("    %s: top-1 %.3f on %zu pictures (independent runtime %.3f)\n", GetParam().model, top1,
              pictures.size(), GetParam().top1);
  EXPECT_NEAR(top1, GetParam().top1, tolerance);
}

INSTANTIATE_TEST_SUITE_P(zoo_slow, zoo_slow,
                         ::testing::Values(Expected{"googlenet_bvlc.onnx", 0.748},
                                           Expected{"squeezenet_v1.1.onnx", 0.608},
                                           Expected{"mobilenet_v1_0.25_224_bn.onnx", 0.576},
                                           Expected{"mobilenet_v2_1.0_224.onnx", 0.854}));

/// Four inputs [1,C,h,w] side by side in two rows, each resized to half the side by averaging pairs of pixels.
Tensor grid_of(const std::vector<Tensor>& four) {
  std::vector<Tensor> halves;
  for (const Tensor& input : four) {
    const std::int64_t h = input.size(2) / 2;
    const std::int64_t w = input.size(3) / 2;
    halves.push_back(input.contiguous().reshape({1, input.size(1), h, 2, w, 2}).mean(at::IntArrayRef{3, 5}));
  }
  return at::cat({at::cat({halves[0], halves[1]}, 3), at::cat({halves[2], halves[3]}, 3)}, 2);
}

/// The share of a map's positive mass in quarter `q` (row by row), positions cut in the middle shared out by area.
double share_in_quarter(const Tensor& map, int q) {
  const Tensor fine = resize_map(map.clamp_min(0), 224, 224);
  const Tensor quarter = fine.narrow(0, q / 2 * 112, 112).narrow(1, q % 2 * 112, 112);
  const double total = fine.sum().item<double>();
  return total > 0 ? quarter.sum().item<double>() / total : 0.25;
}

TEST(zoo_slow, excitation_keeps_its_sum_on_real_networks) {
  FOVEA_NEEDS_SHARED("images/skimage_chelsea.jpg");
  const Image picture = read_image(test::shared_data("images/skimage_chelsea.jpg"));
  for (const char* name : {"googlenet_bvlc", "squeezenet_v1.1", "mobilenet_v1_0.25_224_bn", "mobilenet_v2_1.0_224",
                           "resnet20_cifar10", "lenet_cifar10"}) {
    const std::string file = std::string("models/") + name + ".onnx";
    FOVEA_NEEDS_SHARED(file);
    const Model model = load_model(test::shared_data(file));
    const Preprocess& preprocess = model.card.preprocess.value();
    const Trace trace = run(model.graph, to_input(fit_image(picture, preprocess), preprocess));
    const Relevance relevance = walk(trace, seed(trace, logit(3)), find_recipe("excitation"));
    EXPECT_NEAR(relevance.at(model.graph.inputs()[0]).sum().item<double>(), 1, 1e-4) << name;
  }
}

TEST(zoo_slow, grid_pointing_game_finds_the_asked_quarter) {
  FOVEA_NEEDS_SHARED("models/googlenet_bvlc.onnx");
  FOVEA_NEEDS_SHARED("imagenet_samples.tar");
  constexpr int grids = 50;
  const Model model = load_model(test::shared_data("models/googlenet_bvlc.onnx"));
  std::vector<Labelled> pictures = samples();
  // Pictures that the network knows, in a fixed order that mixes the classes.
  std::vector<Labelled> known;
  for (std::size_t i = 0; i < pictures.size() && known.size() < 4 * grids; ++i) {
    const Labelled& picture = pictures[i * 7 % pictures.size()];
    const Trace trace = run(model.graph, to_input(picture.image, *model.card.preprocess), {.tape = Tape::none});
    if (trace.scores().argmax(1).item<std::int64_t>() == picture.label) known.push_back(picture);
  }
  ASSERT_EQ(known.size(), static_cast<std::size_t>(4 * grids));
  for (const char* technique : {"grad_cam", "contrastive_excitation"}) {
    double share = 0;
    int most = 0;
    for (int grid = 0; grid < grids; ++grid) {
      std::vector<Tensor> inputs;
      for (int q = 0; q < 4; ++q) {
        inputs.push_back(to_input(known[static_cast<std::size_t>(4 * grid + q)].image, *model.card.preprocess));
      }
      const int asked = grid % 4;
      const Subject subject(model, grid_of(inputs));
      const Map map =
          explain(find_technique(technique), subject, logit(known[static_cast<std::size_t>(4 * grid + asked)].label));
      const double inside = share_in_quarter(map.values, asked);
      share += inside / grids;
      most += inside > 0.5;
    }
    std::printf("    %s: %.3f of the positive mass in the asked quarter (chance 0.250); over half in %d of %d grids\n",
                technique, share, most, grids);
    EXPECT_GT(share, 0.5) << technique;
  }
}

}  // namespace
}  // namespace fovea
