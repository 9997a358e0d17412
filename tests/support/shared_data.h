// The data that lies beside the checkout, when it does: tests that need it are skipped with a printed reason otherwise.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include <fovea/tensor.h>

namespace fovea::test {

/// Returns the path of something under shared/data (FOVEA_SHARED in the environment moves it).
std::filesystem::path shared_data(const std::string& relative);

/// Reads an .npz file (stored or deflated .npy members) into tensors by name; throws `Error`.
std::map<std::string, Tensor> read_npz(const std::filesystem::path& path);

}  // namespace fovea::test

/// Skips the running test with a reason when a file of the shared data is not there.
#define FOVEA_NEEDS_SHARED(relative)                                                           \
  if (!std::filesystem::exists(::fovea::test::shared_data(relative)))                          \
  GTEST_SKIP() << "needs " << ::fovea::test::shared_data(relative).lexically_normal().string() \
               << ", which is not beside this checkout"
