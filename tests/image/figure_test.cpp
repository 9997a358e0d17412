// Figures: what primitives cover, where text stands, and that SVG and PDF say the same, always in the same bytes.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <numbers>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include <fovea/figure.h>

#include "../support/failure.h"
#include "../support/temporary_folder.h"

namespace fovea {
namespace figure_test {

using test::failure_of;
using test::holds;

constexpr Colour black{0, 0, 0};
constexpr Colour white{255, 255, 255};

/// How much of the white ground black has taken, px.
double ink_of(const Image& image) {
  double ink = 0;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) ink += (255 - image.rgb[i]) / 255.0;
  return ink;
}

int grey(const Image& image, int x, int y) { return image.at(x, y)[0]; }

std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

/// Something of everything.
Figure everything() {
  Figure inner(40, 30, {250, 240, 230});
  draw_text(inner, 2, 4, "inset", 14, {10, 60, 110});
  Figure figure(300, 200);
  fill_box(figure, 10, 10, 60, 30, {200, 30, 40});
  outline_box(figure, 70, 10, 120, 30, black, 2);
  draw_line(figure, 10, 40, 100, 90, black);
  draw_dashed(figure, 10, 100, 200, 100, {200, 30, 40});
  draw_polyline(figure, {{120, 60}, {150, 40}, {180, 80}}, {0, 114, 178});
  draw_disc(figure, 220.3, 60.6, 9, {0, 158, 115}, 0.5);
  paste(figure, make_image(12, 9, {1, 2, 3}), 250, 20);
  paste(figure, inner, 250, 50);
  draw_text(figure, 10, 120, "Käfer & <Netz> \"1\"", 20, black, Weight::bold);
  draw_text(figure, 10, 150, "猫 日本語 חיפושית", 20, black);
  draw_upwards(figure, 270, 180, "upwards", 15, black);
  return figure;
}

// --- primitives ---

TEST(figure, a_box_takes_its_pixels_and_no_others) {
  Figure figure(9, 8);
  fill_box(figure, 2, 3, 5, 7, black);
  const Image image = rasterise(figure);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 9; ++x) EXPECT_EQ(grey(image, x, y), x >= 2 && x < 5 && y >= 3 && y < 7 ? 0 : 255) << x << y;
  }
}

TEST(figure, discs_have_their_area_small_and_large) {
  for (const double radius : {0.8, 1.2, 3.0, 7.5, 31.0, 40.0}) {
    Figure figure(100, 100);
    draw_disc(figure, 50.3, 49.6, radius, black);
    const double area = std::numbers::pi * radius * radius;
    EXPECT_NEAR(ink_of(rasterise(figure)), area, 0.02 * area) << radius;
    Figure half(100, 100);
    draw_disc(half, 50.3, 49.6, radius, black, 0.5);
    EXPECT_NEAR(ink_of(rasterise(half)), area / 2, 0.01 * area) << radius;
  }
}

TEST(figure, discs_lie_between_pixels) {
  const auto middle_of = [](double x) {
    Figure figure(40, 20);
    draw_disc(figure, x, 10, 4, black);
    const Image image = rasterise(figure);
    double sum = 0;
    for (int y = 0; y < 20; ++y) {
      for (int column = 0; column < 40; ++column) sum += (column + 0.5) * (255 - grey(image, column, y)) / 255.0;
    }
    return sum / ink_of(image);
  };
  for (const double x : {12.0, 12.25, 12.5, 19.9}) EXPECT_NEAR(middle_of(x), x, 0.08) << x;
}

TEST(figure, lines_along_an_axis_are_one_sharp_pixel) {
  Figure figure(20, 20);
  draw_line(figure, 3, 7.2, 17, 7.2, black);
  const Image across = rasterise(figure);
  EXPECT_EQ(ink_of(across), 14);
  for (int x = 3; x < 17; ++x) EXPECT_EQ(grey(across, x, 7), 0) << x;
  Figure down(20, 20);
  draw_line(down, 9.9, 2, 9.9, 18, black, 2);
  const Image thick = rasterise(down);
  EXPECT_EQ(ink_of(thick), 2 * 16);
  EXPECT_EQ(grey(thick, 9, 5) + grey(thick, 10, 5), 0);
}

TEST(figure, slanted_lines_have_soft_edges_and_their_length) {
  Figure figure(60, 60);
  draw_line(figure, 10, 10, 50, 40, black, 2);
  const Image image = rasterise(figure);
  EXPECT_NEAR(ink_of(image), 2 * 50, 2);
  std::set<int> greys;
  for (int x = 0; x < 60; ++x) greys.insert(grey(image, x, 25));
  EXPECT_GT(greys.size(), 2U);
}

TEST(figure, half_of_a_dashed_line_is_there) {
  Figure figure(300, 10);
  draw_dashed(figure, 10, 5, 290, 5, black);
  EXPECT_NEAR(ink_of(rasterise(figure)), 280, 8);  // 2 px thick
}

TEST(figure, what_lies_in_an_inset_ends_at_its_borders) {
  Figure inner(10, 10);
  fill_box(inner, -5, -5, 50, 50, black);
  draw_line(inner, -20, 5, 60, 5, black, 4);
  draw_disc(inner, 10, 10, 9, black);
  draw_text(inner, -30, -3, "WWWWWWWWW", 20, black);
  Figure figure(40, 40);
  paste(figure, inner, 12, 15);
  EXPECT_EQ(ink_of(rasterise(figure)), 100);
}

TEST(figure, a_picture_is_a_figure_and_comes_back_as_it_was) {
  Image picture = make_image(5, 4, {9, 8, 7});
  picture.at(2, 3)[1] = 200;
  const Figure figure = picture;
  ASSERT_NE(figure.picture(), nullptr);
  EXPECT_EQ(rasterise(figure).rgb, picture.rgb);
  Figure page(9, 9);
  paste(page, picture, 3, 2);
  EXPECT_EQ(page.picture(), nullptr);
  EXPECT_EQ(rasterise(page).at(5, 5)[1], 200);
}

TEST(figure, is_drawn_alike_across_the_bands_in_which_it_is_drawn) {
  // Wider than Cairo's pictures may be, and more pixels than are drawn at once.
  Figure figure(40'000, 600);
  for (int i = 0; i < 40; ++i) {
    draw_disc(figure, 1000.0 * i + 500, 300, 20, black);
    draw_text(figure, 1000 * i + 900, 290, "across the seams", 20, black);
  }
  draw_line(figure, 0, 10, 40'000, 590, black);
  const Image image = rasterise(figure);
  const double disc = std::numbers::pi * 400;
  Figure words(200, 30);
  draw_text(words, 10, 2, "across the seams", 20, black);
  const double expected = 40 * (disc + ink_of(rasterise(words))) + std::hypot(40'000, 580);
  EXPECT_NEAR(ink_of(image), expected, 0.01 * expected);
}

TEST(figure, empty_ones_do_no_harm) {
  EXPECT_TRUE(rasterise(Figure()).rgb.empty());
  EXPECT_TRUE(holds(svg_of(Figure()), "<svg"));
  EXPECT_FALSE(pdf_of(Figure()).empty());
  EXPECT_TRUE(fonts_of(Figure(3, 3)).empty());
}

// --- text ---

TEST(figure, text_runs_upwards_in_its_place) {
  Figure figure(60, 200);
  draw_upwards(figure, 20, 150, "upwards", 20, black);
  const Image image = rasterise(figure);
  const int length = text_width("upwards", 20);
  double inside = 0;
  for (int y = 150 - length; y < 150; ++y) {
    for (int x = 20; x < 40; ++x) inside += (255 - grey(image, x, y)) / 255.0;
  }
  EXPECT_GT(inside, 50);
  EXPECT_NEAR(inside, ink_of(image), 0.02 * inside);
}

TEST(figure, many_threads_draw_the_same) {
  const Image alone = rasterise(everything());
  const std::string svg = svg_of(everything());
  const std::vector<std::uint8_t> pdf = pdf_of(everything());
  std::vector<std::thread> threads;
  std::array<bool, 4> same{};
  for (std::size_t t = 0; t < same.size(); ++t) {
    threads.emplace_back([&, t] {
      same[t] = true;
      for (int i = 0; i < 10; ++i) {
        const std::string own = "thread " + std::to_string(t) + " word " + std::to_string(i);
        same[t] = same[t] && text_width(own, 20) > 0 && rasterise(everything()).rgb == alone.rgb &&
                  svg_of(everything()) == svg && pdf_of(everything()) == pdf;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const bool one : same) EXPECT_TRUE(one);
}

TEST(figure, fonts_are_named) {
  const std::vector<FontUse> fonts = fonts_of(everything());
  ASSERT_EQ(fonts.size(), 3U);
  std::set<std::string> families;
  for (const FontUse& font : fonts) {
    families.insert(font.family);
    EXPECT_FALSE(font.version.empty());
    EXPECT_TRUE(font.file.ends_with(".ttf"));
  }
  EXPECT_EQ(families, (std::set<std::string>{"DejaVu Sans", "DejaVu Sans Bold", "Droid Sans Fallback"}));
  Figure plain(40, 20);
  draw_text(plain, 0, 0, "plain", 16, black);
  EXPECT_EQ(fonts_of(plain).size(), 1U);
}

// --- files ---

/// Reads tags of XML; returns what is wrong, or nothing.
std::string broken_xml(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < xml.size();) {
    if (xml[at] == '&' && xml.compare(at, 5, "&amp;") != 0 && xml.compare(at, 4, "&lt;") != 0 &&
        xml.compare(at, 6, "&quot;") != 0) {
      return "a bare & at " + std::to_string(at);
    }
    if (xml[at] != '<') {
      ++at;
      continue;
    }
    std::size_t end = at;
    bool quoted = false;
    while (end < xml.size() && (quoted || xml[end] != '>')) {
      quoted = quoted != (xml[end] == '"');
      if (end > at && xml[end] == '<') return "a < within a tag at " + std::to_string(end);
      ++end;
    }
    if (end == xml.size()) return "a tag that does not end";
    const std::string tag = xml.substr(at + 1, end - at - 1);
    const std::string name = tag.substr(tag[0] == '/' ? 1 : 0, tag.find_first_of(" /", 1) - (tag[0] == '/' ? 1 : 0));
    if (tag[0] == '/') {
      if (open.empty() || open.back() != tag.substr(1)) return "</" + tag.substr(1) + "> closes nothing";
      open.pop_back();
    } else if (tag[0] != '?' && tag.back() != '/') {
      open.push_back(name);
    }
    at = end + 1;
  }
  return open.empty() ? "" : open.back() + " stays open";
}

TEST(figure, svg_is_well_formed_and_says_what_is_written) {
  const std::string svg = svg_of(everything());
  EXPECT_EQ(broken_xml(svg), "");
  EXPECT_TRUE(holds(svg, R"(aria-label="Käfer &amp; &lt;Netz> &quot;1&quot;")"));
  EXPECT_TRUE(holds(svg, "猫 日本語 חיפושית"));
  EXPECT_TRUE(holds(svg, R"(<rect x="10" y="10" width="50" height="20" fill="#c81e28")"));
  EXPECT_TRUE(holds(svg, R"(fill-opacity="0.5")"));
  EXPECT_TRUE(holds(svg, "data:image/png;base64,"));
  // Every glyph that is used is defined, once.
  std::set<std::string> defined;
  for (std::size_t at = svg.find("<path id=\""); at != std::string::npos; at = svg.find("<path id=\"", at + 1)) {
    EXPECT_TRUE(defined.insert(svg.substr(at + 10, svg.find('"', at + 10) - at - 10)).second);
  }
  std::set<std::string> used;
  for (std::size_t at = svg.find("href=\"#"); at != std::string::npos; at = svg.find("href=\"#", at + 1)) {
    used.insert(svg.substr(at + 7, svg.find('"', at + 7) - at - 7));
  }
  EXPECT_EQ(used, defined);
  EXPECT_GT(used.size(), 20U);
  Figure same(100, 20);
  draw_text(same, 0, 0, "aaaa a", 16, black);
  const std::string once = svg_of(same);
  EXPECT_EQ(once.find("<path id"), once.rfind("<path id"));
}

TEST(figure, the_same_figure_is_the_same_file_and_has_no_date_of_today) {
  EXPECT_EQ(svg_of(everything()), svg_of(everything()));
  const std::string pdf = text_of(pdf_of(everything()));
  rasterise(everything());
  EXPECT_EQ(pdf, text_of(pdf_of(everything())));
  EXPECT_TRUE(pdf.starts_with("%PDF-"));
  // From 1.18 on Cairo packs what is no drawing; then only the same bytes a second later tell.
  EXPECT_EQ(holds(pdf, "CreationDate"), holds(pdf, "CreationDate (20000101000000"));
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  EXPECT_EQ(pdf, text_of(pdf_of(everything())));
  const std::time_t now = std::time(nullptr);
  std::tm day{};
  gmtime_r(&now, &day);
  char year[8];
  std::strftime(year, sizeof year, "(%Y", &day);
  EXPECT_FALSE(holds(pdf, year));
}

TEST(figure, text_of_a_pdf_can_be_found) {
  if (std::system("command -v pdftotext >/dev/null 2>&1") != 0) GTEST_SKIP() << "pdftotext is not there";
  const test::TemporaryFolder folder;
  write_figure(folder.path() / "f.pdf", everything());
  const std::string command = "pdftotext '" + (folder.path() / "f.pdf").string() + "' - > '" +
                              (folder.path() / "f.txt").string() + "' 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  std::ifstream file(folder.path() / "f.txt");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  for (const char* word : {"Käfer & <Netz>", "猫", "日本語", "inset", "חיפושית"})
    EXPECT_TRUE(holds(text, word)) << text;
}

TEST(figure, is_written_by_its_ending_whole_or_not_at_all) {
  const test::TemporaryFolder folder;
  const auto first_bytes = [&](const char* name) {
    write_figure(folder.path() / name, everything());
    std::ifstream file(folder.path() / name, std::ios::binary);
    std::string bytes(5, '\0');
    file.read(bytes.data(), 5);
    return bytes;
  };
  EXPECT_EQ(first_bytes("a.svg"), "<?xml");
  EXPECT_EQ(first_bytes("a.pdf"), "%PDF-");
  EXPECT_EQ(first_bytes("a.PNG").substr(1, 3), "PNG");
  EXPECT_EQ(first_bytes("a.webp").substr(0, 4), "RIFF");
  EXPECT_EQ(read_image(folder.path() / "a.PNG").rgb, rasterise(everything()).rgb);
  write_figure(folder.path() / "picture.svg", make_image(4, 3, {1, 2, 3}));
  EXPECT_TRUE(holds(failure_of([&] { write_figure(folder.path() / "a.txt", everything()); }), "usage: "));
  EXPECT_TRUE(holds(failure_of([&] { write_figure(folder.path() / "no" / "a.svg", everything()); }), "file: "));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "a.txt"));
}

}  // namespace figure_test
}  // namespace fovea
