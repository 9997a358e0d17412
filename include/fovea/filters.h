// What a layer's filters look like and what that says of the network: dead, aliased, noisy or missing ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fovea/api.h>
#include <fovea/graph.h>
#include <fovea/figure.h>
#include <fovea/image.h>
#include <fovea/tensor.h>

namespace FOVEA_API fovea {

/// Figures of one filter [C,kh,kw]. Frequencies are in cycles per px of the layer's input.
struct FilterFigures {
  double norm = 0;  ///< L2
  double rms = 0;
  bool dead = false;       ///< its norm is below `dead_norm` of the median, or it never was active
  double luminance = 0;    ///< share of its energy in the mean of its channels: 1 grey, 0 pure colour contrast
  double frequency = 0;    ///< radial, where its spectrum peaks: 0 to sqrt(1/2); 0 where the filter is all zero
  double orientation = 0;  ///< the direction in which that wave varies, degrees anticlockwise from the x axis as one
                           ///< sees it, [0,180): 0 for vertical stripes; 0 at frequency 0
  std::array<double, 2> peak{};  ///< the same wave's frequency along x and along y (downwards), x >= 0
  double aliased = 0;            ///< share of its energy that the stride folds: above 1 / (2 stride) along either axis
  double fine = 0;               ///< share of its energy above `fine_frequency`; white noise has 0.80
  double noise = 0;  ///< mean step between neighbours against white noise's of the same RMS: 1 is white noise
};

/// How many live filters have their peak in each band of radial frequency.
struct FrequencyBands {
  std::int64_t low = 0;   ///< below `mid_from`
  std::int64_t mid = 0;   ///< from there to below `high_from`
  std::int64_t high = 0;  ///< from there on
  /// Returns the share of the three bands that hold at least one filter's peak.
  double coverage() const { return static_cast<double>((low > 0) + (mid > 0) + (high > 0)) / 3; }
};

/// Thresholds of the verdict; ours where no source is named.
struct FilterThresholds {
  double dead_norm = 1e-3;       ///< of the median norm
  double fine_frequency = 0.25;  ///< cycles/px: half the finest that pixels hold
  double mid_from = 0.1;         ///< cycles/px
  double high_from = 0.25;       ///< cycles/px
  double few_mid = 0.1;          ///< share of live filters with their peak in the middle band below which it is missing
  double aliased = 0.5;     ///< share of a filter's energy above the stride's Nyquist from which it counts as aliased
  double noisy = 0.75;      ///< median noise index from which a layer counts as noisy ...
  double noisy_fine = 0.6;  ///< ... when the median share of fine energy is at least this, too
  std::int64_t least_kernel = 5;  ///< px: below, noise and detail cannot be told apart
};

/// Where filters come from, for the report.
struct FilterLayer {
  std::string node;                          ///< name of the node
  std::array<std::int64_t, 2> stride{1, 1};  ///< down, across
  std::vector<double> activation_maxima;     ///< per filter, over some pictures; empty: unknown
  FilterThresholds thresholds;
};

/// A layer's filters and what is to be said of them.
struct FilterReport {
  FilterLayer layer;
  Tensor weights;  ///< [K,C,kh,kw], float32
  std::vector<FilterFigures> filters;
  FrequencyBands bands;
  double median_norm = 0;
  double median_noise = 0;  ///< over live filters, as the next two
  double median_fine = 0;
  double mean_aliased = 0;
  std::int64_t dead = 0;
  std::int64_t aliased = 0;   ///< live filters above the threshold
  std::optional<bool> noisy;  ///< nothing where the kernel is too small to tell
  bool mid_missing = false;
  std::vector<std::string> verdict;  ///< sentences, the first on smooth or noisy
};

/// Examines filters [K,C,kh,kw]. The spectrum is the 2-D DFT, zero-padded to 32x32 (or the next power of two), of the
/// luminance (mean of the channels), or where less than a tenth of the energy is luminance, of each channel, their
/// power summed. Throws `Error(shape)` for other shapes, `Error(format)` for weights that are not finite.
FilterReport inspect_filters(const Tensor& weights, const FilterLayer& layer = {});

/// Examines the filters of a convolution: the node (or value) named `at`, by default the first one on the picture's
/// path. Throws `Error(usage)` when there is none, `Error(unsupported)` when its weights are no constant.
FilterReport inspect_filters(const Graph& graph, std::string_view at = {},
                             const std::vector<double>& activation_maxima = {});

/// Scales filters [K,...] whose root mean square exceeds `most_rms` back to it, ZFNet's recipe (Zeiler, Fergus 2014,
/// section 3); the others stay as they are to the last bit.
Tensor renormalise(const Tensor& weights, double most_rms = 0.1);

/// Choices of a picture of filters.
struct FilterPicture {
  std::string title;
  std::string channels = "RGB";  ///< order of the network's input channels: "RGB" or "BGR"
  bool common_scale = false;     ///< all filters on one scale, so that strengths compare; else each on its own
};

/// Draws one filter [C,kh,kw] about mid-grey, its largest magnitude (or `scale`) at the ends: in colours where C is 3,
/// in grey where C is 1. Throws `Error(shape)` for other numbers of channels.
Image draw_filter(const Tensor& filter, std::string_view channels = "RGB", double scale = 0);

/// Draws a report: the filters in a grid, enlarged (dead ones crossed out, aliased ones with a corner cut), below it
/// where their spectra peak, as a histogram over radial frequency and in the plane of frequencies, each with the
/// stride's Nyquist limit, and the verdict. Filters of other numbers of channels than 1 and 3 are projected on their
/// three principal directions; of more than 512 filters the first 512 are drawn. With `before`, that report's filters
/// are drawn above, on a common scale.
Figure draw_filters(const FilterReport& report, const FilterPicture& picture = {},
                    const FilterReport* before = nullptr);

/// Draws the single channels of filters of deeper layers in grey about mid-grey: a row per filter, a column per input
/// channel, each row (or, on a common scale, all) on one scale. Of more than 64 either way the first 64 are drawn, and
/// a remark says so; dead filters' rows are crossed out.
Figure draw_filter_slices(const FilterReport& report, const FilterPicture& picture = {});

/// The place of one picture that excites a filter most, cut out of what the network saw.
struct ExcitingPatch {
  double activation = 0;
  std::int64_t picture = 0;             ///< in the order of the calls
  Image image;                          ///< the filter's receptive field there; what lies beyond a border is missing
  std::array<std::int64_t, 2> place{};  ///< of the image's first px within the field, rows first
};

/// What a filter does on some pictures.
struct FilterActivity {
  double maximum = 0;
  double magnitude = 0;                 ///< largest |activation|: 0 where it never was anything but 0
  std::int64_t active = 0;              ///< places where it was above 0 ...
  std::int64_t places = 0;              ///< ... of so many
  double range = 0;                     ///< what the histogram spans: 0 to here
  std::vector<std::int64_t> histogram;  ///< of the activations above 0
  std::vector<ExcitingPatch> patches;   ///< the strongest first, one per picture
};

/// Watches a convolution's filters over pictures, one after the other.
class FilterWatch {
 public:
  /// Watches the filters that `inspect_filters(graph, at)` examines. They are read behind the batch norm and the
  /// non-linearity that follow the convolution alone, if any. The graph must outlive the watch. Keeps the `most`
  /// strongest patches per filter.
  FilterWatch(const Graph& graph, std::string_view at = {}, std::size_t most = 5);
  FilterWatch(const Graph&& graph, std::string_view at = {}, std::size_t most = 5) = delete;

  /// Runs the network on an input [1,C,H,W] as far as needed; `seen` is what it shows, H x W.
  void look(const Tensor& input, const Image& seen);

  /// Returns what was seen per filter.
  const std::vector<FilterActivity>& filters() const { return filters_; }
  /// Returns the largest magnitudes, as `inspect_filters` takes them.
  std::vector<double> activation_maxima() const;
  /// Returns the name of the node whose output is read.
  const std::string& read_at() const { return read_at_; }
  /// Returns the sides of a filter's receptive field, px; 0 before the first picture.
  std::array<std::int64_t, 2> field() const { return field_; }
  /// Returns how many pictures were looked at.
  std::int64_t pictures() const { return pictures_; }

 private:
  const Graph* graph_;
  ValueId value_;
  std::size_t most_;
  std::string read_at_;
  std::array<std::int64_t, 2> field_{};
  std::int64_t pictures_ = 0;
  std::vector<FilterActivity> filters_;
};

/// Draws a report as `draw_filters` does, each filter beside the patches that excite it most and a histogram of its
/// activations. Of more than 128 filters the first 128 are drawn.
Figure draw_watched_filters(const FilterReport& report, const FilterWatch& watch, const FilterPicture& picture = {});

}  // namespace fovea
