// Arguments, inputs, places and sidecars of `fovea show`.
// SPDX-License-Identifier: Apache-2.0
#include "shared/showing.h"

#include <cstdio>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/version.h>

#include "core/lower_case.h"
#include "core/atomic_file.h"
#include "core/sha256.h"
#include "shared/fonts.h"
#include "shared/place.h"
#include "shared/sidecar.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

/// Tells whether a JSON was written by this verb, so that it may be written anew.
bool is_own_sidecar(const fs::path& path) {
  constexpr std::uintmax_t most_bytes = 16 << 20;
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  const std::vector<std::byte> bytes = read_whole(path, most_bytes);
  const Json json = Json::parse_or_null(bytes);
  return json.is_object() && json.contains("fovea") && json.value("verb", Json()) == "show";
}

void require_known_ending(const fs::path& out, std::string_view raw) {
  if (draws(out) || (!raw.empty() && ending_of(out) == ".npy")) return;
  throw Error(ErrorKind::usage, fmt::format("--out '{}': what to write is not known from its ending", out.string()),
              raw.empty()
                  ? std::string(".png, .jpg, .webp, .svg and .pdf draw; .npy writes nothing here without --effective")
                  : fmt::format(".png, .jpg, .webp, .svg and .pdf draw, .npy writes {}", raw));
}

}  // namespace

void add_at(Parser& parser, ShowRequest& request, const std::string& help) {
  parser.add_option("--at", request.at, help).text("NODE");
}

void add_scale(Parser& parser, ShowRequest& request, const std::string& things) {
  parser.add_option("--scale", request.scale, "Draws " + things + " each on its own scale (default), or all on one")
      .text("own|shared")
      .among({"own", "shared"});
}

void add_out(Parser& parser, ShowRequest& request, const std::string& raw) {
  parser.add_option("--out", request.out, "Draws (.png, .jpg, .webp, .svg, .pdf) or writes " + raw + " (.npy)")
      .text("PATH")
      .required();
}

void require_place(const ShowRequest& request, std::string_view raw) {
  const fs::path out = request.out;
  require_known_ending(out, raw);
  require_writable(out);
  const fs::path beside = sidecar_of(out);
  require_writable(beside);
  std::error_code ignored;
  for (const std::string& image : request.images) {
    if (!fs::equivalent(out, image, ignored)) continue;
    throw Error(ErrorKind::usage, out.string() + " is a picture that is looked at", "choose another place by --out");
  }
  const bool taken = fs::exists(beside, ignored) && !is_own_sidecar(beside);
  if (!taken && !fs::exists(fs::path(out).replace_extension(".onnx"), ignored)) return;
  throw Error(ErrorKind::file,
              fmt::format("{} would get its sidecar {}, which is {}", out.string(), beside.string(),
                          taken ? "another file, such as a model's card" : "the name of a model's card"),
              "choose another place by --out");
}

Input read_one(const std::string& path, const Model& model) {
  Input input = read_input(path, model);
  if (input.tensor.size(0) != 1) {
    throw Error(ErrorKind::usage, fmt::format("{} holds {} inputs, expected one", path, input.tensor.size(0)),
                "write each as a .npy [C,H,W] of its own");
  }
  if (input.seen.width > 0) return input;
  throw Error(ErrorKind::unsupported, fmt::format("the input of {} is no picture", model.path.string()),
              "`show` looks at networks of pictures [N,C,H,W]");
}

ValueId value_at(const Model& model, const std::string& at) {
  const ValueId value = model.graph.at(at);
  if (!model.graph.is_constant(value)) return value;
  throw Error(ErrorKind::usage, fmt::format("'{}' is a constant of the network, expected a value that it computes", at),
              "`fovea inspect MODEL` lists the names; `fovea show filters` draws weights");
}

std::string channels_of(const Model& model) { return model.card.preprocess ? model.card.preprocess->channels : "RGB"; }

Json show_head(const ShowRequest& request, const Model& model) {
  Json json{{"fovea", version()},
            {"verb", "show"},
            {"kind", request.kind},
            {"output", absolute_text(request.out)},
            {"model",
             {{"path", absolute_text(model.path)},
              {"sha256", model.hash},
              {"channels", channels_of(model)},
              {"preprocess_option", request.model.options.preprocess}}}};
  if (request.images.empty()) return json;
  json["images"] = Json::array();
  for (const std::string& image : request.images) {
    json["images"].push_back({{"path", absolute_text(image)}, {"sha256", sha256_hex_of_file(image)}});
  }
  return json;
}

void finish(const ShowRequest& request, Json json, const Figure& drawn) {
  name_fonts(json, drawn);
  const std::string text = text_of(json) + "\n";
  write_text(sidecar_of(request.out), text);
  if (request.common.json) fmt::print("{}", text);
}

void print_written(const ShowRequest& request) {
  fmt::print("  written {}, {}\n", request.out, sidecar_of(request.out).string());
}

}  // namespace fovea::cli
