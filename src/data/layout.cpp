// Which files of a data set are pictures, and of which class: [split/]class/.../picture, the classes in the order of
// classes.txt or of the alphabet.
// SPDX-License-Identifier: Apache-2.0
#include "data/layout.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include <fovea/error.h>

#include "core/lower_case.h"
#include "data/boxes.h"
#include "data/class_list.h"

namespace fovea {
namespace {

/// A picture's path below the data set, in parts.
struct Found {
  std::size_t file = 0;
  std::vector<std::string_view> folders;
};

bool is_picture(std::string_view name) {
  constexpr std::array<std::string_view, 9> extensions{".jpg", ".jpeg", ".jpe",  ".png", ".bmp",
                                                       ".gif", ".webp", ".tiff", ".tif"};
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const std::string extension = lower_case(name.substr(dot));
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

/// Hidden files, and what macOS adds to archives.
bool is_hidden(std::string_view part) { return part.starts_with('.') || part == "__MACOSX"; }

/// The folder that an archive of one folder holds, with its slash; "" where there are several, where files lie beside
/// it, and where it is a split or the only class.
std::string_view only_folder(const FileTree& tree, const std::string& split) {
  std::string_view only;
  bool deep = false;
  for (const std::string_view path : tree.paths()) {
    if (is_hidden(path)) continue;
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return {};
    if (!only.empty() && path.substr(0, slash + 1) != only) return {};
    only = path.substr(0, slash + 1);
    deep = deep || (is_picture(path) && path.find('/', slash + 1) != std::string_view::npos);
  }
  const std::string_view name = only.substr(0, only.empty() ? 0 : only.size() - 1);
  return deep && !is_split_name(name) && name != split ? only : std::string_view{};
}

/// Makes the layout of one tree.
class Reader {
 public:
  Reader(const FileTree& tree, const std::string& split, const std::string& shown)
      : tree_(tree),
        split_(split),
        shown_(shown),
        root_(tree.is_archive() ? only_folder(tree, split) : std::string_view{}) {}

  Layout layout(bool unlabelled) {
    read_classes();
    find_pictures();
    find_splits();
    if (!split_.empty() && !splits_.contains(split_)) no_such_split();
    if (unlabelled && split_.empty() && !found_.empty() && none_in_folders()) return of_one_class();
    if (!classes_) count_folders();
    Layout result{.labels = classes_->names, .pictures = {}};
    for (const Found& one : found_) {
      const std::size_t depth = below_split(one);
      if (one.folders.size() <= depth) continue;  // in no folder of a class
      const std::int64_t label = label_of(one.folders[depth], one.file);
      if (split_.empty() || (depth > 0 && one.folders[0] == split_)) result.pictures.push_back({one.file, label, {}});
    }
    if (result.pictures.empty()) no_pictures();
    add_boxes(result);
    return result;
  }

  std::vector<std::string> splits() {
    read_classes();
    find_pictures();
    find_splits();
    return {splits_.begin(), splits_.end()};
  }

 private:
  std::string_view below_root(std::size_t file) const {
    return std::string_view(tree_.paths()[file]).substr(root_.size());
  }

  /// Finds a text file of the set, in its root or in the split's folder; tells in `prefix` where.
  std::optional<std::size_t> text_file(std::string_view name, std::string& prefix) const {
    for (const std::string& folder : {std::string(root_), std::string(root_) + split_ + "/"}) {
      const std::string path = folder + std::string(name);
      const auto place = std::lower_bound(tree_.paths().begin(), tree_.paths().end(), path);
      prefix = folder;
      if (place != tree_.paths().end() && *place == path) {
        return static_cast<std::size_t>(place - tree_.paths().begin());
      }
    }
    return std::nullopt;
  }

  void read_classes() {
    std::string prefix;
    const auto file = text_file("classes.txt", prefix);
    if (!file) return;
    classes_file_ = tree_.shown(*file);
    const std::vector<std::uint8_t> bytes = tree_.read(*file);
    classes_ = parse_classes(std::string(bytes.begin(), bytes.end()), classes_file_);
  }

  bool is_named(std::string_view folder) const { return classes_ && classes_->by_folder.contains(folder); }

  /// Lists the pictures, those of masks/ left out, which other pictures' objects are.
  void find_pictures() {
    for (std::size_t file = 0; file < tree_.paths().size(); ++file) {
      std::string_view rest = below_root(file);
      if (!tree_.paths()[file].starts_with(root_) || !is_picture(rest)) continue;
      Found one{.file = file, .folders = {}};
      bool ignored = false;
      for (std::size_t slash; (slash = rest.find('/')) != std::string_view::npos; rest.remove_prefix(slash + 1)) {
        const std::string_view folder = rest.substr(0, slash);
        ignored = ignored || is_hidden(folder) || (folder == "masks" && !is_named(folder));
        one.folders.push_back(folder);
      }
      if (!ignored && !is_hidden(rest)) found_.push_back(std::move(one));
    }
  }

  bool none_in_folders() const {
    return std::all_of(found_.begin(), found_.end(), [](const Found& one) { return one.folders.empty(); });
  }

  Layout of_one_class() const {
    Layout result{.labels = {"unlabelled"}, .pictures = {}};
    for (const Found& one : found_) result.pictures.push_back({one.file, 0, {}});
    return result;
  }

  /// A split is a folder of a split's name, or of any beside one that was asked for, with folders only.
  void find_splits() {
    std::map<std::string_view, bool> folders_only;
    for (const Found& one : found_) {
      if (one.folders.empty() || is_named(one.folders[0])) continue;
      const auto place = folders_only.emplace(one.folders[0], true).first;
      place->second = place->second && one.folders.size() > 1;
    }
    const auto asked = folders_only.find(split_);
    const bool any_name = asked != folders_only.end() && asked->second && !is_split_name(split_);
    for (const auto& [folder, qualifies] : folders_only) {
      if (qualifies && (any_name || is_split_name(folder))) splits_.insert(folder);
    }
  }

  [[noreturn]] void no_such_split() const {
    const std::vector<std::string> names(splits_.begin(), splits_.end());
    throw Error(ErrorKind::usage,
                shown_ + " has no split '" + split_ + "'; " +
                    (names.empty() ? "it is not divided" : "found: " + comma_list(names)),
                names.empty() ? "leave the split out" : did_you_mean(split_, names));
  }

  /// Where in its folders a picture's class is.
  std::size_t below_split(const Found& one) const {
    return !one.folders.empty() && splits_.contains(one.folders[0]) ? 1 : 0;
  }

  /// Without classes.txt, folders count in alphabetical order.
  void count_folders() {
    std::set<std::string> names;
    for (const Found& one : found_) {
      const std::size_t depth = below_split(one);
      if (one.folders.size() > depth) names.emplace(one.folders[depth]);
    }
    ClassList list;
    for (const std::string& name : names) {
      list.by_folder[name] = static_cast<std::int64_t>(list.names.size());
      list.names.push_back(name);
    }
    classes_ = std::move(list);
  }

  std::int64_t label_of(std::string_view folder, std::size_t file) const {
    const auto place = classes_->by_folder.find(folder);
    if (place != classes_->by_folder.end() && place->second != ClassList::ambiguous) return place->second;
    const bool ambiguous = place != classes_->by_folder.end();
    throw Error(ErrorKind::format,
                "the folder '" + std::string(folder) + "' of " + tree_.shown(file) +
                    (ambiguous ? " may be several classes of " : " is no class of ") + classes_file_,
                ambiguous ? "call the folders by their wnid" : did_you_mean(folder, classes_->names));
  }

  [[noreturn]] void no_pictures() const {
    throw Error(ErrorKind::format,
                shown_ + " holds no picture in a folder of a class" +
                    (found_.empty() ? "" : ", only " + std::to_string(found_.size()) + " elsewhere"),
                "expected one folder of pictures per class, e.g. " + shown_ + "/cat/1.jpg");
  }

  void add_boxes(Layout& layout) const {
    std::string prefix;
    const auto file = text_file("boxes.csv", prefix);
    if (!file) return;
    const std::vector<std::uint8_t> bytes = tree_.read(*file);
    BoxesByPath boxes = parse_boxes(std::string(bytes.begin(), bytes.end()),
                                    static_cast<std::int64_t>(layout.labels.size()), tree_.shown(*file));
    for (PictureFile& picture : layout.pictures) {
      const std::string& path = tree_.paths()[picture.file];
      if (!path.starts_with(prefix)) continue;
      if (auto place = boxes.find(path.substr(prefix.size())); place != boxes.end()) {
        picture.boxes = std::move(place->second);
      }
    }
  }

  const FileTree& tree_;
  const std::string& split_;
  const std::string& shown_;
  std::string_view root_;
  std::optional<ClassList> classes_;
  std::string classes_file_ = "classes.txt";
  std::vector<Found> found_;
  std::set<std::string_view> splits_;
};

}  // namespace

bool is_split_name(std::string_view folder) {
  const auto among = [&](const auto& names) { return std::find(names.begin(), names.end(), folder) != names.end(); };
  return among(training_names) || among(validation_names) || among(test_names);
}

Layout lay_out(const FileTree& tree, const std::string& split, const std::string& shown, bool unlabelled) {
  return Reader(tree, split, shown).layout(unlabelled);
}

std::string comma_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

std::vector<std::string> list_splits(const FileTree& tree, const std::string& asked, const std::string& shown) {
  return Reader(tree, asked, shown).splits();
}

}  // namespace fovea
