// Turns ONNX's TensorProto into tensors: dims and data are held against each other first, so that no file can ask for
// more memory than it has data for. Layout: onnx.proto of ONNX 1.12; data in other files: ONNX's ExternalData.md.
// SPDX-License-Identifier: Apache-2.0
#include "load/onnx_tensor.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <string_view>

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>

#include <fovea/error.h>

namespace fovea::load {
namespace {

static_assert(std::endian::native == std::endian::little, "raw data of ONNX files is little-endian");

/// Data up to this size stays in its message too: shape inference reads shapes, axes and the like.
constexpr std::size_t kept_bytes = 1024;
/// Most bytes taken from other files; many tensors may name the same ones.
constexpr std::int64_t external_limit = std::int64_t{16} << 30;

/// The field of TensorProto that holds elements of a type when raw_data does not.
enum class Field { floats, doubles, int32s, int64s, uint64s };

/// How an element type of the file is stored and what it becomes.
struct Element {
  std::size_t bytes;  ///< of one element in raw data
  Field field;
  at::ScalarType type;  ///< unsigned types that libtorch lacks become the next wider signed one
};

std::optional<Element> element_of(std::int32_t data_type) {
  switch (data_type) {
    case onnx::TensorProto::FLOAT: return Element{4, Field::floats, at::kFloat};
    case onnx::TensorProto::DOUBLE: return Element{8, Field::doubles, at::kDouble};
    case onnx::TensorProto::FLOAT16: return Element{2, Field::int32s, at::kHalf};
    case onnx::TensorProto::BFLOAT16: return Element{2, Field::int32s, at::kBFloat16};
    case onnx::TensorProto::INT8: return Element{1, Field::int32s, at::kChar};
    case onnx::TensorProto::INT16: return Element{2, Field::int32s, at::kShort};
    case onnx::TensorProto::INT32: return Element{4, Field::int32s, at::kInt};
    case onnx::TensorProto::INT64: return Element{8, Field::int64s, at::kLong};
    case onnx::TensorProto::UINT8: return Element{1, Field::int32s, at::kByte};
    case onnx::TensorProto::UINT16: return Element{2, Field::int32s, at::kInt};
    case onnx::TensorProto::UINT32: return Element{4, Field::uint64s, at::kLong};
    case onnx::TensorProto::UINT64: return Element{8, Field::uint64s, at::kLong};
    case onnx::TensorProto::BOOL: return Element{1, Field::int32s, at::kBool};
    default: return std::nullopt;
  }
}

/// Spells an element type: "STRING", or "type 17" for those newer than this libonnx.
std::string type_name(std::int32_t data_type) {
  if (!onnx::TensorProto::DataType_IsValid(data_type)) return "type " + std::to_string(data_type);
  return onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(data_type));
}

std::string shape_text(const onnx::TensorProto& message) {
  std::string text;
  for (const std::int64_t dim : message.dims()) text += (text.empty() ? "" : ",") + std::to_string(dim);
  return "[" + text + "]";
}

Element checked_element(const onnx::TensorProto& message, const std::string& label) {
  const std::optional<Element> element = element_of(message.data_type());
  if (!element) {
    throw Error(ErrorKind::unsupported, label + " has elements of " + type_name(message.data_type()),
                "float, double, float16, bfloat16, bool and the integers of 8 to 64 bits are read");
  }
  if (message.has_segment()) throw Error(ErrorKind::unsupported, label + " is stored in segments");
  return *element;
}

/// Returns the number of elements; throws on a negative dim or when their bytes could not be counted.
std::int64_t checked_count(const onnx::TensorProto& message, const std::string& label) {
  constexpr std::int64_t widest_element = 8;
  std::int64_t count = 1;
  bool empty = false;
  for (const std::int64_t dim : message.dims()) {
    if (dim < 0) throw Error(ErrorKind::format, label + " has a negative dimension: " + shape_text(message));
    empty = empty || dim == 0;
    if (dim != 0 && count > std::numeric_limits<std::int64_t>::max() / widest_element / dim) {
      throw Error(ErrorKind::format, label + " has more elements than can be counted: " + shape_text(message));
    }
    count *= std::max<std::int64_t>(dim, 1);
  }
  return empty ? 0 : count;
}

[[noreturn]] void fail_size(const onnx::TensorProto& message, const std::string& label, std::int64_t expected,
                            std::int64_t found, const char* unit) {
  throw Error(ErrorKind::format, label + " " + shape_text(message) + " of " + type_name(message.data_type()) +
                                     " needs " + std::to_string(expected) + " " + unit + " but has " +
                                     std::to_string(found));
}

/// Where a tensor's bytes lie in another file.
struct External {
  std::filesystem::path path;
  std::int64_t offset = 0;
  std::int64_t length = 0;
};

std::int64_t parse_number(const onnx::StringStringEntryProto& entry, const std::string& label) {
  std::int64_t number = -1;
  const char* end = entry.value().data() + entry.value().size();
  const auto [stop, error] = std::from_chars(entry.value().data(), end, number);
  if (error == std::errc{} && stop == end && number >= 0) return number;
  throw Error(ErrorKind::format, label + " gives its " + entry.key() + " in another file as '" + entry.value() + "'");
}

/// Resolves a location. Checked as text only: a folder made of links into a cache is a common way to keep models.
std::filesystem::path external_path(const TensorReader& reader, const std::string& location, const std::string& label) {
  const std::filesystem::path relative(location);
  const bool escapes = std::find(relative.begin(), relative.end(), "..") != relative.end();
  if (location.empty() || location.find('\0') != std::string::npos || relative.is_absolute() || escapes) {
    throw Error(ErrorKind::format, label + " is stored in '" + location + "', outside the model's folder",
                "tensors are read from the folder of the model file and below only");
  }
  return reader.folder / relative;
}

External find_external(TensorReader& reader, const onnx::TensorProto& message, std::int64_t bytes,
                       const std::string& label) {
  External external;
  external.length = bytes;
  std::string location;
  for (const onnx::StringStringEntryProto& entry : message.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") external.offset = parse_number(entry, label);
    if (entry.key() == "length") external.length = parse_number(entry, label);
  }
  external.path = external_path(reader, location, label);
  if (external.length != bytes) fail_size(message, label, bytes, external.length, "bytes");

  std::error_code error;
  if (!std::filesystem::is_regular_file(external.path, error)) {
    throw Error(ErrorKind::file, label + " is stored in '" + external.path.string() + "', which is not there",
                "copy the model's data files into its folder as well");
  }
  const auto available = static_cast<std::int64_t>(std::filesystem::file_size(external.path, error));
  if (error || external.offset > available || bytes > available - external.offset) {
    throw Error(ErrorKind::format,
                label + " needs bytes " + std::to_string(external.offset) + " to " +
                    std::to_string(external.offset + bytes) + " of '" + external.path.string() + "', which has " +
                    std::to_string(available),
                "the file may be truncated");
  }
  reader.external_files.insert(std::filesystem::path(location).lexically_normal().generic_string());
  return external;
}

void read_external(const External& external, const std::string& label, char* to) {
  std::ifstream file(external.path, std::ios::binary);
  file.seekg(external.offset);
  if (!file.read(to, external.length)) {
    throw Error(ErrorKind::file, label + " cannot be read from '" + external.path.string() + "'");
  }
}

/// Returns the number of elements in the typed field.
std::int64_t field_count(const onnx::TensorProto& message, Field field) {
  switch (field) {
    case Field::floats: return message.float_data_size();
    case Field::doubles: return message.double_data_size();
    case Field::int32s: return message.int32_data_size();
    case Field::int64s: return message.int64_data_size();
    case Field::uint64s: return message.uint64_data_size();
  }
  return 0;
}

/// Copies `count` elements, cast one by one.
template <class From, class To>
void copy_cast(const From* from, std::int64_t count, void* to) {
  std::transform(from, from + count, static_cast<To*>(to), [](From value) { return static_cast<To>(value); });
}

/// Copies elements that the typed field keeps in int32: narrow integers, or the bits of 16-bit floats.
void copy_int32s(const std::int32_t* from, std::int64_t count, std::int32_t data_type, void* to) {
  switch (data_type) {
    case onnx::TensorProto::INT8: return copy_cast<std::int32_t, std::int8_t>(from, count, to);
    case onnx::TensorProto::UINT8: return copy_cast<std::int32_t, std::uint8_t>(from, count, to);
    case onnx::TensorProto::BOOL: return copy_cast<std::int32_t, bool>(from, count, to);
    case onnx::TensorProto::INT16: return copy_cast<std::int32_t, std::int16_t>(from, count, to);
    case onnx::TensorProto::FLOAT16:
    case onnx::TensorProto::BFLOAT16: return copy_cast<std::int32_t, std::uint16_t>(from, count, to);
    default: return copy_cast<std::int32_t, std::int32_t>(from, count, to);
  }
}

void copy_field(const onnx::TensorProto& message, Field field, std::int64_t count, void* to) {
  switch (field) {
    case Field::floats: return copy_cast<float, float>(message.float_data().data(), count, to);
    case Field::doubles: return copy_cast<double, double>(message.double_data().data(), count, to);
    case Field::int32s: return copy_int32s(message.int32_data().data(), count, message.data_type(), to);
    case Field::int64s: return copy_cast<std::int64_t, std::int64_t>(message.int64_data().data(), count, to);
    case Field::uint64s: return copy_cast<std::uint64_t, std::int64_t>(message.uint64_data().data(), count, to);
  }
}

/// Spreads raw unsigned elements to a wider type, last one first: they lie at the beginning of the same memory.
template <class From, class To>
void widen_in_place(char* data, std::int64_t count) {
  for (std::int64_t i = count - 1; i >= 0; --i) {
    From from;
    std::memcpy(&from, data + i * static_cast<std::int64_t>(sizeof(From)), sizeof(From));
    const To to = static_cast<To>(from);
    std::memcpy(data + i * static_cast<std::int64_t>(sizeof(To)), &to, sizeof(To));
  }
}

/// Makes raw elements, just copied to `data`, what libtorch expects.
void settle_raw(std::int32_t data_type, std::int64_t count, char* data) {
  if (data_type == onnx::TensorProto::UINT16) widen_in_place<std::uint16_t, std::int32_t>(data, count);
  if (data_type == onnx::TensorProto::UINT32) widen_in_place<std::uint32_t, std::int64_t>(data, count);
  if (data_type == onnx::TensorProto::BOOL) {  // any byte but 0 and 1 would be undefined behaviour later
    std::transform(data, data + count, data, [](char byte) { return static_cast<char>(byte != 0); });
  }
}

Tensor allocate(const onnx::TensorProto& message, at::ScalarType type, const std::string& label) {
  try {
    return at::empty(at::IntArrayRef(message.dims().data(), static_cast<std::size_t>(message.dims_size())),
                     at::TensorOptions().dtype(type));
  } catch (const c10::Error&) {
    throw Error(ErrorKind::resource, label + " " + shape_text(message) + " does not fit into memory");
  }
}

/// Leaves an empty tensor in the message: its memory is given back, and libonnx's checker is content.
void empty_message(TensorReader& reader, onnx::TensorProto& message) {
  reader.emptied.push_back({&message, Shape(message.dims().begin(), message.dims().end())});
  onnx::TensorProto empty;
  empty.set_name(message.name());
  empty.set_data_type(message.data_type());
  empty.add_dims(0);
  message.Swap(&empty);
}

/// Checks that a uint64 tensor has no value beyond int64, which it becomes.
void check_uint64(const onnx::TensorProto& message, const Tensor& tensor, const std::string& label) {
  if (message.data_type() != onnx::TensorProto::UINT64) return;
  const auto* data = tensor.data_ptr<std::int64_t>();
  if (std::any_of(data, data + tensor.numel(), [](std::int64_t value) { return value < 0; })) {
    throw Error(ErrorKind::unsupported, label + " has values beyond the range of int64");
  }
}

}  // namespace

Tensor take_tensor(TensorReader& reader, onnx::TensorProto& message, const std::string& owner) {
  const std::string label = owner + (message.name().empty() ? "" : " '" + message.name() + "'");
  const Element element = checked_element(message, label);
  const std::int64_t count = checked_count(message, label);
  const std::int64_t bytes = count * static_cast<std::int64_t>(element.bytes);
  const bool external = message.data_location() == onnx::TensorProto::EXTERNAL;
  const bool raw = external || message.has_raw_data();

  std::optional<External> source;
  if (external) {
    source = find_external(reader, message, bytes, label);
    reader.external_bytes += bytes;
    if (reader.external_bytes > external_limit) {
      throw Error(ErrorKind::resource, label + " brings the tensors stored beside the model to over 16 GiB");
    }
  } else if (raw) {
    const auto found = static_cast<std::int64_t>(message.raw_data().size());
    if (found != bytes) fail_size(message, label, bytes, found, "bytes");
  } else if (const std::int64_t found = field_count(message, element.field); found != count) {
    fail_size(message, label, count, found, "elements");
  }

  Tensor tensor = allocate(message, element.type, label);
  auto* data = static_cast<char*>(tensor.data_ptr());
  if (source && bytes > 0) read_external(*source, label, data);
  if (!external && raw && bytes > 0) std::memcpy(data, message.raw_data().data(), message.raw_data().size());
  if (raw) settle_raw(message.data_type(), count, data);
  if (!raw) copy_field(message, element.field, count, data);
  check_uint64(message, tensor, label);
  if (external || static_cast<std::size_t>(bytes) > kept_bytes) empty_message(reader, message);
  return tensor;
}

void restore_shapes(TensorReader& reader) {
  for (const TensorReader::Emptied& emptied : reader.emptied) {
    emptied.message->clear_dims();
    for (const std::int64_t dim : emptied.shape) emptied.message->add_dims(dim);
  }
}

}  // namespace fovea::load
