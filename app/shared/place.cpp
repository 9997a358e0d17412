// Checking and making places for results.
// SPDX-License-Identifier: Apache-2.0
#include "shared/place.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <string>

#include <fovea/error.h>

#include "core/lower_case.h"
#include "core/atomic_file.h"

namespace fovea::cli {
namespace {

[[noreturn]] void cannot_write(const std::filesystem::path& path, const std::string& reason) {
  throw Error(ErrorKind::file, "cannot write " + path.string() + ": " + reason, "choose another place by --out");
}

}  // namespace

bool draws(const std::filesystem::path& path) {
  const std::string ending = ending_of(path);
  return ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".webp" || ending == ".svg" ||
         ending == ".pdf";
}

void require_drawing(const std::string& out) {
  if (out.empty() || draws(out)) return;
  throw Error(ErrorKind::usage, "--out '" + out + "': what to write is not known from its ending",
              ".png, .jpg, .webp, .svg and .pdf draw");
}

void require_writable(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) cannot_write(file, "it is a folder");
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  if (!std::filesystem::exists(folder, ignored)) cannot_write(file, "there is no folder " + folder.string());
  if (!std::filesystem::is_directory(folder, ignored)) cannot_write(file, folder.string() + " is no folder");
  const std::filesystem::path& written = std::filesystem::exists(file, ignored) ? file : folder;
  if (::access(written.c_str(), W_OK) != 0) cannot_write(file, std::strerror(errno));
}

void require_creatable(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::path existing = std::filesystem::absolute(folder).lexically_normal();
  while (!std::filesystem::exists(existing, ignored) && existing != existing.root_path()) {
    existing = existing.parent_path();
  }
  if (!std::filesystem::is_directory(existing, ignored)) cannot_write(folder, existing.string() + " is no folder");
  if (::access(existing.c_str(), W_OK) != 0) cannot_write(folder, std::strerror(errno));
}

std::string absolute_text(const std::filesystem::path& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) cannot_write(folder, error.message());
}

void write_text(const std::filesystem::path& file, std::string_view text) {
  write_whole(file, std::as_bytes(std::span(text)));
}

}  // namespace fovea::cli
