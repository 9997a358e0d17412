// JSON values whose objects keep their keys in the order in which they were set: a thin front of nlohmann's library.
// Only json.cpp includes that library, to read and to write texts: its headers cost every file seconds of compile time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fovea/api.h>

namespace FOVEA_API fovea {

class Json;

/// How JSON is written. The default is one line, as nlohmann's `dump()` writes it.
struct JsonStyle {
  int indent = -1;       ///< spaces per level, a line per value; -1 for one line
  bool ascii = false;    ///< \uXXXX for whatever is not ASCII
  bool replace = false;  ///< U+FFFD for bytes that are not UTF-8; else they throw
  bool sorted = false;   ///< keys in the order of their bytes instead of the order in which they were set
};

namespace json {

template <class T>
concept Text = !std::same_as<T, Json> && std::convertible_to<const T&, std::string_view>;
template <class T>
concept Whole = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char>;
template <class T>
concept Scalar = std::same_as<T, bool> || Whole<T> || std::floating_point<T>;
template <class T>  // a path converts to a text, and is no list of its parts
concept List = !Text<T> && !std::convertible_to<const T&, std::string> && requires(const T& list) {
  typename T::value_type;
  list.begin();
  list.end();
};
template <class T>
concept Mapping = List<T> && requires {
  typename T::mapped_type;
};
template <class T>
concept Readable = Scalar<T> || std::same_as<T, std::string> || Mapping<T> ||
    (List<T>&& requires(T list, typename T::value_type one) { list.push_back(one); });

}  // namespace json

/// A JSON value: null, a boolean, a number (64-bit integers are exact), a text, an array, or an object, whose keys stay
/// in the order in which they were set. Keys are found one by one: objects are meant to be small.
///
/// Braces make an object of pairs that begin with a text, else an array: `Json{{"a", 1}, {"b", {1, 2}}}`.
class Json {
 public:
  class Item;
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;

  /// What reading a text, or a value as what it is not, throws.
  class exception : public std::runtime_error {
   public:
    using std::runtime_error::runtime_error;
  };

  /// Deepest nesting that is read: deeper texts are made to overflow the stack of whoever walks through them.
  static constexpr std::size_t most_depth = 256;

  // Every type that JSON knows becomes a value by itself, so that braces read like JSON.
  // The template excludes Item itself, so that it hides neither copy nor move.
  // NOLINTBEGIN(google-explicit-constructor,bugprone-forwarding-reference-overload)
  Json() noexcept = default;
  Json(std::nullptr_t) noexcept {}
  Json(std::initializer_list<Item> items);
  template <json::Scalar T>
  Json(T value) noexcept {
    if constexpr (std::same_as<T, bool>) {
      kind_ = Kind::boolean;
      value_.boolean = value;
    } else if constexpr (std::floating_point<T>) {
      kind_ = Kind::real;
      value_.real = static_cast<double>(value);
    } else if constexpr (std::signed_integral<T>) {
      kind_ = Kind::whole;
      value_.whole = value;
    } else {
      kind_ = Kind::natural;
      value_.natural = value;
    }
  }
  template <json::Text T>
  Json(const T& text) : Json(of_text(text)) {}
  template <json::List T>
  Json(const T& list) : Json(of_kind(json::Mapping<T> ? Kind::object : Kind::array)) {
    if constexpr (json::Mapping<T>) {
      for (const auto& [key, value] : list) operator[](std::string_view(key)) = value;
    } else {
      for (const typename T::value_type& one : list) push_back(one);
    }
  }
  // NOLINTEND(google-explicit-constructor,bugprone-forwarding-reference-overload)
  Json(const Json& other);
  Json(Json&& other) noexcept : kind_(std::exchange(other.kind_, Kind::null)), value_(other.value_) {}
  Json& operator=(Json other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(value_, other.value_);
    return *this;
  }
  ~Json() {
    if (kind_ >= Kind::text) destroy();
  }

  /// Makes an array of what stands in the braces, even of pairs.
  static Json array(std::initializer_list<Item> items = {});
  /// Makes an object without members.
  static Json object();

  /// Reads a text. Throws `exception` where it is not JSON, not UTF-8, or nested deeper than `most_depth`; of a key
  /// that comes twice, the last value counts, in the place of the first.
  static Json parse(std::string_view text);
  static Json parse(std::span<const std::byte> text);
  /// As above; null where `parse` throws.
  static Json parse_or_null(std::string_view text);
  static Json parse_or_null(std::span<const std::byte> text);
  /// Writes a text: numbers in decimals that read back the same, NaN and infinity as null. Throws `exception` for texts
  /// that are not UTF-8, unless they are to be replaced.
  std::string dump(const JsonStyle& style = {}) const;

  bool is_null() const noexcept { return kind_ == Kind::null; }
  bool is_boolean() const noexcept { return kind_ == Kind::boolean; }
  bool is_number_integer() const noexcept { return kind_ == Kind::whole || kind_ == Kind::natural; }
  bool is_number() const noexcept { return is_number_integer() || kind_ == Kind::real; }
  bool is_string() const noexcept { return kind_ == Kind::text; }
  bool is_array() const noexcept { return kind_ == Kind::array; }
  bool is_object() const noexcept { return kind_ == Kind::object; }

  /// Reads the value as a type: a boolean, a number, a text, a list, or a mapping from texts. Throws `exception` when
  /// it is something else, or a number that an integer type cannot hold exactly.
  template <class T>
  T get() const {
    if constexpr (std::same_as<T, Json>) {
      return *this;
    } else if constexpr (std::same_as<T, bool>) {
      return boolean();
    } else if constexpr (std::signed_integral<T>) {
      return static_cast<T>(whole(std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
    } else if constexpr (std::unsigned_integral<T>) {
      return static_cast<T>(natural(std::numeric_limits<T>::max()));
    } else if constexpr (std::floating_point<T>) {
      return static_cast<T>(real());
    } else if constexpr (std::same_as<T, std::string>) {
      return text();
    } else {
      return get_list<T>();
    }
  }
  /// As `get`, where the type is known: `int seed = json.at("seed")`.
  template <json::Readable T>
  operator T() const {  // NOLINT(google-explicit-constructor)
    return get<T>();
  }

  /// Returns a member, or null when the value has none of that name or is no object.
  const Json* find(std::string_view key) const noexcept;
  /// Tells whether it is an object with this key.
  bool contains(std::string_view key) const noexcept { return find(key) != nullptr; }
  /// Returns a member. Throws `exception` when it is missing.
  const Json& at(std::string_view key) const;
  Json& at(std::string_view key);
  /// Returns an element. Throws `exception` when there are fewer.
  const Json& at(std::size_t index) const;
  Json& at(std::size_t index);
  /// Returns a member, `fallback` where it is missing. Throws `exception` when it is of another type, or this no
  /// object.
  template <class T>
  T value(std::string_view key, const T& fallback) const {
    const Json* found = find_in_object(key);
    return found == nullptr ? fallback : found->get<T>();
  }
  std::string value(std::string_view key, const char* fallback) const { return value(key, std::string(fallback)); }

  /// Returns a member, a new null where there is none yet; null becomes an object. Throws `exception` for other values.
  /// References to members hold until the next one is added.
  Json& operator[](std::string_view key);
  const Json& operator[](std::string_view key) const { return at(key); }
  /// As `at`.
  Json& operator[](std::size_t index) { return at(index); }
  const Json& operator[](std::size_t index) const { return at(index); }
  // For literals: they could else be the pointer of the language's own number[pointer].
  template <std::same_as<const char> T>
  Json& operator[](T* key) {
    return operator[](std::string_view(key));
  }
  template <std::same_as<const char> T>
  const Json& operator[](T* key) const {
    return at(std::string_view(key));
  }

  /// Returns an object's members, none of null. Throws `exception` for other values.
  const Object& items() const;
  /// The elements of an array, none of null. Throw `exception` for other values.
  const Json* begin() const;
  const Json* end() const { return begin() + size(); }
  Json* begin() { return const_cast<Json*>(std::as_const(*this).begin()); }
  Json* end() { return begin() + size(); }
  /// Counts elements or members: 0 for null, 1 for scalars.
  std::size_t size() const noexcept;
  bool empty() const noexcept { return size() == 0; }

  /// Appends an element; null becomes an array. Throws `exception` for other values.
  void push_back(Json value);
  /// Sets every member of another object. Throws `exception` unless both are objects; null becomes one.
  void update(const Json& other);
  /// Removes a member, if it is there. Throws `exception` when this is no object.
  void erase(std::string_view key);

  /// Compares by value: numbers whatever their type, objects whatever their order.
  friend bool operator==(const Json& a, const Json& b);
  template <class T>
  requires json::Text<T> || json::Scalar<T>
  friend bool operator==(const Json& a, const T& b) { return a == Json(b); }

 private:
  class Reader;
  struct Writer;
  enum class Kind : std::uint8_t { null, boolean, whole, natural, real, text, array, object };  // from text on: owned
  union Value {
    bool boolean;
    std::int64_t whole;
    std::uint64_t natural;
    double real;
    std::string* text;
    Array* array;
    Object* object;
  };

  static Json of_text(std::string_view text);
  static Json of_kind(Kind kind);
  void destroy() noexcept;
  void become(Kind kind);
  const char* kind_name() const noexcept;
  [[noreturn]] void wrong_kind(const char* wanted) const;
  const Json* find_in_object(std::string_view key) const;

  bool boolean() const;
  std::int64_t whole(std::int64_t least, std::int64_t most) const;
  std::uint64_t natural(std::uint64_t most) const;
  double real() const;
  const std::string& text() const;
  const Array& elements() const;
  const Object& members() const;

  template <class T>
  T get_list() const;

  Kind kind_ = Kind::null;
  Value value_{};
};

bool operator==(const Json& a, const Json& b);

/// A key of an object and its value: `for (const auto& [key, value] : json.items())`.
struct Json::Member {
  std::string key;
  Json value;
};

/// What stands in braces: a value, or braces again. The list that holds it moves it out.
class Json::Item {
 public:
  // The template excludes Item itself, so that it hides neither copy nor move.
  // NOLINTBEGIN(google-explicit-constructor,bugprone-forwarding-reference-overload)
  template <class T>
  requires(!std::same_as<std::remove_cvref_t<T>, Item> && std::convertible_to<T, Json>) Item(T&& value)
      : value_(std::forward<T>(value)) {}
  Item(std::initializer_list<Item> items) : value_(items) {}
  // NOLINTEND(google-explicit-constructor,bugprone-forwarding-reference-overload)

 private:
  friend class Json;
  mutable Json value_;
};

template <class T>
T Json::get_list() const {
  T list;
  if constexpr (json::Mapping<T>) {
    for (const Member& member : members()) list.emplace(member.key, member.value.get<typename T::mapped_type>());
  } else {
    list.reserve(elements().size());
    for (const Json& element : elements()) list.push_back(element.get<typename T::value_type>());
  }
  return list;
}

}  // namespace fovea
