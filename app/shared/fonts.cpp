// SPDX-License-Identifier: Apache-2.0
#include "shared/fonts.h"

namespace fovea::cli {

void name_fonts(Json& json, const std::vector<FontUse>& fonts) {
  if (fonts.empty()) return;
  json["fonts"] = Json::array();
  for (const FontUse& font : fonts) {
    json["fonts"].push_back({{"family", font.family}, {"version", font.version}, {"file", font.file}});
  }
}

void name_fonts(Json& json, const Figure& figure) { name_fonts(json, fonts_of(figure)); }

}  // namespace fovea::cli
