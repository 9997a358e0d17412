// Pictures stand in the page as data (RFC 2397), PNG in base64; colours follow the reader's light or dark setting.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/report.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "image/base64.h"

namespace fovea {
namespace {

constexpr double deepest_shade = 0.45;  // of a tinted cell: its text must stay readable on it

constexpr std::string_view style = R"css(
:root { --ink: #1d2129; --soft: #5b6472; --line: #dfe3e8; --page: #ffffff; --card: #f6f7f9; --bar: #2f6fde; --mute: #b6bec9; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaee; --soft: #a2abb8; --line: #353b45; --page: #16191e; --card: #1f242b; --bar: #6ea0ff; --mute: #59626f; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 34px; line-height: 1.2; margin: 0 0 12px; }
h2 { font-size: 24px; margin: 48px 0 8px; border-top: 1px solid var(--line); padding-top: 28px; }
h3 { font-size: 18px; margin: 28px 0 4px; }
p { max-width: 72ch; margin: 8px 0 12px; }
p.lead { font-size: 19px; color: var(--soft); }
.figures { display: flex; flex-wrap: wrap; gap: 10px; margin: 14px 0; }
figure { margin: 0; background: var(--card); border-radius: 8px; padding: 8px; max-width: 100%; }
figure img { display: block; max-width: 100%; height: auto; border-radius: 4px; }
figcaption { font-size: 13px; line-height: 1.35; color: var(--soft); padding: 6px 2px 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: 14px 0; font-size: 15px; }
th, td { padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); text-align: left; }
th { color: var(--soft); font-weight: 600; }
td.number, th.number { padding-left: 10px; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 5px 12px; align-items: center; margin: 14px 0; max-width: 820px; font-size: 15px; }
.track { background: var(--card); border-radius: 4px; height: 18px; overflow: hidden; }
.fill { background: var(--bar); height: 100%; }
.fill.muted { background: var(--mute); }
pre { background: var(--card); border-radius: 8px; padding: 12px 14px; overflow-x: auto; font-size: 14px; }
)css";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += c;
    }
  }
  return result;
}

/// Tells whether a cell holds a number, with a sign or unit perhaps: "83 %", "-0.5", "3.1x"; or a dash where there is
/// none.
bool is_number(std::string_view cell) {
  const std::size_t first = cell.find_first_not_of("+-");
  return cell == "-" || (first != std::string_view::npos && cell[first] >= '0' && cell[first] <= '9');
}

}  // namespace

Report::Report(std::string title) : title_(std::move(title)) {}

void Report::heading(std::string_view text, int level) {
  const std::string tag = level <= 2 ? "h2" : "h3";
  body_ += "<" + tag + ">" + escaped(text) + "</" + tag + ">\n";
}

void Report::paragraph(std::string_view text, bool lead) {
  body_ += (lead ? "<p class=\"lead\">" : "<p>") + escaped(text) + "</p>\n";
}

void Report::figures(const std::vector<CaptionedPicture>& figures) {
  body_ += "<div class=\"figures\">\n";
  for (const CaptionedPicture& figure : figures) {
    const int width = figure.width > 0 ? figure.width : figure.image.width;
    body_ += "<figure style=\"width:" + std::to_string(width + 16) + "px\"><img width=\"" + std::to_string(width) +
             "\" alt=\"" + escaped(figure.description) + "\" src=\"data:image/png;base64," +
             base64(encode_image(figure.image, ".png")) + "\">";
    if (!figure.caption.empty()) body_ += "<figcaption>" + escaped(figure.caption) + "</figcaption>";
    body_ += "</figure>\n";
  }
  body_ += "</div>\n";
}

void Report::table(const std::vector<std::string>& columns, const std::vector<std::vector<std::string>>& rows,
                   const std::vector<std::vector<double>>& shades) {
  std::vector<bool> numbers(columns.size(), !rows.empty());
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < columns.size(); ++c) numbers[c] = numbers[c] && is_number(row.at(c));
  }
  const auto cell = [&](const char* tag, std::size_t c, const std::string& text, double shade) {
    const int percent = shade > 0 ? static_cast<int>(std::lround(100 * std::min(shade, 1.0) * deepest_shade)) : 0;
    const std::string tint = percent > 0 ? " style=\"background:color-mix(in srgb, var(--bar) " +
                                               std::to_string(percent) + "%, transparent)\""
                                         : "";
    return std::string("<") + tag + (numbers[c] ? " class=\"number\"" : "") + tint + ">" + escaped(text) + "</" + tag +
           ">";
  };
  body_ += "<div class=\"wide\"><table>\n<tr>";
  for (std::size_t c = 0; c < columns.size(); ++c) body_ += cell("th", c, columns[c], 0);
  body_ += "</tr>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    body_ += "<tr>";
    for (std::size_t c = 0; c < columns.size(); ++c) {
      body_ += cell("td", c, rows[r][c], shades.empty() ? 0 : shades.at(r).at(c));
    }
    body_ += "</tr>\n";
  }
  body_ += "</table></div>\n";
}

void Report::bars(const std::vector<Bar>& bars) {
  body_ += "<div class=\"bars\">\n";
  for (const Bar& bar : bars) {
    const int permille = static_cast<int>(std::lround(1000 * std::clamp(bar.value, 0.0, 1.0)));
    body_ += "<span>" + escaped(bar.label) + "</span><div class=\"track\"><div class=\"fill" +
             (bar.muted ? " muted" : "") + "\" style=\"width:" + std::to_string(permille / 10) + "." +
             std::to_string(permille % 10) + "%\"></div></div><span class=\"number\">" + escaped(bar.told) +
             "</span>\n";
  }
  body_ += "</div>\n";
}

void Report::code(std::string_view text) { body_ += "<pre>" + escaped(text) + "</pre>\n"; }

std::string Report::html() const {
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         escaped(title_) + "</title>\n<style>" + std::string(style) + "</style>\n</head>\n<body>\n<main>\n<h1>" +
         escaped(title_) + "</h1>\n" + body_ + "</main>\n</body>\n</html>\n";
}

}  // namespace fovea
