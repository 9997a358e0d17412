// Read first by clang-tidy: with C++20's constexpr std::vector, clang 14 instantiates too early a class that
// libtorch 1.13 leaves incomplete, and stops. Here the vector is the C++17 one (and its bool form's fill, declared
// constexpr before, goes by another name: nothing is linked); everything else stays.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <string>
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR
#define __fill_a1 __fill_a1_of_bits
#include <vector>
#undef __fill_a1
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR constexpr
