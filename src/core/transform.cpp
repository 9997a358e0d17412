// Reading and applying transforms in order.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/transform.h>

#include "core/find_part.h"

namespace fovea {

namespace transforms {
std::span<const TransformKind* const> all();
}

std::span<const TransformKind* const> all_transforms() { return transforms::all(); }

Transforms::Transforms(std::string_view text) {
  for (const PartText& part : parse_parts(text)) {
    const TransformKind& kind = find_part(all_transforms(), "transform", part.name);
    parts_.push_back({&kind, options_of(part, kind.options)});
  }
}

Tensor Transforms::apply(const Tensor& image, std::uint64_t seed, std::int64_t step) const {
  Tensor changed = image;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const Draws draws{.seed = seed, .stream = static_cast<std::uint64_t>(step) * parts_.size() + i};
    changed = parts_[i].kind->apply({.image = changed, .options = parts_[i].options, .draws = draws});
  }
  return changed;
}

}  // namespace fovea
