// Fuzzes the decoders of pictures and of moving ones: seeds of every kind that is read (tests/support/picture_files),
// some bytes or numbers changed, stretches cut, copied or put together of two files, checksums made right again, so
// that the decoder behind them is reached. Whatever comes, it decodes or is refused by fovea::Error, in bounded time
// and memory.
//   picture_fuzz FORMAT [--seconds N] [--seed N] [FILE...]     FORMAT: jpeg png webp tiff gif bmp; FILEs are further
//   seeds picture_fuzz --one FILE                                    decodes a file that was kept
// What is being tried lies in picture_fuzz_FORMAT.last, which stays when the process ends by it.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <zlib.h>

#include <fovea/error.h>

#include "clip/animation.h"
#include "support/picture_files.h"

namespace {

using Data = std::vector<std::uint8_t>;
using Clock = std::chrono::steady_clock;

constexpr double slowest = 5;    // s, under the sanitizers
constexpr int most_side = 4096;  // px; larger ones are refused by their header, which is quick
constexpr int most_frames = 20;  // of a clip

/// How a file was answered.
enum class Answer { decoded, refused };

Answer decode_picture(const Data& bytes) {
  try {
    const fovea::Image image = fovea::decode_image(bytes, "fuzzed", most_side);
    if (image.rgb.size() !=
        std::size_t{3} * static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height)) {
      std::abort();
    }
    return Answer::decoded;
  } catch (const fovea::Error&) {  // the one exception that may leave the library; any other ends the process
    return Answer::refused;
  }
}

Answer decode_clip(const std::string& path) {
  try {
    const auto clip = fovea::read_animation(path);
    if (clip->info().width > most_side || clip->info().height > most_side) return Answer::refused;
    for (int i = 0; i < most_frames; ++i) {
      const auto frame = clip->next();
      if (!frame) break;
      if (frame->width != clip->info().width || frame->height != clip->info().height || !(clip->seconds() > 0))
        std::abort();
    }
    return Answer::decoded;
  } catch (const fovea::Error&) {
    return Answer::refused;
  }
}

class Mutator {
 public:
  Mutator(std::uint64_t seed, const std::vector<Data>& seeds) : random_(seed), seeds_(seeds) {}

  Data next() {
    Data bytes = seeds_[below(seeds_.size())];
    for (std::size_t edits = 1 + below(6); edits > 0 && !bytes.empty(); --edits) edit(bytes);
    return bytes;
  }
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : static_cast<std::size_t>(random_() % bound); }

 private:
  void edit(Data& bytes) {
    // Headers are what decoders trust, and stand at the beginning.
    const std::size_t at = below(below(2) == 0 ? std::min<std::size_t>(bytes.size(), 64) : bytes.size());
    switch (below(8)) {
      case 0: bytes[at] ^= static_cast<std::uint8_t>(1u << below(8)); break;
      case 1: bytes[at] = static_cast<std::uint8_t>(random_()); break;
      case 2: bytes.resize(below(bytes.size())); break;
      case 3: write_number(bytes, at); break;
      case 4: {
        const std::size_t size = std::min(below(64), bytes.size() - at);
        const Data copy(bytes.begin() + place(at), bytes.begin() + place(at + size));
        bytes.insert(bytes.begin() + place(below(bytes.size())), copy.begin(), copy.end());
        break;
      }
      case 5:
        bytes.erase(bytes.begin() + place(at), bytes.begin() + place(at + std::min(below(16), bytes.size() - at)));
        break;
      case 6: {
        const Data& other = seeds_[below(seeds_.size())];
        const std::size_t from = below(other.size());
        const std::size_t size = std::min({below(200), other.size() - from, bytes.size() - at});
        std::copy_n(other.begin() + place(from), size, bytes.begin() + place(at));
        break;
      }
      default: std::fill_n(bytes.begin() + place(at), std::min(below(8), bytes.size() - at), std::uint8_t{255});
    }
  }
  void write_number(Data& bytes, std::size_t at) {
    constexpr std::uint32_t numbers[] = {0,      1,      2,       7,          0x7f,       0xff,      0x100,
                                         0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff};
    const std::uint32_t number = numbers[below(std::size(numbers))];
    const std::size_t size = std::size_t{1} << below(3);
    const bool little = below(2) == 0;
    for (std::size_t i = 0; i < size && at + i < bytes.size(); ++i) {
      bytes[at + i] = static_cast<std::uint8_t>(number >> 8 * (little ? i : size - 1 - i));
    }
  }
  static std::ptrdiff_t place(std::size_t at) { return static_cast<std::ptrdiff_t>(at); }

  std::mt19937_64 random_;
  const std::vector<Data>& seeds_;
};

/// Makes the checksums of a PNG's chunks right, as far as lengths lead from one to the next.
void mend_checksums(Data& png) {
  for (std::size_t at = 8; at + 12 <= png.size();) {
    const std::size_t length =
        std::size_t{png[at]} << 24 | std::size_t{png[at + 1]} << 16 | std::size_t{png[at + 2]} << 8 | png[at + 3];
    if (length > png.size() - at - 12) return;
    const auto crc = crc32_z(0, &png[at + 4], length + 4);
    for (std::size_t i = 0; i < 4; ++i) png[at + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    at += length + 12;
  }
}

void save(const std::string& path, const Data& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

Data read_bytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<Data> seeds_of(const std::string& format) {
  std::vector<Data> seeds;
  for (const fovea::test::PictureFile& file : fovea::test::picture_files(format)) seeds.push_back(file.bytes);
  fovea::Image image = fovea::make_image(13, 7, {200, 100, 50});
  // Enough of the beginning of a profile to be taken for one; libraries of profiles have fuzzers of their own.
  std::vector<std::uint8_t> profile(300);
  std::copy_n("\0\0\1\x2clcms\2\x40\0\0mntrRGB XYZ ", 24, profile.begin());
  std::copy_n("acsp", 4, profile.begin() + 36);
  if (format != "gif") seeds.push_back(fovea::test::file_with(format, image, profile, 6));
  if (format == "gif") seeds.insert(seeds.end(), {fovea::test::moving_gif(1), fovea::test::moving_gif(9)});
  if (format == "webp") seeds.insert(seeds.end(), {fovea::test::moving_webp(1), fovea::test::moving_webp(5)});
  return seeds;
}

struct Counts {
  long tried = 0;
  long decoded = 0;
  double slowest = 0;
};

int fuzz(const std::string& format, double seconds, std::uint64_t seed, const std::vector<std::string>& files) {
  std::vector<Data> seeds = seeds_of(format);
  for (const std::string& file : files) seeds.push_back(read_bytes(file));
  const std::string last = "picture_fuzz_" + format + ".last";
  const bool moves = format == "gif" || format == "webp";
  Mutator mutator(seed, seeds);
  Counts counts;
  const auto begun = Clock::now();
  const auto since = [](Clock::time_point time) { return std::chrono::duration<double>(Clock::now() - time).count(); };
  while (since(begun) < seconds) {
    Data bytes = mutator.next();
    if (format == "png" && mutator.below(8) != 0) mend_checksums(bytes);
    save(last, bytes);
    const auto start = Clock::now();
    const Answer answer = decode_picture(bytes);
    if (moves) decode_clip(last);
    const double took = since(start);
    ++counts.tried;
    if (answer == Answer::decoded) ++counts.decoded;
    counts.slowest = std::max(counts.slowest, took);
    if (took < slowest) continue;
    std::printf("%s took %.1f s\n", last.c_str(), took);
    return 1;
  }
  std::filesystem::remove(last);
  std::printf("%s: %ld files of %zu seeds in %.0f s, %ld decoded, the slowest %.2f s; none ended the process\n",
              format.c_str(), counts.tried, seeds.size(), seconds, counts.decoded, counts.slowest);
  std::fflush(stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::set<std::string> formats{"jpeg", "png", "webp", "tiff", "gif", "bmp"};
  if (argc == 3 && std::string(argv[1]) == "--one") {
    const bool decoded = decode_picture(read_bytes(argv[2])) == Answer::decoded;
    const bool moved = decode_clip(argv[2]) == Answer::decoded;
    std::printf("%s: %s as a picture, %s as a clip\n", argv[2], decoded ? "decoded" : "refused",
                moved ? "decoded" : "refused");
    return 0;
  }
  double seconds = 60;
  std::uint64_t seed = 1;
  std::vector<std::string> files;
  for (int i = 2; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--seconds" && i + 1 < argc) {
      seconds = std::atof(argv[++i]);
    } else if (argument == "--seed" && i + 1 < argc) {
      seed = static_cast<std::uint64_t>(std::atoll(argv[++i]));
    } else {
      files.push_back(argument);
    }
  }
  if (argc < 2 || !formats.contains(argv[1])) {
    std::fprintf(stderr, "usage: %s jpeg|png|webp|tiff|gif|bmp [--seconds N] [--seed N] [FILE...]\n", argv[0]);
    return 2;
  }
  return fuzz(argv[1], seconds, seed, files);
}
