// Moving GIF and WebP files as clips.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include <fovea/clip.h>

#include "image/codecs/palette.h"
#include "support/failure.h"
#include "support/picture_files.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

/// A frame of a few colours, another for each number.
Image striped(int width, int height, int number) {
  Image image = make_image(width, height, {250, 250, 240});
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      if ((x + number) % 4 == 0) std::copy_n(std::array<std::uint8_t, 3>{200, 30, 60}.begin(), 3, image.at(x, y));
    }
  }
  return image;
}

fs::path saved(const test::TemporaryFolder& folder, const std::string& name, const std::vector<std::uint8_t>& bytes) {
  return folder.write(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// Durations of a clip's frames, s.
std::vector<double> durations_of(const fs::path& path) {
  const auto clip = read_clip(path);
  std::vector<double> durations;
  while (clip->next()) durations.push_back(clip->seconds());
  return durations;
}

TEST(animation, gif_of_few_colours_comes_back_exactly_and_of_odd_size) {
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "a.gif";
  const auto writer = write_clip(path, 33, 21, 10);
  for (int i = 0; i < 6; ++i) writer->add(striped(33, 21, i));
  EXPECT_EQ(folder.count(), 0) << "nothing before it is complete";
  writer->finish();
  EXPECT_EQ(writer->width(), 33);
  const auto reader = read_clip(path);
  EXPECT_EQ(reader->info().width, 33);
  EXPECT_EQ(reader->info().height, 21);
  EXPECT_EQ(reader->info().frames, 6);
  EXPECT_DOUBLE_EQ(reader->info().rate, 10);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(reader->next().value().rgb, striped(33, 21, i).rgb) << i;
  EXPECT_FALSE(reader->next());
}

TEST(animation, webp_comes_back_nearly_and_of_odd_size) {
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "a.WEBP";
  const auto writer = write_clip(path, 33, 21, 25);
  for (int i = 0; i < 6; ++i) writer->add(make_image(33, 21, {static_cast<std::uint8_t>(40 * i), 90, 200}));
  writer->finish();
  const auto reader = read_clip(path);
  EXPECT_EQ(reader->info().width, 33);
  EXPECT_DOUBLE_EQ(reader->info().rate, 25);
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(reader->next().value().at(10, 10)[0], 40 * i, 6) << i;
  EXPECT_FALSE(reader->next());
}

TEST(animation, pictures_are_cleared_away_as_the_file_says) {
  const test::TemporaryFolder folder;
  const auto file = test::striped_gif(4, {{.columns = 4},
                                          {.x = 1, .columns = 2, .index = 1, .disposal = 2},
                                          {.x = 3, .index = 2, .disposal = 3},
                                          {.x = 0, .columns = 4, .index = 3, .transparent = 3},
                                          {.x = 1, .index = 1}});
  const auto reader = read_clip(saved(folder, "a.gif", file));
  // b: black, r: red, g: green, w: nothing, which is white.
  for (const std::string_view row : {"bbbb", "brrb", "bwwg", "bwwb", "brwb"}) {
    const Image frame = reader->next().value();
    for (int x = 0; x < 4; ++x) {
      const char wanted = row[static_cast<std::size_t>(x)];
      EXPECT_EQ(frame.at(x, 0)[0], wanted == 'r' || wanted == 'w' ? 255 : 0) << row << x;
      EXPECT_EQ(frame.at(x, 0)[1], wanted == 'g' || wanted == 'w' ? 255 : 0) << row << x;
    }
  }
}

TEST(animation, durations_of_their_own_are_kept) {
  const test::TemporaryFolder folder;
  // Nothing and 1/100 s are shown for 1/10 s.
  const auto file = test::striped_gif(
      4, {{.columns = 4, .delay = 20}, {.index = 1, .delay = 50}, {.index = 2, .delay = 0}, {.index = 3, .delay = 1}});
  const fs::path gif = saved(folder, "a.gif", file);
  EXPECT_EQ(durations_of(gif), (std::vector<double>{0.2, 0.5, 0.1, 0.1}));
  EXPECT_DOUBLE_EQ(read_clip(gif)->info().rate, 10);  // a frame wherever one ends
  for (const char* name : {"b.gif", "b.webp"}) {
    const auto reader = read_clip(gif);
    const auto writer = write_clip(folder.path() / name, 4, 1, reader->info().rate);
    while (const auto frame = reader->next()) writer->add(*frame, reader->seconds());
    writer->finish();
    EXPECT_EQ(durations_of(folder.path() / name), (std::vector<double>{0.2, 0.5, 0.1, 0.1})) << name;
  }
}

TEST(animation, a_video_repeats_frames_that_are_shown_for_longer) {
  const test::TemporaryFolder folder;
  const fs::path path = folder.path() / "a.mp4";
  const auto writer = write_clip(path, 64, 48, 10);
  for (const double seconds : {0.2, 0.5, 0.1}) writer->add(make_image(64, 48, {90, 90, 90}), seconds);
  writer->finish();
  const auto reader = read_clip(path);
  int frames = 0;
  while (reader->next()) ++frames;
  EXPECT_EQ(frames, 8);
}

TEST(animation, every_rate_is_kept_over_time) {
  const test::TemporaryFolder folder;
  for (const double rate : {7.0, 12.0, 24.0, 30.0, 100.0 / 7, 50.0}) {
    for (const char* name : {"a.gif", "a.webp"}) {
      const auto writer = write_clip(folder.path() / name, 4, 1, rate);
      for (int i = 0; i < 30; ++i) writer->add(striped(4, 1, i));
      writer->finish();
      EXPECT_NEAR(read_clip(folder.path() / name)->info().rate, rate, 0.01 * rate) << name;
    }
  }
}

TEST(animation, is_known_by_its_content) {
  const test::TemporaryFolder folder;
  EXPECT_TRUE(is_clip(saved(folder, "moves.gif", test::moving_gif(3))));
  EXPECT_TRUE(is_clip(saved(folder, "moves.webp", test::moving_webp(3))));
  EXPECT_TRUE(is_clip(saved(folder, "moves.png", test::moving_gif(3))));
  EXPECT_FALSE(is_clip(saved(folder, "still.gif", test::moving_gif(1))));
  EXPECT_FALSE(is_clip(saved(folder, "still.webp", test::moving_webp(1))));
  EXPECT_FALSE(is_clip(folder.path() / "none.gif"));
  EXPECT_FALSE(is_clip(folder.write("text.gif", "no clip")));
  EXPECT_TRUE(writes_clip("a.gif") && writes_clip("a.WebP") && writes_clip("a.mp4"));
  EXPECT_FALSE(writes_clip("a.png") || writes_clip("gif"));
}

TEST(animation, that_is_not_finished_leaves_nothing) {
  const test::TemporaryFolder folder;
  for (const char* name : {"a.gif", "a.webp"}) write_clip(folder.path() / name, 4, 4, 12)->add(make_image(4, 4));
  EXPECT_EQ(folder.count(), 0);
}

TEST(animation, says_what_is_wrong) {
  const test::TemporaryFolder folder;
  const auto failure_of_file = [&](const std::string& name, std::string bytes) {
    const fs::path path = folder.write(name, bytes);
    return test::failure_of([&] {
      const auto reader = read_clip(path);
      while (reader->next()) {
      }
    });
  };
  for (const auto& [name, bytes] : {std::pair{"a.gif", test::moving_gif(5)}, {"a.webp", test::moving_webp(5)}}) {
    for (std::size_t size = 1; size < bytes.size(); ++size) {
      const std::string failure = failure_of_file(name, {reinterpret_cast<const char*>(bytes.data()), size});
      ASSERT_TRUE(test::holds(failure, "format: ") && test::holds(failure, name))
          << name << " cut to " << size << ": " << failure;
    }
  }
  EXPECT_TRUE(test::holds(failure_of_file("text.gif", "no clip"), "is not a picture in a format that is read"));
  EXPECT_TRUE(test::holds(test::failure_of([&] { write_clip(folder.path() / "no" / "x.gif", 4, 4, 25); }),
                          "there is no folder"));
  EXPECT_TRUE(
      test::holds(test::failure_of([&] { write_clip(folder.path() / "x.webp", 20'000, 4, 25); }), "resource: "));
  EXPECT_TRUE(test::holds(test::failure_of([&] { write_clip(folder.path() / "x.gif", 0, 4, 25); }), "usage: "));
  const auto writer = write_clip(folder.path() / "c.gif", 64, 48, 12);
  EXPECT_TRUE(test::holds(test::failure_of([&] { writer->add(make_image(10, 10)); }), "does not fit"));
}

TEST(animation, few_colours_are_near_the_many) {
  Image image = make_image(200, 200);
  for (int y = 0; y < 200; ++y) {
    for (int x = 0; x < 200; ++x) {
      image.at(x, y)[0] = static_cast<std::uint8_t>(x);
      image.at(x, y)[1] = static_cast<std::uint8_t>(y);
      image.at(x, y)[2] = static_cast<std::uint8_t>((x + y) / 2);
    }
  }
  const Indexed indexed = in_few_colours(image);
  EXPECT_EQ(indexed.palette.size(), 256U);
  double squares = 0;
  for (std::size_t i = 0; i < indexed.indices.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      squares += std::pow(image.rgb[3 * i + c] - indexed.palette[indexed.indices[i]][c], 2);
    }
  }
  // 256 squares of 200/16 levels each would have a deviation of 12.5 / sqrt(12) = 3.6 levels.
  EXPECT_LT(std::sqrt(squares / static_cast<double>(image.rgb.size())), 4.5);
}

}  // namespace
}  // namespace fovea
