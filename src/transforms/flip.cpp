// The picture or its mirror image, left and right exchanged.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/transform.h>

namespace fovea::transforms::flip {
namespace {

constexpr Option options[] = {{.name = "probability",
                               .type = OptionType::number,
                               .fallback = "0.5",
                               .range = "0..1",
                               .help = "How often it is mirrored."}};

Tensor apply_flip(const TransformCall& call) {
  return call.draws.uniform(1)[0] < call.options.number("probability") ? call.image.flip({3}) : call.image;
}

}  // namespace

extern constinit const TransformKind descriptor{
    .name = "flip",
    .sentence = "Exchanges left and right half of the time.",
    .paper = "Krizhevsky, Sutskever and Hinton 2012, ImageNet classification (as augmentation)",
    .options = options,
    .apply = apply_flip};

}  // namespace fovea::transforms::flip
