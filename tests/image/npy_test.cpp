// .npy files: bytes as numpy writes them, and everything that can be wrong with them.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>

#include <fovea/npy.h>

#include "../support/failure.h"
#include "../support/temporary_folder.h"

namespace fovea {
namespace {

/// A file as numpy.lib.format describes it.
std::string npy(const std::string& dict, const std::string& data, int version = 1) {
  std::string file = "\x93NUMPY";
  file += static_cast<char>(version);
  file += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) file += static_cast<char>(dict.size() >> (8 * i) & 0xff);
  return file + dict + data;
}

std::string dict(const std::string& descr, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }      \n";
}

Tensor npy_of(const std::string& bytes) {
  const test::TemporaryFolder folder;
  return read_npy(folder.write("a.npy", bytes));
}

std::string failure_of_npy(const std::string& bytes) {
  return test::failure_of([&] { npy_of(bytes); });
}

TEST(npy, reads_floats_of_every_version) {
  const float values[] = {1.5f, -2, 3};
  const std::string data(reinterpret_cast<const char*>(values), sizeof values);
  for (const int version : {1, 2, 3}) {
    const Tensor tensor = npy_of(npy(dict("<f4", "(3,)"), data, version));
    EXPECT_EQ(tensor.scalar_type(), at::kFloat);
    EXPECT_EQ(tensor.sizes().vec(), (Shape{3}));
    EXPECT_EQ(tensor.data_ptr<float>()[1], -2);
  }
}

TEST(npy, fortran_order_is_turned) {
  // Column by column: [[1,2,3],[4,5,6]] is stored 1 4 2 5 3 6.
  const Tensor tensor = npy_of(npy(dict("|u1", "(2, 3)", "True"), "\x01\x04\x02\x05\x03\x06"));
  ASSERT_EQ(tensor.sizes().vec(), (Shape{2, 3}));
  ASSERT_TRUE(tensor.is_contiguous());
  for (std::uint8_t i = 0; i < 6; ++i) EXPECT_EQ(tensor.data_ptr<std::uint8_t>()[i], i + 1);
}

TEST(npy, bools_scalars_and_nothing) {
  const Tensor bools = npy_of(npy(dict("|b1", "(3,)"), std::string("\x00\x01\x02", 3)));
  EXPECT_EQ(bools.scalar_type(), at::kBool);
  EXPECT_EQ(bools.sum().item<std::int64_t>(), 2);
  EXPECT_EQ(npy_of(npy(dict("|i1", "()"), "\xff")).item<int>(), -1);
  EXPECT_EQ(npy_of(npy(dict("<f8", "(0, 3)"), "")).sizes().vec(), (Shape{0, 3}));
}

TEST(npy, written_as_numpy_writes_it) {
  const test::TemporaryFolder folder;
  write_npy(folder.path() / "a.npy", at::arange(6, at::TensorOptions(at::kInt)).reshape({2, 3}));
  const std::string file = folder.read("a.npy");
  ASSERT_EQ(file.size(), 128u + 24u) << "the elements begin at a multiple of 64";
  EXPECT_EQ(file.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(file.substr(10, 59), "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }");
  EXPECT_EQ(file[127], '\n');
  EXPECT_EQ(file[128 + 20], 5);
  EXPECT_EQ(folder.count(), 1);
}

TEST(npy, every_type_comes_back) {
  const test::TemporaryFolder folder;
  for (const at::ScalarType type :
       {at::kFloat, at::kDouble, at::kHalf, at::kBool, at::kByte, at::kChar, at::kShort, at::kInt, at::kLong}) {
    for (const Shape& shape : {Shape{}, Shape{4}, Shape{2, 2}, Shape{1, 2, 1, 2}}) {
      const std::int64_t count = shape.empty() ? 1 : 4;
      const Tensor tensor = at::arange(count, at::TensorOptions(at::kFloat)).to(type).reshape(shape);
      write_npy(folder.path() / "a.npy", tensor);
      const Tensor back = read_npy(folder.path() / "a.npy");
      EXPECT_EQ(back.scalar_type(), type);
      EXPECT_EQ(back.sizes().vec(), shape);
      EXPECT_TRUE(back.equal(tensor)) << at::toString(type);
    }
  }
}

TEST(npy, views_are_written_in_their_order) {
  const test::TemporaryFolder folder;
  write_npy(folder.path() / "a.npy", at::arange(6, at::TensorOptions(at::kFloat)).reshape({2, 3}).t());
  EXPECT_EQ(read_npy(folder.path() / "a.npy").data_ptr<float>()[1], 3);
}

TEST(npy, other_types_are_refused) {
  EXPECT_TRUE(test::holds(failure_of_npy(npy(dict(">f4", "(1,)"), "1234")), "which is big-endian"));
  EXPECT_TRUE(test::holds(failure_of_npy(npy(dict(">f4", "(1,)"), "1234")), "unsupported: "));
  EXPECT_TRUE(test::holds(failure_of_npy(npy(dict("<c8", "(1,)"), "12345678")), "unsupported: "));
  const std::string records = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n";
  EXPECT_TRUE(test::holds(failure_of_npy(npy(records, "1234")), "unsupported: "));
  EXPECT_TRUE(test::holds(failure_of_npy(npy(dict("<f4", "(1,)"), "1234", 9)), "unsupported: "));
  const test::TemporaryFolder folder;
  const Tensor complex = at::empty({1}, at::TensorOptions(at::kComplexFloat)).zero_();
  EXPECT_TRUE(test::holds(test::failure_of([&] { write_npy(folder.path() / "a.npy", complex); }), "unsupported: "));
}

TEST(npy, length_must_fit_the_header) {
  EXPECT_TRUE(test::holds(failure_of_npy(npy(dict("<f4", "(2,)"), "1234")), "takes 8 bytes, the file has 4"));
  EXPECT_TRUE(test::holds(failure_of_npy(npy(dict("<f4", "(2,)"), "123456789")), "takes 8 bytes, the file has 9"));
  EXPECT_TRUE(test::holds(failure_of_npy(npy(dict("<f4", "(4611686018427387904, 4)"), "")), "more than 2^63"));
  EXPECT_TRUE(test::holds(failure_of_npy(npy(dict("<f4", "(0, 4611686018427387904, 4)"), "")), "more than 2^63"));
}

TEST(npy, broken_headers) {
  const std::string sound = npy(dict("<f4", "(1,)"), "1234");
  for (std::size_t size = 0; size + 4 < sound.size(); ++size) {
    EXPECT_TRUE(test::holds(failure_of_npy(sound.substr(0, size)), "format: ")) << "cut to " << size;
  }
  std::string longer = sound;
  longer[9] = '\x7f';
  EXPECT_TRUE(test::holds(failure_of_npy(longer), "its header claims"));
  for (const char* wrong : {"", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}",
                            "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
                            "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
                            "{'descr': '<f4', 'fortran_order': False, 'shape': (1",
                            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 'x'}",
                            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x"}) {
    EXPECT_TRUE(test::holds(failure_of_npy(npy(wrong, "1234")), "format: ")) << wrong;
  }
}

TEST(npy, missing_file) {
  EXPECT_TRUE(test::holds(test::failure_of([] { read_npy("/nowhere/a.npy"); }), "file: cannot read /nowhere/a.npy"));
}

}  // namespace
}  // namespace fovea
