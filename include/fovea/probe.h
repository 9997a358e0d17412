// How well a network's frozen features serve a new task: Zeiler and Fergus 2014, section 5.2 (feature generalisation)
// and table 7 (a linear classifier on each layer).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/data.h>
#include <fovea/figure.h>
#include <fovea/model.h>
#include <fovea/technique.h>

namespace FOVEA_API fovea {

/// Stands for all training pictures of a class.
inline constexpr std::int64_t all_shots = 0;

/// Choices of a probe.
struct ProbeOptions {
  std::vector<ValueId> values;
  std::vector<std::int64_t> shots{1, 5, 20, all_shots};  ///< training pictures per class
  std::int64_t repeats = 5;                              ///< draws of the training pictures; one where all are taken
  std::int64_t training = 200;                           ///< pictures per class at most
  std::int64_t held_out = 100;                           ///< pictures per class at most
  std::int64_t side = 4;                                 ///< maps are averaged to at most side x side positions
  double penalty = 0;                                    ///< L2; 0: chosen by cross-validation on the training pictures
  std::uint64_t seed = 0;
  std::int64_t batch = 32;
  Progress reading;  ///< of pictures
  Progress fitting;  ///< of classifiers
};

/// Accuracy of linear classifiers on one value's features, for one number of training pictures per class.
struct ProbeRow {
  std::string value;              ///< its node's name
  std::int64_t features = 0;      ///< numbers per picture
  std::int64_t shots = 0;         ///< `all_shots`: all
  std::int64_t pictures = 0;      ///< that each classifier was trained on
  double accuracy = 0;            ///< on the held-out pictures, mean over classes, mean over repeats
  double deviation = 0;           ///< over repeats
  double training = 0;            ///< accuracy on the training pictures
  std::vector<double> penalties;  ///< that were used, one per repeat
};

/// What came of it.
struct ProbeResult {
  std::vector<ProbeRow> rows;       ///< by value, then by shots
  std::vector<std::string> values;  ///< names, in the order of the options
  std::vector<std::string> labels;
  std::int64_t training = 0;  ///< pictures
  std::int64_t held_out = 0;
  std::vector<Broken> broken;
};

/// Trains softmax regressions on frozen features: maps are averaged to at most side x side positions and flattened,
/// centred and divided by each channel's deviation, and scaled so that a picture's features have the mean square 1 in
/// all. The penalty is chosen among `penalties_of_probe()` by 3-fold cross-validation on the training pictures alone
/// (for one shot, and where a class has fewer than 3: the middle one). Throws `Error(usage)` when the two data sets
/// have other classes, a class has no picture or a value has no features, `Error(stopped)` when a listener asks to
/// stop.
ProbeResult probe(const Model& model, const Pictures& training, const Pictures& held_out, const ProbeOptions& options);

/// The penalties that cross-validation chooses from.
std::vector<double> penalties_of_probe();

/// Returns a value as features [N,D], float32: [N,C,h,w] averaged to at most side x side positions, others flattened.
Tensor pooled_features(const Tensor& value, std::int64_t side);

/// Returns an orthonormal basis [D,r], float64, of what the rows of x [N,D] span. The minimum of a regression with an
/// L2 penalty lies there, so that fewer pictures than features can be solved in as many numbers as there are pictures.
Tensor row_basis(const Tensor& x);

/// A softmax regression: scores are x W + b.
struct SoftmaxRegression {
  Tensor weight;  ///< [D,K], float64
  Tensor bias;    ///< [K]
  double loss = 0;
  std::int64_t iterations = 0;
};

/// Minimises the mean cross-entropy of x [N,D] with labels [N] plus penalty / 2 ||W||^2 (the bias is free) by
/// libtorch's L-BFGS (10 pairs, strong Wolfe conditions), from zero, until the gradient's largest entry is below 1e-5
/// or for 300 iterations; float64 throughout, so that the same numbers give the same bits.
SoftmaxRegression fit_softmax(const Tensor& x, const Tensor& labels, std::int64_t classes, double penalty);

/// Draws accuracy by layer, a line per number of shots, and accuracy by shots, a line per layer.
Figure draw_probe(const ProbeResult& result, std::string_view title);

}  // namespace fovea
