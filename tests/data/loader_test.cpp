// Batches: their bytes by definition, whatever the threads; resumption; broken pictures and worse.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <new>
#include <set>

#include <fovea/data.h>

#include "../support/failure.h"
#include "../support/shared_data.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;

/// Pictures made by number; some of them fail.
class Made final : public Pictures {
 public:
  explicit Made(std::int64_t size, std::set<std::int64_t> broken = {}, std::int64_t fatal = -1)
      : size_(size), broken_(std::move(broken)), fatal_(fatal) {}

  std::int64_t size() const override { return size_; }
  const std::vector<std::string>& labels() const override { return labels_; }
  std::int64_t label(std::int64_t index) const override { return index % 3; }
  std::string name(std::int64_t index) const override { return "picture " + std::to_string(index); }
  Sample at(std::int64_t index) const override {
    ++made;
    if (index == fatal_) throw std::bad_alloc();
    if (broken_.contains(index)) throw Error(ErrorKind::format, name(index) + " is broken");
    Image picture = make_image(20 + static_cast<int>(index % 5), 15);
    for (std::size_t i = 0; i < picture.rgb.size(); ++i) {
      picture.rgb[i] = static_cast<std::uint8_t>(i * 5 + static_cast<std::size_t>(index) * 31);
    }
    return {.picture = std::move(picture), .label = label(index), .name = name(index), .boxes = {}};
  }

  mutable std::atomic<int> made{0};

 private:
  std::int64_t size_;
  std::set<std::int64_t> broken_;
  std::int64_t fatal_;
  std::vector<std::string> labels_{"a", "b", "c"};
};

LoaderOptions options_of(std::int64_t batch, int threads = 1) {
  LoaderOptions options;
  options.preprocess = {.source = "test",
                        .width = 12,
                        .height = 10,
                        .scale = 1.0 / 255,
                        .mean = {0.485, 0.456, 0.406},
                        .std = {0.229, 0.224, 0.225}};
  options.batch = batch;
  options.threads = threads;
  return options;
}

LoaderOptions augmented(std::int64_t batch, int threads) {
  LoaderOptions options = options_of(batch, threads);
  options.augmentation = {.least_area = 0.3, .stretch = 1.3, .flip = true, .colour = 0.4, .erase = 0.5};
  options.shuffle = true;
  options.seed = 7;
  return options;
}

std::vector<Batch> rest_of(Loader& loader) {
  std::vector<Batch> batches;
  while (auto batch = loader.next()) batches.push_back(std::move(*batch));
  return batches;
}

bool same_bytes(const Tensor& a, const Tensor& b) {
  return a.sizes() == b.sizes() && a.nbytes() == b.nbytes() &&
         std::memcmp(a.data_ptr(), b.data_ptr(), static_cast<std::size_t>(a.nbytes())) == 0;
}

void expect_same(const std::vector<Batch>& found, const std::vector<Batch>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].indices, expected[i].indices);
    EXPECT_TRUE(same_bytes(found[i].input, expected[i].input)) << "batch " << i;
    EXPECT_TRUE(same_bytes(found[i].labels, expected[i].labels)) << "batch " << i;
  }
}

TEST(loader, pictures_are_as_to_input_makes_them) {
  const Made pictures(7);
  for (const char* channels : {"RGB", "BGR", "GREY"}) {
    for (const Fit fit : {Fit::stretch, Fit::shortest_side, Fit::central_share}) {
      LoaderOptions options = options_of(3);
      options.preprocess.channels = channels;
      options.preprocess.fit = fit;
      options.preprocess.resize_to = 13;
      options.preprocess.central_share = 0.8;
      const std::size_t count = options.preprocess.channels == "GREY" ? 1 : 3;
      options.preprocess.mean.resize(count);
      options.preprocess.std.resize(count);
      Loader loader(pictures, options);
      for (const Batch& batch : rest_of(loader)) {
        for (std::size_t i = 0; i < batch.indices.size(); ++i) {
          const std::int64_t index = batch.indices[i];
          const Tensor expected = to_input(pictures.at(index).picture, options.preprocess);
          const Tensor found = batch.input.narrow(0, static_cast<std::int64_t>(i), 1).contiguous();
          EXPECT_TRUE(same_bytes(found, expected.contiguous())) << channels << " " << index;
          EXPECT_EQ(batch.labels.data_ptr<std::int64_t>()[i], index % 3);
        }
      }
    }
  }
}

TEST(loader, batches_are_floats_with_channels_last) {
  const Made pictures(7);
  Loader loader(pictures, options_of(3));
  EXPECT_EQ(loader.batches(), 3);
  const std::vector<Batch> batches = rest_of(loader);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_EQ(batches[0].input.sizes().vec(), (Shape{3, 3, 10, 12}));
  EXPECT_TRUE(batches[0].input.is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_EQ(batches[0].input.scalar_type(), at::kFloat);
  EXPECT_EQ(batches[0].labels.scalar_type(), at::kLong);
  EXPECT_EQ(batches[2].indices, (std::vector<std::int64_t>{6}));
  EXPECT_EQ(batches[2].input.size(0), 1);
  EXPECT_FALSE(loader.next().has_value());
}

TEST(loader, the_last_batch_may_be_left_out) {
  const Made pictures(7);
  LoaderOptions options = options_of(3);
  options.whole_batches = true;
  Loader loader(pictures, options);
  EXPECT_EQ(loader.batches(), 2);
  EXPECT_EQ(rest_of(loader).size(), 2U);
}

TEST(loader, threads_change_no_byte) {
  const Made pictures(50, {3, 17});
  const auto all = [&](int threads) {
    Loader loader(pictures, augmented(8, threads));
    std::vector<Batch> batches = rest_of(loader);
    loader.start(1);
    for (Batch& batch : rest_of(loader)) batches.push_back(std::move(batch));
    return batches;
  };
  const std::vector<Batch> one = all(0);
  EXPECT_EQ(one.size(), 14U);
  for (const int threads : {1, 2, 7}) expect_same(all(threads), one);
}

TEST(loader, an_interrupted_epoch_goes_on) {
  const Made pictures(50);
  Loader first(pictures, augmented(8, 2));
  first.start(3);
  std::vector<Batch> whole = rest_of(first);
  whole.erase(whole.begin(), whole.begin() + 4);
  Loader second(pictures, augmented(8, 1));
  second.start(3, 4);
  expect_same(rest_of(second), whole);
  second.start(3, 7);
  EXPECT_FALSE(second.next().has_value());
}

TEST(loader, start_drops_what_is_left) {
  const Made pictures(50);
  Loader fresh(pictures, augmented(8, 2));
  fresh.start(1);
  const std::vector<Batch> expected = rest_of(fresh);
  Loader loader(pictures, augmented(8, 2));
  for (int i = 0; i < 20; ++i) {
    loader.start(0);
    loader.next();
  }
  loader.start(1);
  expect_same(rest_of(loader), expected);
}

TEST(loader, epochs_are_permutations_and_differ) {
  const Made pictures(200);
  LoaderOptions options = options_of(64, 0);
  options.shuffle = true;
  Loader loader(pictures, options);
  std::set<std::vector<std::int64_t>> orders;
  for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
    loader.start(epoch);
    std::vector<std::int64_t> order;
    for (const Batch& batch : rest_of(loader)) order.insert(order.end(), batch.indices.begin(), batch.indices.end());
    orders.insert(order);
    std::sort(order.begin(), order.end());
    for (std::int64_t i = 0; i < 200; ++i) ASSERT_EQ(order[static_cast<std::size_t>(i)], i);
  }
  EXPECT_EQ(orders.size(), 3U);
}

TEST(loader, every_order_is_as_likely) {
  const Made pictures(3);
  LoaderOptions options = options_of(3, 0);
  options.shuffle = true;
  Loader loader(pictures, options);
  std::map<std::vector<std::int64_t>, int> counts;
  for (std::int64_t epoch = 0; epoch < 1200; ++epoch) {
    loader.start(epoch);
    ++counts[loader.next()->indices];
  }
  EXPECT_EQ(counts.size(), 6U);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 200, 55);  // four standard errors
}

TEST(loader, changes_differ_from_epoch_to_epoch) {
  const Made pictures(8);
  LoaderOptions options = augmented(8, 1);
  options.shuffle = false;
  Loader loader(pictures, options);
  const auto first = loader.next();
  loader.start(1);
  EXPECT_FALSE(same_bytes(first->input, loader.next()->input));
}

TEST(loader, broken_pictures_are_left_out_and_remembered_once) {
  const Made pictures(9, {0, 4, 5});
  Loader loader(pictures, options_of(3, 2));
  std::vector<std::vector<std::int64_t>> indices;
  for (int epoch = 0; epoch < 2; ++epoch) {
    loader.start(epoch);
    for (const Batch& batch : rest_of(loader)) {
      indices.push_back(batch.indices);
      ASSERT_EQ(batch.input.size(0), static_cast<std::int64_t>(batch.indices.size()));
      ASSERT_EQ(batch.labels.numel(), batch.input.size(0));
      const Tensor last = batch.input.narrow(0, batch.input.size(0) - 1, 1).contiguous();
      EXPECT_TRUE(same_bytes(last, to_input(pictures.at(batch.indices.back()).picture, options_of(1).preprocess)));
    }
  }
  EXPECT_EQ(indices, (std::vector<std::vector<std::int64_t>>{{1, 2}, {3}, {6, 7, 8}, {1, 2}, {3}, {6, 7, 8}}));
  const std::vector<Broken> broken = loader.broken();
  ASSERT_EQ(broken.size(), 3U);
  EXPECT_EQ(broken[1].name, "picture 4");
  EXPECT_EQ(broken[1].reason, "picture 4 is broken");
}

TEST(loader, a_batch_of_broken_pictures_is_an_error) {
  const Made pictures(9, {3, 4, 5});
  Loader loader(pictures, options_of(3, 2));
  EXPECT_TRUE(loader.next().has_value());
  const std::string failure = failure_of([&] { loader.next(); });
  EXPECT_TRUE(holds(failure, "format: none of the 3 pictures of batch 1") && holds(failure, "picture 3 is broken"))
      << failure;
  EXPECT_EQ(loader.next()->indices.front(), 6);
  EXPECT_EQ(loader.broken().size(), 3U);
}

TEST(loader, what_is_worse_than_a_broken_picture_reaches_the_caller) {
  for (const int threads : {0, 1, 3}) {
    const Made pictures(9, {}, 4);
    Loader loader(pictures, options_of(3, threads));
    EXPECT_TRUE(loader.next().has_value());
    EXPECT_THROW(loader.next(), std::bad_alloc);
    EXPECT_TRUE(loader.next().has_value());
    EXPECT_FALSE(loader.next().has_value());
    EXPECT_TRUE(loader.broken().empty());
  }
}

TEST(loader, not_everything_is_made_ahead) {
  const Made pictures(400);
  {
    Loader loader(pictures, options_of(4, 3));
    EXPECT_EQ(pictures.made, 0);  // nothing before it is asked for
    loader.next();
  }
  EXPECT_GE(pictures.made, 4);
  EXPECT_LE(pictures.made, 4 * 4);  // the batch and three more
}

TEST(loader, may_end_at_any_time) {
  const Made pictures(40);
  for (int i = 0; i < 30; ++i) {
    Loader loader(pictures, augmented(4, 3));
    if (i % 3 > 0) loader.start(i);
    if (i % 3 > 1) loader.next();
  }
}

TEST(loader, wrong_choices_are_refused) {
  const Made none(0);
  const Made pictures(5);
  const auto failure = [](const Made& data, const LoaderOptions& options) {
    return failure_of([&] { const Loader loader(data, options); });
  };
  EXPECT_TRUE(holds(failure(none, options_of(3)), "usage: "));
  EXPECT_TRUE(holds(failure(pictures, options_of(0)), "usage: "));
  EXPECT_TRUE(holds(failure(pictures, options_of(3, -1)), "usage: "));
  LoaderOptions options = options_of(3);
  options.augmentation.erase = 2;
  EXPECT_TRUE(holds(failure(pictures, options), "usage: "));
  options = options_of(3);
  options.preprocess = {};
  EXPECT_TRUE(holds(failure(pictures, options), "usage: "));
  Loader loader(pictures, options_of(3));
  for (const auto& [epoch, batch] : {std::pair{-1, 0}, std::pair{0, -1}, std::pair{0, 3}}) {
    EXPECT_TRUE(holds(failure_of([&, e = epoch, b = batch] { loader.start(e, b); }), "usage: "));
  }
}

TEST(loader, imagenette) {
  FOVEA_NEEDS_SHARED("imagenette128.tar");
  const auto pictures = open_pictures(test::shared_data("imagenette128.tar"), {"val"});
  LoaderOptions options = augmented(64, 2);
  options.preprocess.width = options.preprocess.height = 112;
  Loader loader(*pictures, options);
  std::int64_t count = 0;
  double sum = 0;
  for (const Batch& batch : rest_of(loader)) {
    count += batch.labels.numel();
    sum += batch.input.mean().item<double>() * static_cast<double>(batch.labels.numel());
  }
  EXPECT_EQ(count, pictures->size());
  EXPECT_TRUE(loader.broken().empty());
  EXPECT_NEAR(sum / static_cast<double>(count), 0, 0.3);  // normalised
}

}  // namespace
}  // namespace fovea
