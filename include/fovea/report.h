// Reports: one self-contained HTML page of text, pictures, tables and bars, with no script and nothing loaded from
// elsewhere.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/image.h>

namespace FOVEA_API fovea {

/// A picture with what is said about it.
struct CaptionedPicture {
  Image image;
  std::string caption;      ///< below it; may be empty
  std::string description;  ///< for who cannot see it
  int width = 0;            ///< on the page, px; 0: as many as the picture has
};

/// One bar of a bar chart: a value in 0..1, and beside it a mark to compare with.
struct Bar {
  std::string label;
  double value = 0;
  std::string told;    ///< the value in words: "83 %"
  bool muted = false;  ///< a baseline
};

/// A page that is put together from top to bottom.
class Report {
 public:
  explicit Report(std::string title);

  /// Adds a heading; `level` 2 or 3.
  void heading(std::string_view text, int level = 2);
  /// Adds a paragraph. `lead` sets it larger.
  void paragraph(std::string_view text, bool lead = false);
  /// Adds pictures side by side, as many to a line as there is room for.
  void figures(const std::vector<CaptionedPicture>& figures);
  /// Adds a table; numbers stand flush right. `rows` hold as many cells as `columns`.
  /// `shades`, when given, holds as many numbers: a cell's ground is tinted by them, 0 (not at all) to 1.
  void table(const std::vector<std::string>& columns, const std::vector<std::vector<std::string>>& rows,
             const std::vector<std::vector<double>>& shades = {});
  /// Adds horizontal bars, longest 1.
  void bars(const std::vector<Bar>& bars);
  /// Adds text as it is, in a typewriter's letters.
  void code(std::string_view text);

  /// Returns the page.
  std::string html() const;

 private:
  std::string title_;
  std::string body_;
};

}  // namespace fovea
