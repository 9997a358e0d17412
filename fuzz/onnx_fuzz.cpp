// libFuzzer entry: any bytes read as an ONNX model either load or throw fovea::Error.
// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include <fovea/error.h>

#include "load/file_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    // A folder that is not there: a fuzzed location must not reach real files.
    const fovea::load::FileGraph file = fovea::load::parse_onnx(bytes, "/nonexistent", "fuzzed");
    fovea::load::build_graph(file);
  } catch (const fovea::Error&) {  // the one exception that may leave the library; any other ends the process
  }
  return 0;
}
