// Drawing progress.
// SPDX-License-Identifier: Apache-2.0
#include "shared/progress.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "shared/interrupt.h"

namespace fovea::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double terminal_interval = 0.1;  // s; faster only flickers
constexpr double plain_interval = 10;      // s; a log should not fill up
constexpr int bar_width = 24;

std::string time_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
  return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

/// One line of progress; knows when it was last drawn.
class Line {
 public:
  explicit Line(std::string label) : label_(std::move(label)) {}
  ~Line() {
    if (drawn_ && terminal_) std::fputs("\r\x1b[K", stderr);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void tell(std::int64_t done, std::int64_t total, const std::string& text = {}) {
    const Clock::time_point now = Clock::now();
    const double since = std::chrono::duration<double>(now - last_).count();
    if (total <= 0 || since < (terminal_ ? terminal_interval : plain_interval)) return;
    last_ = now;
    drawn_ = true;
    const double spent = std::chrono::duration<double>(now - start_).count();
    const double rate = static_cast<double>(done) / spent;
    const std::string left = done > 0 ? time_text(static_cast<double>(total - done) / rate) + " left" : "starting";
    const std::string numbers =
        fmt::format("{}/{}, {:.3g}/s, {}{}{}", done, total, rate, left, text.empty() ? "" : ", ", text);
    if (terminal_) {
      const int filled = static_cast<int>(done * bar_width / total);
      fmt::print(stderr, "\r{} [{:<{}}] {}\x1b[K", label_, std::string(static_cast<std::size_t>(filled), '='),
                 bar_width, numbers);
    } else {
      fmt::print(stderr, "{}: {}\n", label_, numbers);
    }
    std::fflush(stderr);
  }

 private:
  std::string label_;
  bool terminal_ = ::isatty(STDERR_FILENO) != 0;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

}  // namespace

Progress progress_on_stderr(std::string label) {
  return [line = std::make_shared<Line>(std::move(label))](std::int64_t done, std::int64_t total) {
    line->tell(done, total);
    return !interrupted();
  };
}

TellingProgress telling_progress_on_stderr(std::string label) {
  return [line = std::make_shared<Line>(std::move(label))](std::int64_t done, std::int64_t total,
                                                           const std::string& text) {
    line->tell(done, total, text);
    return !interrupted();
  };
}

}  // namespace fovea::cli
