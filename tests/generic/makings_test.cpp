// Properties that every kind of making has, on a network of colours, a grey one and one that takes a single picture at
// a time; a kind that is registered but not listed here fails.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include <ATen/ops/isfinite.h>
#include <ATen/ops/zeros.h>

#include <fovea/npy.h>

#include "make/asked.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

using test::failure_of;
using test::holds;

/// How a kind is tried: few steps, several pictures where it makes several, two at once, so that the last batch is
/// smaller.
struct Tried {
  Settings settings;
  std::size_t pictures = 0;  ///< given to it
  std::size_t films = 1;     ///< frames of its film at least; 0: it has none
};

const std::map<std::string, Tried, std::less<>> kinds{
    {"caricature", {{{"at", "features"}, {"steps", "4"}, {"batch", "2"}}, 3}},
    {"class", {{{"class", "0;cat;4"}, {"steps", "6"}, {"batch", "2"}}}},
    {"dream", {{{"at", "features"}, {"steps", "2"}, {"octaves", "2"}}, 1}},
    {"elites", {{{"generations", "4"}, {"children", "6"}}}},
    {"facets",
     {{{"class", "cat"}, {"facets", "3"}, {"features", "early"}, {"members", "2"}, {"steps", "4"}, {"batch", "2"}}, 9}},
    {"feature", {{{"at", "features:0-2"}, {"steps", "4"}, {"batch", "2"}}}},
    {"filters", {{{"at", "features:0-4"}, {"steps", "3"}, {"batch", "2"}}}},
    {"fool", {{{"target", "cat"}, {"batch", "2"}, {"steps", "5"}, {"method", "iterated"}}, 3}},
    {"grow", {{{"size", "20"}, {"sample", "12"}, {"window", "5"}}, 1}},
    {"hessian", {{{"class", "1"}, {"steps", "12"}, {"directions", "1"}, {"products", "8"}, {"frames", "2"}}, 0, 0}},
    {"icons", {{{"steps", "4"}, {"batch", "2"}, {"tile", "20"}}}},
    {"invert", {{{"at", "early;features"}, {"steps", "4"}, {"batch", "2"}}, 2}},
    {"style", {{{"at", "early;features"}, {"size", "24"}, {"steps", "3"}}, 2}},
    {"texture", {{{"at", "early;features"}, {"steps", "3"}}, 1}},
    {"yosinski", {{{"class", "0;1;2"}, {"steps", "6"}, {"batch", "2"}}}}};

std::vector<NamedImage> pictures_of(std::size_t count) {
  std::vector<NamedImage> pictures;
  for (std::size_t i = 0; i < count; ++i) {
    Image image = test::striped(20);
    for (std::size_t p = 0; p < image.rgb.size(); ++p) {
      image.rgb[p] = static_cast<std::uint8_t>((image.rgb[p] * (i + 1) + 7 * p * i) % 256);
    }
    pictures.push_back({"picture_" + std::to_string(i) + ".png", image});
  }
  return pictures;
}

class makings : public ::testing::TestWithParam<const MakeKind*> {
 protected:
  makings() {
    Tensor directions = at::zeros({1, 3, 8}, at::TensorOptions(at::kFloat));
    for (std::int64_t cell = 0; cell < 3; ++cell) directions[0][cell][2 * cell] = 1;
    write_npy(cells_.path() / "directions.npy", directions);
    write_npy(cells_.path() / "counts.npy", at::zeros({1, 3}, at::TensorOptions(at::kLong)).fill_(9));
    cells_.write("activation.json", R"({"value": "features"})");
  }

  Tried tried() const {
    const auto found = kinds.find(GetParam()->name);
    if (found == kinds.end()) {
      ADD_FAILURE() << "say how '" << GetParam()->name << "' is tried";
      return {};
    }
    Tried tried = found->second;
    if (GetParam()->name == "icons") tried.settings["cells"] = cells_.path().string();
    return tried;
  }

  Made made_by(const Model& model, MakeOptions options = {}) const {
    const Tried one = tried();
    options.settings = one.settings;
    if (options.seed == 0) options.seed = 5;
    return make_picture(*GetParam(), GetParam()->needs_model ? &model : nullptr, pictures_of(one.pictures), options);
  }

  Made made_by(std::int64_t channels = 3, std::int64_t batch = -1, const MakeOptions& options = {}) const {
    return made_by(test::made_model(channels, batch), options);
  }

 private:
  test::TemporaryFolder cells_;
};

/// What everybody who writes or shows a result counts on.
void expect_well_made(const MakeKind& kind, const Made& made) {
  ASSERT_FALSE(made.pictures.empty());
  EXPECT_GT(made.picture.width * made.picture.height, 0);
  ASSERT_EQ(made.values.dim(), 4);
  const auto pictures = static_cast<std::int64_t>(made.pictures.size());
  EXPECT_LE(made.values.size(0), pictures) << "what it was made of may lie beside it";
  if (!kind.lists.empty()) {
    EXPECT_EQ(made.values.size(0), pictures) << "a job takes its own part of both";
  }
  EXPECT_TRUE(at::isfinite(made.values).all().item<bool>());
  std::set<std::string> names;
  for (const MadePicture& one : made.pictures) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name << " twice";
    EXPECT_EQ(one.name.find_first_of("/\\: "), std::string::npos) << one.name;
  }
  for (const auto& row : made.table) EXPECT_EQ(row.size(), made.table.front().size()) << "a table is a table";
  for (const auto& [name, number] : made.figures) EXPECT_TRUE(std::isfinite(number)) << name;
  EXPECT_FALSE(made.notes.empty()) << "says what ran";
}

TEST_P(makings, the_same_seed_gives_the_same_bytes) {
  const Made first = made_by();
  expect_well_made(*GetParam(), first);
  const Made second = made_by();
  EXPECT_EQ(rasterise(first.picture).rgb, rasterise(second.picture).rgb);
  EXPECT_TRUE(first.values.equal(second.values));
  EXPECT_EQ(first.table, second.table);
  EXPECT_EQ(first.notes, second.notes);
  EXPECT_EQ(first.figures, second.figures);
}

TEST_P(makings, watching_changes_nothing_and_frames_have_one_size) {
  const Made alone = made_by();
  std::int64_t reports = 0;
  std::int64_t last = 0;
  std::int64_t drawn = 0;
  MakeOptions options;
  options.film = true;
  options.progress = [&](const MakeStatus& status) {
    EXPECT_GE(status.total, status.done);
    ++reports;
    last = status.total - status.done;
    return true;
  };
  options.preview = [&](const std::function<Image()>& draw) {
    if (drawn == 0) {
      EXPECT_GT(draw().width, 0);
    }
    ++drawn;
  };
  const Made watched = made_by(3, -1, options);
  EXPECT_EQ(rasterise(watched.picture).rgb, rasterise(alone.picture).rgb);
  EXPECT_GT(reports, 0);
  EXPECT_EQ(last, 0) << "the bar ends at its end";
  EXPECT_GE(watched.frames.size(), tried().films);
  if (tried().films > 0) {
    EXPECT_GT(drawn, 0) << "what can be filmed can be watched";
  }
  for (const Image& frame : watched.frames) {
    EXPECT_EQ(frame.width, watched.frames.front().width);
    EXPECT_EQ(frame.height, watched.frames.front().height);
  }
}

TEST_P(makings, stop_when_told) {
  MakeOptions options;
  options.progress = [](const MakeStatus&) { return false; };
  EXPECT_EQ(failure_of([&] { made_by(3, -1, options); }), "stopped: stopped");
}

TEST_P(makings, of_grey_networks) { expect_well_made(*GetParam(), made_by(1)); }

TEST_P(makings, of_networks_that_take_one_picture_at_a_time) {
  const Made made = made_by(3, 1);
  expect_well_made(*GetParam(), made);
  EXPECT_EQ(made.pictures.size(), made_by().pictures.size());
}

TEST_P(makings, ask_other_networks_where_they_say_so) {
  const Model other = test::made_model();
  MakeOptions options;
  options.witnesses = {&other};
  const Made made = made_by(3, -1, options);
  const bool asked = std::any_of(made.further.begin(), made.further.end(),
                                 [](const MadeTable& table) { return table.name == "witnesses"; });
  EXPECT_EQ(asked, GetParam()->asks_witnesses);
}

std::string making_name(const ::testing::TestParamInfo<const MakeKind*>& info) { return std::string(info.param->name); }

INSTANTIATE_TEST_SUITE_P(makings, makings, ::testing::ValuesIn(all_make_kinds().begin(), all_make_kinds().end()),
                         making_name);

}  // namespace
}  // namespace fovea
