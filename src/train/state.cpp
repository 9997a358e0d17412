// A training's state laid down and taken up, as the model it has come to, and held against that of other ranks.
// SPDX-License-Identifier: Apache-2.0
#include "train/state.h"

#include <ATen/ops/tensor.h>

#include <fovea/error.h>

#include "core/fold_batch_norm.h"

namespace fovea {

/// Tells how this rank's training differs from rank 0's, which laid itself down as a text; "" when it does not.
std::string Training::State::difference_from(const std::string& text) const {
  TrainProgressState theirs;
  try {
    theirs = state_of(text, options, preprocess);
  } catch (const Error& error) {
    const std::string what = error.what();
    const std::string made = "the checkpoint was made with ";
    if (what == "the checkpoint is of another network") return "rank 0 trains another network";
    return what.starts_with(made) ? "rank 0 trains with " + what.substr(made.size()) : what;
  }
  if (theirs.epoch == at.epoch && theirs.batch == at.batch) return {};
  return "rank 0 begins in epoch " + std::to_string(theirs.epoch + 1) + " after batch " + std::to_string(theirs.batch) +
         ", rank " + std::to_string(split.rank) + " in epoch " + std::to_string(at.epoch + 1) + " after batch " +
         std::to_string(at.batch) + ": all ranks need the folder with the checkpoint";
}

/// Throws on every rank unless all of them begin the same training at the same place.
void Training::State::agree() const {
  if (ranks == nullptr) return;
  const auto fail = [](const std::string& what) {
    throw Error(ErrorKind::usage, what, "give every rank the same options, data and folder");
  };
  const auto answer = [](int rank) { return "training agreed/" + std::to_string(rank); };
  if (!leads()) {
    const std::string difference = difference_from(ranks->wait_for("training", 0));
    ranks->tell(answer(split.rank), difference);
    if (!difference.empty()) fail(difference);
    return;
  }
  ranks->tell("training", text_of(options, preprocess, at));
  for (int rank = 1; rank < split.ranks; ++rank) {
    const std::string difference = ranks->wait_for(answer(rank), rank);
    if (!difference.empty()) fail("on rank " + std::to_string(rank) + ": " + difference);
  }
}

/// Rank 0 validates and tells the others, whose rates may depend on it.
Evaluation Training::State::validate(const Model& model) const {
  Evaluation evaluation;
  if (leads()) evaluation = evaluate(model, validation, options.batch, options.loader_threads);
  if (ranks == nullptr) return evaluation;
  const std::vector<double> mine{evaluation.loss, evaluation.top1};
  const Tensor told = ranks->gather(at::tensor(mine, at::TensorOptions(at::kDouble))).front();
  evaluation.loss = told.data_ptr<double>()[0];
  evaluation.top1 = told.data_ptr<double>()[1];
  return evaluation;
}

Graph Training::State::graph_now() const {
  Weights table = inference.graph.weights();
  std::map<std::string, Tensor> by_name;
  for (std::size_t v = 0; v < weights.size(); ++v) {
    if (weights[v].defined()) by_name.emplace(training.graph.values()[v].name, weights[v].detach());
  }
  for (std::size_t v = 0; v < table.size(); ++v) {
    if (table[v].defined()) table[v] = by_name.at(inference.graph.values()[v].name).clone();
  }
  return inference.graph.with_weights(std::move(table));
}

Model Training::State::model_now() const {
  Card card;
  card.name = options.name.empty() ? options.network.name : options.name;
  card.licence = options.licence;
  card.task = "classification";
  card.preprocess = preprocess;
  card.preprocess->source = "model metadata";
  card.labels = pictures.labels();
  card.labels_source = "model metadata";
  card.facts = facts_of(options, at.history);
  return {.path = {}, .hash = {}, .graph = fold_batch_norm(graph_now()), .card = std::move(card)};
}

void Training::State::save() const {
  if (options.out.empty() || !leads()) return;
  Checkpoint checkpoint{.text = text_of(options, preprocess, at), .tensors = {}};
  for (std::size_t v = 0; v < weights.size(); ++v) {
    if (weights[v].defined()) checkpoint.tensors.emplace(training.graph.values()[v].name, weights[v]);
  }
  for (std::size_t i = 0; i < trained.size(); ++i) {
    checkpoint.tensors.emplace("momentum of " + training.graph.name(trained[i]), momenta[i]);
  }
  write_checkpoint(options.out / checkpoint_name, checkpoint);
}

void Training::State::restore(const Checkpoint& checkpoint) {
  const auto tensor = [&](const std::string& name, const Tensor& like) {
    const auto found = checkpoint.tensors.find(name);
    if (found == checkpoint.tensors.end() || found->second.sizes() != like.sizes()) {
      throw Error(ErrorKind::format, "the checkpoint lacks '" + name + "' in the network's shape",
                  "it was made for another network");
    }
    return like.dim() == 4 ? found->second.contiguous(at::MemoryFormat::ChannelsLast) : found->second;
  };
  at = state_of(checkpoint.text, options, preprocess);
  for (std::size_t v = 0; v < weights.size(); ++v) {
    if (weights[v].defined()) weights[v] = tensor(training.graph.values()[v].name, weights[v].detach());
  }
  for (std::size_t i = 0; i < trained.size(); ++i) {
    momenta[i] = tensor("momentum of " + training.graph.name(trained[i]), momenta[i]);
    weights[trained[i]] = weights[trained[i]].clone().requires_grad_();
  }
}

}  // namespace fovea
