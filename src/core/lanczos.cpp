// Lanczos with full re-orthogonalisation: an orthonormal basis V of v, A v, A^2 v, ...; eigenpairs (theta, s) of
// T = V^t A V give Ritz pairs (theta, V s), whose residual is |A V s - theta V s| = beta |last element of s|. The ends
// of the spectrum converge first (Lanczos 1950, An iteration method for the solution of the eigenvalue problem of
// linear differential and integral operators; Parlett 1980, The symmetric eigenvalue problem, chapter 13). Where the
// basis spans an invariant subspace it goes on with a new random vector, so that equal eigenvalues are all found.
// SPDX-License-Identifier: Apache-2.0
#include "core/lanczos.h"

#include <algorithm>

#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>

#include "core/random.h"

namespace fovea {
namespace {

constexpr std::int64_t steps_between_checks = 5;  // T is small, but so may A be
constexpr double nothing_left = 1e-12;            // of |T|: what orthogonalisation leaves of a vector within the basis

/// The basis so far, and the operator in it.
class Krylov {
 public:
  Krylov(const std::function<Tensor(const Tensor&)>& product, std::int64_t n, std::int64_t steps,
         const LanczosOptions& options)
      : product_(product),
        options_(options),
        basis_(at::empty({steps, n}, at::kDouble)),
        projected_(at::zeros({steps, steps}, at::kDouble)) {}

  void step();
  std::int64_t size() const { return size_; }
  Ritz ritz(std::int64_t wanted) const;

 private:
  Tensor span() const { return basis_.narrow(0, 0, size_); }
  Tensor without_deflated(const Tensor& v) const;
  Tensor random_direction();
  double scale() const { return projected_.abs().max().item<double>(); }

  const std::function<Tensor(const Tensor&)>& product_;
  const LanczosOptions& options_;
  Tensor basis_;      ///< [steps,n], orthonormal rows
  Tensor projected_;  ///< [steps,steps]: v_i^t A v_j in row i, column j
  std::int64_t size_ = 0;
  Tensor next_;      ///< the next basis vector; undefined before the first
  double beta_ = 0;  ///< how far A leads out of the span, along `next_`
  std::uint64_t draws_ = 0;
};

Tensor Krylov::without_deflated(const Tensor& v) const {
  const Tensor& out = options_.deflated;
  return out.defined() ? v - out.t().mv(out.mv(v)) : v;
}

Tensor Krylov::random_direction() {
  Tensor v = normal({basis_.size(1)}, options_.seed, draws_++).to(at::kDouble);
  for (int time = 0; time < 2; ++time) {
    v = without_deflated(v);
    if (size_ > 0) v = v - span().t().mv(span().mv(v));
    v = v / v.norm();
  }
  return v;
}

void Krylov::step() {
  if (beta_ <= nothing_left * scale() || !next_.defined()) next_ = random_direction();
  basis_[size_].copy_(next_);
  const std::int64_t column = size_++;
  Tensor rest = without_deflated(product_(basis_[column]).to(at::kCPU, at::kDouble).reshape({-1}));
  if (!rest.isfinite().all().item<bool>()) {
    throw Error(ErrorKind::unsupported,
                "a product with the matrix whose eigenvalues are looked for is no finite number");
  }
  Tensor along = at::zeros({size_}, at::kDouble);
  for (int time = 0; time < 2; ++time) {  // twice is enough (Parlett 1980, section 6.9)
    const Tensor part = span().mv(rest);
    along = along + part;
    rest = without_deflated(rest - span().t().mv(part));
  }
  projected_.narrow(0, 0, size_).select(1, column).copy_(along);
  beta_ = rest.norm().item<double>();
  next_ = beta_ > 0 ? rest / beta_ : Tensor{};
  const bool leads_out = beta_ > nothing_left * scale();
  if (leads_out && size_ < projected_.size(0)) projected_[size_][column].fill_(beta_);
}

Ritz Krylov::ritz(std::int64_t wanted) const {
  const Tensor t = projected_.narrow(0, 0, size_).narrow(1, 0, size_);
  const auto [values, vectors] = at::linalg_eigh((t + t.t()) / 2);
  Ritz found;
  const double size = t.norm().item<double>();
  found.asymmetry = size > 0 ? (t - t.t()).norm().item<double>() / size : 0;
  found.values.assign(values.data_ptr<double>(), values.data_ptr<double>() + size_);
  const double largest = std::max(std::abs(found.values.front()), std::abs(found.values.back()));
  found.converged = true;
  const auto pair = [&, &vectors = vectors](std::int64_t i) {
    const Tensor s = vectors.select(1, i).contiguous();
    const double residual = beta_ * std::abs(s[size_ - 1].item<double>());
    found.converged = found.converged && residual <= options_.tolerance * largest;
    const Tensor y = span().t().mv(s);
    return RitzPair{found.values[static_cast<std::size_t>(i)], residual, y / y.norm()};
  };
  const std::int64_t low = std::min(wanted, (size_ + 1) / 2);
  const std::int64_t high = std::min(wanted, size_ - low);
  for (std::int64_t i = 0; i < low; ++i) found.lowest.push_back(pair(i));
  for (std::int64_t i = 0; i < high; ++i) found.highest.push_back(pair(size_ - 1 - i));
  return found;
}

}  // namespace

Ritz lanczos(const std::function<Tensor(const Tensor&)>& product, std::int64_t n, const LanczosOptions& options) {
  const std::int64_t dimensions = n - (options.deflated.defined() ? options.deflated.size(0) : 0);
  if (dimensions < 1) throw Error(ErrorKind::usage, "no direction is left to look for curvatures in");
  const std::int64_t steps = std::min(options.steps, dimensions);
  Krylov krylov(product, n, steps, options);
  while (krylov.size() < steps) {
    krylov.step();
    if (options.watch) options.watch(krylov.size());
    const bool check = krylov.size() >= 2 * options.wanted && krylov.size() % steps_between_checks == 0;
    if (!check || krylov.size() == steps) continue;
    Ritz found = krylov.ritz(options.wanted);
    if (found.converged) return found;
  }
  return krylov.ritz(options.wanted);
}

}  // namespace fovea
