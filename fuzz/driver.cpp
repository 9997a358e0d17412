// Runs a libFuzzer entry without libFuzzer: seeded mutations (flipped bits, cuts, copied stretches) of the files given.
//   onnx_fuzz COUNT SEED FILE...
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

std::string mutate(std::string bytes, std::mt19937_64& random) {
  const auto below = [&](std::size_t bound) { return bound == 0 ? 0 : static_cast<std::size_t>(random() % bound); };
  for (std::size_t edits = 1 + below(8); edits > 0 && !bytes.empty(); --edits) {
    switch (below(4)) {
      case 0: bytes[below(bytes.size())] ^= static_cast<char>(1 << below(8)); break;
      case 1: bytes[below(bytes.size())] = static_cast<char>(random()); break;
      case 2: bytes.resize(below(bytes.size())); break;
      default: {
        const std::size_t from = below(bytes.size());
        bytes.insert(below(bytes.size()), bytes.substr(from, below(64)));
      }
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s COUNT SEED FILE...\n", argv[0]);
    return 2;
  }
  const long count = std::atol(argv[1]);
  std::mt19937_64 random(static_cast<std::uint64_t>(std::atoll(argv[2])));
  for (int file = 3; file < argc; ++file) {
    std::ifstream stream(argv[file], std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    for (long i = 0; i < count; ++i) {
      const std::string mutated = mutate(bytes, random);
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(mutated.data()), mutated.size());
    }
    std::printf("%s: %ld mutations, none ended the process\n", argv[file], count);
  }
}
