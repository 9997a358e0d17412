// fovea atlas: what a network does with a whole data set; one file per part in app/atlas.
// SPDX-License-Identifier: Apache-2.0
#include "shared/verb.h"

namespace fovea::atlas {
std::span<const cli::Verb* const> all();  // the table of app/atlas
}

namespace fovea::cli::atlas {

extern constinit const Verb descriptor{
    .name = "atlas",
    .sentence = "Shows what excites every channel over a whole data set, and how the network arranges its pictures.",
    .examples =
        "Examples:\n"
        "  fovea atlas build natural imagenette128.tar --values 'conv*' --out atlas\n"
        "      one pass over the pictures; stopped or killed, it goes on where it was\n"
        "  fovea atlas top atlas conv5 --out conv5.html\n"
        "      for every channel the pictures that excite it most, beside what in them does",
    .parts = &fovea::atlas::all};

}  // namespace fovea::cli::atlas
