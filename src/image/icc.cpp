// ICC profiles (ICC.1:2010) by Little CMS, with the perceptual intent, as browsers take them.
// SPDX-License-Identifier: Apache-2.0
#include "image/icc.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

#include <lcms2.h>

namespace fovea {
namespace {

struct ReleaseProfile {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
struct ReleaseTransform {
  void operator()(void* transform) const { cmsDeleteTransform(transform); }
};
struct ReleaseContext {
  void operator()(_cmsContext_struct* context) const { cmsDeleteContext(context); }
};
using ColourProfile = std::unique_ptr<void, ReleaseProfile>;
using ColourTransform = std::unique_ptr<void, ReleaseTransform>;

cmsColorSpaceSignature space_of(Inks inks) {
  switch (inks) {
    case Inks::grey: return cmsSigGrayData;
    case Inks::rgb: return cmsSigRgbData;
    case Inks::cmyk: return cmsSigCmykData;
  }
  return cmsSigRgbData;
}

/// How Little CMS says what samples are: channels, bytes of one, what they mean.
cmsUInt32Number layout_of(Inks inks, int bits, bool alpha, bool inverted) {
  const cmsUInt32Number kind = inks == Inks::grey  ? COLORSPACE_SH(PT_GRAY) | CHANNELS_SH(1)
                               : inks == Inks::rgb ? COLORSPACE_SH(PT_RGB) | CHANNELS_SH(3)
                                                   : COLORSPACE_SH(PT_CMYK) | CHANNELS_SH(4);
  return kind | BYTES_SH(static_cast<unsigned>(bits) / 8) | EXTRA_SH(alpha ? 1u : 0u) | FLAVOR_SH(inverted ? 1u : 0u);
}

/// One context, so that nothing is shared between threads; it never prints.
class ProfileConversion {
 public:
  explicit ProfileConversion(const Decoded& decoded)
      : from_(cmsOpenProfileFromMemTHR(context_.get(), decoded.profile.data(),
                                       static_cast<cmsUInt32Number>(decoded.profile.size()))),
        to_(cmsCreate_sRGBProfileTHR(context_.get())) {
    if (from_ && cmsGetColorSpace(from_.get()) != space_of(decoded.inks)) from_.reset();
  }

  /// Returns what converts samples of a layout; null when the profile is of no use.
  ColourTransform transform(cmsUInt32Number from, cmsUInt32Number to) const {
    if (!from_ || !to_) return nullptr;
    return ColourTransform(cmsCreateTransformTHR(context_.get(), from_.get(), from, to_.get(), to, INTENT_PERCEPTUAL,
                                                 cmsFLAGS_COPY_ALPHA));
  }

 private:
  std::unique_ptr<_cmsContext_struct, ReleaseContext> context_{cmsCreateContext(nullptr, nullptr)};
  ColourProfile from_;
  ColourProfile to_;
};

/// Tells whether a conversion moves no colour of a grid by more than a level.
bool moves_nothing(const ProfileConversion& conversion, Inks inks) {
  constexpr int step = 51;  // 0, 51 ... 255: six levels of each channel
  if (inks == Inks::cmyk) return false;
  std::vector<std::array<std::uint8_t, 3>> asked;
  const auto ask = [&](int r, int g, int b) {
    asked.push_back({static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(b)});
  };
  for (int level = 0; level < 256; ++level) ask(level, level, level);
  for (int r = 0; r < 256 && inks == Inks::rgb; r += step) {
    for (int g = 0; g < 256; g += step) {
      for (int b = 0; b < 256; b += step) ask(r, g, b);
    }
  }
  const ColourTransform transform = conversion.transform(layout_of(inks, 8, false, false), TYPE_RGB_8);
  if (!transform) return true;
  for (const std::array<std::uint8_t, 3>& colour : asked) {
    std::array<std::uint8_t, 3> answer{};
    cmsDoTransform(transform.get(), colour.data(), answer.data(), 1);
    for (std::size_t c = 0; c < 3; ++c) {
      if (std::abs(answer[c] - colour[c]) > 1) return false;
    }
  }
  return true;
}

/// Divides colours by alpha, which profiles speak of apart.
template <typename Sample>
void divide_by_alpha(Decoded& decoded) {
  constexpr std::uint64_t full = std::numeric_limits<Sample>::max();
  const auto channels = static_cast<std::size_t>(channels_of(decoded));
  const std::size_t pixel_size = channels * sizeof(Sample);
  for (std::size_t at = 0; at < decoded.samples.size(); at += pixel_size) {
    Sample pixel[5];
    std::memcpy(pixel, &decoded.samples[at], pixel_size);
    const std::uint64_t alpha = pixel[channels - 1];
    for (std::size_t c = 0; c + 1 < channels && alpha > 0; ++c) {
      pixel[c] = static_cast<Sample>(std::min<std::uint64_t>((pixel[c] * full + alpha / 2) / alpha, full));
    }
    std::memcpy(&decoded.samples[at], pixel, pixel_size);
  }
}

}  // namespace

void to_srgb(Decoded& decoded) {
  if (decoded.profile.empty()) return;
  const ProfileConversion conversion(decoded);
  const cmsUInt32Number from = layout_of(decoded.inks, decoded.bits, decoded.alpha, decoded.inverted);
  const cmsUInt32Number to = layout_of(Inks::rgb, decoded.bits, decoded.alpha, false);
  const ColourTransform transform = conversion.transform(from, to);
  if (!transform || moves_nothing(conversion, decoded.inks)) return;
  if (decoded.alpha && decoded.multiplied) {
    decoded.bits == 8 ? divide_by_alpha<std::uint8_t>(decoded) : divide_by_alpha<std::uint16_t>(decoded);
    decoded.multiplied = false;
  }
  const auto width = static_cast<std::size_t>(decoded.width);
  const auto height = static_cast<std::size_t>(decoded.height);
  const std::size_t stride = decoded.samples.size() / height;
  const std::size_t new_stride = width * (decoded.alpha ? 4 : 3) * static_cast<std::size_t>(decoded.bits) / 8;
  std::vector<std::uint8_t> converted(new_stride * height);
  for (std::size_t y = 0; y < height; ++y) {
    cmsDoTransform(transform.get(), decoded.samples.data() + y * stride, converted.data() + y * new_stride,
                   static_cast<cmsUInt32Number>(width));
  }
  decoded.samples = std::move(converted);
  decoded.inks = Inks::rgb;
  decoded.inverted = false;
}

}  // namespace fovea
