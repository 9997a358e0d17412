// Approximate nearest neighbours: the table is divided among the centres of a k-means clustering, and a query is
// compared with the rows of the centres next to it (an inverted file: Sivic, Zisserman 2003, Video Google; here FAISS's
// IndexIVFFlat, Johnson, Douze, Jégou 2017). The one place that knows FAISS.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <fovea/tensor.h>

namespace fovea {

/// A table divided into parts.
class InvertedFile {
 public:
  /// Divides a contiguous float32 table [N,D] into about sqrt(N) parts and keeps a copy; `inner_product` ranks by the
  /// largest inner product instead of the least Euclidean distance.
  InvertedFile(const Tensor& table, bool inner_product);
  ~InvertedFile();
  InvertedFile(const InvertedFile&) = delete;
  InvertedFile& operator=(const InvertedFile&) = delete;

  /// Tells the number of parts.
  std::int64_t parts() const;
  /// Finds up to `count` rows for every contiguous float32 query [M,D], looking into its `probed` nearest parts.
  /// Returns [M,count], -1 where there are no more.
  std::vector<std::int64_t> search(const Tensor& queries, std::int64_t count, std::int64_t probed) const;

 private:
  struct Index;
  std::unique_ptr<const Index> index_;
};

}  // namespace fovea
