// Transforms: a random picture from a picture, so that what is made does not rest on one exact place of pixels.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/options.h>
#include <fovea/part.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// One application of a transform.
struct TransformCall {
  const Tensor& image;  ///< [N,C,H,W], display units
  const Options& options;
  Draws draws;  ///< all pictures of a batch get the same numbers, as in Lucid
};

/// One kind of transform, one file of src/transforms.
struct TransformKind {
  std::string_view name;
  std::string_view sentence;
  std::string_view paper;
  std::span<const Option> options = {};
  /// Returns the transformed pictures, maybe of another size; differentiable.
  Tensor (*apply)(const TransformCall&) = nullptr;
};

/// Returns every transform, sorted by name.
std::span<const TransformKind* const> all_transforms();

/// Transforms in order.
class Transforms {
 public:
  Transforms() = default;
  /// Reads them, e.g. "pad(12) jitter(8) scale rotate jitter(4)"; throws `Error(usage)`.
  explicit Transforms(std::string_view text);

  bool empty() const { return parts_.empty(); }
  /// Applies them; the same seed and step draw the same numbers.
  Tensor apply(const Tensor& image, std::uint64_t seed, std::int64_t step) const;

 private:
  struct Part {
    const TransformKind* kind;
    Options options;
  };
  std::vector<Part> parts_;
};

}  // namespace fovea
