// What the part does with pictures: see part.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "opencv/part.h"

namespace fovea::opencv {

int fill(unsigned char* pixels, int width, int height, const int* corners, const int* counts, int contours, int value,
         int fraction_bits);
int warp(const unsigned char* rgb, int width, int height, const double* inverse, FoveaBorder border,
         unsigned char* moved);
int cut(const unsigned char* rgb, int width, int height, const unsigned char* seeds, int rounds, unsigned char* object);

}  // namespace fovea::opencv
