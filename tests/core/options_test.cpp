// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/options.h>

namespace fovea {
namespace {

constexpr Option described[] = {{"steps", OptionType::integer, "50", "1..100", "Sets the steps."},
                                {"sigma", OptionType::number, "0.5", "0..10", "Sets the noise."},
                                {"relu", OptionType::boolean, "true", "", "Clamps."},
                                {"rule", OptionType::choice, "midpoint", "midpoint|trapezoid", "Chooses.", "scheme"}};
constexpr Setting few[] = {{"steps", "5"}, {"rule", "trapezoid"}};
constexpr Preset presets[] = {{"few", "Few steps.", few}};

Options with(const Settings& settings, std::string_view preset = {}) {
  return Options("technique 't'", described, presets, preset, settings);
}

TEST(options, defaults_are_overridden_by_the_preset_and_that_by_the_user) {
  EXPECT_EQ(with({}).integer("steps"), 50);
  EXPECT_EQ(with({}, "few").integer("steps"), 5);
  EXPECT_EQ(with({{"steps", "7"}}, "few").integer("steps"), 7);
  EXPECT_EQ(with({{"steps", "7"}}, "few").text("rule"), "trapezoid");
  EXPECT_TRUE(with({}).flag("relu"));
  EXPECT_EQ(with({{"sigma", "1e-1"}}).number("sigma"), 0.1);
  EXPECT_TRUE(with({}, "few").is_set("rule"));
  EXPECT_FALSE(with({}).is_set("rule"));
  EXPECT_FALSE(with({}, "few").is_asked("rule")) << "a preset set it";
  EXPECT_TRUE(with({{"rule", "midpoint"}}, "few").is_asked("rule"));
}

struct WrongOption {
  Settings settings;
  const char* preset;
  const char* message;
  const char* hint;
};

class options_refused : public ::testing::TestWithParam<WrongOption> {};

TEST_P(options_refused, with_what_was_expected_and_found) {
  try {
    with(GetParam().settings, GetParam().preset);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_STREQ(error.what(), GetParam().message);
    EXPECT_EQ(error.hint(), GetParam().hint);
  }
}

INSTANTIATE_TEST_SUITE_P(
    options, options_refused,
    ::testing::Values(
        WrongOption{{{"step", "1"}}, "", "technique 't' has no option 'step'", "did you mean 'steps'?"},
        WrongOption{
            {{"scheme", "midpoint"}}, "", "option 'scheme' of technique 't' is called 'rule' now", "write rule=..."},
        WrongOption{{{"steps", "0"}},
                    "",
                    "option 'steps' of technique 't' should be a whole number in 1..100, found '0'",
                    "Sets the steps."},
        WrongOption{{{"steps", "1.5"}},
                    "",
                    "option 'steps' of technique 't' should be a whole number in 1..100, found '1.5'",
                    "Sets the steps."},
        WrongOption{{{"sigma", "nan"}},
                    "",
                    "option 'sigma' of technique 't' should be a number in 0..10, found 'nan'",
                    "Sets the noise."},
        WrongOption{
            {{"relu", "yes"}}, "", "option 'relu' of technique 't' should be true or false, found 'yes'", "Clamps."},
        WrongOption{{{"rule", "simpson"}},
                    "",
                    "option 'rule' of technique 't' should be one of midpoint|trapezoid, found 'simpson'",
                    "Chooses."},
        WrongOption{{}, "many", "technique 't' has no preset 'many'", "it has: few"}));

}  // namespace
}  // namespace fovea
