// Makes .tar archives header by header, for tests: right ones, and ones that are wrong in one place.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace fovea::test {

/// What one header says; the size is the content's unless given otherwise.
struct TarEntry {
  std::string name;
  std::string content;
  char type = '0';
  std::string prefix;
  std::string size;  ///< the field's 12 bytes
  std::string magic = std::string(
      "ustar\0"
      "00",
      8);
};

/// Returns one record of pax, with its own length in front.
inline std::string pax_record(const std::string& key, const std::string& value) {
  const std::string rest = " " + key + "=" + value + "\n";
  std::size_t length = rest.size();
  while (std::to_string(length).size() + rest.size() != length) length = std::to_string(length).size() + rest.size();
  return std::to_string(length) + rest;
}

/// An archive that grows.
class TarMaker {
 public:
  TarMaker& add(const TarEntry& entry) {
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, std::string_view text) { header.replace(at, text.size(), text); };
    put(0, std::string_view(entry.name).substr(0, 100));
    put(100, "0000644");
    put(124, entry.size.empty() ? octal(entry.content.size(), 11) : entry.size);
    put(156, std::string(1, entry.type));
    put(257, entry.magic);
    put(345, entry.prefix);
    put(148, "        ");
    std::uint64_t sum = 0;
    for (const char c : header) sum += static_cast<unsigned char>(c);
    put(148, octal(sum, 6) + std::string("\0 ", 2));
    bytes_ += header + entry.content;
    bytes_.resize((bytes_.size() + 511) / 512 * 512, '\0');
    return *this;
  }
  TarMaker& add(const std::string& name, const std::string& content) { return add({.name = name, .content = content}); }
  /// Adds GNU's long name, for the entry after it.
  TarMaker& long_name(const std::string& name) {
    return add({.name = "././@LongLink",
                .content = name + std::string(1, '\0'),
                .type = 'L',
                .magic = std::string("ustar  \0", 8)});
  }
  /// Adds pax records, for the entry after it.
  TarMaker& pax(const std::string& records) { return add({.name = "PaxHeaders/x", .content = records, .type = 'x'}); }
  /// Returns the archive up to here.
  const std::string& open() const { return bytes_; }
  /// Returns the archive with its end mark.
  std::string bytes() const { return bytes_ + std::string(1024, '\0'); }

  static std::string octal(std::uint64_t value, int digits) {
    char text[32];
    std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(value));
    return text;
  }

 private:
  std::string bytes_;
};

}  // namespace fovea::test
