// SPDX-License-Identifier: Apache-2.0
#include "shared/html.h"

#include <cctype>

#include <fmt/format.h>

namespace fovea::cli {
namespace {

constexpr std::string_view style = R"(
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 92rem; padding: 0 1rem; color: #222; background: #fff; }
h1 { font-size: 1.5rem; margin: 0 0 .4rem; }
p { max-width: 46rem; margin: 0 0 1.2rem; color: #444; }
nav { margin: 0 0 .6rem; }
.pictures { display: flex; flex-wrap: wrap; gap: 1.1rem .9rem; }
figure { margin: 0; }
figcaption { font-size: .82rem; color: #444; max-width: 460px; }
img { display: block; image-rendering: auto; background: #eee; }
a { color: #0b57a4; text-decoration: none; } a:hover { text-decoration: underline; }
@media (prefers-color-scheme: dark) { body { background: #16181b; color: #e4e4e4; } p, figcaption { color: #b8b8b8; } a { color: #7db6f0; } }
)";

}  // namespace

std::string html_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string file_stem(std::string_view name) {
  constexpr std::size_t longest = 100;
  std::string stem;
  for (const char c : name.substr(0, longest)) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    stem += plain ? c : '_';
  }
  return stem;
}

std::string html_page(const HtmlPage& page) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width\">\n<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n",
      html_text(page.title), style);
  if (!page.up.empty()) html += fmt::format("<nav><a href=\"{}\">All values</a></nav>\n", html_text(page.up));
  html +=
      fmt::format("<h1>{}</h1>\n<p>{}</p>\n<div class=\"pictures\">\n", html_text(page.title), html_text(page.says));
  for (const HtmlPicture& picture : page.pictures) {
    html += fmt::format(
        "<figure><a href=\"{}\"><img src=\"{}\" width=\"{}\" height=\"{}\" loading=\"lazy\" alt=\"\"></a>"
        "<figcaption>{}</figcaption></figure>\n",
        html_text(picture.link), html_text(picture.file), picture.width, picture.height, picture.caption);
  }
  return html + "</div>\n</body>\n</html>\n";
}

}  // namespace fovea::cli
