// An ascent's state as a checkpoint: a JSON text and named tensors.
// SPDX-License-Identifier: Apache-2.0
#include "ascent/state_file.h"

#include <span>

#include <ATen/ops/empty.h>

#include <fovea/error.h>
#include <fovea/version.h>

#include "core/json.h"
#include "core/sha256.h"
#include "train/checkpoint.h"

namespace fovea {
namespace {

std::string hash_of(const Tensor& tensor) {
  if (!tensor.defined()) return {};
  const Tensor floats = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
  return sha256_hex(std::as_bytes(std::span(floats.data_ptr<float>(), static_cast<std::size_t>(floats.numel()))));
}

/// Bytes as a tensor of one float each: checkpoints hold nothing else, and these are few.
Tensor as_tensor(const std::string& bytes) {
  Tensor tensor = at::empty({static_cast<std::int64_t>(bytes.size())}, at::TensorOptions(at::kFloat));
  auto* to = tensor.data_ptr<float>();
  for (const char byte : bytes) *to++ = static_cast<float>(static_cast<unsigned char>(byte));
  return tensor;
}

std::string as_bytes(const Tensor& tensor) {
  const auto* from = tensor.data_ptr<float>();
  std::string bytes(static_cast<std::size_t>(tensor.numel()), '\0');
  for (char& byte : bytes) byte = static_cast<char>(static_cast<unsigned char>(*from++));
  return bytes;
}

}  // namespace

std::string key_of(const Model& model, const AscentOptions& options) {
  Json key{{"version", version()},
           {"model", model.hash},
           {"pictures", options.pictures},
           {"size", {options.width, options.height}},
           {"start", hash_of(options.start)},
           {"canvas", options.canvas},
           {"transforms", options.transforms},
           {"priors", options.priors},
           {"optimiser", options.optimiser},
           {"recipe", options.recipe},
           {"redirect", options.redirect},
           {"steps", options.steps},
           {"seed", options.seed},
           {"frames", options.frame_every}};
  for (const Objective& objective : options.objectives) {
    key["objectives"].push_back(objective.text());
    for (const Target& target : objective.targets(model.graph)) {
      key["targets"].push_back(hash_of(options.targets.at(target.name, target.value)));
    }
  }
  const std::string text = key.dump({.sorted = true});
  return sha256_hex(std::as_bytes(std::span(text)));
}

void write_state(const std::filesystem::path& path, const AscentState& state) {
  Checkpoint checkpoint;
  const Ascended& found = state.so_far;
  Json text{{"key", state.key},
            {"step", state.step},
            {"done", state.done},
            {"parameters", state.parameters.size()},
            {"frames", found.frames.size()},
            {"last_values", found.last_values},
            {"best_values", found.best_values},
            {"history", found.history},
            {"stopped", found.stopped},
            {"redirected", found.redirected},
            {"fitted", found.fitted}};
  checkpoint.text = text.dump({.sorted = true});
  const auto keep = [&](const std::string& name, const Tensor& tensor) {
    if (tensor.defined()) checkpoint.tensors.emplace(name, tensor.detach().contiguous());
  };
  for (std::size_t i = 0; i < state.parameters.size(); ++i) keep("parameter " + std::to_string(i), state.parameters[i]);
  for (std::size_t i = 0; i < found.frames.size(); ++i) keep("frame " + std::to_string(i), found.frames[i]);
  keep("last", found.last);
  keep("best", found.best);
  keep("optimiser", as_tensor(state.optimiser));
  std::filesystem::create_directories(path.parent_path());
  write_checkpoint(path, checkpoint);
}

std::optional<AscentState> read_state(const std::filesystem::path& path, const std::string& key) {
  if (path.empty() || !std::filesystem::exists(path)) return std::nullopt;
  const Checkpoint checkpoint = read_checkpoint(path);
  try {
    const Json text = Json::parse(checkpoint.text);
    AscentState state{.key = text.at("key"), .step = text.at("step"), .done = text.at("done")};
    if (state.key != key) return std::nullopt;
    const auto tensor = [&](const std::string& name) {
      const auto found = checkpoint.tensors.find(name);
      return found == checkpoint.tensors.end() ? Tensor{} : found->second;
    };
    for (std::size_t i = 0; i < text.at("parameters").get<std::size_t>(); ++i) {
      state.parameters.push_back(checkpoint.tensors.at("parameter " + std::to_string(i)));
    }
    for (std::size_t i = 0; i < text.at("frames").get<std::size_t>(); ++i) {
      state.so_far.frames.push_back(checkpoint.tensors.at("frame " + std::to_string(i)));
    }
    state.so_far.last = tensor("last");
    state.so_far.best = tensor("best");
    state.so_far.last_values = text.at("last_values").get<std::vector<double>>();
    state.so_far.best_values = text.at("best_values").get<std::vector<double>>();
    state.so_far.history = text.at("history").get<std::vector<double>>();
    state.so_far.stopped = text.at("stopped");
    state.so_far.redirected = text.at("redirected");
    state.so_far.fitted = text.at("fitted");
    state.optimiser = as_bytes(checkpoint.tensors.at("optimiser"));
    return state;
  } catch (const std::exception& error) {
    throw Error(ErrorKind::format, "the unfinished work in " + path.string() + " is damaged: " + error.what(),
                "remove it to begin anew");
  }
}

}  // namespace fovea
