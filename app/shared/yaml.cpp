// YAML by yaml-cpp.
// SPDX-License-Identifier: Apache-2.0
#include "shared/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <fovea/error.h>

#include "core/atomic_file.h"

namespace fovea::cli {
namespace {

constexpr int most_depth = 32;
constexpr std::int64_t most_nodes = 1'000'000;  // a few aliases of aliases could otherwise stand for any number

Json json_of(const YAML::Node& node, int depth, std::int64_t& nodes) {
  if (depth > most_depth || ++nodes > most_nodes) throw Error(ErrorKind::format, "a YAML file nests too deep");
  switch (node.Type()) {
    case YAML::NodeType::Scalar: return node.Scalar();
    case YAML::NodeType::Sequence: {
      Json list = Json::array();
      for (const YAML::Node& one : node) list.push_back(json_of(one, depth + 1, nodes));
      return list;
    }
    case YAML::NodeType::Map: {
      Json object = Json::object();
      for (const auto& entry : node) object[entry.first.Scalar()] = json_of(entry.second, depth + 1, nodes);
      return object;
    }
    default: return nullptr;
  }
}

}  // namespace

Json read_yaml(const std::filesystem::path& path, std::uintmax_t most_bytes) {
  const std::vector<std::byte> bytes = read_whole(path, most_bytes);
  try {
    std::int64_t nodes = 0;
    return json_of(YAML::Load(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())), 0, nodes);
  } catch (const YAML::Exception& error) {
    throw Error(ErrorKind::format, fmt::format("{} is no YAML: {} in line {}, column {}", path.string(), error.msg,
                                               error.mark.line + 1, error.mark.column + 1));
  }
}

}  // namespace fovea::cli
