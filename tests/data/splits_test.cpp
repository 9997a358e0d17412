// Divided data sets: which folders divide them, and which of these are read where one, all or none is named.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>

#include <fovea/data.h>

#include "../support/failure.h"
#include "../support/temporary_folder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using test::failure_of;
using test::holds;
using Splits = std::vector<std::string>;

/// A data set in a folder, with a class in each of these folders; the pictures are never decoded.
class Divided {
 public:
  explicit Divided(std::initializer_list<std::string_view> splits) {
    for (const std::string_view split : splits) add(std::string(split) + "/cat/1.png");
  }
  void add(const std::string& path) const {
    fs::create_directories((root() / path).parent_path());
    folder_.write("set/" + path, "");
  }
  fs::path root() const { return folder_.path() / "set"; }
  std::string judged(const std::string& asked = {}) const {
    return choose_split(root(), asked, SplitUse::judging).split;
  }
  std::string pair(const std::string& asked = {}) const {
    const SplitPair pair = choose_split_pair(root(), asked);
    return pair.training + "|" + pair.validation;
  }

 private:
  test::TemporaryFolder folder_;
};

TEST(splits, are_folders_of_their_usual_names_or_of_the_one_that_is_asked_for) {
  EXPECT_EQ(splits_of(Divided({"val", "train", "cat"}).root()), (Splits{"train", "val"}));
  EXPECT_EQ(splits_of(Divided({"day", "night"}).root()), Splits{});
  EXPECT_EQ(splits_of(Divided({"day", "night"}).root(), "day"), (Splits{"day", "night"}));
  EXPECT_EQ(splits_of(Divided({"day", "night"}).root(), "dusk"), Splits{});
  const Divided flat({"train"});
  flat.add("val/1.png");
  EXPECT_EQ(splits_of(flat.root()), Splits{"train"}) << "a folder of pictures is a class";
  EXPECT_TRUE(holds(failure_of([] { splits_of("/no/such/set"); }), "file: "));
}

TEST(splits, a_network_is_judged_by_what_is_for_validation) {
  for (const char* name : {"val", "valid", "validation", "dev"}) {
    const Divided set({"train", name, "test"});
    EXPECT_EQ(set.judged(), name);
    EXPECT_EQ(choose_split(set.root(), "", SplitUse::judging).splits.size(), 3U) << "the choice was ours";
    EXPECT_EQ(set.judged("test"), "test");
  }
  EXPECT_EQ(Divided({"train"}).judged(), "") << "one folder divides nothing";
  EXPECT_EQ(Divided({"cat", "dog"}).judged(), "");
  EXPECT_EQ(choose_split(Divided({"train", "val"}).root(), "val", SplitUse::judging).splits, Splits{});
}

TEST(splits, where_names_do_not_say_it_nothing_is_judged) {
  const std::string untold = failure_of([] { Divided({"train", "test"}).judged(); });
  EXPECT_TRUE(holds(untold, "usage: ")) << untold;
  EXPECT_TRUE(holds(untold, "is divided into test, train; which of them to judge by is not said")) << untold;
  EXPECT_TRUE(holds(failure_of([] { Divided({"train", "val", "dev"}).judged(); }), "divided into dev, train, val"));
  EXPECT_EQ(Divided({"train", "test"}).judged("all"), "");
}

TEST(splits, all_stands_for_every_split_unless_a_folder_is_called_so) {
  EXPECT_EQ(Divided({"train", "val"}).judged("all"), "");
  EXPECT_EQ(Divided({"cat"}).judged("all"), "");
  EXPECT_EQ(Divided({"train", "val", "all"}).judged("all"), "all");
  EXPECT_EQ(Divided({"train", "all"}).pair("all"), "all|");
}

TEST(splits, everything_is_read_where_nothing_is_judged_and_the_splits_are_told) {
  const SplitChoice choice = choose_split(Divided({"train", "test"}).root(), "", SplitUse::everything);
  EXPECT_EQ(choice.split, "");
  EXPECT_EQ(choice.splits, (Splits{"test", "train"}));
}

TEST(splits, a_training_and_its_validation_are_found_by_their_names) {
  for (const char* training : {"train", "training"}) {
    for (const char* validation : {"val", "valid", "validation", "dev"}) {
      EXPECT_EQ(Divided({training, validation, "test"}).pair(), training + std::string("|") + validation);
    }
  }
  EXPECT_EQ(Divided({"train"}).pair(), "|") << "a part is held out of all";
  EXPECT_EQ(Divided({"train", "val"}).pair("all"), "|");
  EXPECT_EQ(Divided({"train", "val"}).pair("train"), "train|");
  EXPECT_EQ(Divided({"day", "night"}).pair("day,night"), "day|night");
}

TEST(splits, a_test_set_is_never_trained_on_unasked) {
  const std::string untold = failure_of([] { Divided({"train", "test"}).pair(); });
  EXPECT_TRUE(holds(untold, "is divided into test, train; which of them to train on is not known")) << untold;
  EXPECT_TRUE(holds(failure_of([] { Divided({"train", "training", "val"}).pair(); }), "not known"));
  for (const char* asked : {"train,", ",val", "train,train", "a,b,c"}) {
    EXPECT_TRUE(holds(failure_of([&] { Divided({"train", "val"}).pair(asked); }), "--split takes")) << asked;
  }
}

TEST(splits, a_split_that_the_path_names_is_not_divided) {
  const Divided set({"train", "val"});
  set.add("classes.txt");
  EXPECT_EQ(splits_of(set.root() / "val"), Splits{});
}

}  // namespace
}  // namespace fovea
