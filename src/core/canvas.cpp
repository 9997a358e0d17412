// Making a canvas from its text.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/canvas.h>

#include <ATen/ops/full.h>

#include <fovea/part.h>

#include "core/find_part.h"

namespace fovea {

namespace canvases {
std::span<const CanvasKind* const> all();
}

std::span<const CanvasKind* const> all_canvases() { return canvases::all(); }

Canvas make_canvas(std::string_view text, const CanvasPlan& plan) {
  const std::vector<PartText> parts = parse_parts(text);
  if (parts.size() != 1) {
    throw Error(ErrorKind::usage, "a picture is made on one canvas, found " + std::to_string(parts.size()) + " in '" +
                                      std::string(text) + "'");
  }
  if (plan.pictures < 1 || plan.height < 1 || plan.width < 1) {
    throw Error(ErrorKind::usage, "a canvas has at least one picture of 1 x 1 px, found " +
                                      std::to_string(plan.pictures) + " of " + std::to_string(plan.width) + " x " +
                                      std::to_string(plan.height));
  }
  const CanvasKind& kind = find_part(all_canvases(), "canvas", parts.front().name);
  CanvasPlan whole = plan;
  if (!whole.mean.defined()) whole.mean = at::full({1, 3, 1, 1}, 0.5);
  if (whole.start.defined()) {
    if (whole.start.dim() != 4 || whole.start.size(1) != 3 || whole.start.size(2) != plan.height ||
        whole.start.size(3) != plan.width || (whole.start.size(0) != 1 && whole.start.size(0) != plan.pictures)) {
      throw Error(ErrorKind::shape, "a canvas's start must be [1 or " + std::to_string(plan.pictures) + ",3," +
                                        std::to_string(plan.height) + "," + std::to_string(plan.width) + "]");
    }
    whole.start = whole.start.expand({plan.pictures, -1, -1, -1}).contiguous();
  }
  const Options options = options_of(parts.front(), kind.options);
  return kind.make({.plan = whole, .options = options});
}

}  // namespace fovea
