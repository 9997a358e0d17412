// Building atlases: strongest places against a full sort, the same bytes however often a build is stopped and however
// many ranks take part, broken pictures, and folders that hold something else.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/atlas.h>

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <thread>

#include <ATen/ops/cat.h>

#include <fovea/trace.h>

#include "../support/failure.h"
#include "../support/net.h"
#include "../support/painted_pictures.h"
#include "../support/temporary_folder.h"
#include "atlas/scan.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using test::failure_of;
using test::holds;

/// A small network for pictures of 24 px: two convolutions, one of them strided, a pool, a classifier of four classes.
Model small_model() {
  test::Net net;
  const ValueId x = net.input("picture", {-1, 3, 24, 24});
  const ValueId a = net.node("Relu", {net.conv(x, 3, 6, 3, 1, 1)}, {}, "relu1");
  const ValueId b = net.node("Relu", {net.conv(a, 6, 5, 3, 2, 1)}, {}, "relu2");
  const ValueId pool = net.node("GlobalAveragePool", {b}, {}, "pool");
  net.gemm(net.node("Flatten", {pool}, {}, "flat"), 5, 4);
  Model model = net.model();
  model.path = "small.onnx";
  model.hash = "0123456789abcdef";
  model.card.preprocess = Preprocess{.source = "test",
                                     .width = 24,
                                     .height = 24,
                                     .scale = 1.0 / 255,
                                     .mean = {0.5, 0.5, 0.5},
                                     .std = {0.25, 0.25, 0.25}};
  return model;
}

/// Painted pictures of which some are broken.
class SomeBroken final : public test::PaintedPictures {
 public:
  SomeBroken(std::int64_t count, std::set<std::int64_t> broken)
      : test::PaintedPictures(count, 3), broken_(std::move(broken)) {}
  Sample at(std::int64_t index) const override {
    if (broken_.contains(index)) throw Error(ErrorKind::format, name(index) + " is torn");
    return test::PaintedPictures::at(index);
  }

 private:
  std::set<std::int64_t> broken_;
};

AtlasOptions small_options() {
  AtlasOptions options;
  options.top = 4;
  options.batch = 4;
  options.shard = 8;
  options.data = "painted";
  return options;
}

/// Every file of a folder with its content.
std::map<std::string, std::string> content_of(const fs::path& folder) {
  std::map<std::string, std::string> content;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    content[fs::relative(entry.path(), folder).string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return content;
}

TEST(atlas, ranks_as_a_full_sort_of_every_channel_would) {
  const Model model = small_model();
  const test::PaintedPictures pictures(37, 3);
  const test::TemporaryFolder folder;
  build_atlas(model, pictures, small_options(), folder.path() / "atlas");
  const Atlas atlas(folder.path() / "atlas");
  ASSERT_EQ(atlas.manifest().ranked.size(), 3U);  // two rectifiers and the logits
  EXPECT_EQ(atlas.manifest().ranked[1].height, 12);

  for (const AtlasValue& value : atlas.manifest().ranked) {
    const ValueId id = model.graph.at(value.name);
    std::vector<Tensor> rows;
    for (std::int64_t i = 0; i < pictures.size(); ++i) {
      const Tensor x = to_input(fit_image(pictures.at(i).picture, *model.card.preprocess), *model.card.preprocess);
      rows.push_back(run(model.graph, x).value(id).reshape({1, value.channels, -1}));
    }
    const Tensor all = at::cat(rows);
    const auto tops = atlas.tops(value.name);
    ASSERT_EQ(tops.size(), static_cast<std::size_t>(value.channels));
    for (std::int64_t c = 0; c < value.channels; ++c) {
      const auto [best, place] = all.select(1, c).max(1);
      const Tensor order = best.argsort(0, true);
      const auto& found = tops[static_cast<std::size_t>(c)];
      ASSERT_EQ(found.size(), 4U);
      for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_NEAR(found[k].score, best[order[static_cast<std::int64_t>(k)]].item<float>(), 1e-5);
        EXPECT_NEAR(all[found[k].picture][c][found[k].place].item<float>(), found[k].score, 1e-5);
      }
    }
  }
}

TEST(atlas, keeps_embeddings_and_answers) {
  const Model model = small_model();
  const SomeBroken pictures(21, {5, 8, 9, 10, 11});  // a whole batch among them
  const test::TemporaryFolder folder;
  const AtlasBuild build = build_atlas(model, pictures, small_options(), folder.path() / "atlas");
  EXPECT_EQ(build.broken, 5);
  EXPECT_EQ(build.pictures, 21);
  const Atlas atlas(folder.path() / "atlas");
  const Tensor table = atlas.embedding();
  EXPECT_EQ(atlas.manifest().embedded[0].name, "flat");
  ASSERT_EQ(table.sizes(), at::IntArrayRef({21, 5}));
  const std::vector<AtlasPicture> told = atlas.pictures();
  for (std::int64_t i = 0; i < pictures.size(); ++i) {
    const AtlasPicture& one = told[static_cast<std::size_t>(i)];
    EXPECT_EQ(one.name, pictures.name(i));
    EXPECT_EQ(one.label, pictures.label(i));
    if (i == 5 || (i >= 8 && i < 12)) {
      EXPECT_TRUE(holds(one.broken, "is torn"));
      EXPECT_EQ(one.predicted, -1);
      EXPECT_TRUE(table[i].isnan().all().item<bool>());
      continue;
    }
    const Tensor x = to_input(fit_image(pictures.at(i).picture, *model.card.preprocess), *model.card.preprocess);
    const Trace trace = run(model.graph, x);
    const Tensor probability = trace.scores().softmax(1)[0];
    EXPECT_TRUE(one.broken.empty());
    EXPECT_EQ(one.predicted, probability.argmax().item<std::int64_t>());
    EXPECT_NEAR(one.probability, probability.max().item<float>(), 1e-5);
    EXPECT_NEAR(one.of_truth, probability[pictures.label(i)].item<float>(), 1e-5);
    EXPECT_LT(test::largest_difference(table[i], trace.value(model.graph.at("flat"))[0]), 1e-5);
  }
}

TEST(atlas, is_the_same_bytes_however_often_it_was_stopped) {
  const Model model = small_model();
  const SomeBroken pictures(45, {7});
  const test::TemporaryFolder folder;
  build_atlas(model, pictures, small_options(), folder.path() / "whole");
  const fs::path stopped = folder.path() / "stopped";
  std::int64_t met = 0;
  for (int round = 0; round < 20; ++round) {
    std::int64_t steps = 0;
    const auto stop_soon = [&](std::int64_t, std::int64_t) { return ++steps < 3; };
    const std::string said = failure_of([&] {
      const AtlasBuild build = build_atlas(model, pictures, small_options(), stopped, nullptr, stop_soon);
      met = build.taken_over;
    });
    if (said.empty()) break;
    EXPECT_EQ(said, "stopped: stopped");
    // What a kill may leave: half-written temporaries, and a shard that did not reach the disk whole.
    std::ofstream(stopped / "shards" / ".00000001.shard.99.0.tmp") << "half";
    std::ofstream(stopped / ".atlas.db.partial") << "half";
    if (round == 1) fs::resize_file(stopped / "shards" / "00000000.shard", 100);
  }
  EXPECT_GT(met, 0);
  EXPECT_EQ(content_of(stopped), content_of(folder.path() / "whole"));
  EXPECT_TRUE(build_atlas(model, pictures, small_options(), stopped).was_finished);
}

TEST(atlas, is_the_same_bytes_whatever_the_number_of_ranks) {
  const Model model = small_model();
  const SomeBroken pictures(45, {7});
  const test::TemporaryFolder folder;
  build_atlas(model, pictures, small_options(), folder.path() / "alone");
  int port = 29'617;
  for (const int size : {2, 3}) {
    const fs::path place = folder.path() / std::to_string(size);
    std::vector<std::int64_t> counts(static_cast<std::size_t>(size));
    std::vector<std::string> failures(static_cast<std::size_t>(size));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < size; ++rank) {
      threads.emplace_back([&, rank] {
        failures[static_cast<std::size_t>(rank)] = failure_of([&] {
          Ranks ranks({.rank = rank, .size = size, .port = port});
          counts[static_cast<std::size_t>(rank)] =
              build_atlas(model, pictures, small_options(), place, &ranks).pictures;
        });
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::string& failure : failures) EXPECT_EQ(failure, "");
    std::int64_t total = 0;
    for (const std::int64_t count : counts) total += count;
    EXPECT_EQ(total, pictures.size());
    EXPECT_EQ(content_of(place), content_of(folder.path() / "alone")) << size;
    ++port;
  }
}

TEST(atlas, agrees_with_other_batch_sizes) {
  const Model model = small_model();
  const test::PaintedPictures pictures(30, 3);
  const test::TemporaryFolder folder;
  AtlasOptions one = small_options();
  one.batch = 1;
  build_atlas(model, pictures, small_options(), folder.path() / "four");
  build_atlas(model, pictures, one, folder.path() / "one");
  const Atlas a(folder.path() / "four");
  const Atlas b(folder.path() / "one");
  EXPECT_LT(test::relative_error(a.embedding(), b.embedding()), 1e-5);
  for (const AtlasValue& value : a.manifest().ranked) {
    const auto four = a.tops(value.name);
    const auto alone = b.tops(value.name);
    for (std::size_t c = 0; c < four.size(); ++c) {
      for (std::size_t k = 0; k < four[c].size(); ++k) EXPECT_NEAR(four[c][k].score, alone[c][k].score, 1e-5);
    }
  }
}

TEST(atlas, refuses_a_folder_of_something_else_and_loses_nothing) {
  const Model model = small_model();
  const test::PaintedPictures pictures(12, 3);
  const test::TemporaryFolder folder;
  const fs::path place = folder.path() / "atlas";
  build_atlas(model, pictures, small_options(), place);
  const auto before = content_of(place);
  const auto building = [&](const Model& other, const Pictures& data, const AtlasOptions& options) {
    return failure_of([&] { build_atlas(other, data, options, place); });
  };
  Model other = small_model();
  other.hash = "another";
  EXPECT_TRUE(holds(building(other, pictures, small_options()), "model"));
  EXPECT_TRUE(holds(building(model, test::PaintedPictures(13, 3), small_options()), "pictures: 12 there, 13 asked"));
  AtlasOptions options = small_options();
  options.top = 5;
  EXPECT_TRUE(holds(building(model, pictures, options), "top: 4 there, 5 asked"));
  EXPECT_EQ(content_of(place), before);

  fs::create_directories(folder.path() / "letters");
  folder.write("letters/dear.txt", "dear");
  EXPECT_TRUE(holds(failure_of([&] { build_atlas(model, pictures, small_options(), folder.path() / "letters"); }),
                    "holds other things"));
  folder.write("file", "x");
  EXPECT_TRUE(
      holds(failure_of([&] { build_atlas(model, pictures, small_options(), folder.path() / "file"); }), "file"));
}

TEST(atlas, tells_what_is_damaged_or_missing) {
  const Model model = small_model();
  const test::PaintedPictures pictures(12, 3);
  const test::TemporaryFolder folder;
  const fs::path place = folder.path() / "atlas";
  EXPECT_TRUE(holds(failure_of([&] { const Atlas atlas(place); }), "is no atlas"));
  const auto stop = [](std::int64_t done, std::int64_t) { return done < 10; };
  EXPECT_EQ(failure_of([&] { build_atlas(model, pictures, small_options(), place, nullptr, stop); }),
            "stopped: stopped");
  EXPECT_TRUE(holds(failure_of([&] { const Atlas atlas(place); }), "is not finished: 1 of 2"));
  build_atlas(model, pictures, small_options(), place);
  const Atlas atlas(place);
  EXPECT_TRUE(holds(failure_of([&] { atlas.tops("relu3"); }), "no ranked value 'relu3'"));
  EXPECT_TRUE(holds(failure_of([&] { atlas.embedding("relu1"); }), "no embedded value"));

  std::string bytes = folder.read("atlas/atlas.db");
  for (std::size_t i = bytes.size() / 2; i < bytes.size() / 2 + 3000 && i < bytes.size(); ++i) bytes[i] = 'x';
  folder.write("atlas/atlas.db", bytes);
  EXPECT_TRUE(holds(failure_of([&] { const Atlas damaged(place); }), "is damaged"));
  folder.write("atlas/atlas.db", "nonsense");
  EXPECT_TRUE(holds(failure_of([&] { const Atlas damaged(place); }), "is damaged"));
  folder.write("atlas/manifest.json", "{\"format\": \"fovea atlas 1\"}");
  EXPECT_TRUE(holds(failure_of([&] { const Atlas damaged(place); }), "manifest"));
}

TEST(atlas, finds_values_by_patterns) {
  const Model model = small_model();
  EXPECT_EQ(match_values(model.graph, {"relu*"}).size(), 2U);
  EXPECT_EQ(match_values(model.graph, {"*"}).size(), model.graph.nodes().size() + 1);
  EXPECT_EQ(match_values(model.graph, {"r*2", "relu2"}), std::vector<ValueId>{model.graph.at("relu2")});
  EXPECT_TRUE(holds(failure_of([&] { match_values(model.graph, {"fc*"}); }), "fits 'fc*'"));
  EXPECT_TRUE(holds(failure_of([&] { match_values(model.graph, {"relo1"}); }), "relo1"));
}

TEST(atlas, pools_maps_by_their_mean) {
  const Tensor maps = test::tensor({1, 3, 5, 7, 2, 2, 2, 2}, {1, 2, 2, 2});
  EXPECT_TRUE(pooled(maps).equal(test::tensor({4, 2}, {1, 2})));
  EXPECT_TRUE(pooled(test::tensor({1, 2}, {1, 2})).equal(test::tensor({1, 2}, {1, 2})));
}

}  // namespace
}  // namespace fovea
