// Reads NumPy's .npz: a zip archive of .npy members, found through its central directory.
// SPDX-License-Identifier: Apache-2.0
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <unistd.h>
#include <zlib.h>

#include <fovea/npy.h>

#include "support/shared_data.h"

namespace fovea::test {
namespace {

template <typename Number>
Number read_at(const std::string& bytes, std::size_t offset) {
  if (offset + sizeof(Number) > bytes.size()) throw std::runtime_error("npz: truncated");
  Number number;
  std::memcpy(&number, bytes.data() + offset, sizeof number);
  return number;
}

std::string inflate_member(const std::string& packed, std::size_t size) {
  std::string plain(size, '\0');
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::runtime_error("npz: zlib");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  const int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("npz: a member does not inflate");
  return plain;
}

Tensor parse_npy(const std::string& bytes) {
  const auto path = std::filesystem::temp_directory_path() / ("fovea_npz_" + std::to_string(::getpid()) + ".npy");
  std::ofstream(path, std::ios::binary) << bytes;
  const Tensor tensor = read_npy(path);
  std::filesystem::remove(path);
  return tensor;
}

}  // namespace

std::map<std::string, Tensor> read_npz(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const std::size_t end = bytes.rfind("PK\5\6");
  if (end == std::string::npos) throw std::runtime_error("npz: no central directory in " + path.string());
  const auto count = read_at<std::uint16_t>(bytes, end + 10);
  std::size_t entry = read_at<std::uint32_t>(bytes, end + 16);
  std::map<std::string, Tensor> tensors;
  for (int i = 0; i < count; ++i) {
    const auto method = read_at<std::uint16_t>(bytes, entry + 10);
    const auto packed_size = read_at<std::uint32_t>(bytes, entry + 20);
    const auto size = read_at<std::uint32_t>(bytes, entry + 24);
    const auto name_size = read_at<std::uint16_t>(bytes, entry + 28);
    const auto extra_size = read_at<std::uint16_t>(bytes, entry + 30);
    const auto comment_size = read_at<std::uint16_t>(bytes, entry + 32);
    const auto local = read_at<std::uint32_t>(bytes, entry + 42);
    std::string name = bytes.substr(entry + 46, name_size);
    const std::size_t data =
        local + 30 + read_at<std::uint16_t>(bytes, local + 26) + read_at<std::uint16_t>(bytes, local + 28);
    const std::string packed = bytes.substr(data, packed_size);
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    tensors[name] = parse_npy(method == 0 ? packed : inflate_member(packed, size));
    entry += 46u + name_size + extra_size + comment_size;
  }
  return tensors;
}

}  // namespace fovea::test
