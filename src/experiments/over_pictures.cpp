// SPDX-License-Identifier: Apache-2.0
#include "experiments/over_pictures.h"

#include <fovea/error.h>

#include "experiments/landmarks.h"

namespace fovea {

std::vector<Broken> for_each_batch(const Model& model, const Pictures& pictures, const OverPictures& choices,
                                   const std::function<void(const Batch&)>& take) {
  Loader loader(pictures, {.preprocess = required_preprocess(model),
                           .augmentation = {},
                           .batch = choices.batch,
                           .threads = choices.threads});
  loader.start(0);
  std::int64_t read = 0;
  while (std::optional<Batch> batch = loader.next()) {
    read += batch->input.size(0);
    batch->input = beside_weights(model.graph, batch->input);
    take(*batch);
  }
  if (read == 0) throw Error(ErrorKind::usage, "the data set holds no picture that can be read");
  return loader.broken();
}

}  // namespace fovea
