// libtorch's SGD, Adam and L-BFGS, which go downhill: they are given the negative of value and gradient.
// SPDX-License-Identifier: Apache-2.0
#include "optimisers/shared/libtorch.h"

#include <sstream>

#include <torch/optim/adam.h>
#include <torch/optim/lbfgs.h>
#include <torch/optim/sgd.h>

#include <fovea/error.h>

namespace fovea::optimisers {
namespace {

class Libtorch : public Optimiser {
 public:
  explicit Libtorch(std::unique_ptr<torch::optim::Optimizer> optimizer)
      : optimizer_(std::move(optimizer)), parameters_(optimizer_->param_groups()[0].params()) {}

  void step(const AskUphill& ask) override {
    optimizer_->step([&] {
      const Uphill uphill = known(ask);
      for (std::size_t i = 0; i < parameters_.size(); ++i) {
        parameters_[i].mutable_grad() = (-uphill.gradients[i]).contiguous();  // L-BFGS views it as one row
      }
      return at::full({}, -uphill.value, at::TensorOptions(at::kDouble));
    });
    for (Tensor& parameter : parameters_) parameter.mutable_grad() = Tensor{};
  }

  std::string state() const override {
    torch::serialize::OutputArchive archive;
    optimizer_->save(archive);
    std::ostringstream stream;
    archive.save_to(stream);
    return stream.str();
  }

  void restore(const std::string& state) override {
    std::istringstream stream(state);
    torch::serialize::InputArchive archive;
    try {
      archive.load_from(stream);
      optimizer_->load(archive);
    } catch (const std::exception& error) {
      throw Error(ErrorKind::format, std::string("what an optimiser remembered is damaged: ") + error.what());
    }
  }

 protected:
  torch::optim::Optimizer& optimizer() const { return *optimizer_; }
  /// What is uphill at the parameters as they are.
  virtual Uphill known(const AskUphill& ask) { return ask(); }
  const std::vector<Tensor>& parameters() const { return parameters_; }

 private:
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  std::vector<Tensor> parameters_;  ///< the optimizer's own, which share their storage
};

/// A rate in a straight line from the first step to the last.
class Straight : public Libtorch {
 public:
  Straight(std::unique_ptr<torch::optim::Optimizer> optimizer, const RateLine& line)
      : Libtorch(std::move(optimizer)), line_(line) {}

  void step(const AskUphill& ask) override {
    const double share = line_.steps > 1 ? static_cast<double>(done_) / static_cast<double>(line_.steps - 1) : 0.0;
    const double rate = line_.first + std::min(share, 1.0) * (line_.last - line_.first);
    optimizer().param_groups()[0].options().set_lr(rate);
    Libtorch::step(ask);
    ++done_;
  }

  std::string state() const override { return std::to_string(done_) + "\n" + Libtorch::state(); }
  void restore(const std::string& state) override {
    const std::size_t end = state.find('\n');
    if (end == std::string::npos) throw Error(ErrorKind::format, "what an optimiser remembered is damaged");
    done_ = std::stoll(state.substr(0, end));
    Libtorch::restore(state.substr(end + 1));
  }

 private:
  RateLine line_;
  std::int64_t done_ = 0;
};

/// L-BFGS asks where its last line search ended once more: the answer is still known there, unless somebody moved the
/// parameters in between.
class Lbfgs : public Libtorch {
 public:
  using Libtorch::Libtorch;

  std::string state() const override {
    for (const auto& entry : optimizer().state()) {  // scratch space of a step, which libtorch 1.13 cannot save
      static_cast<torch::optim::LBFGSParamState&>(*entry.second).al(c10::nullopt);
    }
    return Libtorch::state();
  }

 protected:
  Uphill known(const AskUphill& ask) override {
    bool same = !at_.empty();
    for (std::size_t i = 0; same && i < at_.size(); ++i) same = at_[i].equal(parameters()[i].detach());
    if (!same) {
      uphill_ = ask();
      at_.clear();
      for (const Tensor& parameter : parameters()) at_.push_back(parameter.detach().clone());
    }
    return uphill_;
  }

 private:
  std::vector<Tensor> at_;
  Uphill uphill_;
};

}  // namespace

RateLine rate_line(const OptimiserCall& call) {
  const double first = call.options.number("rate");
  const double last = call.options.number("last_rate");
  return {.first = first, .last = last < 0 ? first : last, .steps = call.steps};
}

std::unique_ptr<Optimiser> libtorch_sgd(std::vector<Tensor> parameters, const SgdChoice& choice) {
  const auto options = torch::optim::SGDOptions(choice.rate.first).momentum(choice.momentum);
  return std::make_unique<Straight>(std::make_unique<torch::optim::SGD>(std::move(parameters), options), choice.rate);
}

std::unique_ptr<Optimiser> libtorch_adam(std::vector<Tensor> parameters, const AdamChoice& choice) {
  const auto options =
      torch::optim::AdamOptions(choice.rate.first).betas({choice.beta1, choice.beta2}).eps(choice.epsilon);
  return std::make_unique<Straight>(std::make_unique<torch::optim::Adam>(std::move(parameters), options), choice.rate);
}

std::unique_ptr<Optimiser> libtorch_lbfgs(std::vector<Tensor> parameters, const LbfgsChoice& choice) {
  constexpr double never = 0;  // a step's iteration is never the last one for being small
  auto options = torch::optim::LBFGSOptions(choice.rate).max_iter(1).history_size(choice.history);
  options.tolerance_grad(never).tolerance_change(never);
  constexpr std::int64_t most_asked = 25;  // in one line search, libtorch's own default
  options.max_eval(most_asked);
  if (choice.line_search) options.line_search_fn("strong_wolfe");
  return std::make_unique<Lbfgs>(std::make_unique<torch::optim::LBFGS>(std::move(parameters), options));
}

}  // namespace fovea::optimisers
