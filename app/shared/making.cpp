// Requests of `fovea make` as text, and its results as files.
// SPDX-License-Identifier: Apache-2.0
#include "shared/making.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <fovea/clip.h>
#include <fovea/error.h>
#include <fovea/npy.h>

#include "core/lower_case.h"
#include "core/atomic_file.h"
#include "core/csv.h"
#include "shared/place.h"
#include "shared/result_files.h"
#include "shared/yaml.h"

namespace fovea::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t most_job_bytes = 16 << 20;  // of a list of jobs

Json parse_json(const fs::path& path) {
  try {
    return Json::parse(read_whole(path, most_job_bytes));
  } catch (const Json::exception&) {
    throw Error(ErrorKind::format, path.string() + " is no JSON", "a list of jobs is JSON or YAML (.yaml)");
  }
}

bool is_own(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored) || fs::file_size(path, ignored) > most_job_bytes) return false;
  const Json json = Json::parse_or_null(read_whole(path, most_job_bytes));
  return json.is_object() && json.contains("fovea") && json.value("verb", Json()) == "make";
}

void require_free(const MakingRequest& request, const fs::path& file) {
  std::error_code ignored;
  require_writable(file);
  for (const std::string& picture : request.pictures) {
    if (!fs::equivalent(file, picture, ignored)) continue;
    throw Error(ErrorKind::usage, file.string() + " is a picture that is read", "choose another place by --out");
  }
  const fs::path beside = fs::path(file).replace_extension(".json");
  require_writable(beside);
  if (is_own(beside)) return;
  const std::string stem = fs::path(file).replace_extension().string();
  for (const char* ending : {".json", ".csv", "_witnesses.csv", "_robustness.csv"}) {
    const fs::path taken = stem + ending;
    if (!fs::exists(taken, ignored)) continue;
    throw Error(ErrorKind::file, taken.string() + " would be overwritten, and was not written by `fovea make`",
                "choose another place by --out");
  }
}

}  // namespace

MakingPlace place_of(const MakingRequest& request) {
  std::error_code ignored;
  if (request.out.empty()) {
    throw Error(ErrorKind::usage, "--out is required",
                "FILE.png draws, FILE.npy writes the raw numbers, FOLDER/ takes every picture of its own");
  }
  const fs::path path(request.out);
  MakingPlace place{.file = path, .raw = request.raw};
  if (request.out.ends_with("/") || fs::is_directory(path, ignored)) {
    place.folder = path;
    place.file = path / (std::string(request.kind->name) + ".png");
    require_creatable(path);
  } else if (ending_of(path) == ".npy") {
    place.drawn = false;
    place.raw = true;
  } else if (!draws(path) && writes_clip(path)) {
    place.drawn = false;
    place.clip = true;
  } else if (!draws(path)) {
    throw Error(
        ErrorKind::usage, fmt::format("--out '{}': what to write is not known from its ending", request.out),
        ".png, .jpg, .webp, .svg and .pdf draw, .npy writes the raw numbers, .mp4 and .gif film, a folder ends in /");
  }
  if (place.folder.empty() || fs::exists(place.folder, ignored)) require_free(request, place.file);
  if (!request.film.empty()) {
    if (!writes_clip(request.film)) {
      throw Error(ErrorKind::usage, fmt::format("--film '{}' is no clip", request.film),
                  "name one: --film film.mp4, .gif and .webp are others");
    }
    require_writable(request.film);
  }
  if (!request.preview.empty()) {
    if (!draws(request.preview)) {
      throw Error(ErrorKind::usage, fmt::format("--preview '{}' is no picture", request.preview),
                  "name one: --preview now.png");
    }
    require_writable(request.preview);
  }
  return place;
}

fs::path unfinished_of(const MakingPlace& place) {
  fs::path base = place.folder.empty() ? place.file : place.folder / "making";
  return base.string() + ".unfinished";
}

// --- requests as text ---

namespace {

Json absolute_texts(const std::vector<std::string>& paths) {
  Json texts = Json::array();
  for (const std::string& path : paths) texts.push_back(absolute_text(path));
  return texts;
}

bool names_path(const MakeKind& kind, std::string_view option) {
  return std::find(kind.paths.begin(), kind.paths.end(), option) != kind.paths.end();
}

/// A shipped model's name stays a name.
std::string model_text(const std::string& path) { return fs::exists(path) ? absolute_text(path) : path; }

std::string text_at(const Json& json, const char* key) {
  if (!json.contains(key) || json.at(key).is_null()) return {};
  const Json& value = json.at(key);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::vector<std::string> texts_at(const Json& json, const char* key) {
  std::vector<std::string> texts;
  if (!json.contains(key)) return texts;
  if (!json.at(key).is_array()) return {text_at(json, key)};
  for (const Json& one : json.at(key)) texts.push_back(one.is_string() ? one.get<std::string>() : one.dump());
  return texts;
}

/// A path of a job is meant from where the list of jobs lies.
std::string from(const fs::path& folder, const std::string& path) {
  if (path.empty() || fs::path(path).is_absolute() || folder.empty()) return path;
  const std::string joined = (folder / path).lexically_normal().string();
  return path.ends_with("/") && !joined.ends_with("/") ? joined + "/" : joined;
}

std::string model_from(const fs::path& folder, const std::string& path) {
  const std::string there = from(folder, path);
  return fs::exists(there) ? there : path;  // else the name of a shipped one
}

}  // namespace

Json to_json(const MakingRequest& request) {
  Json settings = Json::object();
  for (const auto& [name, value] : request.settings) {
    settings[name] = names_path(*request.kind, name) && fs::exists(value) ? absolute_text(value) : value;
  }
  Json checks = Json::array();
  for (const std::string& check : request.checks) checks.push_back(model_text(check));
  return {{"kind", request.kind->name},
          {"model", model_text(request.model.path)},
          {"preprocess", request.model.options.preprocess},
          {"logits", request.model.options.logits},
          {"pictures", absolute_texts(request.pictures)},
          {"preset", request.preset},
          {"set", settings},
          {"check", checks},
          {"seed", request.seed},
          {"out", absolute_text(request.out) + (request.out.ends_with("/") ? "/" : "")},
          {"film", request.film.empty() ? "" : absolute_text(request.film)},
          {"raw", request.raw}};
}

MakingRequest read_making(const Json& json, const fs::path& folder) {
  const std::set<std::string> known{"kind",  "model", "preprocess", "logits", "pictures", "preset", "set",
                                    "check", "seed",  "out",        "film",   "preview",  "raw"};
  if (!json.is_object()) throw Error(ErrorKind::format, "a job must be an object with a kind, found " + json.dump());
  for (const auto& [key, value] : json.items()) {
    if (known.contains(key)) continue;
    if (key == "threads") {
      throw Error(ErrorKind::usage, "a job has no 'threads': their number is the whole program's",
                  "fovea make --jobs FILE --threads N");
    }
    const std::vector<std::string> names(known.begin(), known.end());
    const std::string near = did_you_mean(key, names);
    throw Error(ErrorKind::usage, "a job has no '" + key + "'",
                near.empty() ? "options of the kind belong into `set`" : near);
  }
  if (text_at(json, "kind").empty()) throw Error(ErrorKind::usage, "a job has no kind: " + json.dump());
  MakingRequest request{.kind = &find_make_kind(text_at(json, "kind"))};
  request.model.path = model_from(folder, text_at(json, "model"));
  request.model.options.preprocess = text_at(json, "preprocess");
  request.model.options.logits = text_at(json, "logits");
  for (const std::string& picture : texts_at(json, "pictures")) request.pictures.push_back(from(folder, picture));
  request.preset = text_at(json, "preset");
  if (json.contains("set")) {
    if (!json.at("set").is_object()) throw Error(ErrorKind::usage, "a job's `set` must be an object of options");
    for (const auto& [name, value] : json.at("set").items()) {
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      const std::string there = names_path(*request.kind, name) ? from(folder, text) : text;
      request.settings[name] = fs::exists(there) ? there : text;  // else such as `world`
    }
  }
  for (const std::string& check : texts_at(json, "check")) request.checks.push_back(model_from(folder, check));
  const std::string seed = text_at(json, "seed");
  try {
    request.seed = seed.empty() ? 0 : std::stoull(seed);
  } catch (const std::exception&) {
    throw Error(ErrorKind::usage, "a job's seed must be a whole number, found '" + seed + "'");
  }
  request.out = from(folder, text_at(json, "out"));
  request.film = from(folder, text_at(json, "film"));
  request.preview = from(folder, text_at(json, "preview"));
  request.raw = text_at(json, "raw") == "true";
  return request;
}

std::vector<MakingRequest> read_jobs(const fs::path& path) {
  const bool yaml = ending_of(path) == ".yaml" || ending_of(path) == ".yml";
  const Json json = yaml ? read_yaml(path, most_job_bytes) : parse_json(path);
  const fs::path folder = path.parent_path();
  if (json.is_object() && json.contains("job")) {  // a sidecar
    Json job = json.at("job");
    if (job.is_object()) job.erase("threads");  // earlier ones told it here
    return {read_making(job, folder)};
  }
  const Json list = json.is_object() && json.contains("jobs") ? json.at("jobs")
                    : json.is_array()                         ? json
                                                              : Json::array({json});
  if (!list.is_array() || list.empty()) throw Error(ErrorKind::format, path.string() + " holds no jobs");
  std::vector<MakingRequest> jobs;
  for (const Json& own : list) {
    Json job = json.is_object() && json.contains("jobs") ? json : Json::object();  // what all have in common
    job.erase("jobs");
    if (!own.is_object()) throw Error(ErrorKind::format, "a job must be an object with a kind, found " + own.dump());
    for (const auto& [key, value] : own.items()) {
      if (key == "set" && job.contains("set"))
        job["set"].update(value);
      else
        job[key] = value;
    }
    jobs.push_back(read_making(job, folder));
  }
  return jobs;
}

// --- results ---

namespace {

void write_film(const fs::path& path, const Made& made) {
  if (made.frames.empty()) {
    throw Error(ErrorKind::unsupported, "this kind of making keeps no frames, so " + path.string() + " has none");
  }
  const auto clip = write_clip(path, made.frames.front().width, made.frames.front().height, made.frames_per_second);
  for (const Image& frame : made.frames) clip->add(frame);
  clip->finish();
}

std::string table_csv(const std::vector<std::vector<std::string>>& rows) {
  std::string csv;
  for (const std::vector<std::string>& row : rows) csv += csv_line(row);
  return csv;
}

}  // namespace

std::vector<std::string> write_made(const MakingRequest& request, const MakingPlace& place, const Made& made,
                                    const Json& told) {
  std::vector<std::string> files;
  const auto beside = [&](const char* ending) { return fs::path(place.file).replace_extension(ending); };
  if (!place.folder.empty()) {
    make_folder(place.folder);
    for (const MadePicture& picture : made.pictures) {
      const fs::path file = place.folder / (picture.name + ".png");
      if (file == place.file && made.pictures.size() == 1) continue;
      write_figure(file, picture.image);
      files.push_back(file.string());
    }
  }
  if (place.drawn) {
    write_figure(place.file, made.picture);
    files.push_back(place.file.string());
  }
  if (place.raw) {
    const fs::path raw = ending_of(place.file) == ".npy" ? place.file : beside(".npy");
    if (!made.values.defined()) {
      throw Error(ErrorKind::unsupported, "this kind of making has no raw numbers to write to " + raw.string());
    }
    write_npy(raw, made.values);
    files.push_back(raw.string());
  }
  if (place.clip) {
    write_film(place.file, made);
    files.push_back(place.file.string());
  }
  if (!request.film.empty()) {
    write_film(request.film, made);
    files.push_back(request.film);
  }
  if (!made.table.empty()) {
    write_text(beside(".csv"), table_csv(made.table));
    files.push_back(beside(".csv").string());
  }
  for (const MadeTable& table : made.further) {
    const fs::path file = fs::path(place.file).replace_filename(place.file.stem().string() + "_" + table.name + ".csv");
    write_text(file, table_csv(table.rows));
    files.push_back(file.string());
  }
  write_text(beside(".json"), text_of(told) + "\n");
  files.push_back(beside(".json").string());
  return files;
}

}  // namespace fovea::cli
