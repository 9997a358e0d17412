// SPDX-License-Identifier: Apache-2.0
#include "lines.h"

#include <gtest/gtest.h>

namespace fovea::transcripts {
namespace {

TEST(transcript_lines, match_with_gaps) {
  EXPECT_TRUE(line_matches("a [..] c", "a b c"));
  EXPECT_TRUE(line_matches("[..]", ""));
  EXPECT_FALSE(line_matches("a [..] c", "a b d"));
  EXPECT_TRUE(matches({"a", "...", "c"}, {"a", "b", "b", "c"}));
  EXPECT_TRUE(matches({"...", "c"}, {"c"}));
  EXPECT_FALSE(matches({"a", "...", "c"}, {"a", "b"}));
}

TEST(transcript_lines, that_still_match_stay) {
  const Lines lines{"took [..] s", "...", "end"};
  EXPECT_EQ(rewritten(lines, {"took 3 s", "x", "y", "end"}), lines);
}

TEST(transcript_lines, beside_a_changed_one_keep_their_wildcards) {
  EXPECT_EQ(rewritten({"took [..] s", "old", "[..] left"}, {"took 3 s", "new", "5 left"}),
            (Lines{"took [..] s", "new", "[..] left"}));
  EXPECT_EQ(rewritten({"took [..] s", "[..] left"}, {"took 3 s", "new", "5 left"}),
            (Lines{"took [..] s", "new", "[..] left"}));
  EXPECT_EQ(rewritten({"took [..] s", "old", "[..] left"}, {"took 3 s", "5 left"}),
            (Lines{"took [..] s", "[..] left"}));
}

TEST(transcript_lines, any_number_of_lines_stay_between_what_stands_around_them) {
  EXPECT_EQ(rewritten({"head", "...", "old end"}, {"head", "1", "2", "new end"}), (Lines{"head", "...", "new end"}));
  EXPECT_EQ(rewritten({"old head", "...", "end"}, {"new head", "1", "2", "end"}), (Lines{"new head", "...", "end"}));
}

TEST(transcript_lines, that_changed_keep_the_wildcards_between_words_that_did_not) {
  EXPECT_EQ(rewritten({"took [..] s for 3 pictures"}, {"took 7.5 s for 4 pictures"}),
            (Lines{"took [..] s for 4 pictures"}));
  EXPECT_EQ(rewritten({"libtorch [..] of [..], 2 threads"}, {"libtorch 2.6 of today, 4 threads"}),
            (Lines{"libtorch [..] of [..], 4 threads"}));
  EXPECT_EQ(rewritten({"no wildcards"}, {"none at all"}), (Lines{"none at all"}));
}

}  // namespace
}  // namespace fovea::transcripts
