// Writes tiny networks and pictures, good and bad, into a folder: what the transcripts of tests/cli work on.
//   make_fixtures FOLDER
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <fovea/clip.h>

#include "support/onnx_files.h"

namespace {

namespace fs = std::filesystem;
using namespace fovea::test;

constexpr int classes = 5;
constexpr std::uint32_t weight_seed = 7;

/// A 16x16 CMYK JPEG with an Adobe marker, written once with libjpeg.
constexpr std::string_view cmyk_jpeg_hex =
    "ffd8ffee000e41646f626500640000000000ffdb004300100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a"
    "333d3c3933383740485c4e404457453738506d51575f626768673e4d71797064785c656763ffc00014080010001004431100"
    "4d11005911004b1100ffc40017000101010100000000000000000000000000070605ffc40014100100000000000000000000"
    "000000000000ffda000e0443004d0059004b00003f00d9b48e637a9000afa7209000ffd9";

std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1]));
  }
  return bytes;
}

/// Seeded weights in -0.5..0.5, scaled; made of raw generator numbers, which every standard library gives alike.
class Weights {
 public:
  std::vector<float> next(std::size_t count, float scale) {
    std::vector<float> values(count);
    for (float& value : values) value = scale * (static_cast<float>(generator_() >> 8) / 16777216.0F - 0.5F);
    return values;
  }

 private:
  std::mt19937 generator_{weight_seed};
};

struct Tiny {
  bool rectified = true;
  float first_weight = 0;  ///< replaces the first weight of the first convolution unless 0
};

/// x [N,3,32,32] -> conv1 8@3x3, relu1, pool1 2x2, conv2 16@3x3, relu2, global average, fc 5 = y.
onnx::ModelProto tiny_network(const Tiny& choices = {}) {
  Weights weights;
  onnx::ModelProto model = empty_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  const std::string activation = choices.rectified ? "Relu" : "Tanh";
  add_input(model, "x", {-1, 3, 32, 32});
  std::vector<float> first = weights.next(8 * 3 * 9, 1);
  if (choices.first_weight != 0) first[0] = choices.first_weight;
  add_initializer(graph, "conv1.weight", {8, 3, 3, 3}, first);
  add_initializer(graph, "conv1.bias", {8}, weights.next(8, 0.1F));
  add_initializer(graph, "conv2.weight", {16, 8, 3, 3}, weights.next(16 * 8 * 9, 1));
  add_initializer(graph, "conv2.bias", {16}, weights.next(16, 0.1F));
  add_initializer(graph, "fc.weight", {classes, 16}, weights.next(classes * 16, 4));
  add_initializer(graph, "fc.bias", {classes}, weights.next(classes, 0.1F));
  const std::vector<std::int64_t> same{1, 1, 1, 1};
  set_attribute(add_node(graph, "Conv", "conv1", {"x", "conv1.weight", "conv1.bias"}, {"conv1_out"}), "pads", same);
  add_node(graph, activation, "relu1", {"conv1_out"}, {"relu1_out"});
  onnx::NodeProto& pool = add_node(graph, "MaxPool", "pool1", {"relu1_out"}, {"pool1_out"});
  set_attribute(pool, "kernel_shape", std::vector<std::int64_t>{2, 2});
  set_attribute(pool, "strides", std::vector<std::int64_t>{2, 2});
  set_attribute(add_node(graph, "Conv", "conv2", {"pool1_out", "conv2.weight", "conv2.bias"}, {"conv2_out"}), "pads",
                same);
  add_node(graph, activation, "relu2", {"conv2_out"}, {"relu2_out"});
  add_node(graph, "GlobalAveragePool", "gap", {"relu2_out"}, {"gap_out"});
  set_attribute(add_node(graph, "Flatten", "flatten", {"gap_out"}, {"flat"}), "axis", 1);
  set_attribute(add_node(graph, "Gemm", "fc", {"flat", "fc.weight", "fc.bias"}, {"y"}), "transB", 1);
  add_output(model, "y", {-1, classes});
  return model;
}

onnx::ModelProto cyclic_network() {
  onnx::ModelProto model = empty_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  add_input(model, "x", {1, 3, 8, 8});
  add_node(graph, "Add", "first", {"x", "b"}, {"a"});
  add_node(graph, "Relu", "second", {"a"}, {"b"});
  add_output(model, "b", {1, 3, 8, 8});
  return model;
}

onnx::ModelProto network_of_unknown_ops() {
  onnx::ModelProto model = empty_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  add_input(model, "x", {1, 3, 8, 8});
  add_node(graph, "Hadamard", "mix", {"x"}, {"a"});
  add_node(graph, "Convv", "conv", {"a"}, {"b"});
  add_output(model, "b", {1, 3, 8, 8});
  return model;
}

/// A convolution for 4 channels on an input of 3.
onnx::ModelProto network_of_wrong_shape() {
  onnx::ModelProto model = empty_model();
  onnx::GraphProto& graph = *model.mutable_graph();
  add_input(model, "x", {1, 3, 8, 8});
  add_initializer(graph, "w", {2, 4, 3, 3}, std::vector<float>(2 * 4 * 9, 0.1F));
  add_node(graph, "Conv", "conv", {"x", "w"}, {"a"});
  add_output(model, "a", {1, 2, 6, 6});
  return model;
}

constexpr std::string_view card = R"({
 "name": "tiny",
 "task": "five classes of nothing in particular",
 "licence": "Apache-2.0",
 "preprocess": {"channel_order": "RGB", "range": "0..1", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5],
                "resize": {"fit": "stretch"}},
 "labels": "tiny_labels.txt"
}
)";

void write_networks(const fs::path& folder) {
  save(std::string("heron\nstork\ncrane, whooping crane\nibis\negret\n"), folder / "tiny_labels.txt");
  for (const char* name : {"tiny", "nan", "norelu"}) save(std::string(card), folder / (std::string(name) + ".json"));
  save(tiny_network(), folder / "tiny.onnx");
  save(tiny_network(), folder / "no_card.onnx");
  save(tiny_network({.rectified = false}), folder / "norelu.onnx");
  save(tiny_network({.first_weight = std::numeric_limits<float>::quiet_NaN()}), folder / "nan.onnx");
  save(cyclic_network(), folder / "cycle.onnx");
  save(network_of_unknown_ops(), folder / "unknown_op.onnx");
  save(network_of_wrong_shape(), folder / "wrong_shape.onnx");
  const std::string whole = bytes_of(tiny_network());
  save(whole.substr(0, whole.size() / 2), folder / "truncated.onnx");
  std::mt19937 generator(weight_seed);
  std::string random(4096, '\0');
  for (char& byte : random) byte = static_cast<char>(generator());
  save(random, folder / "random.onnx");
}

/// A red disc on a slanted green and blue pattern.
cv::Mat pattern(int width, int height) {
  cv::Mat picture(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const double distance = std::hypot(x - width / 3.0, y - height / 2.0);
      const bool disc = distance < height / 4.0;
      picture.at<cv::Vec3b>(y, x) = disc ? cv::Vec3b(30, 40, 220)
                                         : cv::Vec3b(cv::saturate_cast<std::uint8_t>(255 * x / width),
                                                     cv::saturate_cast<std::uint8_t>((x + y) % 16 * 16), 60);
    }
  }
  return picture;
}

void write_pictures(const fs::path& folder) {
  const auto write = [&](const char* name, const cv::Mat& picture) { cv::imwrite((folder / name).string(), picture); };
  const cv::Mat colours = pattern(48, 40);
  write("picture.png", colours);
  std::vector<cv::Mat> planes;
  cv::split(colours, planes);
  write("grey.png", planes[1]);
  cv::Mat deep;
  planes[1].convertTo(deep, CV_16U, 257);
  write("grey16.png", deep);
  cv::Mat alpha;
  cv::merge(std::vector<cv::Mat>{planes[0], planes[1], planes[2], planes[0]}, alpha);
  write("alpha.png", alpha);
  write("wide.png", cv::Mat(2, 60000, CV_8UC3, cv::Scalar(10, 20, 30)));
  save(from_hex(cmyk_jpeg_hex), folder / "cmyk.jpg");
  save(std::string(), folder / "empty.png");
  save(std::string("this is no picture\n"), folder / "not_a_picture.png");
}

/// Frames of the pattern, the disc growing.
void write_one_clip(const fs::path& path, int frames) {
  const auto clip = fovea::write_clip(path, 48, 40, 6);
  for (int i = 0; i < frames; ++i) {
    const cv::Mat frame = pattern(48, 20 + 4 * i);
    fovea::Image picture = fovea::make_image(48, 40);
    for (int y = 0; y < frame.rows; ++y) {
      for (int x = 0; x < frame.cols; ++x) {
        const cv::Vec3b& bgr = frame.at<cv::Vec3b>(y, x);
        for (int c = 0; c < 3; ++c) picture.at(x, y)[c] = bgr[2 - c];
      }
    }
    clip->add(picture);
  }
  clip->finish();
}

void write_clips(const fs::path& folder) {
  for (const char* name : {"clip.mp4", "clip.gif", "clip.webp"}) write_one_clip(folder / name, 6);
  write_one_clip(folder / "still.gif", 1);
  save(std::string("this is no clip\n"), folder / "not_a_clip.mp4");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_fixtures FOLDER\n", stderr);
    return 2;
  }
  const fs::path folder = argv[1];
  fs::create_directories(folder);
  write_networks(folder);
  write_pictures(folder);
  write_clips(folder);
  return 0;
}
