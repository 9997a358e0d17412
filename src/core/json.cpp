// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <nlohmann/json.hpp>

namespace fovea {
namespace {

using Library = nlohmann::ordered_json;

/// The library's messages without the numbers that it puts before them: "[json.exception.parse_error.101] ".
std::string message_of(const Library::exception& error) {
  const std::string_view what = error.what();
  const std::size_t end = what.starts_with('[') ? what.find("] ") : std::string_view::npos;
  return std::string(end == std::string_view::npos ? what : what.substr(end + 2));
}

std::string_view view_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Keeps the last value of each key in the place of the first, in n log n: files may hold any number of keys.
void settle_repeated(Json::Object& members) {
  std::vector<std::size_t> order(members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return members[a].key < members[b].key; });
  std::vector<bool> repeats(members.size(), false);
  std::size_t first = 0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (members[order[i]].key != members[order[first]].key) {
      first = i;
      continue;
    }
    members[order[first]].value = std::move(members[order[i]].value);
    repeats[order[i]] = true;
  }
  if (std::find(repeats.begin(), repeats.end(), true) == repeats.end()) return;
  Json::Object kept;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!repeats[i]) kept.push_back(std::move(members[i]));
  }
  members = std::move(kept);
}

}  // namespace

// --- reading and writing ---

/// Builds a value from what the library's parser finds.
class Json::Reader final : public nlohmann::json_sax<Library> {
 public:
  Json take() { return std::move(whole_); }

  bool null() override { return add({}); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(value); }
  bool binary(binary_t&) override { return false; }  // is of other formats
  bool start_object(std::size_t) override { return open(Kind::object); }
  bool start_array(std::size_t) override { return open(Kind::array); }
  bool key(string_t& key) override {
    open_.back().value_.object->push_back({std::move(key), {}});
    return true;
  }
  bool end_object() override {
    settle_repeated(*open_.back().value_.object);
    return close();
  }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const Library::exception& error) override {
    throw exception(message_of(error));
  }

 private:
  bool open(Kind kind) {
    if (open_.size() == most_depth) {
      throw exception("arrays and objects are nested more than " + std::to_string(most_depth) + " deep");
    }
    open_.push_back(of_kind(kind));
    return true;
  }
  bool close() {
    Json closed = std::move(open_.back());
    open_.pop_back();
    return add(std::move(closed));
  }
  bool add(Json value) {
    if (open_.empty())
      whole_ = std::move(value);
    else if (open_.back().kind_ == Kind::array)
      open_.back().value_.array->push_back(std::move(value));
    else
      open_.back().value_.object->back().value = std::move(value);
    return true;
  }

  Json whole_;
  std::vector<Json> open_;  ///< arrays and objects whose ends have not come yet, outermost first
};

/// Turns values into the library's, which writes them.
struct Json::Writer {
  bool sorted;

  Library of(const Json& json) const {
    switch (json.kind_) {
      case Kind::null: return nullptr;
      case Kind::boolean: return json.value_.boolean;
      case Kind::whole: return json.value_.whole;
      case Kind::natural: return json.value_.natural;
      case Kind::real: return json.value_.real;
      case Kind::text: return *json.value_.text;
      case Kind::array: break;
      case Kind::object: return of_members(*json.value_.object);
    }
    Library::array_t list;
    list.reserve(json.size());
    for (const Json& element : json) list.push_back(of(element));
    return list;
  }

  Library of_members(const Object& members) const {
    std::vector<const Member*> order;
    for (const Member& member : members) order.push_back(&member);
    if (sorted) std::sort(order.begin(), order.end(), [](auto* a, auto* b) { return a->key < b->key; });
    Library::object_t object;
    object.reserve(order.size());
    // At the end of the list below the map: keys differ, and the map would look for each among those before it.
    Library::object_t::Container& list = object;
    for (const Member* member : order) list.emplace_back(member->key, of(member->value));
    return object;
  }
};

Json Json::parse(std::string_view text) {
  Reader reader;
  Library::sax_parse(text.data(), text.data() + text.size(), &reader);
  return reader.take();
}

Json Json::parse(std::span<const std::byte> text) { return parse(view_of(text)); }

Json Json::parse_or_null(std::string_view text) {
  try {
    return parse(text);
  } catch (const exception&) {
    return {};
  }
}

Json Json::parse_or_null(std::span<const std::byte> text) { return parse_or_null(view_of(text)); }

std::string Json::dump(const JsonStyle& style) const {
  try {
    using Handler = Library::error_handler_t;
    return Writer{style.sorted}.of(*this).dump(style.indent, ' ', style.ascii,
                                               style.replace ? Handler::replace : Handler::strict);
  } catch (const Library::exception& error) {
    throw exception(message_of(error));
  }
}

// --- making, copying, ending ---

Json::Json(std::initializer_list<Item> items) : Json(array(items)) {
  const auto is_member = [](const Json& one) { return one.is_array() && one.size() == 2 && one.at(0).is_string(); };
  if (!std::all_of(value_.array->begin(), value_.array->end(), is_member)) return;
  Json made = object();
  for (Json& pair : *value_.array) {
    std::string& key = *pair.at(0).value_.text;
    if (!made.contains(key)) made.value_.object->push_back({std::move(key), std::move(pair.at(1))});
  }
  *this = std::move(made);
}

Json Json::array(std::initializer_list<Item> items) {
  Json made = of_kind(Kind::array);
  made.value_.array->reserve(items.size());
  for (const Item& item : items) made.value_.array->push_back(std::move(item.value_));
  return made;
}

Json Json::object() { return of_kind(Kind::object); }

Json Json::of_text(std::string_view text) {
  Json made;
  made.value_.text = new std::string(text);
  made.kind_ = Kind::text;
  return made;
}

Json Json::of_kind(Kind kind) {
  Json made;
  made.become(kind);
  return made;
}

Json::Json(const Json& other) : value_(other.value_) {
  if (other.kind_ == Kind::text) value_.text = new std::string(*other.value_.text);
  if (other.kind_ == Kind::array) value_.array = new Array(*other.value_.array);
  if (other.kind_ == Kind::object) value_.object = new Object(*other.value_.object);
  kind_ = other.kind_;
}

/// Turns null into an empty array or object.
void Json::become(Kind kind) {
  if (kind == Kind::array) value_.array = new Array;
  if (kind == Kind::object) value_.object = new Object;
  kind_ = kind;
}

void Json::destroy() noexcept {
  if (kind_ == Kind::text) delete value_.text;
  if (kind_ == Kind::array) delete value_.array;
  if (kind_ == Kind::object) delete value_.object;
}

// --- what a value is ---

const char* Json::kind_name() const noexcept {
  switch (kind_) {
    case Kind::null: return "null";
    case Kind::boolean: return "boolean";
    case Kind::text: return "string";
    case Kind::array: return "array";
    case Kind::object: return "object";
    default: return "number";
  }
}

void Json::wrong_kind(const char* wanted) const {
  throw exception(std::string("type must be ") + wanted + ", but is " + kind_name());
}

bool Json::boolean() const {
  if (kind_ != Kind::boolean) wrong_kind("boolean");
  return value_.boolean;
}

std::int64_t Json::whole(std::int64_t least, std::int64_t most) const {
  constexpr double edge = 9223372036854775808.0;  // 2^63, the first double above
  if (!is_number()) wrong_kind("number");
  const bool fits = kind_ == Kind::whole ? true
                    : kind_ == Kind::natural
                        ? std::in_range<std::int64_t>(value_.natural)
                        : std::trunc(value_.real) == value_.real && value_.real >= -edge && value_.real < edge;
  const std::int64_t found = !fits                    ? 0
                             : kind_ == Kind::whole   ? value_.whole
                             : kind_ == Kind::natural ? static_cast<std::int64_t>(value_.natural)
                                                      : static_cast<std::int64_t>(value_.real);
  if (fits && found >= least && found <= most) return found;
  throw exception("number must be whole and in " + std::to_string(least) + ".." + std::to_string(most) + ", but is " +
                  dump());
}

std::uint64_t Json::natural(std::uint64_t most) const {
  constexpr double edge = 18446744073709551616.0;  // 2^64
  if (!is_number()) wrong_kind("number");
  const bool fits = kind_ == Kind::whole ? value_.whole >= 0
                    : kind_ == Kind::natural
                        ? true
                        : std::trunc(value_.real) == value_.real && value_.real >= 0 && value_.real < edge;
  const std::uint64_t found = !fits                    ? 0
                              : kind_ == Kind::whole   ? static_cast<std::uint64_t>(value_.whole)
                              : kind_ == Kind::natural ? value_.natural
                                                       : static_cast<std::uint64_t>(value_.real);
  if (fits && found <= most) return found;
  throw exception("number must be whole and in 0.." + std::to_string(most) + ", but is " + dump());
}

double Json::real() const {
  if (kind_ == Kind::real) return value_.real;
  if (kind_ == Kind::whole) return static_cast<double>(value_.whole);
  if (kind_ == Kind::natural) return static_cast<double>(value_.natural);
  wrong_kind("number");
}

const std::string& Json::text() const {
  if (kind_ != Kind::text) wrong_kind("string");
  return *value_.text;
}

const Json::Array& Json::elements() const {
  if (kind_ != Kind::array) wrong_kind("array");
  return *value_.array;
}

const Json::Object& Json::members() const {
  if (kind_ != Kind::object) wrong_kind("object");
  return *value_.object;
}

// --- parts ---

const Json* Json::find(std::string_view key) const noexcept {
  if (kind_ != Kind::object) return nullptr;
  const auto found =
      std::find_if(value_.object->begin(), value_.object->end(), [&](const Member& one) { return one.key == key; });
  return found == value_.object->end() ? nullptr : &found->value;
}

const Json* Json::find_in_object(std::string_view key) const {
  if (kind_ != Kind::object) wrong_kind("object");
  return find(key);
}

const Json& Json::at(std::string_view key) const {
  const Json* found = find_in_object(key);
  if (found == nullptr) throw exception("key '" + std::string(key) + "' not found");
  return *found;
}

Json& Json::at(std::string_view key) { return const_cast<Json&>(std::as_const(*this).at(key)); }

const Json& Json::at(std::size_t index) const {
  if (index < elements().size()) return elements()[index];
  throw exception("array index " + std::to_string(index) + " is out of range");
}

Json& Json::at(std::size_t index) { return const_cast<Json&>(std::as_const(*this).at(index)); }

Json& Json::operator[](std::string_view key) {
  if (kind_ == Kind::null) become(Kind::object);
  if (const Json* found = find_in_object(key)) return const_cast<Json&>(*found);
  value_.object->push_back({std::string(key), {}});
  return value_.object->back().value;
}

const Json::Object& Json::items() const {
  static const Object none;
  return kind_ == Kind::null ? none : members();
}

const Json* Json::begin() const { return kind_ == Kind::null ? nullptr : elements().data(); }

std::size_t Json::size() const noexcept {
  if (kind_ == Kind::array) return value_.array->size();
  if (kind_ == Kind::object) return value_.object->size();
  return kind_ == Kind::null ? 0 : 1;
}

void Json::push_back(Json value) {
  if (kind_ == Kind::null) become(Kind::array);
  if (kind_ != Kind::array) wrong_kind("array");
  value_.array->push_back(std::move(value));
}

void Json::update(const Json& other) {
  if (kind_ == Kind::null) become(Kind::object);
  if (kind_ != Kind::object) wrong_kind("object");
  for (const auto& [key, value] : other.members()) operator[](key) = value;
}

void Json::erase(std::string_view key) {
  if (kind_ != Kind::object) wrong_kind("object");
  std::erase_if(*value_.object, [&](const Member& one) { return one.key == key; });
}

bool operator==(const Json& a, const Json& b) {
  using Kind = Json::Kind;
  if (a.is_number() && b.is_number()) {
    if (a.kind_ == Kind::real || b.kind_ == Kind::real) return a.real() == b.real();
    if (a.kind_ == b.kind_) return a.value_.natural == b.value_.natural;
    return a.kind_ == Kind::whole ? std::cmp_equal(a.value_.whole, b.value_.natural)
                                  : std::cmp_equal(a.value_.natural, b.value_.whole);
  }
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Kind::boolean: return a.value_.boolean == b.value_.boolean;
    case Kind::text: return *a.value_.text == *b.value_.text;
    case Kind::array: return *a.value_.array == *b.value_.array;
    case Kind::object: break;
    default: return true;
  }
  const auto same_in_b = [&](const Json::Member& one) {
    const Json* other = b.find(one.key);
    return other != nullptr && one.value == *other;
  };
  return a.size() == b.size() && std::all_of(a.value_.object->begin(), a.value_.object->end(), same_in_b);
}

}  // namespace fovea
