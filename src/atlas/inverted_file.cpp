// FAISS's inverted file: centres by k-means on a sample, rows as they are (no compression).
// SPDX-License-Identifier: Apache-2.0
#include "atlas/inverted_file.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <string>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>

#include <fovea/error.h>

namespace fovea {
namespace {

constexpr int clustering_rounds = 10;
constexpr int rows_per_centre = 64;  // of the sample that the clustering sees

/// Runs a call of FAISS and turns what it throws into `Error`.
template <typename Call>
void call_faiss(const char* doing, Call&& call) {
  try {
    call();
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::resource, std::string("not enough memory for ") + doing, "search exactly instead");
  } catch (const std::exception& error) {
    throw Error(ErrorKind::internal, std::string(doing) + " failed: " + error.what());
  }
}

}  // namespace

struct InvertedFile::Index {
  Index(std::int64_t axes, std::int64_t parts, bool inner_product)
      : metric(inner_product ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2),
        centres(axes, metric),
        file(&centres, static_cast<std::size_t>(axes), static_cast<std::size_t>(parts), metric) {
    file.cp.niter = clustering_rounds;
    file.cp.min_points_per_centroid = 1;  // else FAISS warns, on the standard error stream
    file.cp.max_points_per_centroid = rows_per_centre;
  }

  faiss::MetricType metric;
  faiss::IndexFlat centres;
  faiss::IndexIVFFlat file;
};

InvertedFile::InvertedFile(const Tensor& table, bool inner_product) {
  const std::int64_t rows = table.size(0);
  const auto parts = std::max<std::int64_t>(1, std::llround(std::sqrt(static_cast<double>(rows))));
  call_faiss("dividing the table for approximate search", [&] {
    auto index = std::make_unique<Index>(table.size(1), parts, inner_product);
    index->file.train(rows, table.data_ptr<float>());
    index->file.add(rows, table.data_ptr<float>());
    index_ = std::move(index);
  });
}

InvertedFile::~InvertedFile() = default;

std::int64_t InvertedFile::parts() const { return static_cast<std::int64_t>(index_->file.nlist); }

std::vector<std::int64_t> InvertedFile::search(const Tensor& queries, std::int64_t count, std::int64_t probed) const {
  const auto size = static_cast<std::size_t>(queries.size(0) * count);
  std::vector<float> distances(size);
  std::vector<std::int64_t> found(size);
  call_faiss("searching neighbours", [&] {
    faiss::SearchParametersIVF parameters;
    parameters.nprobe = static_cast<std::size_t>(probed);
    index_->file.search(queries.size(0), queries.data_ptr<float>(), count, distances.data(), found.data(), &parameters);
  });
  return found;
}

}  // namespace fovea
