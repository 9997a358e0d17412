// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>
#include <opencv2/dnn.hpp>

#include <fovea/trace.h>
#include <fovea/train.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/painted_pictures.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

constexpr const char* small = R"(input 24
conv 8 3 stride 2 pad 1 nobias
batch_norm
relu
pool max 2
conv 12 3 pad 1
lrn
relu
dropout 0.2
fc classes
)";

TrainOptions options_for(const std::filesystem::path& out) {
  TrainOptions options;
  options.network = parse_network(small, "small");
  options.epochs = 3;
  options.batch = 16;
  options.rate = 0.05;
  options.augmentation = {.least_area = 0.9, .stretch = 1.05, .colour = 0.1};
  options.seed = 5;
  options.out = out;
  return options;
}

/// All bytes of the trained network's constants.
std::vector<Tensor> weights_of(const Training& training) {
  const Model model = training.model();
  std::vector<Tensor> weights;
  for (const Tensor& tensor : model.graph.weights()) {
    if (tensor.defined()) weights.push_back(tensor);
  }
  return weights;
}

void expect_same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i].equal(b[i])) << "constant " << i;
}

TEST(train, learns_and_exports_what_it_learnt) {
  const test::TemporaryFolder folder;
  const test::PaintedPictures pictures(160, 1);
  const test::PaintedPictures validation(40, 2);
  TrainOptions options = options_for(folder.path());
  options.snapshots = {1, 3};
  Training training(pictures, validation, options);
  std::int64_t batches = 0;
  EXPECT_TRUE(training.run({.batch =
                                [&](const TrainStatus& status) {
                                  ++batches;
                                  EXPECT_EQ(status.batches, 10);
                                  return true;
                                },
                            .epoch = {}}));
  EXPECT_EQ(batches, 30);
  ASSERT_EQ(training.history().size(), 3U);
  EXPECT_GE(training.history().back().validation_accuracy, 0.95);
  EXPECT_LT(training.history().back().loss, training.history().front().loss);
  for (const char* file :
       {"curves.csv", "curves.png", "checkpoint.fovea", "snapshots/epoch_001.onnx", "snapshots/epoch_003.onnx"}) {
    EXPECT_TRUE(std::filesystem::exists(folder.path() / file)) << file;
  }

  const Model loaded = load_model(folder.path() / "model.onnx");
  EXPECT_EQ(loaded.card.labels, pictures.labels());
  EXPECT_EQ(loaded.card.facts.at("epochs_done"), "3");
  const Tensor input = to_input(validation.at(3).picture, loaded.card.preprocess.value());
  const Tensor scores = run(loaded.graph, input).scores();
  const Model trained = training.model();
  EXPECT_LE(test::largest_difference(scores, run(trained.graph, input).scores()), 1e-5);
  const Evaluation again = evaluate(loaded, validation);
  EXPECT_EQ(again.top1, training.history().back().validation_accuracy);
  EXPECT_EQ(again.top5, 1);
  EXPECT_EQ(again.confusion[0].size(), 4U);

  cv::dnn::Net net = cv::dnn::readNetFromONNX((folder.path() / "model.onnx").string());
  const Tensor plain = input.contiguous();
  const std::array<int, 4> sizes{1, 3, 24, 24};
  net.setInput(cv::Mat(4, sizes.data(), CV_32F, plain.data_ptr<float>()));
  const cv::Mat other = net.forward();
  for (int c = 0; c < 4; ++c) EXPECT_NEAR(other.at<float>(0, c), scores[0][c].item<double>(), 1e-4);
}

TEST(train, stopping_anywhere_and_resuming_changes_no_bit) {
  const test::PaintedPictures pictures(160, 1);
  const test::PaintedPictures validation(40, 2);
  const test::TemporaryFolder straight_folder;
  Training straight(pictures, validation, options_for(straight_folder.path()));
  straight.run();
  for (const std::int64_t stop_at : {1, 10, 13, 29}) {
    const test::TemporaryFolder folder;
    std::int64_t done = 0;
    const TrainListener stops{.batch = [&](const TrainStatus&) { return ++done < stop_at; }, .epoch = {}};
    Training first(pictures, validation, options_for(folder.path()));
    EXPECT_FALSE(first.resume());
    EXPECT_FALSE(first.run(stops));
    Training second(pictures, validation, options_for(folder.path()));
    EXPECT_TRUE(second.resume());
    EXPECT_TRUE(second.run());
    expect_same(weights_of(second), weights_of(straight));
    ASSERT_EQ(second.history().size(), 3U);
    for (std::size_t e = 0; e < 3; ++e) EXPECT_EQ(second.history()[e].loss, straight.history()[e].loss);
  }
}

/// Ends in a global pool, so that it takes pictures of any size.
constexpr const char* pooled = R"(input 24
conv 8 3 stride 2 pad 1
relu
dropout 0.2
global_pool
fc classes
)";

TEST(train, pictures_may_grow_and_resuming_within_that_changes_no_bit) {
  const test::PaintedPictures pictures(64, 1);
  const test::PaintedPictures validation(16, 2);
  const auto growing = [](const std::filesystem::path& out) {
    TrainOptions options = options_for(out);
    options.network = parse_network(pooled, "pooled");
    options.epochs = 4;
    options.start_size = 8;  // then 8, 16 and 24 px
    return options;
  };
  const test::TemporaryFolder straight_folder;
  Training straight(pictures, validation, growing(straight_folder.path()));
  straight.run();
  const test::TemporaryFolder full_folder;
  TrainOptions full = growing(full_folder.path());
  full.start_size = 0;
  Training at_full_size(pictures, validation, full);
  at_full_size.run();
  EXPECT_NE(straight.history()[0].loss, at_full_size.history()[0].loss);
  EXPECT_EQ(straight.model().card.preprocess->width, 24);

  const test::TemporaryFolder folder;
  std::int64_t done = 0;
  Training first(pictures, validation, growing(folder.path()));
  EXPECT_FALSE(first.run({.batch = [&](const TrainStatus&) { return ++done < 10; }, .epoch = {}}));
  Training second(pictures, validation, growing(folder.path()));
  EXPECT_TRUE(second.resume());
  second.run();
  expect_same(weights_of(second), weights_of(straight));
}

TEST(train, pictures_cannot_grow_where_weights_depend_on_their_size) {
  const test::PaintedPictures pictures(64, 1);
  TrainOptions options = options_for({});
  options.start_size = 16;
  try {
    const Training training(pictures, pictures, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'fc1.weight'"), std::string::npos) << error.what();
    EXPECT_NE(error.hint().find("--start-size"), std::string::npos);
  }
}

/// As a kill leaves things: nothing is written at the end, the last checkpoint is some batches old.
TEST(train, a_killed_training_goes_on_from_its_last_checkpoint) {
  const test::PaintedPictures pictures(160, 1);
  const test::PaintedPictures validation(40, 2);
  const test::TemporaryFolder straight_folder;
  Training straight(pictures, validation, options_for(straight_folder.path()));
  straight.run();
  const test::TemporaryFolder folder;
  TrainOptions options = options_for(folder.path());
  options.checkpoint_every = 4;
  struct Kill {};
  std::int64_t done = 0;
  const TrainListener kills{.batch = [&](const TrainStatus&) -> bool {
                              if (++done == 17) throw Kill{};
                              return true;
                            },
                            .epoch = {}};
  Training first(pictures, validation, options);
  EXPECT_THROW(first.run(kills), Kill);
  Training second(pictures, validation, options);
  EXPECT_TRUE(second.resume());
  std::int64_t rest = 0;
  second.run({.batch = [&](const TrainStatus&) { return ++rest > 0; }, .epoch = {}});
  EXPECT_EQ(rest, 30 - 14) << "the last checkpoint was after batch 4 of epoch 2";
  expect_same(weights_of(second), weights_of(straight));
}

TEST(train, another_recipe_is_not_gone_on_with) {
  const test::PaintedPictures pictures(64, 1);
  const test::TemporaryFolder folder;
  TrainOptions options = options_for(folder.path());
  options.epochs = 1;
  Training(pictures, pictures, options).run();
  options.rate = 0.01;
  Training other(pictures, pictures, options);
  EXPECT_NE(test::failure_of([&] { other.resume(); }).find("was made with rate 0.05, now it is 0.01"),
            std::string::npos);
}

// w' = w - rate v, v = momentum v + g + decay w, worked out for two steps of a linear network by finite differences of
// nothing: the gradient of softmax cross-entropy is (p - y) x.
TEST(train, steps_are_those_of_momentum_and_weight_decay) {
  const test::PaintedPictures pictures(8, 1);
  TrainOptions options;
  options.network = parse_network("input 24\npool average 12\nfc classes\n", "linear");
  options.epochs = 2;
  options.batch = 8;
  options.rate = 0.5;
  options.warm_up = 0;
  options.decay = 0.1;
  options.schedule = Schedule::constant;
  Training training(pictures, pictures, options);
  const Model before = training.model();
  const auto constant = [](const Model& model, const char* name) {
    return test::constant_named(model.graph, name).to(at::kDouble);
  };
  Tensor x;  // [8,12]: the features, in any order
  Tensor truth;
  for (std::int64_t i = 0; i < 8; ++i) {
    const Tensor input = to_input(pictures.at(i).picture, before.card.preprocess.value());
    const Tensor row = run(before.graph, input).value(before.graph.at("flatten1")).to(at::kDouble);
    const Tensor one = at::one_hot(at::full({1}, pictures.label(i), at::kLong), 4).to(at::kDouble);
    x = x.defined() ? at::cat({x, row}) : row;
    truth = truth.defined() ? at::cat({truth, one}) : one;
  }
  Tensor w = constant(before, "fc1.weight");
  Tensor b = constant(before, "fc1.bias");
  Tensor vw = at::zeros_like(w);
  Tensor vb = at::zeros_like(b);
  for (int step = 0; step < 2; ++step) {
    const Tensor error = ((x.matmul(w.t()) + b).softmax(1) - truth) / 8;
    vw = 0.9 * vw + error.t().matmul(x) + 0.1 * w;
    vb = 0.9 * vb + error.sum(0);
    w = w - 0.5 * vw;
    b = b - 0.5 * vb;
  }
  training.run();
  EXPECT_LE(test::relative_error(constant(training.model(), "fc1.weight"), w), 1e-5);
  EXPECT_LE(test::relative_error(constant(training.model(), "fc1.bias"), b), 1e-5);
}

TEST(train, renormalised_filters_stay_within_their_bound) {
  const test::PaintedPictures pictures(64, 1);
  TrainOptions options;
  options.network = parse_network("input 24\nconv 8 3 stride 4\nrelu\nfc classes\n", "n");  // He: RMS 0.27
  options.epochs = 1;
  options.batch = 16;
  options.renormalise = true;
  Training training(pictures, pictures, options);
  training.run();
  const Model model = training.model();
  const Tensor filters = test::constant_named(model.graph, "conv1.weight");
  const Tensor rms = filters.pow(2).mean({1, 2, 3}).sqrt();
  EXPECT_LE(rms.max().item<double>(), 0.1 + 1e-6);
  EXPECT_GE(rms.max().item<double>(), 0.09);
}

TEST(train, what_cannot_be_trained_is_told) {
  const test::PaintedPictures pictures(8, 1);
  TrainOptions options = options_for({});
  EXPECT_NE(test::failure_of([&] { Training(pictures, pictures, options); }).find("batch of 16 is larger than the 8"),
            std::string::npos);
  options.batch = 4;
  options.rate = 1e30;
  options.warm_up = 0;
  EXPECT_NE(test::failure_of([&] { Training(pictures, pictures, options).run(); }).find("loss is not finite"),
            std::string::npos);
}

}  // namespace
}  // namespace fovea
