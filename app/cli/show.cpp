// fovea show: pictures of what a network is made of; one file per part in app/show.
// SPDX-License-Identifier: Apache-2.0
#include "shared/verb.h"

namespace fovea::show {
std::span<const cli::Verb* const> all();  // the table of app/show
}

namespace fovea::cli::show {

extern constinit const Verb descriptor{
    .name = "show",
    .sentence = "Draws a network's filters, what its layers make of a picture, and what its units can see.",
    .examples =
        "Examples:\n"
        "  fovea show filters net.onnx --out filters.png\n"
        "      the first layer's weights, and which of them are dead, aliased or noisy\n"
        "  fovea show activations net.onnx cat.jpg --at conv4 --out maps.png\n"
        "      every channel's map on one picture\n"
        "  fovea show field net.onnx cat.jpg --at conv4 --out field.png\n"
        "      the part of the picture that a unit can see",
    .parts = &fovea::show::all};

}  // namespace fovea::cli::show
