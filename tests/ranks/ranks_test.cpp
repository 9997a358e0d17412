// Ranks in threads of one process: counters, texts, tensors in order; who does not come and who goes away.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/ranks.h>

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <thread>

#include "../support/failure.h"
#include "../support/net.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;

/// Runs one function per rank, each in a thread; returns what each failed with.
std::vector<std::string> as_ranks(int size, int port, const std::function<void(Ranks&)>& act) {
  std::vector<std::string> failures(static_cast<std::size_t>(size));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < size; ++rank) {
    threads.emplace_back([&, rank] {
      failures[static_cast<std::size_t>(rank)] = failure_of([&] {
        Ranks ranks({.rank = rank, .size = size, .port = port, .wait = 20, .patience = 3});
        act(ranks);
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failures;
}

TEST(ranks, count_together) {
  std::array<std::int64_t, 3> taken{};
  const auto failures = as_ranks(3, 29'631, [&](Ranks& ranks) {
    for (int i = 0; i < 10; ++i) taken[static_cast<std::size_t>(ranks.rank())] += ranks.count("next", 1);
  });
  EXPECT_EQ(failures, std::vector<std::string>(3));
  EXPECT_EQ(taken[0] + taken[1] + taken[2], 30 * 31 / 2);
}

TEST(ranks, hand_texts_and_tensors_to_each_other) {
  const auto failures = as_ranks(3, 29'632, [&](Ranks& ranks) {
    if (ranks.rank() == 1) ranks.tell("word", "hello");
    EXPECT_EQ(ranks.wait_for("word", 1), "hello");
    EXPECT_FALSE(ranks.told("nothing"));
    const Tensor mine = test::tensor({double(ranks.rank()), 10.0 * ranks.rank()}, {2});
    const std::vector<Tensor> all = ranks.gather(mine);
    ASSERT_EQ(all.size(), 3U);
    for (int rank = 0; rank < 3; ++rank) {
      EXPECT_TRUE(all[static_cast<std::size_t>(rank)].equal(test::tensor({double(rank), 10.0 * rank}, {2})));
    }
  });
  EXPECT_EQ(failures, std::vector<std::string>(3));
}

TEST(ranks, name_who_did_not_come) {
  std::vector<std::string> failures(2);
  std::vector<std::thread> threads;
  for (const int rank : {0, 2}) {
    threads.emplace_back([&, rank] {
      failures[static_cast<std::size_t>(rank / 2)] =
          failure_of([&] { Ranks ranks({.rank = rank, .size = 3, .port = 29'633, .wait = 2}); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& failure : failures) EXPECT_TRUE(holds(failure, "rank 1 of 3 did not come")) << failure;
  const std::string nobody = failure_of([] { Ranks ranks({.rank = 1, .size = 2, .port = 29'634, .wait = 1}); });
  EXPECT_TRUE(holds(nobody, "rank 0 does not answer at 127.0.0.1:29634")) << nobody;
}

TEST(ranks, notice_who_is_gone) {
  const auto failures = as_ranks(2, 29'635, [&](Ranks& ranks) {
    if (ranks.rank() == 1) return;  // leaves at once
    EXPECT_FALSE(ranks.gone(0));
    ranks.wait_for("what nobody says", 1);
  });
  EXPECT_TRUE(holds(failures[0], "rank 1 is gone")) << failures[0];
  EXPECT_EQ(failures[1], "");
}

TEST(ranks, are_read_from_the_environment) {
  const auto with = [](const char* rank, const char* size, const char* port) {
    ::setenv("RANK", rank, 1);
    ::setenv("WORLD_SIZE", size, 1);
    ::setenv("MASTER_PORT", port, 1);
    std::optional<RankOptions> options;
    const std::string failure = failure_of([&] { options = ranks_from_environment(); });
    for (const char* name : {"RANK", "WORLD_SIZE", "MASTER_PORT"}) ::unsetenv(name);
    return std::pair(options, failure);
  };
  EXPECT_FALSE(ranks_from_environment());
  const auto [two, none] = with("1", "2", "12345");
  ASSERT_TRUE(two) << none;
  EXPECT_EQ(two->rank, 1);
  EXPECT_EQ(two->size, 2);
  EXPECT_EQ(two->port, 12345);
  EXPECT_FALSE(with("0", "1", "12345").first);
  EXPECT_TRUE(holds(with("2", "2", "1").second, "RANK is '2' in the environment; expected 0..1"));
  EXPECT_TRUE(holds(with("0", "x", "1").second, "WORLD_SIZE"));
  EXPECT_TRUE(holds(with("0", "2", "99999999").second, "MASTER_PORT"));
}

}  // namespace
}  // namespace fovea
