// Plays transcripts of the command line: every tests/cli/*.txt in a fresh folder that holds the fixtures.
//
//   $ fovea classify tiny.onnx picture.png     a command of the shell; `fovea` is the program, $SOURCE the repository
//   picture.png                                lines it must print, stdout and stderr together
//   ...                                        any number of lines
//     1   [..] %  crane (2)                    anything within a line
//   ? 1                                        its exit status, when not 0
//   # ...                                      a remark, before the first command or after an empty line
//
// An empty line ends a command's output. FOVEA_BINARY in the environment names another program; FOVEA_UPDATE=1 rewrites
// transcripts that do not match with what was printed; `...` and `[..]` stay where what stands around them does.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lines.h"
#include "stage.h"

namespace {

namespace fs = std::filesystem;
using fovea::test::Lines;
using fovea::test::lines_of;
using fovea::test::play;
using fovea::test::Printed;
using fovea::test::Stage;
using fovea::transcripts::matches;
using fovea::transcripts::rewritten;

struct Command {
  std::vector<std::string> remarks;
  std::string line;
  std::vector<std::string> expected;
  int status = 0;
};

std::vector<Command> read_transcript(const fs::path& path) {
  std::ifstream file(path);
  std::vector<Command> commands;
  std::vector<std::string> remarks;
  bool inside = false;
  for (const std::string& line : lines_of(file)) {
    if (line.starts_with("$ ")) {
      commands.push_back({.remarks = remarks, .line = line.substr(2)});
      remarks.clear();
      inside = true;
    } else if (inside && line.starts_with("? ")) {
      commands.back().status = std::stoi(line.substr(2));
    } else if (line.empty() || !inside) {
      inside = false;
      if (!line.empty()) remarks.push_back(line);
    } else {
      commands.back().expected.push_back(line);
    }
  }
  return commands;
}

void append(std::string& transcript, const Command& command, const Lines& lines, int status) {
  for (const std::string& remark : command.remarks) transcript += remark + "\n";
  transcript += "$ " + command.line + "\n";
  for (const std::string& line : lines) transcript += line + "\n";
  if (status != 0) transcript += "? " + std::to_string(status) + "\n";
  transcript += "\n";
}

std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

class transcript : public ::testing::TestWithParam<std::string> {};

/// A transcript's name: atlas/build.txt is "atlas_build".
std::string name_of(const fs::path& path) {
  std::string name = fs::relative(path, FOVEA_TRANSCRIPTS).replace_extension().string();
  std::replace(name.begin(), name.end(), '/', '_');
  return name;
}

fs::path path_of(const std::string& name) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(FOVEA_TRANSCRIPTS)) {
    if (entry.path().extension() == ".txt" && name_of(entry.path()) == name) return entry.path();
  }
  return fs::path(FOVEA_TRANSCRIPTS) / (name + ".txt");
}

TEST_P(transcript, plays) {
  const fs::path path = path_of(GetParam());
  const Stage stage;
  std::string updated;
  bool all_match = true;
  for (const Command& command : read_transcript(path)) {
    const Printed printed = play(command.line, stage.folder());
    const bool match = printed.status == command.status && matches(command.expected, printed.lines);
    EXPECT_TRUE(match) << "$ " << command.line << "\nexpected, status " << command.status << ":\n"
                       << joined(command.expected) << "printed, status " << printed.status << ":\n"
                       << joined(printed.lines);
    all_match = all_match && match;
    append(updated, command, rewritten(command.expected, printed.lines), printed.status);
  }
  EXPECT_FALSE(updated.empty()) << path << " holds no command";
  if (!all_match && std::getenv("FOVEA_UPDATE") != nullptr) std::ofstream(path) << updated;
}

std::vector<std::string> transcripts() {
  std::vector<std::string> stems;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(FOVEA_TRANSCRIPTS)) {
    const bool text = entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt";
    if (text) stems.push_back(name_of(entry.path()));
  }
  std::sort(stems.begin(), stems.end());
  return stems;
}

INSTANTIATE_TEST_SUITE_P(cli, transcript, ::testing::ValuesIn(transcripts()),
                         [](const auto& parameter) { return parameter.param; });

}  // namespace
