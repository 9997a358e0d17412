// NumPy's .npy files: "\x93NUMPY", version, header length, a Python dict {'descr', 'fortran_order', 'shape'}, then the
// raw elements (numpy.lib.format, versions 1.0 to 3.0).
// SPDX-License-Identifier: Apache-2.0
#include <fovea/npy.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <string>

#include <ATen/ops/empty.h>

#include <fovea/error.h>

#include "core/atomic_file.h"
#include "image/bytes.h"
#include "image/npy_header.h"

namespace fovea {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are read and written as they lie in memory");

constexpr std::string_view magic("\x93NUMPY", 6);
constexpr std::size_t version_end = 8;  // magic, major, minor

/// An element type on both sides.
struct ElementType {
  std::string_view descr;  ///< NumPy's spelling
  at::ScalarType stored;   ///< same size in memory
  at::ScalarType read_as;  ///< what it becomes
};

constexpr ElementType element_types[] = {
    {"<f4", at::kFloat, at::kFloat}, {"<f8", at::kDouble, at::kDouble}, {"<f2", at::kHalf, at::kHalf},
    {"|b1", at::kByte, at::kBool},   {"|u1", at::kByte, at::kByte},     {"|i1", at::kChar, at::kChar},
    {"<i2", at::kShort, at::kShort}, {"<i4", at::kInt, at::kInt},       {"<i8", at::kLong, at::kLong},
};

[[noreturn]] void broken(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorKind::format, path.string() + " is not a sound .npy file: " + what, "write it anew with numpy.save");
}

/// The header's three entries.
struct Header {
  std::string descr;
  std::optional<bool> fortran_order;
  std::optional<Shape> shape;
};

/// Reads a Python dict of a text, a bool and a tuple of whole numbers, as numpy writes it.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::filesystem::path& path) : text_(text), path_(path) {}

  Header parse() {
    Header header;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr") {
        header.descr = description();
      } else if (key == "fortran_order") {
        header.fortran_order = boolean();
      } else if (key == "shape") {
        header.shape = tuple();
      } else {
        broken(path_, "its header has an unknown entry '" + key + "'");
      }
      if (!accept(',') && peek() != '}') broken(path_, "its header lacks a comma or '}'");
    }
    if (peek() != '\0') broken(path_, "its header goes on after '}'");
    return header;
  }

 private:
  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) broken(path_, std::string("its header lacks a '") + c + "'");
  }
  std::string quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') broken(path_, "its header lacks a quoted text");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) broken(path_, "a text in its header has no end");
    std::string result(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return result;
  }
  std::string description() {
    if (peek() == '[') {
      throw Error(ErrorKind::unsupported, path_.string() + " has records for elements; only plain numbers are read",
                  "save one field of it");
    }
    return quoted();
  }
  bool boolean() {
    peek();
    for (const auto& [word, value] : {std::pair{std::string_view("True"), true}, {std::string_view("False"), false}}) {
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    broken(path_, "its 'fortran_order' is neither True nor False");
  }
  Shape tuple() {
    Shape shape;
    expect('(');
    while (!accept(')')) {
      peek();
      std::int64_t extent = -1;
      const char* end = text_.data() + text_.size();
      const auto [after, error] = std::from_chars(text_.data() + at_, end, extent);
      if (error != std::errc{} || extent < 0) broken(path_, "its shape has an extent that is no size");
      shape.push_back(extent);
      at_ = static_cast<std::size_t>(after - text_.data());
      if (!accept(',') && peek() != ')') broken(path_, "its shape lacks a comma or ')'");
    }
    return shape;
  }

  std::string_view text_;
  const std::filesystem::path& path_;
  std::size_t at_ = 0;
};

const ElementType& type_of(const std::string& descr, const std::filesystem::path& path) {
  for (const ElementType& type : element_types) {
    // A single byte has no order; some writers give one nevertheless.
    const bool one_byte = type.descr.front() == '|' && descr.size() == 3 && descr.substr(1) == type.descr.substr(1);
    if (descr == type.descr || one_byte) return type;
  }
  const bool big_endian = !descr.empty() && descr.front() == '>';
  throw Error(ErrorKind::unsupported,
              path.string() + " has elements of type '" + descr + "'" + (big_endian ? ", which is big-endian" : "") +
                  "; read are <f2, <f4, <f8, |i1, <i2, <i4, <i8, |u1 and |b1",
              "convert it with numpy's astype, e.g. to float32");
}

/// Multiplies the extents; nothing when the product and the bytes it takes do not fit in 63 bits.
std::optional<std::int64_t> count_of(const Shape& shape, std::int64_t element_size) {
  std::int64_t most = std::numeric_limits<std::int64_t>::max() / element_size;
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t extent : shape) {
    // An extent of 0 must not hide others that overflow: strides are made of them.
    empty = empty || extent == 0;
    if (extent != 0 && count > most / extent) return std::nullopt;
    count *= std::max<std::int64_t>(extent, 1);
  }
  return empty ? 0 : count;
}

/// Reads as many bytes as asked for; false when there are not as many.
bool read_exactly(std::ifstream& file, void* to, std::uint64_t size) {
  file.read(static_cast<char*>(to), static_cast<std::streamsize>(size));
  return static_cast<bool>(file);
}

/// Reads everything up to the elements; returns the header's text and moves `file` behind it.
std::string read_header(std::ifstream& file, std::uintmax_t file_size, const std::filesystem::path& path) {
  std::byte start[version_end + 4];
  if (!read_exactly(file, start, version_end) || !holds(start, 0, magic)) broken(path, "it does not begin as one does");
  const int version = std::to_integer<int>(start[magic.size()]);
  if (version < 1 || version > 3) {
    throw Error(ErrorKind::unsupported,
                path.string() + " is of .npy version " + std::to_string(version) + "; versions 1 to 3 are read");
  }
  const std::size_t length_size = version == 1 ? 2 : 4;
  if (!read_exactly(file, start + version_end, length_size)) broken(path, "it ends in its header");
  const std::uint32_t length = number_at(start, version_end, length_size, Endian::little).value_or(0);
  if (length > file_size - version_end - length_size) {
    broken(path,
           "its header claims " + std::to_string(length) + " bytes, the whole file has " + std::to_string(file_size));
  }
  std::string text(length, '\0');
  if (!read_exactly(file, text.data(), length)) broken(path, "it ends in its header");
  return text;
}

std::string shown(const Shape& shape) {
  std::string text = "(";
  for (const std::int64_t extent : shape) text += std::to_string(extent) + (shape.size() == 1 ? "," : ", ");
  if (shape.size() > 1) text.resize(text.size() - 2);
  return text + ")";
}

/// Checks that the elements take exactly what is left of the file.
void check_length(const Header& header, const ElementType& type, std::uintmax_t left,
                  const std::filesystem::path& path) {
  constexpr std::size_t most_axes = 32;
  const auto element_size = static_cast<std::int64_t>(at::elementSize(type.stored));
  if (header.shape->size() > most_axes) {
    broken(path, "it has " + std::to_string(header.shape->size()) + " axes, over NumPy's " + std::to_string(most_axes));
  }
  const auto count = count_of(*header.shape, element_size);
  if (count && static_cast<std::uintmax_t>(*count * element_size) == left) return;
  const std::string needed = count ? std::to_string(*count * element_size) : "more than 2^63";
  broken(path, "shape " + shown(*header.shape) + " of '" + header.descr + "' takes " + needed +
                   " bytes, the file has " + std::to_string(left));
}

const ElementType& type_for(at::ScalarType scalar) {
  for (const ElementType& type : element_types) {
    if (scalar == type.read_as) return type;
  }
  throw Error(ErrorKind::unsupported,
              std::string("tensors of type ") + at::toString(scalar) + " are not written as .npy",
              "convert it to float first");
}

}  // namespace

Tensor read_npy(const std::filesystem::path& path) {
  std::error_code error;
  const bool regular = std::filesystem::is_regular_file(path, error);
  const std::uintmax_t file_size = regular ? std::filesystem::file_size(path, error) : 0;
  std::ifstream file(path, std::ios::binary);
  if (!regular || error || !file) {
    throw Error(ErrorKind::file, "cannot read " + path.string() + ": there is no such file, or it may not be read",
                "check the path");
  }
  const std::string text = read_header(file, file_size, path);
  const Header header = HeaderParser(text, path).parse();
  if (header.descr.empty() || !header.fortran_order || !header.shape) {
    broken(path, "its header lacks 'descr', 'fortran_order' or 'shape'");
  }
  const ElementType& type = type_of(header.descr, path);
  check_length(header, type, file_size - static_cast<std::uintmax_t>(file.tellg()), path);

  // Fortran's order is C's order of the reversed axes.
  Shape stored = *header.shape;
  if (*header.fortran_order) std::reverse(stored.begin(), stored.end());
  Tensor tensor = at::empty(stored, at::TensorOptions(type.stored));
  if (!read_exactly(file, tensor.data_ptr(), tensor.nbytes())) broken(path, "its end could not be read");
  // Bytes other than 0 and 1 are no bools in C++.
  if (type.read_as == at::kBool) tensor = tensor.ne(0);
  if (*header.fortran_order) {
    Shape axes;
    for (auto axis = static_cast<std::int64_t>(stored.size()); axis > 0; --axis) axes.push_back(axis - 1);
    tensor = tensor.permute(axes).contiguous();
  }
  return tensor;
}

std::string npy_header(at::ScalarType scalar, const Shape& shape) {
  constexpr std::size_t alignment = 64;  // where numpy lets the elements begin
  constexpr std::size_t header_start = version_end + 2;
  std::string dict = "{'descr': '" + std::string(type_for(scalar).descr) +
                     "', 'fortran_order': False, 'shape': " + shown(shape) + ", }";
  const std::size_t unpadded = header_start + dict.size() + 1;
  dict.append((alignment - unpadded % alignment) % alignment, ' ');
  dict += '\n';
  if (dict.size() > std::numeric_limits<std::uint16_t>::max()) {
    throw Error(ErrorKind::unsupported, "a tensor of " + std::to_string(shape.size()) + " axes does not fit in .npy 1");
  }
  std::string start(magic);
  start += {'\x01', '\x00', static_cast<char>(dict.size() & 0xff), static_cast<char>(dict.size() >> 8)};
  return start + dict;
}

void write_npy(const std::filesystem::path& path, const Tensor& tensor) {
  if (!tensor.defined()) throw Error(ErrorKind::internal, "an undefined tensor cannot be written to " + path.string());
  const Tensor elements = tensor.detach().to(at::kCPU).contiguous();
  const std::string start = npy_header(elements.scalar_type(), elements.sizes().vec());
  write_whole(path, {std::as_bytes(std::span(start)),
                     std::span(static_cast<const std::byte*>(elements.data_ptr()), elements.nbytes())});
}

}  // namespace fovea
