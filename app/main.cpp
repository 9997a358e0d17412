// The command-line program: finds the verb, performs it, and tells what went wrong in two lines.
// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <fovea/error.h>
#include <fovea/version.h>

#include "shared/arguments.h"
#include "shared/failure.h"
#include "shared/interrupt.h"
#include "shared/verb.h"

namespace {

using namespace fovea;

/// Keeps freed memory. Activations come and go by the megabyte; given back to the system, every run would fault their
/// pages in anew, which costs a fifth of SqueezeNet's forward.
void keep_freed_memory() {
  constexpr int largest_threshold = 32 << 20;  // glibc refuses a larger one
  constexpr int kept = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, largest_threshold);
  mallopt(M_TRIM_THRESHOLD, kept);
}

void print_help() {
  fmt::print("Fovea {} shows what a convolutional network sees.\n\nUsage: fovea VERB ...\n\nVerbs:\n", version());
  for (const cli::Verb* verb : cli::all()) fmt::print("  {:<16}{}\n", verb->name, verb->sentence);
  fmt::print(
      "\nThree things to begin with:\n"
      "  fovea classify squeezenet.onnx cat.jpg\n"
      "      what the network takes the picture for\n"
      "  fovea explain squeezenet.onnx cat.jpg --technique grad_cam --out why.png\n"
      "      where the evidence for its best class lies\n"
      "  fovea explain squeezenet.onnx cat.jpg --technique all --class tabby --out sheet.png\n"
      "      every technique on one sheet, asked about a class\n"
      "\n`fovea VERB --help` explains a verb, `fovea list` the techniques, `fovea --version` says the version.\n");
}

const cli::Verb& find_verb(const std::string& name) {
  std::vector<std::string> known;
  for (const cli::Verb* verb : cli::all()) {
    if (verb->name == name) return *verb;
    known.emplace_back(verb->name);
  }
  const std::string what = name.starts_with("-") ? "option" : "verb";
  if (what == "option") known = {"--help", "--version"};
  const std::string near = did_you_mean(name, known);
  throw Error(ErrorKind::usage, "there is no " + what + " '" + name + "'",
              near.empty() ? "`fovea --help` lists them" : near);
}

int dispatch(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" || arguments[0] == "help") {
    if (arguments.size() > 1) return cli::perform(find_verb(arguments[1]), {"--help"});
    print_help();
    return 0;
  }
  if (arguments[0] == "--version") {
    fmt::print("fovea {}\n", version());
    return 0;
  }
  return cli::perform(find_verb(arguments[0]), {arguments.begin() + 1, arguments.end()});
}

int guarded(const std::vector<std::string>& arguments) {
  try {
    const int status = dispatch(arguments);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
    throw Error(ErrorKind::file, fmt::format("cannot write the results: {}", std::strerror(errno)));
  } catch (const std::exception& failure) {
    return cli::report(failure);
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  cli::listen_for_interrupt();
  const int status = guarded({argv + 1, argv + argc});
  std::fflush(stderr);
  // Every file is closed by now; unloading libtorch's 250 libraries one by one would only cost time.
  std::_Exit(status);
}
