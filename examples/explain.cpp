// Explains a picture with Grad-CAM: explain MODEL.onnx PICTURE OUT.png
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include <fovea/fovea.h>

int main(int argc, char** argv) try {
  if (argc != 4) return std::fprintf(stderr, "usage: %s MODEL.onnx PICTURE OUT.png\n", argv[0]), 2;
  const fovea::Model model = fovea::load_model(argv[1]);
  const fovea::Image picture = fovea::read_image(argv[2]);
  const fovea::Subject subject(model, fovea::to_input(picture, model.card.preprocess.value()));
  const fovea::Map map =
      fovea::explain(fovea::find_technique("grad_cam"), subject, fovea::parse_objective("logit(top)"));
  fovea::write_figure(argv[3], fovea::draw(map, fovea::fit_image(picture, model.card.preprocess.value())));
  return 0;
} catch (const fovea::Error& error) {
  return std::fprintf(stderr, "error: %s\nhint: %s\n", error.what(), error.hint().c_str()), 1;
}
