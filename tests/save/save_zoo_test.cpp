// Real networks saved and loaded again, to the bit; OpenCV's dnn module computes the same from the saved files.
// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <opencv2/dnn.hpp>

#include "save/round_trip.h"
#include "support/shared_data.h"

namespace fovea::test {
namespace {

class save_zoo_models : public ::testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(
    models, save_zoo_models,
    ::testing::Values("models/googlenet_bvlc", "models/lenet_cifar10", "models/magenta_style_predict",
                      "models/magenta_style_transfer", "models/mobilenet_v1_0.25_224_bn", "models/mobilenet_v2_1.0_224",
                      "models/resnet20_cifar10", "models/squeezenet_v1.1", "models/tinyvgg_tinyimagenet10",
                      "models/vgg19_conv3_1", "models/vgg19_distilled_dec5", "models/vgg19_distilled_enc5",
                      "models/vgg19_invert_conv3_1", "light/light_inception_v2", "light/light_shufflenet"),
    [](const auto& test) {
      std::string name = test.param;
      for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
      return name;
    });

TEST_P(save_zoo_models, round_trip) {
  FOVEA_NEEDS_SHARED(GetParam() + ".onnx");
  const Model model = load_model(shared_data(GetParam() + ".onnx"));
  const Card& card = model.card;
  const Card again = expect_round_trip(model).card;
  EXPECT_EQ(again.name, card.name);
  EXPECT_EQ(again.licence, card.licence);
  EXPECT_EQ(again.labels, card.labels);
  ASSERT_EQ(again.preprocess.has_value(), card.preprocess.has_value());
  if (card.preprocess) {
    EXPECT_EQ(describe(*again.preprocess), describe(*card.preprocess));
    EXPECT_EQ(again.preprocess->mean, card.preprocess->mean);
    EXPECT_EQ(again.preprocess->std, card.preprocess->std);
  }
}

TEST(save_zoo, the_zoo_is_complete) {
  FOVEA_NEEDS_SHARED("models");
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(shared_data("models"))) {
    if (entry.path().extension() == ".onnx") found.insert(entry.path().stem().string());
  }
  EXPECT_EQ(found.size(), 13u) << "a new network belongs into the list of save_zoo_models";
}

/// Runs a saved model in OpenCV's dnn module.
Tensor opencv_output(const Model& model, const Tensor& x) {
  const TemporaryFolder folder;
  save_onnx(model, folder.path() / "net.onnx");
  cv::dnn::Net net = cv::dnn::readNetFromONNX((folder.path() / "net.onnx").string());
  const Tensor rows = x.contiguous();
  const std::vector<int> sizes(rows.sizes().begin(), rows.sizes().end());
  net.setInput(cv::Mat(sizes, CV_32F, rows.data_ptr()));
  const cv::Mat output = net.forward();
  std::vector<double> numbers(output.begin<float>(), output.end<float>());
  return tensor(numbers, {1, static_cast<std::int64_t>(numbers.size())});
}

void expect_opencv_agrees(const Model& model) {
  const Shape& declared = model.graph.value(model.graph.inputs().front()).declared;
  const Tensor x = some_input(declared, 5) * (declared[2] > 100 ? 50 : 1);
  const Trace trace = run(model.graph, x, {.tape = Tape::none});
  const Tensor expected = trace.value(model.graph.outputs().front()).reshape({1, -1});
  const Tensor found = opencv_output(model, x);
  ASSERT_EQ(found.sizes(), expected.sizes());
  EXPECT_LT(largest_difference(found, expected), 1e-4);
}

TEST(save_zoo, opencv_computes_the_same) {
  expect_opencv_agrees(small_net().model());
  for (const char* name : {"models/googlenet_bvlc.onnx", "models/squeezenet_v1.1.onnx"}) {
    FOVEA_NEEDS_SHARED(name);
    expect_opencv_agrees(load_model(shared_data(name)));
  }
}

}  // namespace
}  // namespace fovea::test
