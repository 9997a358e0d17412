// What the shared library shows: it is compiled with hidden visibility, and a namespace opened as `namespace FOVEA_API
// fovea` shows what is declared in it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#define FOVEA_API [[gnu::visibility("default")]]
