// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/report.h>

#include "support/failure.h"

namespace fovea {
namespace {

using test::holds;

TEST(report, is_one_page_that_loads_nothing) {
  Report report("Cats & <dogs>");
  report.heading("First");
  report.paragraph("a < b", true);
  report.figures({{make_image(3, 2, {255, 0, 0}), "red \"one\"", "a red picture", 0}});
  report.code("fovea demo");
  const std::string page = report.html();
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_TRUE(holds(page, "<h1>Cats &amp; &lt;dogs&gt;</h1>"));
  EXPECT_TRUE(holds(page, "<p class=\"lead\">a &lt; b</p>"));
  EXPECT_TRUE(holds(page, "src=\"data:image/png;base64,iVBORw0KGgo"));
  EXPECT_TRUE(holds(page, "red &quot;one&quot;"));
  EXPECT_FALSE(holds(page, "http://")) << "nothing from elsewhere";
  EXPECT_FALSE(holds(page, "https://"));
  EXPECT_FALSE(holds(page, "<script"));
}

TEST(report, columns_of_numbers_stand_flush_right) {
  Report report("t");
  report.table({"name", "share"}, {{"a", "83 %"}, {"b", "-1.5"}});
  EXPECT_TRUE(holds(report.html(), "<td>a</td><td class=\"number\">83 %</td>"));
}

TEST(report, bars_keep_within_their_track) {
  Report report("t");
  report.bars({{"half", 0.5, "50 %", false}, {"over", 2, "200 %", true}, {"under", -1, "-1", false}});
  const std::string page = report.html();
  EXPECT_TRUE(holds(page, "class=\"fill\" style=\"width:50.0%\""));
  EXPECT_TRUE(holds(page, "class=\"fill muted\" style=\"width:100.0%\""));
  EXPECT_TRUE(holds(page, "style=\"width:0.0%\""));
}

}  // namespace
}  // namespace fovea
