// Writing genomes as JSON and reading them back.
// SPDX-License-Identifier: Apache-2.0
#include "evolved/genome_text.h"

#include <algorithm>
#include <vector>

#include <ATen/ops/empty.h>

#include <fovea/error.h>

namespace fovea::evolved {

Json to_json(const Cppn& genome) {
  Json functions = Json::array();
  for (const Function function : genome.functions) functions.push_back(static_cast<int>(function));
  Json links = Json::array();
  for (const Link& link : genome.links) links.push_back({link.from, link.to, link.weight});
  return {{"functions", functions}, {"links", links}};
}

Cppn read_cppn(const Json& json) {
  Cppn genome;
  for (const Json& function : json.at("functions")) {
    const auto index = function.get<std::size_t>();
    if (index >= function_count) throw Error(ErrorKind::format, "a genome's node has an unknown function");
    genome.functions.push_back(static_cast<Function>(index));
  }
  if (genome.size() < input_count + output_count) throw Error(ErrorKind::format, "a genome lacks inputs or outputs");
  for (const Json& link : json.at("links")) {
    const Link read{link.at(0), link.at(1), link.at(2)};
    if (read.from >= genome.size() || read.to >= genome.size() || read.to < input_count) {
      throw Error(ErrorKind::format, "a genome's link leads nowhere");
    }
    if (genome.closes_circle(read.from, read.to)) throw Error(ErrorKind::format, "a genome's links make a circle");
    genome.links.push_back(read);
  }
  return genome;
}

Json to_json(const Tensor& pixels) {
  const Tensor held = pixels.contiguous();
  return std::vector<float>(held.data_ptr<float>(), held.data_ptr<float>() + held.numel());
}

Tensor read_pixels(const Json& json, std::int64_t height, std::int64_t width) {
  const auto values = json.get<std::vector<float>>();
  Tensor pixels = at::empty({3, height, width}, at::TensorOptions(at::kFloat));
  if (pixels.numel() != static_cast<std::int64_t>(values.size())) {
    throw Error(ErrorKind::format, "a genome of another size");
  }
  std::copy(values.begin(), values.end(), pixels.data_ptr<float>());
  return pixels;
}

}  // namespace fovea::evolved
