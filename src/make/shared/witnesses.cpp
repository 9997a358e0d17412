// Other networks asked about made pictures.
// SPDX-License-Identifier: Apache-2.0
#include "make/shared/witnesses.h"

#include <fovea/display.h>
#include <fovea/trace.h>

#include "make/shared/common.h"

namespace fovea::make {
namespace {

/// How one network answers to all pictures.
struct Testimony {
  std::int64_t asked = 0;  ///< pictures whose class has a rank there
  std::int64_t first = 0;
  std::int64_t five = 0;
};

std::string name_of_network(const Model& model) {
  return model.card.name.empty() ? model.path.stem().string() : model.card.name;
}

}  // namespace

void ask_witnesses(const MakeCall& call, const Tensor& pictures, const std::vector<std::string>& names, Made& made,
                   const std::vector<std::int64_t>& classes) {
  if (call.witnesses.empty()) return;
  std::vector<std::vector<std::string>> rows{
      {"picture", "network", "class", "label", "probability", "rank of its own"}};
  for (const Model* witness : call.witnesses) {
    const Preprocess& preprocess = preprocess_of(*witness);
    const std::string network = name_of_network(*witness);
    Testimony testimony;
    for (std::int64_t i = 0; i < pictures.size(0); ++i) {
      // As a person would ask: the picture as a file holds it, fitted as the witness says.
      const Trace trace = run(witness->graph, to_input(from_display(pictures[i]), preprocess), {.tape = Tape::none});
      const Tensor probabilities = trace.scores().softmax(1)[0];
      const auto top = probabilities.argmax().item<std::int64_t>();
      const std::string probability = short_number(probabilities[top].item<double>());
      const auto at = static_cast<std::size_t>(i);
      std::string rank;
      if (at < classes.size() && call.model != nullptr &&
          probabilities.size(0) == channels_of(*call.model, call.model->graph.logits())) {
        constexpr std::int64_t best = 5;
        const auto better = probabilities.gt(probabilities[classes[at]]).sum().item<std::int64_t>();
        rank = std::to_string(better + 1);
        ++testimony.asked;
        testimony.first += better == 0 ? 1 : 0;
        testimony.five += better < best ? 1 : 0;
      }
      rows.push_back({names[at], network, std::to_string(top), label_of(witness->card, top), probability, rank});
      made.notes.push_back(network + " says of " + names[at] + ": " + label_of(witness->card, top) + " (" +
                           probability + ")");
    }
    if (testimony.asked > 1) {
      const std::string of = " of " + std::to_string(testimony.asked);
      made.notes.push_back(network + " agrees on " + std::to_string(testimony.first) + of +
                           ", among its best five on " + std::to_string(testimony.five) + of);
    }
  }
  made.further.push_back({"witnesses", std::move(rows)});
}

}  // namespace fovea::make
