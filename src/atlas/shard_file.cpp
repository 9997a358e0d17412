// A line that names the format, the length of a JSON header, the header, raw little-endian numbers, and the SHA-256 of
// all that came before in hex.
// SPDX-License-Identifier: Apache-2.0
#include "atlas/shard_file.h"

#include <cmath>
#include <cstring>
#include <span>

#include <ATen/ops/empty.h>

#include <fovea/error.h>

#include "core/atomic_file.h"
#include "core/json.h"
#include "core/sha256.h"

namespace fovea {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::string_view magic = "fovea atlas shard 1\n";
constexpr std::size_t hash_size = 64;
constexpr std::uintmax_t most_shard_bytes = std::uintmax_t{16} << 30;

template <class T>
void append(Bytes& bytes, const T* values, std::size_t count) {
  const auto raw = std::as_bytes(std::span(values, count));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

Json header_of(const Shard& shard) {
  Json json{{"first", shard.first},
            {"not_finite", shard.not_finite},
            {"tops", Json::array()},
            {"embeddings", Json::array()},
            {"records", Json::array()}};
  for (const ChannelTops& tops : shard.tops) json["tops"].push_back({tops.channels(), tops.k()});
  for (const Tensor& table : shard.embeddings) json["embeddings"].push_back(table.defined() ? table.size(1) : 0);
  for (const AtlasPicture& record : shard.records) {
    json["records"].push_back({record.predicted, record.probability,
                               std::isnan(record.of_truth) ? Json() : Json(record.of_truth), record.broken});
  }
  return json;
}

/// Takes numbers from the front of bytes; throws `Error(format)` when there are too few.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : left_(bytes) {}

  std::span<const std::byte> take(std::size_t count) {
    if (count > left_.size()) throw Error(ErrorKind::format, "a shard ends early");
    const auto taken = left_.first(count);
    left_ = left_.subspan(count);
    return taken;
  }
  template <class T>
  void take(T* values, std::size_t count) {
    if (count > left_.size() / sizeof(T)) throw Error(ErrorKind::format, "a shard ends early");
    std::memcpy(values, take(count * sizeof(T)).data(), count * sizeof(T));
  }

 private:
  std::span<const std::byte> left_;
};

AtlasPicture record_of(const Json& json) {
  AtlasPicture record;
  record.predicted = json.at(0);
  record.probability = json.at(1);
  record.of_truth = json.at(2).is_null() ? std::numeric_limits<float>::quiet_NaN() : json.at(2).get<float>();
  record.broken = json.at(3);
  return record;
}

Shard parse(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  reader.take(magic.size());
  std::uint64_t header_size = 0;
  reader.take(&header_size, 1);
  const Json json = Json::parse(reader.take(header_size));
  Shard shard;
  shard.first = json.at("first");
  shard.not_finite = json.at("not_finite");
  for (const Json& record : json.at("records")) shard.records.push_back(record_of(record));
  for (const Json& size : json.at("tops")) {
    ChannelTops tops(size.at(0), size.at(1));
    std::vector<Strongest> all(tops.all().size());
    reader.take(all.data(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) tops.offer(static_cast<std::int64_t>(i) / tops.k(), all[i]);
    shard.tops.push_back(std::move(tops));
  }
  for (const Json& size : json.at("embeddings")) {
    const auto columns = size.get<std::int64_t>();
    Tensor table;
    if (columns > 0) {
      table = at::empty({static_cast<std::int64_t>(shard.records.size()), columns}, at::kFloat);
      reader.take(table.data_ptr<float>(), static_cast<std::size_t>(table.numel()));
    }
    shard.embeddings.push_back(std::move(table));
  }
  return shard;
}

}  // namespace

std::filesystem::path shard_path(const std::filesystem::path& folder, std::int64_t number) {
  constexpr std::size_t digits = 8;
  const std::string text = std::to_string(number);
  return folder / "shards" / (std::string(digits - std::min(digits, text.size()), '0') + text + ".shard");
}

void write_shard(const std::filesystem::path& path, const Shard& shard) {
  static_assert(sizeof(Strongest) == 16, "answers are written as they lie in memory, which leaves no gaps");
  const std::string header = header_of(shard).dump({.replace = true});
  const std::uint64_t header_size = header.size();
  Bytes bytes;
  append(bytes, magic.data(), magic.size());
  append(bytes, &header_size, 1);
  append(bytes, header.data(), header.size());
  for (const ChannelTops& tops : shard.tops) append(bytes, tops.all().data(), tops.all().size());
  for (const Tensor& table : shard.embeddings) {
    if (table.defined()) append(bytes, table.data_ptr<float>(), static_cast<std::size_t>(table.numel()));
  }
  const std::string hash = sha256_hex(bytes);
  write_whole(path, {bytes, std::as_bytes(std::span(hash))});
}

std::optional<Shard> read_shard(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  const Bytes bytes = read_whole(path, most_shard_bytes);
  if (bytes.size() < magic.size() + hash_size) return std::nullopt;
  const auto content = std::span(bytes).first(bytes.size() - hash_size);
  const auto hash = std::span(bytes).last(hash_size);
  if (std::memcmp(content.data(), magic.data(), magic.size()) != 0) return std::nullopt;
  const std::string expected = sha256_hex(content);
  if (std::memcmp(expected.data(), hash.data(), hash_size) != 0) return std::nullopt;
  return parse(content);
}

}  // namespace fovea
