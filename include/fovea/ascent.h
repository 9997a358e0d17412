// Ascent: a picture that makes an objective large, by following its gradient on a canvas, through random transforms,
// under priors. What every synthesis is made of. Erhan et al. 2009, Visualizing higher-layer features of a deep
// network.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <fovea/api.h>
#include <fovea/image.h>
#include <fovea/model.h>
#include <fovea/objective.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// Where an ascent is.
struct AscentStatus {
  std::int64_t step = 0;  ///< done
  std::int64_t steps = 0;
  double value = 0;     ///< of the objective at the picture that the step began with, mean over the pictures
  const Tensor& image;  ///< that picture, [N,3 or 4,H,W], display units
};

/// Choices of an ascent. Rates and weights are in display units (RGB in [0,1]), so that they hold for any network.
struct AscentOptions {
  std::vector<Objective> objectives;  ///< to be maximised: one for all pictures, or one for each
  Targets targets;                    ///< what the objectives compare with
  std::int64_t pictures = 1;          ///< made at once; they share the network's runs
  int width = 0;                      ///< px; 0: the network's own
  int height = 0;
  Tensor start;                               ///< [1 or N,3,H,W]; undefined: the canvas's own
  std::string canvas = "fourier";             ///< see include/fovea/canvas.h
  std::string transforms;                     ///< in order; "" none
  std::string priors;                         ///< "" none
  std::string optimiser = "adam(rate=0.05)";  ///< see include/fovea/optimiser.h
  std::string recipe;                         ///< how relevance flows back; "": autograd through the whole graph
  std::int64_t redirect = 16;                 ///< first steps in which pictures that no gradient reaches are redirected
  std::int64_t steps = 512;
  std::uint64_t seed = 0;
  std::int64_t frame_every = 0;  ///< steps between kept frames; 0: none are kept
  /// Told after each step; answers false to stop.
  std::function<bool(const AscentStatus&)> watch;
  /// Where an unfinished ascent is kept and taken up again, and a finished one's result; empty: nowhere.
  std::filesystem::path state;
};

/// What an ascent came to.
struct Ascended {
  Tensor last;                      ///< [N,3 or 4,H,W], display units, not clipped
  Tensor best;                      ///< each picture when its objective was largest (as seen through the transforms)
  std::vector<double> last_values;  ///< of the objective, per picture, before the last step
  std::vector<double> best_values;
  std::vector<double> history;  ///< mean over pictures, one per step
  std::vector<Tensor> frames;   ///< [N,3 or 4,H,W]
  std::string stopped;          ///< why it ended early with the last good picture; "" when it did not
  std::int64_t redirected = 0;  ///< steps in which some picture was redirected
  bool fitted = false;          ///< pictures were resized to the one size that the network takes
};

/// Climbs. Throws `Error(usage)` for unknown parts and for objectives that no gradient reaches (naming them),
/// `Error(stopped)` when the watcher asks to stop (the state is then on disk, if it has a place).
Ascended ascend(const Model& model, const AscentOptions& options);

/// Lays down what objectives compare with: the values of a named picture (display units [1,3,H,W], fitted to the
/// network's size where it has one).
void set_targets(Targets& targets, const Model& model, const std::vector<Objective>& objectives,
                 const std::string& name, const Tensor& picture);

/// Returns an objective's value for each picture [N], display units, without any tape.
std::vector<double> evaluate_pictures(const Model& model, const Tensor& pictures, const Objective& objective,
                                      const Targets& targets = {});

/// Resizes pictures [N,C,H,W] bilinearly (half-pixel centres), averaging where they shrink to less than half; as they
/// are where they have the size. Differentiable.
Tensor resize_pictures(const Tensor& pictures, std::int64_t height, std::int64_t width);

/// Lays pictures with an alpha plane [N,4,H,W] over a colour; others come back as they are.
Tensor without_alpha(const Tensor& pictures, double background = 1);

}  // namespace fovea
