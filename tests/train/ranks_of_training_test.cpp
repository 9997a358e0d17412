// Training by several ranks, in threads of one process: the same weights bit for bit as by one with the same
// micro-batches; who differs, dies or does not fit is named.
// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <thread>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <fovea/ranks.h>
#include <fovea/train.h>

#include "support/failure.h"
#include "support/net.h"
#include "support/painted_pictures.h"
#include "support/temporary_folder.h"
#include "train/share.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;

constexpr const char* with_all = R"(input 24
conv 8 3 stride 2 pad 1 nobias
batch_norm
relu
pool max 2
conv 12 3 pad 1
relu
dropout 0.2
fc classes
)";

constexpr const char* plain = R"(input 24
conv 8 3 stride 2 pad 1
relu
pool max 2
fc classes
)";

TrainOptions options_of(const char* network, std::int64_t micro_batch, const std::filesystem::path& out = {}) {
  TrainOptions options;
  options.network = parse_network(network, "small");
  options.epochs = 5;
  options.batch = 16;
  options.micro_batch = micro_batch;
  options.rate = 0.05;
  options.augmentation = {.least_area = 0.9, .stretch = 1.05, .flip = true, .colour = 0.1, .erase = 0.1};
  options.seed = 5;
  options.out = out;
  return options;
}

std::vector<Tensor> all_weights(const Training& training) {
  const Model model = training.model();
  std::vector<Tensor> weights;
  for (const Tensor& tensor : model.graph.weights()) {
    if (tensor.defined()) weights.push_back(tensor);
  }
  return weights;
}

void expect_same_weights(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i].equal(b[i])) << "constant " << i;
}

/// What one rank came to: its weights and the loss after each step.
struct Came {
  std::vector<Tensor> weights;
  std::vector<double> losses;
  std::string failure;
};

TrainListener noting(Came& came) {
  return {.batch =
              [&came](const TrainStatus& status) {
                came.losses.push_back(status.loss);
                return true;
              },
          .epoch = {}};
}

Came alone(const TrainOptions& options) {
  const test::PaintedPictures pictures(160, 1);
  const test::PaintedPictures validation(40, 2);
  Came came;
  Training training(pictures, validation, options);
  training.run(noting(came));
  came.weights = all_weights(training);
  return came;
}

/// Runs a training by ranks in threads.
std::vector<Came> together(int size, int port, const std::function<TrainOptions(int rank)>& options_of,
                           bool resume = false, std::int64_t stop_after = -1) {
  std::vector<Came> came(static_cast<std::size_t>(size));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      at::set_num_threads(1);
      Came& mine = came[static_cast<std::size_t>(rank)];
      mine.failure = failure_of([&] {
        const test::PaintedPictures pictures(160, 1);
        const test::PaintedPictures validation(40, 2);
        Ranks ranks({.rank = rank, .size = size, .port = port, .wait = 20, .patience = 3});
        Training training(pictures, validation, options_of(rank), &ranks);
        EXPECT_EQ(resume && training.resume(), resume);
        const bool stops = stop_after >= 0 && rank == size - 1;  // only one rank asks, all stop
        training.run({.batch =
                          [&](const TrainStatus& status) {
                            mine.losses.push_back(status.loss);
                            return !stops || static_cast<std::int64_t>(mine.losses.size()) < stop_after;
                          },
                      .epoch = {}});
        mine.weights = all_weights(training);
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  return came;
}

TEST(ranks_of_training, equal_one_rank_bit_for_bit_over_50_steps) {
  at::set_num_threads(1);
  const Came one = alone(options_of(with_all, 4));
  ASSERT_EQ(one.losses.size(), 50U);
  int port = 29'701;
  for (const int size : {2, 3, 4}) {
    for (const Came& rank : together(size, port++, [](int) { return options_of(with_all, 4); })) {
      EXPECT_EQ(rank.failure, "") << size << " ranks";
      EXPECT_EQ(rank.losses, one.losses) << size << " ranks";
      expect_same_weights(rank.weights, one.weights);
    }
  }
}

TEST(ranks_of_training, micro_batches_add_up_to_the_batch) {
  at::set_num_threads(1);
  TrainOptions whole = options_of(plain, 0);
  TrainOptions parts = options_of(plain, 4);
  whole.epochs = parts.epochs = 1;
  const Came a = alone(whole);
  const Came b = alone(parts);
  for (std::size_t i = 0; i < a.losses.size(); ++i) EXPECT_NEAR(a.losses[i], b.losses[i], 1e-5) << "step " << i;
  for (std::size_t i = 0; i < a.weights.size(); ++i) {
    EXPECT_LE(test::largest_difference(a.weights[i], b.weights[i]), 1e-5) << "constant " << i;
  }
}

TEST(ranks_of_training, stop_together_and_go_on_in_another_number) {
  at::set_num_threads(1);
  const Came one = alone(options_of(with_all, 4));
  const test::TemporaryFolder folder;
  const auto options = [&](int) { return options_of(with_all, 4, folder.path()); };
  const std::vector<Came> stopped = together(2, 29'711, options, false, 13);
  for (const Came& rank : stopped) {
    EXPECT_EQ(rank.failure, "");
    EXPECT_EQ(rank.losses.size(), 14U) << "the step after the one that asked";
  }
  for (const Came& rank : together(3, 29'712, options, true)) {
    EXPECT_EQ(rank.failure, "");
    expect_same_weights(rank.weights, one.weights);
  }
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "model.onnx"));
}

TEST(ranks_of_training, name_what_differs_and_what_does_not_fit) {
  const auto came = together(2, 29'721, [](int rank) {
    TrainOptions options = options_of(plain, 4);
    if (rank == 1) options.rate = 0.01;
    return options;
  });
  EXPECT_TRUE(holds(came[1].failure, "rank 0 trains with rate 0.05, now it is 0.01")) << came[1].failure;
  EXPECT_TRUE(holds(came[0].failure, "on rank 1: rank 0 trains with rate 0.05")) << came[0].failure;
  const std::string uneven = failure_of([] { alone(options_of(plain, 5)); });
  EXPECT_TRUE(holds(uneven, "a batch of 16 does not part into micro-batches of 5")) << uneven;
  const auto few = together(3, 29'722, [](int) { return options_of(plain, 8); });
  EXPECT_TRUE(holds(few[0].failure, "2 micro-batches of 8, fewer than the 3 ranks")) << few[0].failure;
}

TEST(ranks_of_training, shares_are_weighted_by_their_pictures) {
  const Share a{.gradients = {test::tensor({1, 2}, {2})}, .statistics = {}, .loss = 1, .right = 1, .pictures = 1};
  const Share nobody{.gradients = {test::tensor({9, 9}, {2})}, .statistics = {}, .loss = 9, .right = 0, .pictures = 0};
  const Share b{.gradients = {test::tensor({5, 6}, {2})}, .statistics = {}, .loss = 5, .right = 2, .pictures = 3};
  const Share total = joined({a, nobody, b});
  EXPECT_LE(test::largest_difference(total.gradients[0], test::tensor({4, 5}, {2})), 1e-7);
  EXPECT_DOUBLE_EQ(total.loss, 4);
  EXPECT_EQ(total.right, 3);
  EXPECT_EQ(total.pictures, 4);
  EXPECT_TRUE(holds(failure_of([&] { joined({nobody, nobody}); }), "none of the pictures"));
  const Split split{.micro_batches = 4, .rank = 2, .ranks = 3};
  EXPECT_EQ(split.begin(1), 1);
  EXPECT_EQ(split.begin(2), 2);
  EXPECT_TRUE(split.mine(3));
  EXPECT_EQ(split.longest(), 2);
}

}  // namespace
}  // namespace fovea
