// Pixels to the network's numbers, (pixel * scale - mean) / std, by a table of the 256 values that a byte has; grey is
// Rec. 601's luma, 0.299 R + 0.587 G + 0.114 B, rounded. The same to the last bit as `to_input`.
// SPDX-License-Identifier: Apache-2.0
#include "data/input_table.h"

#include <cmath>
#include <string>

#include <fovea/error.h>

namespace fovea {
namespace {

std::size_t luma(const std::uint8_t* rgb) {
  return static_cast<std::size_t>(std::lround(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]));
}

}  // namespace

InputTable::InputTable(const Preprocess& preprocess) : grey_(preprocess.channels == "GREY") {
  const auto count = static_cast<std::size_t>(channels());
  const bool known = grey_ || preprocess.channels == "RGB" || preprocess.channels == "BGR";
  if (!known || preprocess.width < 1 || preprocess.height < 1 || preprocess.mean.size() != count ||
      preprocess.std.size() != count) {
    throw Error(ErrorKind::usage, "batches need a whole preprocessing; this one has channels '" + preprocess.channels +
                                      "', " + std::to_string(preprocess.mean.size()) + " means, " +
                                      std::to_string(preprocess.std.size()) + " deviations, " +
                                      std::to_string(preprocess.width) + "x" + std::to_string(preprocess.height) +
                                      " px");
  }
  if (preprocess.channels == "BGR") source_ = {2, 1, 0};
  for (std::size_t c = 0; c < count; ++c) {
    for (std::size_t level = 0; level < levels; ++level) {
      values_[c][level] =
          static_cast<float>((static_cast<double>(level) * preprocess.scale - preprocess.mean[c]) / preprocess.std[c]);
    }
  }
}

void InputTable::write(const Image& fitted, bool mirrored, float* to) const {
  const int step = mirrored ? -3 : 3;
  for (int y = 0; y < fitted.height; ++y) {
    const std::uint8_t* from = fitted.at(mirrored ? fitted.width - 1 : 0, y);
    for (int x = 0; x < fitted.width; ++x, from += step) {
      if (grey_) {
        *to++ = values_[0][luma(from)];
        continue;
      }
      to[0] = values_[0][from[source_[0]]];
      to[1] = values_[1][from[source_[1]]];
      to[2] = values_[2][from[source_[2]]];
      to += 3;
    }
  }
}

}  // namespace fovea
