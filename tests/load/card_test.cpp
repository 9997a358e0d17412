// Cards: what they say becomes a preprocessing, what they say wrongly is an error that names the field.
// SPDX-License-Identifier: Apache-2.0
#include "load/card.h"

#include <cmath>

#include <gtest/gtest.h>

#include "../support/failure.h"
#include "../support/temporary_folder.h"

namespace fovea {
namespace {

const Shape free_input{-1, 3, -1, -1};
const Shape input_224{-1, 3, 224, 224};

/// A card's text with one preprocessing.
std::string card_json(const std::string& resize, const std::string& more = R"("range": "0..1")",
                      const std::string& order = "RGB") {
  return R"({"name": "n", "task": "t", "source": {"licence": "MIT"}, "preprocess": {"channel_order": ")" + order +
         R"(", "resize": )" + resize + ", " + more + "}, \"labels\": [\"a\", \"b\"]}";
}

Card read_text(const std::string& text, const Shape& input = input_224) {
  const test::TemporaryFolder folder;
  return read_card(folder.write("net.json", text), input);
}

std::string failure_of_text(const std::string& text, const Shape& input = input_224) {
  return test::failure_of([&] { read_text(text, input); });
}

std::string described(const std::string& resize, const Shape& input) {
  return describe(read_text(card_json(resize), input).preprocess.value());
}

TEST(card, plain_fields) {
  const Card card = read_text(card_json(R"("64x48")"));
  EXPECT_EQ(card.name, "n");
  EXPECT_EQ(card.task, "t");
  EXPECT_EQ(card.licence, "MIT");
  EXPECT_EQ(card.labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(card.preprocess->source, "net.json");
  EXPECT_FALSE(read_text(R"({"preprocess": null, "labels": null})").preprocess);
  EXPECT_EQ(read_text("{}").name, "net") << "the file's stem where there is no name";
}

TEST(card, resize_texts_and_the_models_size) {
  EXPECT_EQ(described(R"("shortest side 256 (bilinear), centre crop")", input_224),
            "shortest side 256, centre crop 224x224, RGB, 0..1");
  EXPECT_EQ(described(R"json("central 87.5 % of the image, resized (bilinear, aspect not kept)")json", input_224),
            "central 87.5 % stretched to 224x224, RGB, 0..1");
  EXPECT_EQ(described(R"("32x32")", {-1, 3, 32, 32}), "stretched to 32x32, RGB, 0..1");
  // The model's own size counts before the text's; height before width in its shape.
  EXPECT_EQ(described(R"("shortest side 256, centre crop")", {1, 3, 120, 200}),
            "shortest side 256, centre crop 200x120, RGB, 0..1");
}

TEST(card, resize_texts_for_a_free_size) {
  EXPECT_EQ(described(R"("64x48")", free_input), "stretched to 64x48, RGB, 0..1");
  EXPECT_EQ(described(R"json("H and W divisible by 4 (trained at 384)")json", free_input),
            "shortest side 384, centre crop 384x384, RGB, 0..1");
  EXPECT_EQ(described(R"("any size divisible by 16")", free_input),
            "shortest side 256, centre crop 256x256, RGB, 0..1");
  EXPECT_EQ(described(R"("any size divisible by 24")", {}), "shortest side 264, centre crop 264x264, RGB, 0..1");
  EXPECT_EQ(described(R"("any size divisible by 16")", {1, 3, 96, 128}),
            "shortest side 96, centre crop 128x96, RGB, 0..1");
  const std::string failure = failure_of_text(card_json(R"("shortest side 256, centre crop")"), free_input);
  EXPECT_TRUE(test::holds(failure, "gives no width")) << failure;
}

TEST(card, structured_resize) {
  EXPECT_EQ(described(R"({"fit": "shortest_side", "resize_to": 256, "width": 224, "height": 200})", free_input),
            "shortest side 256, centre crop 224x200, RGB, 0..1");
  EXPECT_EQ(described(R"({"fit": "central_share", "central_share": 0.5, "width": 8, "height": 8})", free_input),
            "central 50 % stretched to 8x8, RGB, 0..1");
  EXPECT_EQ(described(R"({"fit": "stretch"})", input_224), "stretched to 224x224, RGB, 0..1");
}

TEST(card, ranges_means_and_deviations) {
  const auto unit = read_text(card_json(R"("1x1")", R"("range": "0..1", "mean": [0.5, 0.25, 0], "std": [1, 2, 3])"));
  EXPECT_DOUBLE_EQ(unit.preprocess->scale, 1.0 / 255);
  EXPECT_EQ(unit.preprocess->mean, (std::vector<double>{0.5, 0.25, 0}));
  EXPECT_EQ(unit.preprocess->std, (std::vector<double>{1, 2, 3}));
  const auto bytes = read_text(card_json(R"("1x1")", R"("range": "0..255", "mean": [104, 117, 123])", "BGR"));
  EXPECT_EQ(describe(*bytes.preprocess), "stretched to 224x224, BGR, 0..255, mean 104 117 123");
  // -1..1: x = pixel / 127.5 - 1 = (pixel - 127.5) / 127.5.
  const auto about = read_text(card_json(R"("1x1")", R"("range": "-1..1")"));
  EXPECT_EQ(about.preprocess->scale, 1);
  EXPECT_DOUBLE_EQ(about.preprocess->mean[2], 127.5);
  EXPECT_DOUBLE_EQ(about.preprocess->std[0], 127.5);
  const auto grey = read_text(card_json(R"("1x1")", R"("range": "0..255", "mean": [100])", "GREY"), {1, 1, 28, 28});
  EXPECT_EQ(grey.preprocess->mean, (std::vector<double>{100}));
}

TEST(card, wrong_fields_are_named) {
  const auto fails = [](const std::string& resize, const std::string& more, const std::string& field) {
    const std::string failure = failure_of_text(card_json(resize, more));
    EXPECT_TRUE(test::holds(failure, "format: ")) << failure;
    EXPECT_TRUE(test::holds(failure, "net.json: field '" + field + "'")) << failure;
  };
  const std::string size = R"("32x32")";
  fails(R"("as you like")", R"("range": "0..1")", "preprocess.resize");
  fails(R"("0x32")", R"("range": "0..1")", "preprocess.resize");
  fails("17", R"("range": "0..1")", "preprocess.resize");
  fails(R"({"fit": "squeeze"})", R"("range": "0..1")", "preprocess.resize.fit");
  fails(R"({"fit": "shortest_side"})", R"("range": "0..1")", "preprocess.resize.resize_to");
  fails(R"({"fit": "central_share"})", R"("range": "0..1")", "preprocess.resize.central_share");
  fails(R"({"fit": "stretch", "width": 1e30})", R"("range": "0..1")", "preprocess.resize.width");
  fails(R"({"fit": "stretch", "width": 100})", R"("range": "0..1")", "preprocess.resize.width");
  fails(size, R"("range": "0..2")", "preprocess.range");
  fails(size, R"("rage": "0..1")", "preprocess.range");
  fails(size, R"("range": "0..1", "mean": [1, 2])", "preprocess.mean");
  fails(size, R"("range": "0..1", "mean": 3)", "preprocess.mean");
  fails(size, R"("range": "0..1", "mean": [1, "2", 3])", "preprocess.mean[1]");
  fails(size, R"("range": "0..1", "std": [1, 1, 0])", "preprocess.std[2]");
  EXPECT_TRUE(test::holds(failure_of_text(card_json(size, R"("range": "0..1")", "RBG")), "preprocess.channel_order"));
  EXPECT_TRUE(test::holds(failure_of_text(card_json(size), {1, 1, 28, 28}), "but the model's input has 1 channels"));
  EXPECT_TRUE(test::holds(failure_of_text(card_json(size), {1, 100}), "but the model's input is [1,100]"));
}

TEST(card, not_json) {
  for (const char* text : {"", "{", "[]", "nonsense", "{\"name\": 3}", "{\"labels\": 3}", "{\"labels\": [3]}",
                           "{\"preprocess\": 3}", "{\"x\": 1e999}"}) {
    const std::string failure = failure_of_text(text);
    EXPECT_TRUE(test::holds(failure, "format: ") && test::holds(failure, "net.json")) << text << " -> " << failure;
  }
  EXPECT_TRUE(test::holds(test::failure_of([] { read_card("/nowhere/net.json", {}); }), "file: "));
}

TEST(card, labels_from_a_file_beside_it) {
  const test::TemporaryFolder folder;
  folder.write("plain.txt", "cat\r\ndog, hound\r\n\r\n");
  folder.write("imagenet.txt", "n01440764 tench, Tinca tinca\nn01443537 goldfish\n");
  const Card plain = read_card(folder.write("a.json", R"({"labels": "plain.txt"})"), {});
  EXPECT_EQ(plain.labels, (std::vector<std::string>{"cat", "dog, hound"}));
  EXPECT_EQ(plain.labels_source, (folder.path() / "plain.txt").string());
  const Card imagenet = read_card(folder.write("b.json", R"({"labels": "imagenet.txt"})"), {});
  EXPECT_EQ(imagenet.labels, (std::vector<std::string>{"tench, Tinca tinca", "goldfish"}));
}

TEST(card, labels_from_elsewhere_are_refused) {
  EXPECT_TRUE(test::holds(failure_of_text(R"({"labels": "none.txt"})"), "file: "));
  for (const char* text : {R"({"labels": "/etc/passwd"})", R"({"labels": "../x.txt"})", R"({"labels": ""})"}) {
    EXPECT_TRUE(test::holds(failure_of_text(text), "field 'labels'")) << text;
  }
}

TEST(card, from_metadata) {
  EXPECT_FALSE(card_from_metadata({{"author", "x"}}, input_224).preprocess);
  const Card card = card_from_metadata({{"fovea.card", card_json(R"("32x32")")}}, input_224);
  EXPECT_EQ(card.preprocess->source, "model metadata");
  EXPECT_EQ(card.labels.size(), 2u);
  const std::string failure = test::failure_of([] { card_from_metadata({{"fovea.card", "{"}}, input_224); });
  EXPECT_TRUE(test::holds(failure, "format: model metadata 'fovea.card' is not JSON")) << failure;
  const std::string labels = test::failure_of([] {
    card_from_metadata({{"fovea.card", R"({"labels": "a.txt"})"}}, {});
  });
  EXPECT_TRUE(test::holds(labels, "field 'labels'")) << labels;
}

/// Writes a card and reads it back as the loader does.
Card again(const Card& card, const Shape& input) {
  return card_from_metadata({{card_metadata_key, card_to_json(card)}}, input);
}

void expect_same(const Preprocess& a, const Preprocess& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  EXPECT_EQ(a.fit, b.fit);
  EXPECT_EQ(a.resize_to, b.resize_to);
  EXPECT_EQ(a.central_share, b.central_share);
  EXPECT_EQ(a.channels, b.channels);
  EXPECT_EQ(a.scale, b.scale);
  EXPECT_EQ(a.mean, b.mean);
  EXPECT_EQ(a.std, b.std);
}

TEST(card, what_is_written_reads_back_equal) {
  Card card{.name = "n\"\n", .licence = "MIT", .task = "flowers \u2013 five"};
  card.labels = {"tabby, tabby cat", "", "cr\u00eape"};
  card.facts = {{"accuracy", "0.93 of 1000"}, {"recipe", "seed 7, 12 epochs"}, {"a.b \u00e9", ""}};
  const Card copy = again(card, input_224);
  EXPECT_EQ(copy.name, card.name);
  EXPECT_EQ(copy.task, card.task);
  EXPECT_EQ(copy.licence, card.licence);
  EXPECT_EQ(copy.labels, card.labels);
  EXPECT_EQ(copy.facts, card.facts);
  EXPECT_FALSE(copy.preprocess);
  EXPECT_EQ(card_to_json(copy), card_to_json(card));
  EXPECT_EQ(card_to_json({}), "{}");
}

TEST(card, written_preprocessing_is_exact) {
  // Thirds and the like, whose decimals do not end; all of the ranges, and a factor that is none of them.
  for (const char* range : {"0..255", "0..1", "-1..1"}) {
    for (const char* resize : {R"("shortest side 256, centre crop")", R"("64x48")",
                               R"json({"fit": "central_share", "central_share": 0.8750000000000001})json"}) {
      const std::string more = std::string(R"("range": ")") + range +
                               R"(", "mean": [0.1, 0.3333333333333333, -2e-7], "std": [0.229, 0.7, 1e9])";
      const Shape& input = resize[1] == '6' ? free_input : input_224;
      const Card card = read_text(card_json(resize, more, "BGR"), input);
      expect_same(*again(card, free_input).preprocess, *card.preprocess);
    }
  }
  Card card;
  for (const double scale : {1.0 / 127.5, 1.0 / 256, static_cast<double>(1.0F / 255), 0.3}) {
    card.preprocess = preset_preprocess("imagenet", input_224);
    card.preprocess->scale = scale;
    expect_same(*again(card, free_input).preprocess, *card.preprocess);
  }
  for (const char* preset : {"imagenet", "caffe", "tf", "none"}) {
    for (const Shape& input : {input_224, Shape{1, 1, 28, 31}}) {
      card.preprocess = preset_preprocess(preset, input);
      expect_same(*again(card, input).preprocess, *card.preprocess);
    }
  }
}

TEST(card, a_scale_in_place_of_a_range) {
  const std::string size = R"("32x32")";
  EXPECT_EQ(read_text(card_json(size, R"("scale": 0.5)")).preprocess->scale, 0.5);
  for (const char* more : {R"("scale": 0)", R"("scale": -1)", R"("scale": "1")", R"("scale": 1, "range": "0..1")"}) {
    const std::string failure = failure_of_text(card_json(size, more));
    EXPECT_TRUE(test::holds(failure, "net.json: field 'preprocess.scale'")) << more << " -> " << failure;
  }
}

TEST(card, facts_are_texts) {
  EXPECT_EQ(read_text(R"({"facts": {"data": "cifar"}})").facts.at("data"), "cifar");
  EXPECT_TRUE(read_text(R"({"facts": null})").facts.empty());
  EXPECT_TRUE(test::holds(failure_of_text(R"({"facts": {"epochs": 3}})"), "field 'facts.epochs' should be a text"));
  EXPECT_TRUE(test::holds(failure_of_text(R"({"facts": ["a"]})"), "field 'facts' should be an object"));
}

TEST(card, broken_metadata_names_the_field) {
  const auto failure = [](const char* text) {
    return test::failure_of([&] { card_from_metadata({{card_metadata_key, text}}, input_224); });
  };
  EXPECT_TRUE(failure(R"({"facts": {"x": 1}})").starts_with("format: model metadata 'fovea.card': field 'facts.x' "));
  EXPECT_TRUE(failure(R"({"labels": [1]})").starts_with("format: model metadata 'fovea.card': field 'labels[0]' "));
  EXPECT_TRUE(failure(R"({"preprocess": {"resize": "1x1"}})")
                  .starts_with("format: model metadata 'fovea.card': field 'preprocess.range' "));
}

TEST(card, what_cannot_be_written_is_named) {
  const auto field = [](const Card& card, const std::string& name) {
    const std::string failure = test::failure_of([&] { card_to_json(card); });
    EXPECT_TRUE(test::holds(failure, "format: the model's card cannot be written: field '" + name + "'")) << failure;
  };
  Card card;
  card.labels = {"good", "cr\xeape"};
  field(card, "labels[1]");
  field({.facts = {{"data", "\xff"}}}, "facts.data");
  card.labels.clear();
  card.preprocess = preset_preprocess("imagenet", input_224);
  card.preprocess->mean[2] = std::nan("");
  field(card, "preprocess.mean[2]");
}

TEST(card, presets) {
  EXPECT_EQ(describe(preset_preprocess("imagenet", input_224)),
            "shortest side 256, centre crop 224x224, RGB, 0..1, mean 0.485 0.456 0.406, std 0.229 0.224 0.225");
  EXPECT_EQ(describe(preset_preprocess("caffe", {1, 3, 448, 448})),
            "shortest side 512, centre crop 448x448, BGR, 0..255, mean 104 117 123");
  EXPECT_EQ(describe(preset_preprocess("tf", {})),
            "central 87.5 % stretched to 224x224, RGB, 0..255, mean 127.5 127.5 127.5, std 127.5 127.5 127.5");
  EXPECT_EQ(describe(preset_preprocess("none", free_input)), "stretched to 224x224, RGB, 0..255");
  const Preprocess grey = preset_preprocess("imagenet", {1, 1, 28, 28});
  EXPECT_EQ(grey.channels, "GREY");
  ASSERT_EQ(grey.mean.size(), 1u);
  EXPECT_NEAR(grey.mean[0], 0.449, 1e-9);
  EXPECT_EQ(grey.resize_to, 32);  // 28 * 256/224
  EXPECT_EQ(grey.source, "--preprocess imagenet");
  EXPECT_TRUE(test::holds(test::failure_of([] { preset_preprocess("torch", {}); }), "usage: "));
  EXPECT_TRUE(test::holds(test::failure_of([] { preset_preprocess("tf", {1, 128, 7, 7}); }), "shape: "));
}

TEST(card, label_of_a_class) {
  Card card;
  EXPECT_EQ(label_of(card, 281), "class 281");
  card.labels = {"a", "b"};
  EXPECT_EQ(label_of(card, 1), "b");
  EXPECT_EQ(label_of(card, 2), "class 2");
  EXPECT_EQ(label_of(card, -1), "class -1");
}

TEST(card, find_class_by_number_and_label) {
  Card card;
  card.labels = {"tabby, tabby cat", "tiger cat", "crane", "crane", "maillot", "maillot, tank suit"};
  EXPECT_EQ(find_class(card, "3", 6), 3);
  EXPECT_EQ(find_class(card, "class 5", 6), 5);
  EXPECT_EQ(find_class(card, "tabby", 6), 0);
  EXPECT_EQ(find_class(card, " Tabby CAT ", 6), 0);
  EXPECT_EQ(find_class(card, "tabby, tabby cat", 6), 0);
  EXPECT_EQ(find_class(card, "maillot", 6), 4) << "a whole label counts before a synonym";
  EXPECT_EQ(test::failure_of([&] { find_class(card, "crane", 6); }), "usage: 'crane' is the label of classes 2 and 3");
  EXPECT_EQ(find_class(card, "crane", 3), 2) << "labels beyond the network's classes do not count";
}

TEST(card, find_class_offers_what_is_near) {
  Card card;
  card.labels = {"tabby, tabby cat", "tiger cat"};
  const auto hint = [&](const char* text) {
    try {
      find_class(card, text, 2);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::usage);
      return error.hint();
    }
    return std::string("found");
  };
  EXPECT_TRUE(test::holds(hint("taby"), "'tabby'"));
  EXPECT_EQ(hint("2"), "classes are numbered 0..1");
  EXPECT_EQ(hint("-1"), "classes are numbered 0..1");
  EXPECT_EQ(hint("99999999999999999999"), "classes are numbered 0..1");
  card.labels.clear();
  EXPECT_EQ(hint("tabby"), "give a number in 0..1");
}

}  // namespace
}  // namespace fovea
