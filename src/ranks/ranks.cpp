// Meeting at rank 0's store, heartbeats, shared counters and texts; Gloo for tensors, set up when first asked for.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/ranks.h>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <fovea/error.h>

namespace fovea {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds pause_between_looks{20};
constexpr milliseconds pause_between_beats{500};
constexpr const char* meeting = "meeting";  // what rank 0 says once it knows who came: "" is all of them

double seconds_since(Clock::time_point begun) { return std::chrono::duration<double>(Clock::now() - begun).count(); }

std::string of_rank(const char* what, int rank) { return std::string(what) + "/" + std::to_string(rank); }

std::string first_line(std::string text) { return text.substr(0, text.find('\n')); }

std::string place_of(const RankOptions& options) { return options.address + ":" + std::to_string(options.port); }

void check(const RankOptions& options) {
  if (options.size >= 1 && options.rank >= 0 && options.rank < options.size) return;
  throw Error(ErrorKind::usage, "rank " + std::to_string(options.rank) + " of " + std::to_string(options.size) +
                                    " does not exist; ranks count from 0");
}

/// Tells whether somebody listens there.
bool answers(const RankOptions& options) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(options.address.c_str(), std::to_string(options.port).c_str(), &wanted, &found) != 0) return false;
  bool answered = false;
  for (const addrinfo* place = found; place != nullptr && !answered; place = place->ai_next) {
    const int socket = ::socket(place->ai_family, place->ai_socktype | SOCK_CLOEXEC, place->ai_protocol);
    if (socket < 0) continue;
    answered = ::connect(socket, place->ai_addr, place->ai_addrlen) == 0;
    ::close(socket);
  }
  ::freeaddrinfo(found);
  return answered;
}

/// Waits until rank 0 listens: libtorch would do so as well, but seldom, and it prints when it gives up.
void wait_for_rank_0(const RankOptions& options) {
  const Clock::time_point begun = Clock::now();
  while (!answers(options)) {
    if (seconds_since(begun) > options.wait) {
      throw Error(
          ErrorKind::resource,
          "rank 0 does not answer at " + place_of(options) + " within " +
              std::to_string(static_cast<int>(options.wait)) + " s",
          "start every rank of 0.." + std::to_string(options.size - 1) + " with the same MASTER_ADDR and MASTER_PORT");
    }
    std::this_thread::sleep_for(pause_between_looks);
  }
}

/// From 2.4 on libtorch's store would use libuv, with which not every libtorch is built (Debian's is not).
template <class StoreOptions>
void do_without_libuv(StoreOptions& options) {
  if constexpr (requires { options.useLibUV; }) options.useLibUV = false;
}

c10::intrusive_ptr<c10d::TCPStore> open_store(const RankOptions& options) {
  if (options.rank > 0) wait_for_rank_0(options);
  c10d::TCPStoreOptions choices;
  choices.port = static_cast<std::uint16_t>(options.port);
  choices.isServer = options.rank == 0;
  do_without_libuv(choices);
  choices.numWorkers = static_cast<std::size_t>(options.size);
  choices.waitWorkers = false;  // we look ourselves, to be able to name who is missing
  choices.timeout = milliseconds(static_cast<std::int64_t>(options.wait * 1000));
  try {
    return c10::make_intrusive<c10d::TCPStore>(options.address, choices);
  } catch (const std::exception& error) {
    throw Error(ErrorKind::resource,
                "rank " + std::to_string(options.rank) + " cannot meet the others at " + place_of(options) + ": " +
                    first_line(error.what()),
                "set MASTER_PORT to a free port, MASTER_ADDR to rank 0's machine");
  }
}

}  // namespace

struct Ranks::State {
  explicit State(RankOptions choices);
  ~State();
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// What is heard of a rank: its heartbeat's count, and when that last rose.
  struct Heard {
    std::int64_t beats = -1;
    Clock::time_point when = Clock::now();
    Clock::time_point asked = {};  ///< the store was, last
  };

  template <class Act>
  auto ask(Act act);
  void meet();
  std::string missing() const;
  void beat_until_stopped();
  void see_the_others_off();

  const RankOptions options;
  c10::intrusive_ptr<c10d::TCPStore> store;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> group;
  std::mutex heard_mutex;  ///< guards `heard`
  std::map<int, Heard> heard;
  std::mutex beat_mutex;  ///< guards `stopped`
  std::condition_variable beat_now;
  bool stopped = false;
  std::thread beats;
};

/// Does something at the store; a store that is gone takes rank 0 with it.
template <class Act>
auto Ranks::State::ask(Act act) {
  try {
    return act();
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(
        ErrorKind::resource,
        "rank 0, who keeps what the ranks share, is gone from " + place_of(options) + ": " + first_line(error.what()),
        "start all ranks again; finished pieces are kept");
  }
}

Ranks::State::State(RankOptions choices) : options(std::move(choices)) {
  check(options);
  store = open_store(options);
  meet();
  beats = std::thread([this] { beat_until_stopped(); });
}

Ranks::State::~State() {
  try {
    if (options.rank == 0)
      see_the_others_off();
    else
      store->set(of_rank("left", options.rank), {});
  } catch (const std::exception&) {
    // Whoever is gone cannot be told goodbye.
  }
  {
    const std::lock_guard lock(beat_mutex);
    stopped = true;
  }
  beat_now.notify_all();
  if (beats.joinable()) beats.join();
}

/// The ranks that have not come, "1, 3"; "" when all are here.
std::string Ranks::State::missing() const {
  std::string list;
  for (int rank = 0; rank < options.size; ++rank) {
    if (!store->check({of_rank("here", rank)})) list += (list.empty() ? "" : ", ") + std::to_string(rank);
  }
  return list;
}

/// Rank 0 waits for all and says what came of it; the others wait for that.
void Ranks::State::meet() {
  constexpr double slack = 5;  // seconds: rank 0 may have begun to wait a little later
  const Clock::time_point begun = Clock::now();
  ask([&] { store->set(of_rank("here", options.rank), {}); });
  std::string absent;
  if (options.rank == 0) {
    do {
      absent = ask([&] { return missing(); });
      if (absent.empty()) break;
      std::this_thread::sleep_for(pause_between_looks);
    } while (seconds_since(begun) < options.wait);
    ask([&] { store->set(meeting, {absent.begin(), absent.end()}); });
  } else {
    while (!ask([&] { return store->check({meeting}); })) {
      if (seconds_since(begun) > options.wait + slack) break;
      std::this_thread::sleep_for(pause_between_looks);
    }
    const std::vector<std::uint8_t> told =
        ask([&] { return store->check({meeting}) ? store->get(meeting) : std::vector<std::uint8_t>{'0'}; });
    absent.assign(told.begin(), told.end());
  }
  if (absent.empty()) return;
  if (options.rank == 0) std::this_thread::sleep_for(std::chrono::seconds(1));  // let the others read it
  throw Error(
      ErrorKind::resource,
      "rank " + absent + " of " + std::to_string(options.size) + " did not come to " + place_of(options) + " within " +
          std::to_string(static_cast<int>(options.wait)) + " s",
      "start every rank of 0.." + std::to_string(options.size - 1) + ", or set WORLD_SIZE to how many there are");
}

void Ranks::State::beat_until_stopped() {
  std::unique_lock lock(beat_mutex);
  while (!stopped) {
    lock.unlock();
    try {
      store->add(of_rank("beat", options.rank), 1);
    } catch (const std::exception&) {
      return;  // whoever next asks the store for something is told
    }
    lock.lock();
    beat_now.wait_for(lock, pause_between_beats, [this] { return stopped; });
  }
}

/// Keeps the store open until nobody needs it.
void Ranks::State::see_the_others_off() {
  for (int rank = 1; rank < options.size; ++rank) {
    Heard last;
    while (!store->check({of_rank("left", rank)})) {
      const std::int64_t now = store->add(of_rank("beat", rank), 0);
      if (now != last.beats) last = {now, Clock::now(), {}};
      if (seconds_since(last.when) > options.patience) break;
      std::this_thread::sleep_for(pause_between_looks);
    }
  }
}

Ranks::Ranks(RankOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Ranks::~Ranks() = default;

int Ranks::rank() const { return state_->options.rank; }
int Ranks::size() const { return state_->options.size; }

std::int64_t Ranks::count(const std::string& name, std::int64_t by) {
  return state_->ask([&] { return state_->store->add("count/" + name, by); });
}

void Ranks::tell(const std::string& name, const std::string& text) {
  state_->ask([&] { state_->store->set("text/" + name, {text.begin(), text.end()}); });
}

std::optional<std::string> Ranks::told(const std::string& name) {
  return state_->ask([&]() -> std::optional<std::string> {
    if (!state_->store->check({"text/" + name})) return std::nullopt;
    const std::vector<std::uint8_t> bytes = state_->store->get("text/" + name);
    return std::string(bytes.begin(), bytes.end());
  });
}

std::string Ranks::wait_for(const std::string& name, int from) {
  while (true) {
    if (std::optional<std::string> text = told(name)) return *text;
    if (gone(from)) {
      throw Error(ErrorKind::resource, "rank " + std::to_string(from) + " is gone: nothing was heard of it for " +
                                           std::to_string(static_cast<int>(state_->options.patience)) + " s");
    }
    std::this_thread::sleep_for(pause_between_looks);
  }
}

bool Ranks::gone(int rank) {
  if (rank == state_->options.rank) return false;
  const std::lock_guard lock(state_->heard_mutex);
  State::Heard& heard = state_->heard[rank];
  if (Clock::now() - heard.asked > pause_between_beats) {  // a question costs tens of milliseconds
    const std::int64_t now = state_->ask([&] { return state_->store->add(of_rank("beat", rank), 0); });
    if (now != heard.beats) heard = {now, Clock::now()};
    heard.asked = Clock::now();
  }
  return seconds_since(heard.when) > state_->options.patience;
}

std::vector<Tensor> Ranks::gather(const Tensor& mine) {
  try {
    if (!state_->group) {
      const auto choices = c10d::ProcessGroupGloo::Options::create();
      const bool here = state_->options.address == "127.0.0.1" || state_->options.address == "localhost";
      choices->devices.push_back(here ? c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1")
                                      : c10d::ProcessGroupGloo::createDefaultDevice());
      const auto store = c10::make_intrusive<c10d::PrefixStore>("gloo", state_->store);
      state_->group =
          c10::make_intrusive<c10d::ProcessGroupGloo>(store, state_->options.rank, state_->options.size, choices);
    }
    std::vector<Tensor> input{mine.contiguous()};
    std::vector<std::vector<Tensor>> all(1);
    for (int rank = 0; rank < state_->options.size; ++rank) all[0].push_back(at::empty_like(input[0]));
    state_->group->allgather(all, input)->wait();
    return std::move(all[0]);
  } catch (const std::exception& error) {
    throw Error(ErrorKind::resource, "the ranks cannot exchange tensors: " + first_line(error.what()),
                "one of them is gone, or they do not reach each other; start all again");
  }
}

}  // namespace fovea
