// Data sets in folders and archives: what is a picture, of which class, in which split, with which boxes.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include <fovea/data.h>

#include "../support/failure.h"
#include "../support/shared_data.h"
#include "../support/tar.h"
#include "../support/temporary_folder.h"
#include "tar_maker.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using test::failure_of;
using test::holds;

/// The bytes of a PNG of one grey level.
std::string picture(int level) {
  const auto grey = static_cast<std::uint8_t>(level);
  const std::vector<std::uint8_t> bytes = encode_image(make_image(3, 2, {grey, grey, grey}), ".png");
  return {bytes.begin(), bytes.end()};
}

/// A data set in a folder.
class Set {
 public:
  /// Pictures at these paths; other files are added.
  explicit Set(std::initializer_list<std::string_view> paths) {
    for (const std::string_view path : paths) add(std::string(path), picture(9));
  }

  void add(const std::string& path, const std::string& content) const {
    fs::create_directories((root() / path).parent_path());
    folder_.write("set/" + path, content);
  }
  fs::path root() const { return folder_.path() / "set"; }
  std::unique_ptr<Pictures> open(const std::string& split = {}) const { return open_pictures(root(), {split}); }
  std::string failure(const std::string& split = {}) const {
    return failure_of([&] { open(split); });
  }

 private:
  test::TemporaryFolder folder_;
};

/// "path:label " of every picture, paths below `root`.
std::string listed(const Pictures& pictures, const std::string& root) {
  std::string text;
  for (std::int64_t i = 0; i < pictures.size(); ++i) {
    text += pictures.name(i).substr(root.size() + 1) + ":" + std::to_string(pictures.label(i)) + " ";
  }
  return text;
}

std::string listed(const Set& set, const std::string& split = {}) {
  return listed(*set.open(split), set.root().string());
}

using Labels = std::vector<std::string>;

TEST(pictures, without_classes_are_of_one_where_that_will_do) {
  const Set flat{"b.png", "a.jpg", ".hidden.png"};
  const auto pictures = open_pictures(flat.root(), {.unlabelled = true});
  EXPECT_EQ(listed(*pictures, flat.root().string()), "a.jpg:0 b.png:0 ");
  EXPECT_EQ(pictures->labels(), std::vector<std::string>{"unlabelled"});
  EXPECT_EQ(pictures->at(1).picture.width, 3);
  EXPECT_TRUE(holds(flat.failure(), "only 2 elsewhere")) << "elsewhere they are refused";
  const Set mixed{"a.png", "cat/b.png"};
  EXPECT_EQ(open_pictures(mixed.root(), {.unlabelled = true})->labels(), std::vector<std::string>{"cat"});
}

TEST(pictures, folders_are_classes_in_alphabetical_order) {
  const Set set({"dog/2.png", "cat/1.png", "cat/sub/0.png", "dog/1.png"});
  EXPECT_EQ(listed(set), "cat/1.png:0 cat/sub/0.png:0 dog/1.png:1 dog/2.png:1 ");
  EXPECT_EQ(set.open()->labels(), (Labels{"cat", "dog"}));
}

TEST(pictures, only_pictures_count) {
  const Set set({"a/1.PNG", "a/2.JpEg", "a/notes.txt", "a/png", "a/.hidden.png", ".git/x.png", "top.png", "a/.png",
                 "masks/1.png", "b/masks/1.png", "b/1.webp", "__MACOSX/a/1.png"});
  EXPECT_EQ(listed(set), "a/1.PNG:0 a/2.JpEg:0 b/1.webp:1 ");
}

TEST(pictures, a_class_may_be_called_masks) {
  const Set set({"masks/1.png", "hats/1.png"});
  set.add("classes.txt", "masks\nhats\n");
  EXPECT_EQ(listed(set), "hats/1.png:1 masks/1.png:0 ");
}

TEST(pictures, at_decodes) {
  const Set set({"a/1.png"});
  set.add("b/2.png", picture(20));
  const auto pictures = set.open();
  const Sample sample = pictures->at(1);
  EXPECT_EQ(sample.picture.width, 3);
  EXPECT_EQ(sample.picture.rgb, std::vector<std::uint8_t>(18, 20));
  EXPECT_EQ(sample.label, 1);
  EXPECT_EQ(sample.name, (set.root() / "b/2.png").string());
  EXPECT_TRUE(sample.boxes.empty());
  for (const std::int64_t index : {-1, 2}) {
    EXPECT_TRUE(holds(failure_of([&] { pictures->at(index); }), "usage: "));
    EXPECT_TRUE(holds(failure_of([&] { pictures->label(index); }), "usage: "));
  }
}

TEST(pictures, decoding_in_memory_is_reading) {
  const test::TemporaryFolder folder;
  const std::string bytes = picture(77);
  const std::vector<std::uint8_t> memory(bytes.begin(), bytes.end());
  EXPECT_EQ(decode_image(memory, "x").rgb, read_image(folder.write("x.png", bytes)).rgb);
  EXPECT_TRUE(holds(failure_of([&] { decode_image(memory, "set.tar:x", 2); }), "resource: set.tar:x is 3x2"));
  EXPECT_TRUE(holds(failure_of([&] { decode_image({}, "set.tar:x"); }), "file: set.tar:x is empty"));
  EXPECT_TRUE(holds(failure_of([&] { decode_image(std::span(memory).first(40), "cut"); }), "format: cut"));
}

TEST(pictures, a_broken_picture_is_found_by_at) {
  const Set set({});
  set.add("a/1.png", picture(10).substr(0, 50));
  set.add("a/2.png", "");
  set.add("a/3.png", picture(30));
  const auto pictures = set.open();
  EXPECT_EQ(pictures->size(), 3);
  EXPECT_TRUE(holds(failure_of([&] { pictures->at(0); }), "a/1.png does not decode"));
  EXPECT_TRUE(holds(failure_of([&] { pictures->at(1); }), "a/2.png is empty"));
  EXPECT_EQ(pictures->at(2).picture.rgb.front(), 30);
}

TEST(pictures, splits_are_chosen_and_share_their_classes) {
  const Set set({"train/a/1.png", "train/b/1.png", "train/c/1.png", "val/a/2.png", "val/c/2.png"});
  EXPECT_EQ(listed(set, "train"), "train/a/1.png:0 train/b/1.png:1 train/c/1.png:2 ");
  EXPECT_EQ(listed(set, "val"), "val/a/2.png:0 val/c/2.png:2 ");  // c stays 2 although b has no picture here
  EXPECT_EQ(set.open("val")->labels(), (Labels{"a", "b", "c"}));
  EXPECT_EQ(set.open()->size(), 5);
}

TEST(pictures, an_unknown_split_names_those_found) {
  const Set set({"train/a/1.png", "val/a/2.png"});
  EXPECT_TRUE(holds(set.failure("vol"), "usage: ") && holds(set.failure("vol"), "found: train, val"));
  const Set undivided({"a/1.png", "b/1.png"});
  EXPECT_TRUE(holds(undivided.failure("train"), "usage: ") && holds(undivided.failure("train"), "not divided"));
}

TEST(pictures, a_split_may_have_any_name) {
  const Set set({"fold1/a/1.png", "fold1/b/1.png", "fold2/c/2.png"});
  EXPECT_EQ(listed(set, "fold1"), "fold1/a/1.png:0 fold1/b/1.png:1 ");
  EXPECT_EQ(set.open("fold1")->labels(), (Labels{"a", "b", "c"}));
}

TEST(pictures, a_class_may_be_called_train) {
  EXPECT_EQ(listed(Set({"car/1.png", "train/1.png"})), "car/1.png:0 train/1.png:1 ");
  const Set named({"car/1.png", "train/steam/1.png"});
  named.add("classes.txt", "train\ncar\n");
  EXPECT_EQ(listed(named), "car/1.png:1 train/steam/1.png:0 ");
}

TEST(pictures, a_path_may_end_in_the_split) {
  const Set set({"train/n1_ape/1.png", "train/n2_bee/1.png", "val/n2_bee/2.png"});
  set.add("classes.txt", "0 n2 bee\n1 n1 ape\n");
  set.add("boxes.csv", "val/n2_bee/2.png,0,0,0,1,2\n");
  for (const fs::path& path : {set.root() / "val", set.root() / "val" / ""}) {
    const auto pictures = open_pictures(path);
    ASSERT_EQ(pictures->size(), 1);
    EXPECT_EQ(pictures->label(0), 0);
    EXPECT_EQ(pictures->at(0).boxes.size(), 1U);
  }
}

TEST(pictures, classes_txt_gives_the_order_and_the_names) {
  const Set set({"n01_ape/1.png", "bee/1.png", "n03/1.png", "sea_cow/1.png"});
  for (const char* text : {"3 n01 ape\n1 n02 bee\n0 n03 cat\n2 n04 sea cow\n",
                           "\xef\xbb\xbf"
                           "0 n03 cat\r\n1 bee\r\n\r\n2 sea cow\r\n3 n01 ape",
                           "n03 cat\nbee\nsea cow\nn01 ape\n"}) {
    set.add("classes.txt", text);
    EXPECT_EQ(set.open()->labels(), (Labels{"cat", "bee", "sea cow", "ape"})) << text;
    EXPECT_EQ(listed(set), "bee/1.png:1 n01_ape/1.png:3 n03/1.png:0 sea_cow/1.png:2 ") << text;
  }
}

TEST(pictures, digits_are_names_too) {
  const Set set({"0/1.png", "7/1.png"});
  set.add("classes.txt", "7\n0\n");
  EXPECT_EQ(listed(set), "0/1.png:1 7/1.png:0 ");
}

TEST(pictures, classes_of_one_name_are_told_apart_by_wnid) {
  const Set set({"n1/1.png", "n2_crane/1.png"});
  set.add("classes.txt", "0 n1 crane\n1 n2 crane\n");
  EXPECT_EQ(listed(set), "n1/1.png:0 n2_crane/1.png:1 ");
  set.add("crane/1.png", picture(1));
  EXPECT_TRUE(holds(set.failure(), "format: ") && holds(set.failure(), "several classes"));
}

TEST(pictures, wrong_classes_are_refused) {
  const Set set({"cat/1.png", "dog/1.png"});
  for (const auto& [text, part] :
       std::vector<std::pair<std::string, std::string>>{{"cat\n", "'dog'"},
                                                        {"", "names no class"},
                                                        {"0 cat\n0 dog\n", "'dog' the label 0"},
                                                        {"0 cat\n2 dog\n", "label 2"},
                                                        {"0 cat\ndog\n", "none"},
                                                        {"-1 cat\n0 dog\n", "label -1"}}) {
    set.add("classes.txt", text);
    EXPECT_TRUE(holds(set.failure(), "format: ") && holds(set.failure(), part)) << text << ": " << set.failure();
  }
}

TEST(pictures, boxes_belong_to_their_pictures) {
  const Set set({"train/a/1.png", "val/a/1.png", "val/b/x,y.png"});
  set.add("boxes.csv",
          "path,label,x0,y0,x1,y1\nval/a/1.png,0,0.5,0,2.25,2\r\n\"val/b/x,y.png\",1,0,0,1,1\nval/a/1.png,1,1,1,3,2\n"
          "test/gone.png,0,0,0,1,1\n");
  const auto pictures = set.open();
  EXPECT_TRUE(pictures->at(0).boxes.empty());
  const std::vector<Box> boxes = pictures->at(1).boxes;
  ASSERT_EQ(boxes.size(), 2U);
  EXPECT_EQ(boxes[0].x0, 0.5);
  EXPECT_EQ(boxes[0].x1, 2.25);
  EXPECT_EQ(boxes[0].y1, 2);
  EXPECT_EQ(boxes[1].label, 1);
  EXPECT_EQ(boxes[1].y0, 1);
  EXPECT_EQ(pictures->at(2).boxes.size(), 1U);
}

TEST(pictures, boxes_in_the_split_are_named_from_there) {
  const Set set({"train/a/1.png", "val/a/1.png"});
  set.add("val/boxes.csv", "a/1.png,0,0,0,1,1\n");
  EXPECT_EQ(set.open("val")->at(0).boxes.size(), 1U);
}

TEST(pictures, wrong_boxes_are_refused_by_line) {
  const Set set({"a/1.png"});
  for (const char* line :
       {"a/1.png,0,0,0,1", "a/1.png,1,0,0,1,1", "a/1.png,-1,0,0,1,1", "a/1.png,0,1,0,1,1", "a/1.png,0,0,1,1,0",
        "a/1.png,0,0,0,nan,1", "a/1.png,0,0,0,1,inf", "a/1.png,0,0,0,1px,1", "a/1.png,,0,0,1,1", "nonsense"}) {
    set.add("boxes.csv", "path,label,x0,y0,x1,y1\n" + std::string(line) + "\n");
    EXPECT_TRUE(holds(set.failure(), "format: ") && holds(set.failure(), "line 2 is")) << line << set.failure();
  }
}

TEST(pictures, what_has_no_pictures_is_refused) {
  EXPECT_TRUE(holds(Set({"1.png", "2.png"}).failure(), "format: "));
  EXPECT_TRUE(holds(Set({"a/notes.txt"}).failure(), "holds no picture"));
  EXPECT_TRUE(holds(failure_of([] { open_pictures("/no/such/set"); }), "file: "));
  const test::TemporaryFolder folder;
  EXPECT_TRUE(holds(failure_of([&] { open_pictures(folder.write("x.txt", "text")); }), "is not a .tar archive"));
}

TEST(pictures, links_are_followed_but_not_in_a_circle) {
  const Set set({"a/1.png", "b/1.png"});
  fs::create_directory_symlink(set.root() / "a", set.root() / "c");
  fs::create_directory_symlink(set.root(), set.root() / "a" / "loop");
  fs::create_symlink("/no/such/file.png", set.root() / "b" / "gone.png");
  EXPECT_EQ(listed(set), "a/1.png:0 b/1.png:1 c/1.png:2 ");
}

/// The same set as an archive, its files below `top`.
std::string archive(const std::string& top) {
  test::TarMaker tar;
  tar.add({.name = top.empty() ? "./" : top, .type = '5'});
  tar.add(top + "val/dog/2.png", picture(40)).add(top + "train/dog/1.png", picture(20));
  tar.add(top + "train/cat/._1.png", "resource fork").add(top + "train/cat/1.png", picture(10));
  tar.add(top + "boxes.csv", "val/dog/2.png,0,0,0,1,1\n").add(top + "classes.txt", "dog\ncat\n");
  return tar.bytes();
}

TEST(pictures_tar, is_as_the_folder) {
  const test::TemporaryFolder folder;
  for (const std::string top : {"", "./", "set/", "./set/"}) {
    const fs::path path = folder.write("set.tar", archive(top));
    const std::string inner = holds(top, "set") ? "set/" : "";
    const auto pictures = open_pictures(path, {"train"});
    EXPECT_EQ(pictures->labels(), (Labels{"dog", "cat"}));
    EXPECT_EQ(listed(*pictures, path.string()), inner + "train/cat/1.png:1 " + inner + "train/dog/1.png:0 ");
    EXPECT_EQ(pictures->at(1).picture.rgb.front(), 20);
    EXPECT_EQ(pictures->at(1).name, path.string() + ":" + inner + "train/dog/1.png");
    const auto validation = open_pictures(path, {"val"});
    ASSERT_EQ(validation->size(), 1);
    EXPECT_EQ(validation->at(0).boxes.size(), 1U);
  }
}

TEST(pictures_tar, a_split_or_a_lone_class_is_not_entered) {
  const test::TemporaryFolder folder;
  const auto labels_of = [&](const std::string& bytes, const std::string& split) {
    return open_pictures(folder.write("set.tar", bytes), {split})->labels();
  };
  test::TarMaker split;
  split.add("train/a/1.png", picture(1)).add("train/b/1.png", picture(1));
  EXPECT_EQ(labels_of(split.bytes(), "train"), (Labels{"a", "b"}));
  EXPECT_EQ(labels_of(test::TarMaker().add("a/1.png", picture(1)).bytes(), ""), Labels{"a"});
}

TEST(pictures_tar, a_broken_archive_is_refused_at_once) {
  const test::TemporaryFolder folder;
  const std::string bytes = archive("");
  const fs::path path = folder.write("set.tar", bytes.substr(0, bytes.size() - 3000));
  EXPECT_TRUE(holds(failure_of([&] { open_pictures(path); }), "format: "));
}

/// How many boxes there are, on how many pictures.
struct BoxCount {
  std::int64_t boxes = 0;
  std::size_t pictures = 0;
  bool operator==(const BoxCount&) const = default;
};

/// Counts the lines of an archive's boxes.csv and the paths in them, with another reader than the library's.
BoxCount listed_boxes(const fs::path& archive) {
  std::istringstream lines(test::read_tar(archive).at("boxes.csv"));
  std::string line;
  std::getline(lines, line);  // the columns' names
  BoxCount count;
  std::set<std::string> paths;
  for (; std::getline(lines, line); ++count.boxes) paths.insert(line.substr(0, line.find(',')));
  count.pictures = paths.size();
  return count;
}

TEST(pictures_imagenette, splits_and_labels) {
  FOVEA_NEEDS_SHARED("imagenette128.tar");
  const fs::path path = test::shared_data("imagenette128.tar");
  const auto train = open_pictures(path, {"train"});
  const auto val = open_pictures(path, {"val"});
  EXPECT_EQ(train->size(), 12054);
  EXPECT_EQ(val->size(), 1340);
  EXPECT_EQ(open_pictures(path)->size(), 12054 + 1340);
  EXPECT_EQ(train->labels(), (Labels{"tench", "english_springer", "cassette_player", "chain_saw", "church",
                                     "french_horn", "garbage_truck", "gas_pump", "golf_ball", "parachute"}));
  EXPECT_EQ(val->labels(), train->labels());
}

TEST(pictures_imagenette, every_box_of_the_file_is_found) {
  FOVEA_NEEDS_SHARED("imagenette128.tar");
  const fs::path path = test::shared_data("imagenette128.tar");
  const auto val = open_pictures(path, {"val"});
  BoxCount found;
  for (std::int64_t i = 0; i < val->size(); ++i) {
    const Sample sample = val->at(i);
    found.pictures += sample.boxes.empty() ? 0 : 1;
    found.boxes += static_cast<std::int64_t>(sample.boxes.size());
    ASSERT_EQ(sample.picture.width, 128);
    ASSERT_EQ(sample.label, val->label(i));
    for (const Box& box : sample.boxes) {
      EXPECT_EQ(box.label, sample.label);
      EXPECT_TRUE(box.x0 >= 0 && box.x1 <= 128 && box.y0 >= 0 && box.y1 <= 128) << sample.name;
    }
  }
  const BoxCount listed = listed_boxes(path);
  EXPECT_EQ(found, listed) << found.boxes << " boxes on " << found.pictures << " pictures";
  constexpr BoxCount documented{.boxes = 813, .pictures = 500};  // imagenette128.README.txt
  if (listed != documented) {
    GTEST_SKIP() << "this copy's boxes.csv lists " << listed.boxes << " boxes on " << listed.pictures
                 << " pictures; its README says " << documented.boxes << " on " << documented.pictures;
  }
}

}  // namespace
}  // namespace fovea
