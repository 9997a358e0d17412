// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "train/schedule.h"

namespace fovea {
namespace {

TrainOptions options_with(Schedule schedule) {
  TrainOptions options;
  options.epochs = 11;
  options.rate = 0.4;
  options.warm_up = 1;
  options.schedule = schedule;
  options.patience = 2;
  return options;
}

EpochFigures loss(double value) {
  EpochFigures figures;
  figures.validation_loss = value;
  return figures;
}

TEST(schedule, rises_linearly_then_falls_along_a_cosine) {
  const TrainOptions options = options_with(Schedule::cosine);  // 10 batches of warm-up, 100 after
  EXPECT_NEAR(rate_at(options, 0, 10, {}), 0.04, 1e-12);
  EXPECT_NEAR(rate_at(options, 9, 10, {}), 0.4, 1e-12);
  EXPECT_NEAR(rate_at(options, 10, 10, {}), 0.4, 1e-12);
  EXPECT_NEAR(rate_at(options, 60, 10, {}), 0.2, 1e-12);
  EXPECT_NEAR(rate_at(options, 110, 10, {}), 0, 1e-12);
}

TEST(schedule, plateaus_divide_by_ten) {
  const TrainOptions options = options_with(Schedule::plateau);
  const std::vector<EpochFigures> falling{loss(3), loss(2), loss(2.5)};
  EXPECT_NEAR(rate_at(options, 30, 10, falling), 0.4, 1e-12);
  const std::vector<EpochFigures> stuck{loss(3), loss(2), loss(2.5), loss(2.1)};
  EXPECT_NEAR(rate_at(options, 40, 10, stuck), 0.04, 1e-12);
  const std::vector<EpochFigures> twice{loss(2), loss(2), loss(2), loss(1), loss(1), loss(1)};
  EXPECT_NEAR(rate_at(options, 60, 10, twice), 0.004, 1e-12);
}

TEST(schedule, constant_stays) { EXPECT_EQ(rate_at(options_with(Schedule::constant), 77, 10, {}), 0.4); }

}  // namespace
}  // namespace fovea
