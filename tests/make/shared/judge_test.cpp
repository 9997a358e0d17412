// SPDX-License-Identifier: Apache-2.0
#include "make/shared/judge.h"

#include <ATen/ops/ones_like.h>

#include "make/asked.h"

namespace fovea {
namespace {

using test::random_normal;

/// Asks a judge with options of elites for its confidences.
Tensor judged(const Model& model, const Tensor& pictures, const Settings& settings) {
  const MakeKind& elites = find_make_kind("elites");
  const Options options("'elites'", elites.options, elites.presets, {}, settings);
  return make::Judge({.model = &model, .options = options})(pictures);
}

Tensor confidences(const Model& model, const Tensor& pictures) {
  return run(model.graph, display_to_input(pictures, *model.card.preprocess), {.tape = Tape::none})
      .scores()
      .to(at::kDouble)
      .softmax(1);
}

TEST(judge, is_the_networks_softmax_whatever_the_batch) {
  const Model model = test::made_model();
  const Tensor pictures = random_normal({5, 3, 16, 16}, 4).abs().clamp(0, 1);
  const Tensor wanted = confidences(model, pictures);
  EXPECT_LE((judged(model, pictures, {{"batch", "64"}}) - wanted).abs().max().item<double>(), 1e-6);
  EXPECT_LE((judged(model, pictures, {{"batch", "2"}}) - wanted).abs().max().item<double>(), 1e-6);
}

/// 14 x 14 px of the picture where they were, from a left edge on, on white.
Tensor pasted(const Tensor& picture, std::int64_t left) {
  Tensor view = at::ones_like(picture);
  view.slice(2, 0, 14).slice(3, left, left + 14).copy_(picture.slice(2, 0, 14).slice(3, left, left + 14));
  return view;
}

TEST(judge, views_by_hand) {
  const Model model = test::made_model();
  const Tensor picture = random_normal({1, 3, 16, 16}, 5).abs().clamp(0, 1);
  // Five places across 2 px: the second and the third view begin at 2/4 and 4/4 px, rounded down.
  const Tensor wanted =
      (confidences(model, picture) + confidences(model, pasted(picture, 0)) + confidences(model, pasted(picture, 1))) /
      3;
  EXPECT_LE((judged(model, picture, {{"crops", "3"}}) - wanted).abs().max().item<double>(), 1e-6);
}

}  // namespace
}  // namespace fovea
