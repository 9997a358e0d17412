// The page's script draws on a canvas: discs in the colours of the classes, and once pictures would be a dozen pixels
// apart, the pictures themselves out of sheets of thumbnails.
// SPDX-License-Identifier: Apache-2.0
#include "shared/zoom_page.h"

#include <algorithm>

#include <fmt/format.h>

#include <fovea/map_page.h>

#include "shared/html.h"
#include "shared/json.h"
#include "shared/place.h"

namespace fovea::cli {
namespace {

constexpr int sheet_columns = 40;  // thumbnails: 1,600 to a sheet

constexpr std::string_view head = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>@TITLE@</title>
<style>
html, body { margin: 0; height: 100%; font: 15px/1.4 system-ui, sans-serif; color: #222; background: #fff; }
body { display: grid; grid-template: auto 1fr / 1fr auto; }
header { grid-column: 1 / 3; padding: .7rem 1rem; border-bottom: 1px solid #ddd; }
h1 { font-size: 1.15rem; margin: 0; } header p { margin: .15rem 0 0; color: #555; font-size: .9rem; }
#view { position: relative; overflow: hidden; min-height: 0; }
canvas { position: absolute; inset: 0; width: 100%; height: 100%; cursor: grab; touch-action: none; }
aside:empty { display: none; }
aside { padding: .6rem .9rem; overflow: auto; border-left: 1px solid #ddd; min-width: 9rem; }
aside button { display: flex; gap: .5rem; align-items: center; border: 0; background: none; font: inherit; padding: .12rem 0; cursor: pointer; color: inherit; text-align: left; }
aside button[aria-pressed=false] { opacity: .3; }
i { width: .8rem; height: .8rem; border-radius: 50%; flex: none; }
#told { position: absolute; pointer-events: none; background: #fffffff0; border: 1px solid #bbb; border-radius: 4px; padding: .3rem .5rem; font-size: .85rem; display: none; max-width: 18rem; overflow-wrap: anywhere; }
#told canvas { position: static; width: 96px; height: 96px; display: block; }
</style></head><body>
<header><h1>@TITLE@</h1><p>@SAYS@ Wheel: zoom. Drag: move.@HIDING@</p></header>
<div id="view"><canvas id="map" aria-label="map of pictures"></canvas><div id="told"></div></div>
<aside id="classes"></aside>
<script>
)html";

constexpr std::string_view script = R"js(
const canvas = document.getElementById('map'), pen = canvas.getContext('2d');
const told = document.getElementById('told'), n = data.x.length;
const hidden = new Set();
const sheets = data.sheets.map(file => { const image = new Image(); image.onload = draw; image.src = file; return image; });
let scale = 1, left = 0, top_ = 0, width = 0, height = 0, wanted = false;
const span = data.span;
function fit() {
  const box = canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
  width = box.width; height = box.height;
  canvas.width = width * ratio; canvas.height = height * ratio;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
}
function home() {
  fit();
  scale = 0.94 * Math.min(width / span.w, height / span.h);
  left = (width - span.w * scale) / 2 - span.x * scale; top_ = (height - span.h * scale) / 2 + (span.y + span.h) * scale;
  draw();
}
const sx = i => left + data.x[i] * scale, sy = i => top_ - data.y[i] * scale;
function draw() { if (!wanted) { wanted = true; requestAnimationFrame(paint); } }
function sprite(pen, i, x, y, side) {
  const per = data.columns * data.columns, sheet = sheets[Math.floor(i / per)], at = i % per, t = data.side;
  if (!sheet || !sheet.complete) return false;
  pen.drawImage(sheet, at % data.columns * t, Math.floor(at / data.columns) * t, t, t, x, y, side, side);
  return true;
}
function paint() {
  wanted = false;
  pen.clearRect(0, 0, width, height);
  const seen = [];
  for (let i = 0; i < n; i++) {
    if (hidden.has(data.label[i])) continue;
    const x = sx(i), y = sy(i);
    if (x > -60 && y > -60 && x < width + 60 && y < height + 60) seen.push(i);
  }
  const room = Math.sqrt(width * height / Math.max(seen.length, 1));
  const side = Math.min(96, room * 1.1);
  for (const i of seen) {
    const x = sx(i), y = sy(i), colour = data.colours[data.label[i]] || '#999';
    if (side > 18 && sprite(pen, i, x - side / 2, y - side / 2, side)) {
      pen.strokeStyle = colour; pen.lineWidth = 2; pen.strokeRect(x - side / 2, y - side / 2, side, side);
    } else {
      pen.fillStyle = colour; pen.globalAlpha = .75;
      pen.beginPath(); pen.arc(x, y, Math.max(2, Math.min(5, room / 5)), 0, 7); pen.fill(); pen.globalAlpha = 1;
    }
  }
}
canvas.addEventListener('wheel', e => {
  e.preventDefault();
  const box = canvas.getBoundingClientRect(), mx = e.clientX - box.left, my = e.clientY - box.top;
  const by = Math.exp(-e.deltaY * .0015);
  left = mx - (mx - left) * by; top_ = my - (my - top_) * by; scale *= by; draw();
}, { passive: false });
let from = null;
canvas.addEventListener('pointerdown', e => { from = [e.clientX - left, e.clientY - top_]; canvas.setPointerCapture(e.pointerId); });
canvas.addEventListener('pointerup', () => { from = null; });
canvas.addEventListener('pointermove', e => {
  if (from) { left = e.clientX - from[0]; top_ = e.clientY - from[1]; told.style.display = 'none'; draw(); return; }
  const box = canvas.getBoundingClientRect(), mx = e.clientX - box.left, my = e.clientY - box.top;
  let best = -1, near = 24 * 24;
  for (let i = 0; i < n; i++) {
    if (hidden.has(data.label[i])) continue;
    const d = (sx(i) - mx) ** 2 + (sy(i) - my) ** 2;
    if (d < near) { near = d; best = i; }
  }
  if (best < 0) { told.style.display = 'none'; return; }
  told.replaceChildren();
  const big = document.createElement('canvas'); big.width = big.height = 96;
  sprite(big.getContext('2d'), best, 0, 0, 96);
  told.append(big, data.text[best]);
  told.style.display = 'block';
  told.style.left = Math.min(mx + 14, width - 200) + 'px'; told.style.top = Math.min(my + 14, height - 150) + 'px';
});
canvas.addEventListener('pointerleave', () => { told.style.display = 'none'; });
data.names.forEach((name, label) => {
  const button = document.createElement('button'), mark = document.createElement('i');
  mark.style.background = data.colours[label];
  button.append(mark, name); button.setAttribute('aria-pressed', 'true');
  button.onclick = () => {
    const hide = !hidden.has(label);
    if (hide) hidden.add(label); else hidden.delete(label);
    button.setAttribute('aria-pressed', String(!hide)); draw();
  };
  document.getElementById('classes').append(button);
});
window.addEventListener('resize', () => { fit(); draw(); });
home();
</script></body></html>
)js";

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

/// Writes the sheets of thumbnails; returns their names.
std::vector<std::string> write_sheets(const std::filesystem::path& folder, const std::vector<ZoomPoint>& points,
                                      int side) {
  constexpr std::size_t per_sheet = static_cast<std::size_t>(sheet_columns) * sheet_columns;
  std::vector<std::string> files;
  for (std::size_t first = 0; first < points.size(); first += per_sheet) {
    const std::size_t count = std::min(per_sheet, points.size() - first);
    const int rows = static_cast<int>((count + sheet_columns - 1) / sheet_columns);
    Image sheet = make_image(sheet_columns * side, rows * side, {255, 255, 255});
    for (std::size_t i = 0; i < count; ++i) {
      const Image& thumbnail = points[first + i].thumbnail;
      const int left = static_cast<int>(i % sheet_columns) * side;
      const int top = static_cast<int>(i / sheet_columns) * side;
      for (int y = 0; y < side; ++y) std::copy_n(thumbnail.at(0, y), 3 * side, sheet.at(left, top + y));
    }
    files.push_back(fmt::format("thumbnails_{}.jpg", files.size()));
    write_image(folder / files.back(), sheet);
  }
  return files;
}

}  // namespace

void write_zoom_page(const std::filesystem::path& folder, const std::string& title, const std::string& says,
                     const std::vector<std::string>& labels, const std::vector<ZoomPoint>& points) {
  if (points.empty()) return;
  const int side = points.front().thumbnail.width;
  Json json{{"x", Json::array()}, {"y", Json::array()}, {"label", Json::array()}, {"text", Json::array()}};
  double low[2] = {points.front().x, points.front().y};
  double high[2] = {low[0], low[1]};
  const auto rounded = [](double value) { return static_cast<float>(value); };
  for (const ZoomPoint& point : points) {
    json["x"].push_back(rounded(point.x));
    json["y"].push_back(rounded(point.y));
    json["label"].push_back(point.label);
    json["text"].push_back(point.text);
    low[0] = std::min(low[0], point.x);
    low[1] = std::min(low[1], point.y);
    high[0] = std::max(high[0], point.x);
    high[1] = std::max(high[1], point.y);
  }
  constexpr double least = 1e-9;
  json["span"] = {
      {"x", low[0]}, {"y", low[1]}, {"w", std::max(high[0] - low[0], least)}, {"h", std::max(high[1] - low[1], least)}};
  json["names"] = labels;
  json["colours"] = Json::array();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Colour colour = class_colour(static_cast<std::int64_t>(i));
    json["colours"].push_back(fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]));
  }
  json["sheets"] = write_sheets(folder, points, side);
  json["side"] = side;
  json["columns"] = sheet_columns;
  // "</" would end the script wherever it stands in a text.
  const std::string numbers = replaced(json.dump({.ascii = true, .replace = true}), "</", "<\\/");
  std::string page = replaced(replaced(std::string(head), "@TITLE@", html_text(title)), "@SAYS@", html_text(says));
  page = replaced(page, "@HIDING@", labels.empty() ? "" : " A click on a name hides what it stands for.");
  page += "const data = " + numbers + ";\n";
  page += script;
  write_text(folder / "index.html", page);
}

}  // namespace fovea::cli
