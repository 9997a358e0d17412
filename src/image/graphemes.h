// Texts as letters and graphemes: what of their bytes is UTF-8, where they may be cut, where a line may end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fovea {

/// One letter and where its bytes begin.
struct Letter {
  char32_t code;
  std::size_t at;
};

/// Returns the letters of UTF-8; a byte that begins none is U+FFFD by itself.
std::vector<Letter> letters_of(std::string_view clean);
/// Tells which letters begin a grapheme.
std::vector<bool> grapheme_starts(const std::vector<Letter>& letters);

/// Returns a text without what is no UTF-8 (U+FFFD stands there) and without control characters (spaces).
std::string clean_text(std::string_view text);
/// Returns where a clean text may be cut: the end of each grapheme (a letter with its accents), in bytes.
std::vector<std::size_t> grapheme_ends(std::string_view clean);
/// Tells whether a line may end before the letter that begins at a byte of a clean text: Chinese and Japanese are
/// written without spaces, and may be broken before every ideograph and kana.
bool breaks_before(std::string_view clean, std::size_t at);

}  // namespace fovea
