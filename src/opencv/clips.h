// What the part does with clips: see part.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "opencv/part.h"

namespace fovea::opencv {

void* open_clip(const char* path, FoveaClipInfo* info);
int next_frame(void* opened, unsigned char* rgb);
void close_clip(void* opened);
void* create_clip(const char* path, int width, int height, double rate);
void add_frame(void* created, const unsigned char* rgb);
void finish_clip(void* created);

}  // namespace fovea::opencv
