// JSON values by hand, and held against nlohmann's own on values made at random.
// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"

#include <cmath>
#include <map>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace fovea {
namespace {

template <class Act>
std::string thrown(Act act) {
  try {
    act();
  } catch (const Json::exception& error) {
    return error.what();
  }
  return "nothing";
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(json, braces_are_objects_of_pairs_and_arrays_of_the_rest) {
  const Json value{{"a", 1}, {"list", {1, 2.5, "x", nullptr, true}}, {"in", {{"b", Json::array()}, {"c", ""}}}};
  EXPECT_EQ(value.dump(), R"({"a":1,"list":[1,2.5,"x",null,true],"in":{"b":[],"c":""}})");
  const Json names{"a", "b"};
  EXPECT_EQ(names.dump(), R"(["a","b"])");
  EXPECT_EQ((Json{{"a", 1}, {2, 3}}).dump(), R"([["a",1],[2,3]])");
  EXPECT_EQ(Json::array({{"a", 1}}).dump(), R"([["a",1]])") << "asked to be an array";
  EXPECT_EQ((Json{{"a", 1}, {"a", 2}}).dump(), R"({"a":1})");
  EXPECT_EQ(Json().dump(), "null");
  EXPECT_EQ(Json::object().dump(), "{}");
}

TEST(json, of_what_the_language_has) {
  const std::map<std::string, std::vector<double>> curves{{"up", {1, 2}}, {"down", {}}};
  EXPECT_EQ(Json(curves).dump(), R"({"down":[],"up":[1.0,2.0]})");
  EXPECT_EQ(Json(std::vector<bool>{true, false}).dump(), "[true,false]");
  EXPECT_EQ(Json(std::vector<std::string>{"a"}).dump(), R"(["a"])");
  EXPECT_EQ(Json(std::string_view("text").substr(1)).dump(), R"("ext")");
  EXPECT_EQ(Json(0.1F).dump(), "0.10000000149011612") << "the float's own value";
}

TEST(json, keys_stay_in_the_order_in_which_they_were_set) {
  Json value{{"z", 1}, {"a", {{"y", 1}, {"b", 2}}}};
  value["m"] = 3;
  value["z"] = 4;
  value["new"]["inner"].push_back("x");
  EXPECT_EQ(value.dump(), R"({"z":4,"a":{"y":1,"b":2},"m":3,"new":{"inner":["x"]}})");
  EXPECT_EQ(value.dump({.sorted = true}), R"({"a":{"b":2,"y":1},"m":3,"new":{"inner":["x"]},"z":4})");
  value.erase("a");
  value.erase("nowhere");
  value.update({{"m", "else"}, {"last", nullptr}});
  std::string told;
  for (const auto& [key, one] : value.items()) told += key + "=" + one.dump() + " ";
  EXPECT_EQ(told, R"(z=4 m="else" new={"inner":["x"]} last=null )");
}

TEST(json, copies_are_apart_and_moves_leave_null) {
  Json first{{"list", {1, 2}}};
  Json copy = first;
  copy["list"].push_back(3);
  EXPECT_EQ(first.dump(), R"({"list":[1,2]})");
  const Json moved = std::move(copy);
  EXPECT_EQ(moved.at("list").size(), 3U);
  first = first.at("list");  // a part of what it replaces
  EXPECT_EQ(first.dump(), "[1,2]");
}

TEST(json, numbers_are_exact) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  const Json value = Json::parse(Json{most, least, 9007199254740993, 0.1, 1e300, -0.0, 5e-324}.dump());
  EXPECT_EQ(value.dump(), "[18446744073709551615,-9223372036854775808,9007199254740993,0.1,1e+300,-0.0,5e-324]");
  EXPECT_EQ(value.at(0).get<std::uint64_t>(), most);
  EXPECT_EQ(value.at(1).get<std::int64_t>(), least);
  EXPECT_EQ(value.at(2).get<std::int64_t>(), 9007199254740993);
  EXPECT_EQ(value.at(6).get<double>(), 5e-324);
  EXPECT_EQ((Json{NAN, INFINITY}).dump(), "[null,null]");
}

TEST(json, integers_hold_whole_numbers_that_fit) {
  const Json value = Json::parse("[2147483647, 2147483648, -1, 3.0, 3.5, 1e19, 18446744073709551616, true]");
  EXPECT_EQ(value.at(0).get<int>(), 2147483647);
  EXPECT_EQ(value.at(3).get<int>(), 3);
  EXPECT_EQ(value.at(5).get<std::uint64_t>(), 10000000000000000000U);
  const std::string wanted = "number must be whole and in ";
  EXPECT_EQ(thrown([&] { value.at(1).get<int>(); }), wanted + "-2147483648..2147483647, but is 2147483648");
  EXPECT_EQ(thrown([&] { value.at(2).get<unsigned>(); }), wanted + "0..4294967295, but is -1");
  EXPECT_EQ(thrown([] { Json(10000000000000000000U).get<std::int64_t>(); }),
            wanted + "-9223372036854775808..9223372036854775807, but is 10000000000000000000");
  EXPECT_EQ(thrown([&] { value.at(2).get<std::uint64_t>(); }), wanted + "0..18446744073709551615, but is -1");
  EXPECT_EQ(thrown([&] { value.at(4).get<std::int64_t>(); }).substr(0, wanted.size()), wanted);
  EXPECT_EQ(thrown([&] { value.at(5).get<std::int64_t>(); }).substr(0, wanted.size()), wanted);
  EXPECT_EQ(thrown([&] { value.at(6).get<std::uint64_t>(); }).substr(0, wanted.size()), wanted);
  EXPECT_EQ(thrown([&] { value.at(7).get<int>(); }), "type must be number, but is boolean");
}

TEST(json, reads_back_as_types) {
  const Json value = Json::parse(R"({"list": [1, 2], "map": {"a": [0.5]}, "text": "t", "yes": true, "none": null})");
  const std::vector<std::int64_t> list = value["list"];
  EXPECT_EQ(list, (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ((value["map"].get<std::map<std::string, std::vector<float>>>().at("a")), std::vector<float>{0.5F});
  const std::string text = value.at("text");
  EXPECT_EQ(text, "t");
  EXPECT_TRUE(value.at("yes").get<bool>());
  EXPECT_EQ(value.value("text", "else"), "t");
  EXPECT_EQ(value.value("missing", "else"), "else");
  EXPECT_EQ(value.value("missing", Json()), Json());
  EXPECT_FALSE(value.contains("missing"));
  EXPECT_FALSE(value.at("text").contains("text"));
  EXPECT_EQ(value.find("missing"), nullptr);
  EXPECT_EQ(value.find("text")->get<std::string>(), "t");
}

TEST(json, wrong_types_are_told) {
  const Json value = Json::parse(R"({"list": [1, 2], "text": "t", "none": null})");
  EXPECT_EQ(thrown([&] { value.at("missing"); }), "key 'missing' not found");
  EXPECT_EQ(thrown([&] { value.at("list").at(2); }), "array index 2 is out of range");
  EXPECT_EQ(thrown([&] { value.at("list").at("key"); }), "type must be object, but is array");
  EXPECT_EQ(thrown([&] { value.at("text").value("key", 1); }), "type must be object, but is string");
  EXPECT_EQ(thrown([&] { value.value("text", 1); }), "type must be number, but is string");
  EXPECT_EQ(thrown([&] { value.at("none").get<std::string>(); }), "type must be string, but is null");
  EXPECT_EQ(thrown([&] { value.at("none").get<std::vector<int>>(); }), "type must be array, but is null");
  EXPECT_EQ(thrown([&] { value.begin(); }), "type must be array, but is object");
  EXPECT_EQ(thrown([&] { value.at("list").items(); }), "type must be object, but is array");
  Json changed = value;
  EXPECT_EQ(thrown([&] { changed["text"].push_back(1); }), "type must be array, but is string");
  EXPECT_EQ(thrown([&] { changed["list"]["key"] = 1; }), "type must be object, but is array");
  EXPECT_EQ(thrown([&] { changed["text"].update(Json::object()); }), "type must be object, but is string");
  EXPECT_EQ(thrown([&] { changed.update("text"); }), "type must be object, but is string");
  EXPECT_EQ(thrown([&] { changed["list"].erase("key"); }), "type must be object, but is array");
  EXPECT_EQ(changed, value) << "a failure changes nothing";
}

TEST(json, null_is_empty) {
  const Json none;
  int parts = 0;
  for (const Json& one : none) parts += one.is_null() ? 1 : 2;
  EXPECT_EQ(parts, 0);
  EXPECT_TRUE(none.items().empty());
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(Json("text").size(), 1U);
}

TEST(json, compares_by_value) {
  EXPECT_EQ(Json(1), Json(1U));
  EXPECT_EQ(Json(1), Json(1.0));
  EXPECT_NE(Json(-1), Json(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_NE(Json(1), Json(true));
  EXPECT_NE(Json(1), Json("1"));
  EXPECT_NE(Json(), Json(0));
  EXPECT_NE(Json(NAN), Json(NAN));
  EXPECT_TRUE(Json("text") == "text");
  EXPECT_TRUE(Json(3) == 3);
  EXPECT_EQ((Json{{"a", 1}, {"b", {1, 2}}}), (Json{{"b", {1, 2}}, {"a", 1}}));
  EXPECT_NE((Json{{"a", 1}, {"b", 2}}), (Json{{"a", 1}, {"c", 2}}));
  EXPECT_NE((Json{{"a", 1}}), (Json{{"a", 1}, {"b", 2}}));
  EXPECT_NE((Json{1, 2}), (Json{2, 1}));
}

TEST(json, escapes_and_bytes_that_are_not_utf8) {
  const Json value{std::string("\"\\/\b\f\n\r\t\x01\x7f\0", 11), "gr\xc3\xbc\xc3\x9f \xf0\x9f\x90\x9f"};
  const std::string written = value.dump();
  EXPECT_EQ(written, std::string(R"(["\"\\/\b\f\n\r\t\u0001)") + "\x7f" + R"(\u0000","gr)" + "\xc3\xbc\xc3\x9f" + " " +
                         "\xf0\x9f\x90\x9f" + R"("])");
  EXPECT_EQ(Json::parse(written), value);
  EXPECT_EQ(value.at(1).dump({.ascii = true}), R"("gr\u00fc\u00df \ud83d\udc1f")");
  EXPECT_EQ(Json::parse(value.dump({.ascii = true})), value);
  const Json broken{{"caf\xe9", "\xff\xfe"}};
  EXPECT_EQ(thrown([] { Json("a\xff").dump(); }), "invalid UTF-8 byte at index 1: 0xFF");
  EXPECT_EQ(broken.dump({.replace = true}), "{\"caf\xef\xbf\xbd\":\"\xef\xbf\xbd\xef\xbf\xbd\"}");
}

TEST(json, indents) {
  const Json value{{"a", {1, 2}}, {"b", Json::object()}, {"c", Json::array()}};
  EXPECT_EQ(value.dump({.indent = 2}), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": []\n}");
}

TEST(json, nesting_has_a_limit) {
  EXPECT_EQ(Json::parse(nested(Json::most_depth)).dump(), nested(Json::most_depth));
  EXPECT_EQ(thrown([] { Json::parse(nested(Json::most_depth + 1)); }),
            "arrays and objects are nested more than 256 deep");
  EXPECT_EQ(thrown([] { Json::parse(std::string(10'000'000, '[')); }),
            "arrays and objects are nested more than 256 deep");
}

TEST(json, broken_texts) {
  for (const char* text :
       {"",    " ",    "[1,",     "{\"a\":}", "{\"a\" 1}", "{1:2}",       "[1]]",     "nul", "01",    "1.",   "+1",
        "'a'", "[1,]", "\"\\x\"", "\"\xff\"", "\"\xc3\"",  "\"\\ud800\"", "\"a\nb\"", "NaN", "1e999", "// no"}) {
    EXPECT_NE(thrown([&] { Json::parse(text); }), "nothing") << text;
    EXPECT_TRUE(Json::parse_or_null(text).is_null()) << text;
  }
  EXPECT_EQ(
      thrown([] { Json::parse("[1,\n 2,"); }),
      "parse error at line 2, column 4: syntax error while parsing value - unexpected end of input; expected '[', "
      "'{', or a literal");
  const std::string text = "[1]";
  EXPECT_EQ(Json::parse_or_null(text), Json{1});
  EXPECT_EQ(Json::parse(std::as_bytes(std::span(text))), Json{1});
  EXPECT_EQ(Json::parse("\xef\xbb\xbf[1]"), Json{1}) << "after a byte order mark";
}

TEST(json, of_repeated_keys_the_last_counts) {
  EXPECT_EQ(Json::parse(R"({"a": 1, "b": 2, "a": 3, "c": 4, "b": {"a": 5}, "a": 6})").dump(),
            R"({"a":6,"b":{"a":5},"c":4})");
}

// --- held against nlohmann ---

using Dice = std::mt19937_64;
using Theirs = nlohmann::ordered_json;

std::string random_text(Dice& dice) {
  static const std::vector<std::string> pieces{
      "a",    "b",    "Z",    "\"", "\\", "\n", "\x02", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x90\x9f",
      "\xff", "\xc3", "\x7f", "/"};
  std::string text;
  for (auto i = dice() % 6; i > 0; --i) text += pieces[dice() % pieces.size()];
  return text;
}

double random_number(Dice& dice) {
  switch (dice() % 4) {
    case 0: return static_cast<double>(static_cast<float>(dice()) * 0x1p-64F);
    case 1: return static_cast<double>(dice() % 100000) / 1000;
    case 2: return std::ldexp(static_cast<double>(dice()), static_cast<int>(dice() % 2000) - 1060);
    default: return static_cast<double>(dice() % 1000);
  }
}

/// Makes the same random value twice: ours and theirs.
std::pair<Json, Theirs> random_value(Dice& dice, int depth) {
  switch (dice() % (depth > 0 ? 9 : 7)) {
    case 0: return {nullptr, nullptr};
    case 1: {
      const bool yes = dice() % 2 == 0;
      return {yes, yes};
    }
    case 2: {
      const auto number = static_cast<std::int64_t>(dice());
      return {number, number};
    }
    case 3: {
      const std::uint64_t number = dice();
      return {number, number};
    }
    case 4:
    case 5: {
      const double number = random_number(dice);
      return {number, number};
    }
    case 6: {
      const std::string text = random_text(dice);
      return {text, text};
    }
    case 7: {
      std::pair<Json, Theirs> list{Json::array(), Theirs::array()};
      for (auto i = dice() % 5; i > 0; --i) {
        auto [ours, theirs] = random_value(dice, depth - 1);
        list.first.push_back(ours);
        list.second.push_back(theirs);
      }
      return list;
    }
    default: {
      std::pair<Json, Theirs> object{Json::object(), Theirs::object()};
      for (auto i = dice() % 5; i > 0; --i) {
        const std::string key = random_text(dice);
        auto [ours, theirs] = random_value(dice, depth - 1);
        object.first[key] = ours;
        object.second[key] = theirs;
      }
      return object;
    }
  }
}

TEST(json, writes_the_bytes_of_nlohmann) {
  constexpr auto replace = Theirs::error_handler_t::replace;
  Dice dice(7);
  int with_members = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto [ours, theirs] = random_value(dice, 4);
    ASSERT_EQ(ours.dump({.replace = true}), theirs.dump(-1, ' ', false, replace));
    ASSERT_EQ(ours.dump({.indent = 2, .replace = true}), theirs.dump(2, ' ', false, replace));
    ASSERT_EQ(ours.dump({.ascii = true, .replace = true}), theirs.dump(-1, ' ', true, replace));
    ASSERT_EQ(ours.dump({.replace = true, .sorted = true}), nlohmann::json(theirs).dump(-1, ' ', false, replace));
    with_members += ours.is_object() && ours.size() > 1 ? 1 : 0;
  }
  EXPECT_GT(with_members, 100) << "the values are worth something";
}

TEST(json, reads_what_nlohmann_reads) {
  Dice dice(8);
  int broken = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text = random_value(dice, 4).second.dump(static_cast<int>(dice() % 3) - 1, ' ', false,
                                                         Theirs::error_handler_t::replace);
    if (dice() % 2 == 0 && !text.empty()) text[dice() % text.size()] = "{}[],:\"0e.-x\xff"[dice() % 13];
    const Theirs theirs = Theirs::parse(text, nullptr, false);
    broken += theirs.is_discarded() ? 1 : 0;
    if (theirs.is_discarded())
      ASSERT_NE(thrown([&] { Json::parse(text); }), "nothing") << text;
    else
      ASSERT_EQ(Json::parse(text).dump(), theirs.dump()) << text;
  }
  EXPECT_GT(broken, 300);
  EXPECT_LT(broken, 2000);
}

}  // namespace
}  // namespace fovea
