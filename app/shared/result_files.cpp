// Nothing that another program, or another verb, has written is overwritten.
// SPDX-License-Identifier: Apache-2.0
#include "shared/result_files.h"

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/version.h>

#include "core/atomic_file.h"
#include "shared/fonts.h"
#include "shared/place.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

/// Tells whether a JSON was written by this verb.
bool is_own(const fs::path& path, std::string_view verb) {
  constexpr std::uintmax_t most_bytes = 256 << 20;
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return false;
  const std::vector<std::byte> bytes = read_whole(path, most_bytes);
  const Json json = Json::parse_or_null(bytes);
  return json.is_object() && json.contains("fovea") && json.value("verb", Json()) == verb;
}

void require_free(const ResultFiles& files, const std::vector<std::string>& read) {
  std::error_code ignored;
  for (const fs::path& file : {files.picture, files.csv, files.json}) {
    require_writable(file);
    for (const std::string& source : read) {
      if (!fs::equivalent(file, source, ignored)) continue;
      throw Error(ErrorKind::usage, file.string() + " is read, so it cannot be written",
                  "choose another place by --out");
    }
  }
  if (is_own(files.json, files.verb)) return;
  for (const fs::path& file : {files.csv, files.json}) {
    if (!fs::exists(file, ignored)) continue;
    throw Error(ErrorKind::file,
                fmt::format("{} would be overwritten, and was not written by `fovea {}`", file.string(), files.verb),
                "choose another place by --out");
  }
}

}  // namespace

void add_out(Parser& parser, std::string& out) {
  parser
      .add_option("--out", out,
                  "Names the picture (.png, .jpg, .webp, .svg, .pdf; its .csv and .json come beside it), or a folder/")
      .text("PATH")
      .required();
}

ResultFiles result_files(const std::string& out, std::string_view verb, const std::vector<std::string>& read) {
  std::error_code ignored;
  ResultFiles files{.verb = std::string(verb), .picture = out};
  if (out.ends_with("/") || fs::is_directory(out, ignored)) {
    files.folder = out;
    files.picture = files.folder / (files.verb + ".png");
  } else if (!draws(files.picture)) {
    throw Error(ErrorKind::usage, fmt::format("--out '{}': what to write is not known from its ending", out),
                ".png, .jpg, .webp, .svg and .pdf draw, with numbers in .csv and .json beside; a folder ends in /");
  }
  files.csv = fs::path(files.picture).replace_extension(".csv");
  files.json = fs::path(files.picture).replace_extension(".json");
  if (!files.folder.empty()) require_creatable(files.folder);
  if (files.folder.empty() || fs::exists(files.folder, ignored)) require_free(files, read);
  return files;
}

Json result_head(const ResultFiles& files, const Model& model) {
  return {{"fovea", version()},
          {"verb", files.verb},
          {"model",
           {{"path", fs::absolute(model.path).lexically_normal().string()},
            {"sha256", model.hash},
            {"preprocess", model.card.preprocess ? describe(*model.card.preprocess) : ""}}}};
}

std::vector<std::string> write_results(const ResultFiles& files, const Figure& page, const std::string& csv,
                                       Json& json) {
  if (!files.folder.empty()) make_folder(files.folder);
  write_figure(files.picture, page);
  name_fonts(json, page);
  write_text(files.csv, csv);
  write_text(files.json, text_of(json) + "\n");
  return {files.picture.string(), files.csv.string(), files.json.string()};
}

}  // namespace fovea::cli
