// SPDX-License-Identifier: Apache-2.0
#include <barrier>
#include <thread>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/filters.h>
#include <fovea/technique.h>
#include <fovea/walk.h>

#include "support/failure.h"
#include "support/net.h"

namespace fovea {
namespace {

using test::Net;
using test::random_normal;

// What would be left with a model, a graph or a run that is gone does not compile.
static_assert(std::is_constructible_v<Subject, const Model&, Tensor>);
static_assert(!std::is_constructible_v<Subject, Model, Tensor>);
static_assert(!std::is_constructible_v<Subject, const Model, Tensor>);
static_assert(std::is_constructible_v<FilterWatch, const Graph&>);
static_assert(!std::is_constructible_v<FilterWatch, Graph>);

template <typename T>
concept CanBeRun = requires(T&& graph, const Tensor& x) {
  run(std::forward<T>(graph), x);
};
static_assert(CanBeRun<Graph&> && CanBeRun<const Graph&>);
static_assert(!CanBeRun<Graph> && !CanBeRun<const Graph>);
static_assert(!CanBeRun<decltype((load_model({}).graph))>);

template <typename T>
concept CanBeWalked = requires(T&& trace, const Recipe& recipe) {
  walk(std::forward<T>(trace), Seeds{}, recipe);
};
static_assert(CanBeWalked<Trace&> && CanBeWalked<const Trace&>);
static_assert(!CanBeWalked<Trace> && !CanBeWalked<const Trace>);

static_assert(std::is_nothrow_move_constructible_v<Subject> && std::is_nothrow_move_assignable_v<Subject>);
static_assert(!std::is_copy_constructible_v<Subject> && !std::is_copy_assignable_v<Subject>);

/// conv - batch norm - relu - global average pool - gemm.
Model normalised() {
  Net net;
  const auto per_channel = [&](double number) {
    return net.constant(test::tensor(std::vector<double>(16, number), {16}));
  };
  const ValueId convolved = net.conv(net.input("x", {-1, 3, 48, 48}), 3, 16, 5, 1, 2);
  const ValueId same =
      net.node("BatchNormalization", {convolved, per_channel(1.5), per_channel(0.1), per_channel(0.2), per_channel(2)});
  net.gemm(net.node("Flatten", {net.node("GlobalAveragePool", {net.node("Relu", {same})})}), 16, 5);
  return net.model();
}

Tensor picture(std::uint64_t seed) { return random_normal({1, 3, 48, 48}, seed); }

TEST(subject, takes_its_runs_along_when_it_moves) {
  const Model model = normalised();
  Subject first(model, picture(1));
  const Trace* trace = &first.trace();
  const Trace* folded = &first.folded_trace();
  ASSERT_NE(trace, folded);

  Subject second(std::move(first));
  EXPECT_EQ(&second.trace(), trace);
  EXPECT_EQ(&second.folded_trace(), folded);

  Subject third(model, picture(2));
  third.trace();
  third = std::move(second);
  EXPECT_EQ(&third.trace(), trace);
  EXPECT_TRUE(third.input().equal(picture(1)));
  EXPECT_EQ(&third.model(), &model);
  EXPECT_EQ(folded->graph().node(1).op->onnx, "Identity") << "the folded graph moves along";
}

TEST(subject, many_are_held_in_one_list) {
  const Model model = normalised();
  std::vector<Subject> subjects;
  for (std::uint64_t i = 0; i < 5; ++i) subjects.emplace_back(model, picture(i));
  for (std::uint64_t i = 0; i < 5; ++i) {
    EXPECT_TRUE(subjects[i].trace().scores().equal(run(model.graph, picture(i)).scores()));
  }
}

/// Does the same in several threads that begin together, and returns what each of them threw, "" where it is nothing.
template <typename Work>
std::vector<std::string> in_threads(std::size_t count, Work work) {
  std::vector<std::string> failures(count);
  std::barrier together(static_cast<std::ptrdiff_t>(count));
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < count; ++t) {
    threads.emplace_back([&, t] {
      together.arrive_and_wait();
      failures[t] = test::failure_of([&] { work(t); });
    });
  }
  for (std::thread& thread : threads) thread.join();
  return failures;
}

constexpr std::size_t asking = 4;

TEST(subject, is_run_once_however_many_threads_ask) {
  const Model model = normalised();
  for (std::uint64_t round = 0; round < 10; ++round) {
    const Subject subject(model, picture(round));
    std::vector<const void*> seen(asking);
    std::vector<const void*> seen_folded(asking);
    const auto failures = in_threads(asking, [&](std::size_t t) {
      seen[t] = subject.trace().scores().data_ptr();
      seen_folded[t] = subject.folded_trace().scores().data_ptr();
    });
    EXPECT_EQ(failures, std::vector<std::string>(asking));
    EXPECT_EQ(seen, std::vector<const void*>(asking, seen[0]));
    EXPECT_EQ(seen_folded, std::vector<const void*>(asking, seen_folded[0]));
  }
}

TEST(subject, answers_threads_as_it_answers_one) {
  const std::vector<const char*> asked{"saliency", "guided_backprop", "grad_cam", "excitation", "integrated_gradients"};
  const Model model = normalised();
  const auto ask = [&](const Subject& subject, std::size_t i) {
    return explain(find_technique(asked[i % asked.size()]), subject, logit(2)).values;
  };
  const Subject alone(model, picture(1));
  std::vector<Tensor> expected;
  for (std::size_t i = 0; i < asked.size(); ++i) expected.push_back(ask(alone, i));

  const Subject shared(model, picture(1));
  std::vector<std::vector<Tensor>> found(asking);
  const auto failures = in_threads(asking, [&](std::size_t t) {
    for (std::size_t i = 0; i < asked.size(); ++i) found[t].push_back(ask(shared, t + i));
  });
  EXPECT_EQ(failures, std::vector<std::string>(asking));
  for (std::size_t t = 0; t < asking; ++t) {
    for (std::size_t i = 0; i < found[t].size(); ++i) {
      EXPECT_TRUE(found[t][i].equal(expected[(t + i) % asked.size()])) << asked[(t + i) % asked.size()];
    }
  }
}

TEST(question, that_is_stopped_fails_with_a_kind_of_its_own) {
  const Model model = normalised();
  const Subject subject(model, picture(1));
  const Progress stop = [](std::int64_t, std::int64_t) { return false; };
  EXPECT_EQ(
      test::failure_of([&] {
        explain(find_technique("smoothgrad"), subject, logit(2), {.settings = {{"samples", "4"}}, .progress = stop});
      }),
      "stopped: stopped");
}

}  // namespace
}  // namespace fovea
