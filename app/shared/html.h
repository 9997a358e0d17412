// Pages of many pictures that lie in files beside them and are loaded when they come into sight.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fovea::cli {

/// Text as HTML shows it.
std::string html_text(std::string_view text);

/// A name that a file can have.
std::string file_stem(std::string_view name);

/// One picture of a page.
struct HtmlPicture {
  std::string file;  ///< relative to the page
  int width = 0;     ///< px
  int height = 0;
  std::string caption;  ///< HTML
  std::string link;     ///< where a click leads
};

/// A page of pictures.
struct HtmlPage {
  std::string title;
  std::string says;  ///< a paragraph
  std::string up;    ///< the page above, or ""
  std::vector<HtmlPicture> pictures;
};

/// Words the page; nothing in it is loaded from elsewhere.
std::string html_page(const HtmlPage& page);

}  // namespace fovea::cli
