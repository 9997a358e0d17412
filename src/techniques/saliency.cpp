// Saliency: the largest magnitude of the gradient over the channels, M_ij = max_c |d y / d x_cij|.
// Simonyan, Vedaldi, Zisserman 2013, section 3.
// SPDX-License-Identifier: Apache-2.0
#include "image/grab_cut.h"
#include "techniques/common.h"

namespace fovea::techniques::saliency {
namespace {

/// Replaces a saliency map at the pixels by the object that it points at.
Tensor cut_out(const Question& question, const Tensor& map) {
  const auto& preprocess = question.subject.model().card.preprocess;
  if (!preprocess || question.subject.input().dim() != 4 || map.dim() != 2) {
    throw Error(ErrorKind::usage, "segment=true needs a picture and a map at its pixels",
                preprocess ? "leave out --at" : "give --preprocess: without it the picture's colours are not known");
  }
  return segment_by_map(to_picture(question.subject.input(), *preprocess), map);
}

Map explain_saliency(const Question& question) {
  const ValueId at = read_at(question, input_of(question));
  const Tensor relevance = walk_to(question, question.subject.trace(), find_recipe("gradient"), at);
  const Tensor magnitude = relevance[0].abs();
  Map map{.values = magnitude.dim() > 1 ? magnitude.amax(0) : magnitude,
          .drawing = Drawing::heat,
          .at = question.subject.graph().name(at)};
  if (question.options.flag("segment")) {
    map.values = cut_out(question, map.values);
    map.notes.emplace_back("the object by GrabCut, seeded by the map's 95 % and 30 % quantiles");
    map.figures.emplace_back("area", map.values.mean().item<double>());
  }
  return map;
}

constexpr Option options[] = {
    {"segment", OptionType::boolean, "false", "",
     "Gives the object's mask instead of the map: GrabCut, seeded by the map (the paper's section 3.2)."}};

}  // namespace

extern constinit const Technique descriptor{
    .name = "saliency",
    .sentence = "Shows which pixels need to change least to change the objective most.",
    .paper = "Simonyan, Vedaldi, Zisserman 2013, Deep Inside Convolutional Networks (arXiv:1312.6034), section 3",
    .details =
        "M = max over colour channels of |dy/dx|. Captum's Saliency does not take the maximum: use `gradient` to "
        "get every channel with its sign.",
    .options = options,
    .sensitivity = true,
    .explain = explain_saliency};

}  // namespace fovea::techniques::saliency
