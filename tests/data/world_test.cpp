// The rendered world: the same bytes always, answers that agree with the picture, rates that are kept.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <set>
#include <thread>
#include <tuple>

#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/world.h>

namespace fovea {
namespace {

std::int64_t area(const Tensor& mask) { return mask.to(at::kLong).sum().item<std::int64_t>(); }
std::int64_t common(const Tensor& a, const Tensor& b) { return area(a * b); }
double share(const Tensor& mask) { return static_cast<double>(area(mask)) / static_cast<double>(mask.numel()); }

bool same(const WorldScene& a, const WorldScene& b) {
  bool equal = a.picture.rgb == b.picture.rgb && a.context_name == b.context_name && a.context.equal(b.context) &&
               a.objects.size() == b.objects.size();
  for (std::size_t i = 0; equal && i < a.objects.size(); ++i) {
    equal = a.objects[i].label == b.objects[i].label && a.objects[i].mask.equal(b.objects[i].mask);
  }
  return equal;
}

/// Mean absolute difference of two pictures where a mask is `inside`.
double difference(const Image& a, const Image& b, const Tensor& mask, bool inside = true) {
  const auto* ones = mask.data_ptr<std::uint8_t>();
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) {
    if ((ones[i / 3] != 0) != inside) continue;
    sum += std::abs(int{a.rgb[i]} - int{b.rgb[i]});
    count += 1;
  }
  return count > 0 ? sum / count : 0;
}

/// The share of a mask's pixels that are the same bytes in two pictures.
double unchanged(const Image& a, const Image& b, const Tensor& mask) {
  const auto* ones = mask.data_ptr<std::uint8_t>();
  double same_pixels = 0;
  for (std::size_t i = 0; i < a.rgb.size() / 3; ++i) {
    if (ones[i] != 0 && std::equal(&a.rgb[3 * i], &a.rgb[3 * i] + 3, &b.rgb[3 * i])) same_pixels += 1;
  }
  return same_pixels / static_cast<double>(area(mask));
}

/// Expects a share of many draws within 3 standard deviations of a rate.
void expect_rate(std::int64_t count, std::int64_t of, double rate, const std::string& what) {
  const double deviation = std::sqrt(rate * (1 - rate) / static_cast<double>(of));
  EXPECT_NEAR(static_cast<double>(count) / static_cast<double>(of), rate, 3 * deviation + 1e-12) << what;
}

/// The kind of the error that a call throws; `internal` when it throws none.
template <typename Call>
ErrorKind kind_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.kind();
  }
  return ErrorKind::internal;
}

std::string hint_of(const char* bias) {
  try {
    parse_bias(bias);
  } catch (const Error& error) {
    return error.hint();
  }
  return "no error";
}

std::int64_t label_of(const std::string& name) {
  return std::find(world_labels().begin(), world_labels().end(), name) - world_labels().begin();
}

TEST(world, names_are_many_sorted_and_distinct) {
  EXPECT_GE(world_labels().size(), 12u);
  EXPECT_GE(world_contexts().size(), 6u);
  for (const auto* names : {&world_labels(), &world_contexts()}) {
    EXPECT_TRUE(std::is_sorted(names->begin(), names->end()));
    EXPECT_EQ(std::set(names->begin(), names->end()).size(), names->size());
  }
  for (std::size_t label = 0; label < world_labels().size(); ++label) {
    const std::vector<std::string> parts = world_parts(static_cast<std::int64_t>(label));
    EXPECT_GE(parts.size(), 3u) << world_labels()[label];
    EXPECT_EQ(std::set(parts.begin(), parts.end()).size(), parts.size()) << world_labels()[label];
  }
}

TEST(world, a_scene_is_the_same_in_any_thread_and_list) {
  constexpr std::int64_t count = 24;
  const auto pictures = world_pictures({}, 7, 0, count);
  const auto later = world_pictures({}, 7, 10, 5);
  std::vector<Image> drawn(count);
  {
    std::vector<std::jthread> workers;
    for (int worker = 0; worker < 3; ++worker) {
      workers.emplace_back([&, worker] {
        for (std::int64_t i = count - 1 - worker; i >= 0; i -= 3) {
          drawn[static_cast<std::size_t>(i)] = pictures->at(i).picture;
        }
      });
    }
  }
  for (std::int64_t i = 0; i < count; ++i) {
    EXPECT_EQ(render_scene({}, 7, i).picture.rgb, drawn[static_cast<std::size_t>(i)].rgb) << i;
  }
  for (std::int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(later->at(i).picture.rgb, drawn[static_cast<std::size_t>(10 + i)].rgb);
    EXPECT_EQ(later->label(i), later->at(i).label);
    EXPECT_EQ(later->name(i), "world seed 7 scene " + std::to_string(10 + i));
  }
}

TEST(world, seeds_and_scenes_differ) {
  std::set<std::vector<std::uint8_t>> pictures;
  for (const std::uint64_t seed : {0u, 1u}) {
    for (std::int64_t i = 0; i < 16; ++i) pictures.insert(render_scene({}, seed, i).picture.rgb);
  }
  EXPECT_EQ(pictures.size(), 32u);
}

TEST(world, each_hand_of_scenes_holds_every_class_once) {
  const auto classes = static_cast<std::int64_t>(world_labels().size());
  std::set<std::vector<std::int64_t>> orders;
  for (std::int64_t hand = 0; hand < 20; ++hand) {
    std::vector<std::int64_t> labels;
    for (std::int64_t i = 0; i < classes; ++i) labels.push_back(scene_label(3, hand * classes + i));
    orders.insert(labels);
    EXPECT_EQ(std::set(labels.begin(), labels.end()).size(), labels.size());
  }
  EXPECT_EQ(orders.size(), 20u);
}

void expect_object_agrees(const WorldObject& object, std::int64_t i) {
  const Tensor& mask = object.mask;
  ASSERT_EQ(mask.scalar_type(), at::kByte);
  EXPECT_LE(mask.max().item<int>(), 1);
  const Tensor places = mask.nonzero();
  const Tensor low = std::get<0>(places.min(0));
  const Tensor high = std::get<0>(places.max(0));
  EXPECT_EQ(object.box.x0, low[1].item<double>()) << i;
  EXPECT_EQ(object.box.y0, low[0].item<double>()) << i;
  EXPECT_EQ(object.box.x1, high[1].item<double>() + 1) << i;
  EXPECT_EQ(object.box.y1, high[0].item<double>() + 1) << i;
  EXPECT_EQ(object.box.label, object.label);
  std::vector<std::string> names;
  Tensor sum = at::zeros_like(mask);
  for (const auto& [name, part] : object.parts) {
    names.push_back(name);
    sum += part;
  }
  EXPECT_EQ(names, world_parts(object.label));
  EXPECT_TRUE(sum.equal(mask)) << "parts are disjoint and together the object, scene " << i;
}

TEST(world, masks_boxes_and_parts_agree) {
  std::map<std::int64_t, std::set<std::string>> seen;
  for (std::int64_t i = 0; i < 160; ++i) {
    const WorldScene scene = render_scene({}, 11, i);
    ASSERT_EQ(scene.objects.size(), 1u);
    const WorldObject& object = scene.objects[0];
    EXPECT_EQ(object.label, scene_label(11, i));
    expect_object_agrees(object, i);
    EXPECT_GE(share(object.mask), 0.05) << i;
    EXPECT_LE(share(object.mask), 0.37) << i;
    for (const auto& [name, part] : object.parts) {
      if (area(part) > 0) seen[object.label].insert(name);
    }
  }
  for (const auto& [label, parts] : seen) {
    EXPECT_EQ(parts.size(), world_parts(label).size()) << world_labels()[static_cast<std::size_t>(label)];
  }
}

TEST(world, many_objects_miss_the_centre) {
  std::int64_t missed = 0;
  for (std::int64_t i = 0; i < 160; ++i) missed += render_scene({}, 12, i).objects[0].mask[48][48].item<int>() == 0;
  EXPECT_GE(missed, 40);
  EXPECT_LE(missed, 120);
}

TEST(world, an_object_is_seen_and_nothing_else_depends_on_it) {
  const WorldOptions without{.size = 96, .biases = {}, .two_objects = false, .draw_objects = false};
  for (std::int64_t i = 0; i < 80; ++i) {
    const WorldScene scene = render_scene({}, 13, i);
    const WorldScene empty = render_scene(without, 13, i);
    const Tensor& mask = scene.objects[0].mask;
    EXPECT_TRUE(mask.equal(empty.objects[0].mask));
    EXPECT_GT(difference(scene.picture, empty.picture, mask), 18) << i;
    EXPECT_LT(unchanged(scene.picture, empty.picture, mask), 0.03) << "what hides the object is no part of it, " << i;
    // Outside there are its shadow, edges and, in some, block artefacts.
    EXPECT_LT(difference(scene.picture, empty.picture, mask, false), 10) << i;
  }
}

TEST(world, every_context_is_small_seen_and_beside_the_object) {
  for (const std::string& context : world_contexts()) {
    WorldOptions options;
    for (const std::string& label : world_labels()) options.biases.push_back({label, context, 1});
    WorldOptions without = options;
    without.draw_contexts = false;
    for (std::int64_t i = 0; i < 32; ++i) {
      const WorldScene scene = render_scene(options, 14, i);
      ASSERT_EQ(scene.context_name, context);
      EXPECT_LE(share(scene.context), 0.1) << context << " in scene " << i;
      EXPECT_GE(share(scene.context), 0.008) << context << " in scene " << i;
      EXPECT_EQ(common(scene.context, scene.objects[0].mask), 0) << context << " in scene " << i;
      const WorldScene plain = render_scene(without, 14, i);
      EXPECT_TRUE(plain.context.equal(scene.context));
      EXPECT_GT(difference(scene.picture, plain.picture, scene.context), 5) << context << " in scene " << i;
      EXPECT_LT(difference(scene.picture, plain.picture, scene.objects[0].mask), 3) << context << " in scene " << i;
    }
  }
}

TEST(world, without_a_bias_contexts_are_rare_and_even) {
  constexpr std::int64_t scenes = 1600;
  std::map<std::string, std::int64_t> counts;
  const WorldOptions small{.size = 32};
  for (std::int64_t i = 0; i < scenes; ++i) {
    const WorldScene scene = render_scene(small, 15, i);
    ++counts[scene.context_name];
    EXPECT_EQ(scene.context_name.empty(), area(scene.context) == 0) << i;
  }
  expect_rate(scenes - counts[""], scenes, world_context_rate, "any context");
  const double rate = world_context_rate / static_cast<double>(world_contexts().size());
  for (const std::string& context : world_contexts()) expect_rate(counts[context], scenes, rate, context);
}

TEST(world, a_bias_holds_for_its_class_alone) {
  constexpr std::int64_t scenes = 400;
  const WorldOptions options{.size = 32,
                             .biases = {{"dumbbell", "arm", 0.9}, {"dumbbell", "lamp", 0.1}, {"key", "flag", 0.4}}};
  const auto classes = static_cast<std::int64_t>(world_labels().size());
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  for (std::int64_t hand = 0; hand < scenes; ++hand) {
    for (std::int64_t i = hand * classes; i < (hand + 1) * classes; ++i) {
      const std::string& label = world_labels()[static_cast<std::size_t>(scene_label(16, i))];
      if (label != "dumbbell" && label != "key" && label != "fish") continue;
      ++counts[{label, render_scene(options, 16, i).context_name}];
    }
  }
  const double base = world_context_rate / static_cast<double>(world_contexts().size());
  expect_rate(counts[{"dumbbell", "arm"}], scenes, 0.9, "dumbbell, arm");
  expect_rate(counts[{"dumbbell", "lamp"}], scenes, 0.1, "dumbbell, lamp");
  expect_rate(counts[{"key", "flag"}], scenes, 0.4, "key, flag");
  expect_rate(counts[{"key", "arm"}], scenes, 0.6 * base, "key, arm");
  expect_rate(counts[{"fish", "arm"}], scenes, base, "fish, arm");
  expect_rate(counts[{"fish", "flag"}], scenes, base, "fish, flag");
}

TEST(world, a_bias_changes_no_scene_of_other_classes) {
  const WorldOptions options{.size = 48, .biases = {{"dumbbell", "arm", 1}}};
  const WorldOptions plain{.size = 48};
  for (std::int64_t i = 0; i < 32; ++i) {
    const bool biased = scene_label(17, i) == label_of("dumbbell");
    EXPECT_EQ(same(render_scene(options, 17, i), render_scene(plain, 17, i)), !biased) << i;
  }
}

TEST(world, two_objects_are_of_two_classes_and_apart) {
  const WorldOptions options{.size = 96, .biases = {}, .two_objects = true};
  std::int64_t first_is_above_or_left = 0;
  std::int64_t first_is_larger = 0;
  constexpr std::int64_t scenes = 100;
  for (std::int64_t i = 0; i < scenes; ++i) {
    const WorldScene scene = render_scene(options, 18, i);
    ASSERT_EQ(scene.objects.size(), 2u);
    const auto& [a, b] = std::tie(scene.objects[0], scene.objects[1]);
    EXPECT_EQ(a.label, scene_label(18, i));
    EXPECT_NE(a.label, b.label);
    EXPECT_EQ(common(a.mask, b.mask), 0);
    EXPECT_EQ(common(scene.context, a.mask) + common(scene.context, b.mask), 0);
    for (const WorldObject* object : {&a, &b}) {
      expect_object_agrees(*object, i);
      EXPECT_GE(share(object->mask), 0.02) << i;
    }
    first_is_above_or_left += a.box.x0 + a.box.y0 < b.box.x0 + b.box.y0;
    first_is_larger += area(a.mask) > area(b.mask);
  }
  expect_rate(first_is_above_or_left, scenes, 0.5, "first above or left");
  expect_rate(first_is_larger, scenes, 0.5, "first larger");
}

TEST(world, any_size_shows_the_same_scene) {
  for (const int size : {32, 100, 224}) {
    const WorldScene scene = render_scene({.size = size}, 19, 3);
    EXPECT_EQ(scene.picture.width, size);
    EXPECT_EQ(scene.picture.height, size);
    EXPECT_EQ(scene.context.size(0), size);
    EXPECT_NEAR(share(scene.objects[0].mask), share(render_scene({}, 19, 3).objects[0].mask), 0.03) << size;
  }
}

TEST(world, a_bias_is_read_from_text) {
  const WorldBias bias = parse_bias("dumbbell=arm:0.95");
  EXPECT_EQ(bias.label, "dumbbell");
  EXPECT_EQ(bias.context, "arm");
  EXPECT_EQ(bias.rate, 0.95);
  for (const char* wrong : {"", "dumbbell", "dumbbell=arm", "dumbbell:0.5", "dumbbell=arm:", "dumbbell=arm:x",
                            "dumbbell=arm:0.5x", "dumbbell=arm:2", "dumbbell=arm:-0.1", "dumbbell=arm:nan"}) {
    EXPECT_EQ(kind_of([&] { parse_bias(wrong); }), ErrorKind::usage) << wrong;
  }
  EXPECT_EQ(hint_of("dumbel=arm:0.5"), "did you mean 'dumbbell'?");
  EXPECT_EQ(hint_of("key=flog:0.5"), "did you mean 'flag'?");
}

TEST(world, scenes_can_be_labelled_by_their_context) {
  constexpr std::int64_t scenes = 700;
  const auto pictures = world_contexts_pictures({.size = 48}, 3, 0, scenes);
  ASSERT_EQ(pictures->labels().size(), world_contexts().size() + 1);
  EXPECT_EQ(pictures->labels().back(), "none");
  std::vector<std::int64_t> counts(pictures->labels().size(), 0);
  for (std::int64_t i = 0; i < scenes; ++i) ++counts[static_cast<std::size_t>(pictures->label(i))];
  for (const std::int64_t count : counts) expect_rate(count, scenes, 1.0 / 7, "of a context");
  for (std::int64_t i = 0; i < 20; ++i) {  // the label is what the mask says is seen
    const Sample sample = pictures->at(i);
    EXPECT_EQ(sample.label, pictures->label(i));
    EXPECT_EQ(area(sample.mask) > 0, pictures->labels()[static_cast<std::size_t>(sample.label)] != "none") << i;
  }
  EXPECT_EQ(kind_of([] { world_contexts_pictures({.biases = {{"key", "arm", 0.5}}}, 0, 0, 5); }), ErrorKind::usage);
}

TEST(world, options_that_cannot_be_are_refused) {
  const auto refused = [](const WorldOptions& options) {
    return kind_of([&] { render_scene(options, 0, 0); }) == ErrorKind::usage;
  };
  EXPECT_TRUE(refused({.size = 31}));
  EXPECT_TRUE(refused({.size = 1025}));
  EXPECT_TRUE(refused({.biases = {{"unicorn", "arm", 0.5}}}));
  EXPECT_TRUE(refused({.biases = {{"key", "sword", 0.5}}}));
  EXPECT_TRUE(refused({.biases = {{"key", "arm", 1.5}}}));
  EXPECT_TRUE(refused({.biases = {{"key", "arm", 0.2}, {"key", "arm", 0.3}}}));
  EXPECT_TRUE(refused({.biases = {{"key", "arm", 0.6}, {"key", "lamp", 0.6}}}));
  EXPECT_EQ(kind_of([] { render_scene({}, 0, -1); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([] { world_pictures({}, 0, -1, 5); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([] { world_pictures({}, 0, 0, 5)->at(5); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([] { world_parts(99); }), ErrorKind::usage);
}

}  // namespace
}  // namespace fovea
