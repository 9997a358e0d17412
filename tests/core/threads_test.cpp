// SPDX-License-Identifier: Apache-2.0
#include <fovea/threads.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <thread>

#include <ATen/Parallel.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/linalg_eigh.h>
#include <gtest/gtest.h>

#include <fovea/error.h>
#include <fovea/image.h>
#include <fovea/invariance.h>
#include <fovea/trace.h>

#include "atlas/inverted_file.h"
#include "core/threads.h"
#include "support/net.h"
#include "support/temporary_folder.h"

namespace fovea {
namespace {

// --- control groups ---

/// A process's folder whose control groups lie under `mount`.
std::filesystem::path process(const test::TemporaryFolder& files, const std::string& groups,
                              const std::string& mounts) {
  files.write("cgroup", groups);
  files.write("mountinfo", mounts);
  return files.path();
}

void write_at(const test::TemporaryFolder& files, const std::string& folder, const std::string& name,
              const std::string& content) {
  std::filesystem::create_directories(files.path() / folder);
  files.write(folder + "/" + name, content);
}

TEST(threads, the_least_quota_up_the_hierarchy_counts) {
  const test::TemporaryFolder files;
  const auto self = process(files, "0::/a/b\n",
                            "29 23 0:26 / /proc rw - proc proc rw\n"
                            "30 23 0:27 / " +
                                (files.path() / "groups").string() + " rw,nosuid shared:4 - cgroup2 cgroup2 rw\n");
  EXPECT_EQ(processor_quota(self), std::nullopt);
  write_at(files, "groups/a/b", "cpu.max", "max 100000\n");
  EXPECT_EQ(processor_quota(self), std::nullopt);
  write_at(files, "groups/a", "cpu.max", "150000 100000\n");
  EXPECT_EQ(processor_quota(self), 1.5);
  write_at(files, "groups/a/b", "cpu.max", "50000 20000\n");
  EXPECT_EQ(processor_quota(self), 1.5);
  write_at(files, "groups", "cpu.max", "100000 200000\n");
  EXPECT_EQ(processor_quota(self), 0.5);
}

TEST(threads, a_quota_of_version_1_is_found_among_its_controllers) {
  const test::TemporaryFolder files;
  const std::string folder = files.path().string();
  const auto self = process(files, "5:cpuset:/box\n4:cpu,cpuacct:/box\n0::/\n",
                            "31 30 0:28 / " + folder +
                                "/set rw - cgroup cgroup rw,cpuset\n"
                                "32 30 0:29 / " +
                                folder + "/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
  write_at(files, "cpu/box", "cpu.cfs_quota_us", "-1\n");
  write_at(files, "cpu/box", "cpu.cfs_period_us", "100000\n");
  write_at(files, "set/box", "cpu.cfs_quota_us", "1000\n");
  write_at(files, "set/box", "cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(processor_quota(self), std::nullopt);
  write_at(files, "cpu/box", "cpu.cfs_quota_us", "300000\n");
  EXPECT_EQ(processor_quota(self), 3);
}

// A container sees its own group, /docker/1, at the mount's folder; with a name space of its own the rest lies above
// it.
TEST(threads, a_quota_is_found_where_only_part_of_the_hierarchy_is_mounted) {
  const test::TemporaryFolder files;
  const std::string mount = " " + (files.path() / "groups").string() + " rw - cgroup2 cgroup2 rw\n";
  write_at(files, "groups", "cpu.max", "200000 100000\n");
  write_at(files, "groups/inner", "cpu.max", "100000 100000\n");
  write_at(files, "outside", "cpu.max", "1000 100000\n");
  EXPECT_EQ(processor_quota(process(files, "0::/docker/1\n", "30 23 0:27 /docker/1" + mount)), 2);
  EXPECT_EQ(processor_quota(process(files, "0::/docker/1/inner\n", "30 23 0:27 /docker/1" + mount)), 1);
  EXPECT_EQ(processor_quota(process(files, "0::/../outside\n", "30 23 0:27 /" + mount)), 2);
}

TEST(threads, what_cannot_be_read_is_no_quota) {
  const test::TemporaryFolder files;
  EXPECT_EQ(processor_quota(files.path() / "nothing"), std::nullopt);
  EXPECT_EQ(processor_quota(process(files, "nonsense\n:\n", "1 2 3\n\n- cgroup2\n")), std::nullopt);
}

// --- who chooses ---

/// Runs one of the children below and returns what it told, by name. `variables` go into an environment that says
/// nothing of threads otherwise; `bound` holds it to one processor.
std::map<std::string, std::string> child(const std::string& name, const std::string& variables, bool bound = false) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = "env -u OMP_NUM_THREADS -u MKL_NUM_THREADS " + variables +
                              (bound ? " taskset -c $(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')" : "") + " '" +
                              program + "' --gtest_also_run_disabled_tests --gtest_filter=threads_child.DISABLED_" +
                              name + " 2>&1";
  std::FILE* pipe = ::popen(command.c_str(), "r");
  std::map<std::string, std::string> told;
  std::array<char, 4096> line{};
  while (std::fgets(line.data(), line.size(), pipe) != nullptr) {
    const std::string_view text(line.data(), std::strcspn(line.data(), "\n"));
    const std::size_t at = text.find(": ");
    if (text.starts_with("told ") && at != std::string::npos)
      told[std::string(text.substr(5, at - 5))] = text.substr(at + 2);
  }
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return told;
}

TEST(threads, all_usable_processors_are_the_default) {
  const std::string all = std::to_string(usable_processors());
  auto told = child("counts", "");
  EXPECT_EQ(told["here"], all);
  EXPECT_EQ(told["elsewhere"], all);
  told = child("counts", "", true);
  EXPECT_EQ(told["here"], "1");
  EXPECT_EQ(told["elsewhere"], "1");
}

TEST(threads, what_the_caller_chose_stays) {
  for (const char* choice :
       {"OMP_NUM_THREADS=3", "FOVEA_CHILD=at", "FOVEA_CHILD=fovea", "OMP_NUM_THREADS=5 FOVEA_CHILD=at",
        "OMP_NUM_THREADS=5 FOVEA_CHILD=fovea", "MKL_NUM_THREADS=5 FOVEA_CHILD=fovea", "FOVEA_CHILD=at,fovea"}) {
    auto told = child("counts", choice);
    EXPECT_EQ(told["here"], "3") << choice;
    EXPECT_EQ(told["elsewhere"], "3") << choice;
  }
}

TEST(threads, fewer_than_one_are_refused) {
  EXPECT_THROW(set_threads(0), Error);
  EXPECT_THROW(set_threads(-2), Error);
}

TEST(threads_child, DISABLED_counts) {
  const char* given = std::getenv("FOVEA_CHILD");
  const std::string choice = given != nullptr ? given : "";
  if (choice == "at") at::set_num_threads(3);
  if (choice == "at,fovea") at::set_num_threads(4);
  if (choice.ends_with("fovea")) set_threads(3);
  int elsewhere = 0;
  std::thread([&] { elsewhere = thread_count(); }).join();
  std::cout << "told here: " << thread_count() << "\ntold elsewhere: " << elsewhere << std::endl;
}

// --- one team ---

/// What the pools of all libraries below are there for: convolutions and their gradients, products, decompositions,
/// pictures, nearest neighbours.
void work() {
  const Tensor x = test::random_normal({8, 16, 64, 64}, 1).requires_grad_();
  const Tensor weight = test::random_normal({32, 16, 3, 3}, 2);
  const Tensor y = at::conv2d(x, weight);
  vjp({y}, {x}, {y.detach()});
  const Tensor table = test::random_normal({2000, 300}, 3);
  const Tensor square = table.t().mm(table);
  at::linalg_eigh(square);
  InvertedFile(table, false).search(table, 5, 4);
  const Image large = resize(make_image(3000, 2000, {20, 40, 60}), 1500, 1000, Interpolation::linear);
  transformed(large, Transformation::rotation, 3, Border::edge);  // by the part that OpenCV is for
  decode_image(encode_image(large, ".jpg"), "large");
}

TEST(threads, one_team_serves_all_libraries) {
#ifndef FOVEA_BLAS_FOLDER
  GTEST_SKIP() << "needs libopenblas0-openmp, which was not there when the build was configured";
#endif
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the thread sanitizer has a thread of its own";
#endif
  for (const char* choice : {"OMP_NUM_THREADS=2", "FOVEA_CHILD=fovea"}) {
    auto told = child("works", choice);
    EXPECT_EQ(told["team"], "2") << choice;
    EXPECT_EQ(told["tasks"], "2") << choice;
    EXPECT_TRUE(told["runtimes"].starts_with("libgomp.so.1")) << told["runtimes"];
    EXPECT_EQ(told["runtimes"].find(" "), std::string::npos) << told["runtimes"];  // of one alone
    EXPECT_EQ(told["blas"], "openblas-openmp") << choice;
  }
}

TEST(threads_child, DISABLED_works) {
  if (std::getenv("FOVEA_CHILD") != nullptr) set_threads(2);
  work();
  std::set<std::string> runtimes;
  std::set<std::string> blas;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t at = line.find('/');
    if (at == std::string::npos) continue;
    const std::filesystem::path path = line.substr(at);
    const std::string name = path.filename().string();
    for (const char* runtime : {"libgomp", "libomp", "libiomp"}) {
      if (name.starts_with(runtime)) runtimes.insert(name);
    }
    if (name.starts_with("libblas.so") || name.starts_with("liblapack.so") || name.starts_with("libopenblas")) {
      blas.insert(path.parent_path().filename().string());
    }
  }
  const auto told = [](const char* what, const std::set<std::string>& names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : " ") + name;
    std::cout << "told " << what << ": " << all << "\n";
  };
  told("runtimes", runtimes);
  told("blas", blas);
  // Other threads may be there asleep: newer libtorches have one that waits for devices, UCX one that watches.
  int tasks = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "stat");
    std::string skipped;
    std::getline(file, skipped, ')');  // the name may hold anything
    for (int field = 3; field < 14; ++field) file >> skipped;
    std::int64_t in_program = 0, in_kernel = 0;  // in hundredths of a second
    file >> in_program >> in_kernel;
    tasks += in_program + in_kernel >= 3 ? 1 : 0;
  }
  std::cout << "told team: " << thread_count() << "\ntold tasks: " << tasks << std::endl;
}

}  // namespace
}  // namespace fovea
