// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint.h"

#include <bit>
#include <cstring>
#include <string_view>

#include <ATen/ops/empty.h>

#include <fovea/error.h>

#include "core/atomic_file.h"
#include "core/json.h"

namespace fovea {
namespace {

static_assert(std::endian::native == std::endian::little, "checkpoints hold little-endian numbers");

constexpr std::string_view magic = "FOVEATR1";
constexpr std::uintmax_t most_bytes = std::uintmax_t{16} << 30;

[[noreturn]] void damaged(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorKind::format, "checkpoint " + path.string() + " is damaged: " + what,
              "train again without --resume, or remove it");
}

std::span<const std::byte> bytes_of(const void* data, std::size_t size) {
  return {static_cast<const std::byte*>(data), size};
}

/// A tensor's numbers in the order of its axes, whatever its layout.
Tensor plain(const Tensor& tensor) { return tensor.detach().to(at::kFloat).contiguous(); }

/// The table of tensors in the text: name and shape, in the order of their numbers.
Json table_of(const Checkpoint& checkpoint) {
  Json table = Json::array();
  for (const auto& [name, tensor] : checkpoint.tensors) table.push_back({name, tensor.sizes().vec()});
  return table;
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  const std::string text = Json{{"state", checkpoint.text}, {"tensors", table_of(checkpoint)}}.dump();
  const std::uint64_t length = text.size();
  std::vector<std::byte> all;
  const auto append = [&](std::span<const std::byte> bytes) { all.insert(all.end(), bytes.begin(), bytes.end()); };
  append(bytes_of(magic.data(), magic.size()));
  append(bytes_of(&length, sizeof length));
  append(bytes_of(text.data(), text.size()));
  for (const auto& [name, tensor] : checkpoint.tensors) {
    const Tensor numbers = plain(tensor);
    append(bytes_of(numbers.data_ptr<float>(), static_cast<std::size_t>(numbers.numel()) * sizeof(float)));
  }
  write_whole(path, all);
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_whole(path, most_bytes);
  std::span<const std::byte> rest = bytes;
  const auto take = [&](std::size_t count) {
    if (rest.size() < count) damaged(path, "it ends early");
    const auto taken = rest.first(count);
    rest = rest.subspan(count);
    return taken;
  };
  if (std::memcmp(take(magic.size()).data(), magic.data(), magic.size()) != 0)
    damaged(path, "it does not begin as one");
  std::uint64_t length = 0;
  std::memcpy(&length, take(sizeof length).data(), sizeof length);
  if (length > rest.size()) damaged(path, "its text is longer than the file");
  const auto text = take(length);
  Checkpoint checkpoint;
  try {
    const Json json = Json::parse(text);
    checkpoint.text = json.at("state").get<std::string>();
    for (const Json& entry : json.at("tensors")) {
      const auto shape = entry.at(1).get<Shape>();
      std::uint64_t count = 1;
      for (const std::int64_t extent : shape) {
        if (extent < 0 || (extent > 0 && count > rest.size() / static_cast<std::uint64_t>(extent))) {
          damaged(path, "a tensor is larger than the file");
        }
        count *= static_cast<std::uint64_t>(extent);
      }
      const auto numbers = take(count * sizeof(float));
      Tensor tensor = at::empty(shape, at::kFloat);
      if (!numbers.empty()) std::memcpy(tensor.data_ptr<float>(), numbers.data(), numbers.size());
      checkpoint.tensors.emplace(entry.at(0).get<std::string>(), std::move(tensor));
    }
  } catch (const Json::exception& error) {
    damaged(path, error.what());
  }
  if (!rest.empty()) damaged(path, std::to_string(rest.size()) + " bytes follow its last tensor");
  return checkpoint;
}

}  // namespace fovea
