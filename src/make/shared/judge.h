// How sure a network is of pictures that are made for it: its confidences, over shifted views where asked.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <fovea/make.h>

namespace fovea::make {

/// A network that is asked for its confidences in pictures of one size. Nguyen, Yosinski and Clune 2015, section 2.
class Judge {
 public:
  /// Reads the kind's options `size`, `crops` and `batch`; the call must outlive the judge.
  explicit Judge(const MakeCall& call);

  /// Size of the pictures, px.
  std::int64_t height() const { return height_; }
  std::int64_t width() const { return width_; }

  /// Returns confidences [N,classes], float64 on the CPU, in pictures in display units [N,3,H,W]: the mean over the
  /// views.
  Tensor operator()(const Tensor& pictures) const;

 private:
  /// The picture as a crop of 7/8 of it pasted onto white; the first is the whole.
  Tensor shifted(const Tensor& pictures, std::int64_t crop) const;

  const Model& model_;
  const Preprocess& preprocess_;
  std::int64_t batch_;
  std::int64_t crops_;
  std::int64_t height_ = 0;
  std::int64_t width_ = 0;
};

}  // namespace fovea::make
