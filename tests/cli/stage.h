// The command line's stage: a fresh folder with the fixtures, in which lines are played.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace fovea::test {

using Lines = std::vector<std::string>;

/// What a line printed, stdout and stderr together, without empty lines.
struct Printed {
  Lines lines;
  int status = 0;
};

inline Lines lines_of(std::istream& stream) {
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Runs a line in the shell; empty lines are dropped, for they end a command's output in a transcript.
inline Printed play(const std::string& line, const std::filesystem::path& folder) {
  const std::string script = "cd '" + folder.string() + "' && { " + line + "\n} 2>&1 </dev/null";
  std::FILE* pipe = ::popen(script.c_str(), "r");
  if (pipe == nullptr) return {{"cannot start a shell"}, -1};
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) text.append(buffer.data(), count);
  const int status = ::pclose(pipe);
  std::istringstream stream(text);
  Lines lines = lines_of(stream);
  std::erase(lines, "");
  return {lines, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)};
}

/// A new folder with the fixtures, the program in $PATH; removed when left.
class Stage {
 public:
  Stage() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fovea_transcript.XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    const char* program = std::getenv("FOVEA_BINARY");
    std::filesystem::create_directories(folder_ / ".bin");
    std::filesystem::create_symlink(std::filesystem::absolute(program != nullptr ? program : FOVEA_BINARY),
                                    folder_ / ".bin" / "fovea");
    if (old_path_.empty()) old_path_ = std::getenv("PATH");
    ::setenv("PATH", ((folder_ / ".bin").string() + ":" + old_path_).c_str(), 1);
    ::setenv("SOURCE", FOVEA_SOURCE, 1);
    std::filesystem::copy(FOVEA_FIXTURES, folder_, std::filesystem::copy_options::recursive);
  }
  ~Stage() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  static inline std::string old_path_;
  std::filesystem::path folder_;
};

}  // namespace fovea::test
