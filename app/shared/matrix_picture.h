// A matrix drawn as shaded cells with its rows and columns named.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <fovea/figure.h>
#include <fovea/tensor.h>

namespace fovea::cli {

/// What is drawn.
struct MatrixPicture {
  Tensor values;                     ///< [R,C]: 0..1, or -1..1 where `diverging` is set
  Tensor numbers;                    ///< [R,C], written into the cells where there is room; undefined: none
  std::vector<std::string> rows;     ///< names, or empty
  std::vector<std::string> columns;  ///< names, or empty
  std::string title;
  std::string row_title;
  std::string column_title;
  bool diverging = false;
};

/// Draws it; names and numbers are left out where cells are too small for them.
Figure draw_matrix(const MatrixPicture& matrix);

}  // namespace fovea::cli
