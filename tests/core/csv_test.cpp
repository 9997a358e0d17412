// SPDX-License-Identifier: Apache-2.0
#include "core/csv.h"

#include <gtest/gtest.h>

namespace fovea {
namespace {

using Cells = std::vector<std::string>;

TEST(csv, quotes_what_would_be_read_otherwise) {
  EXPECT_EQ(csv_line({"a", "b c", "", "1.5"}), "a,b c,,1.5\n");
  EXPECT_EQ(csv_line({"tench, Tinca tinca", "1"}), "\"tench, Tinca tinca\",1\n");
  EXPECT_EQ(csv_line({"a \"b\"", "c\nd", "e\rf"}), "\"a \"\"b\"\"\",\"c\nd\",\"e\rf\"\n");
}

TEST(csv, cells_are_read_back) {
  for (const Cells& cells : {Cells{"a", "b", "c"},
                             {"tench, Tinca tinca", "1", "2"},
                             {"", "", ""},
                             {"\"", "\"\"", "say \"a, b\""},
                             {"ends in \"", "\"begins", ","}}) {
    std::string line = csv_line(cells);
    line.pop_back();
    EXPECT_EQ(csv_cells(line, cells.size()), cells) << line;
  }
}

TEST(csv, blanks_around_cells_are_none_of_theirs) {
  EXPECT_EQ(csv_cells(" a b ,\t\" c, d \" , 3", 3), (Cells{"a b", " c, d ", "3"}));
}

TEST(csv, commas_of_a_path_without_quotes_are_its_own) {
  EXPECT_EQ(csv_cells("cat, dog.jpg,0,1.5", 3), (Cells{"cat, dog.jpg", "0", "1.5"}));
  EXPECT_EQ(csv_cells("cat, dog.jpg,\"a, b\",1", 3), (Cells{"cat, dog.jpg", "a, b", "1"}));
  EXPECT_EQ(csv_cells("\"a\".jpg,\"b,c,1", 4), (Cells{"\"a\".jpg", "\"b", "c", "1"})) << "quotes that quote nothing";
}

TEST(csv, too_few_cells_are_no_line) {
  EXPECT_EQ(csv_cells("a,b", 3), std::nullopt);
  EXPECT_EQ(csv_cells("\"a,b,c\"", 2), std::nullopt);
  EXPECT_EQ(csv_cells("", 1), (Cells{""}));
}

}  // namespace
}  // namespace fovea
