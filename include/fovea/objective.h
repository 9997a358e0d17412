// What is asked of a network: a named scalar of a run's values, closed under + - *; its gradient seeds a walk.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fovea/api.h>
#include <fovea/model.h>
#include <fovea/trace.h>

namespace FOVEA_API fovea {

/// A picture (by the name it goes by) at one value: what a term compares with.
struct Target {
  std::string name;
  ValueId value = no_value;
};

/// What terms such as `content` and `gram` compare with: values of named pictures, laid down before they are asked.
class Targets {
 public:
  /// Lays down what a named picture is at a value, [1,...] or [N,...].
  void set(const std::string& name, ValueId value, Tensor tensor);
  /// Returns it; throws `Error(usage)` naming the target when it was not laid down.
  const Tensor& at(const std::string& name, ValueId value) const;

 private:
  std::map<std::pair<std::string, ValueId>, Tensor> values_;
};

/// The arguments of one term, such as {"conv5", "17"}, and the value it reads.
struct ObjectiveCall {
  const Graph& graph;
  const Card& card;
  std::span<const std::string> arguments;
  const Tensor& value;  ///< the tapped value [N,...]
  ValueId tap = no_value;
  const Targets* targets = nullptr;  ///< null where nothing is compared with

  /// Returns what the target that argument `i` names is at the tapped value.
  const Tensor& target(std::size_t i) const;
};

/// One kind of term, one file of src/objectives.
struct ObjectiveKind {
  std::string_view name;       ///< "channel"
  std::string_view arguments;  ///< "VALUE, K"
  std::string_view sentence;   ///< what it is, third person, with its source
  std::size_t least_arguments = 0;
  std::size_t most_arguments = 0;
  unsigned targets = 0;  ///< bit i: argument i names a target
  /// Returns the value that the term reads.
  ValueId (*tap)(const Graph& graph, std::span<const std::string> arguments) = nullptr;
  /// Computes the term, [N]; differentiable in `call.value`.
  Tensor (*evaluate)(const ObjectiveCall& call) = nullptr;
  /// Returns the arguments with what depends on the picture ("top", "strongest", a label) replaced by numbers.
  std::vector<std::string> (*pin)(const ObjectiveCall& call) = nullptr;
};

/// Returns every kind of term, sorted by name.
std::span<const ObjectiveKind* const> all_objectives();

/// An expression over terms. Immutable; copies share.
class Objective {
 public:
  struct Expression;

  /// Makes a number.
  Objective(double number);  // NOLINT(google-explicit-constructor): 2 * logit(3) reads as it should
  /// Makes one term; throws `Error(usage)` on a wrong number of arguments.
  Objective(const ObjectiveKind& kind, std::vector<std::string> arguments);

  friend Objective operator+(const Objective& a, const Objective& b);
  friend Objective operator-(const Objective& a, const Objective& b);
  friend Objective operator*(const Objective& a, const Objective& b);
  friend Objective operator-(const Objective& a);

  /// Returns the expression as text that `parse_objective` reads back.
  std::string text() const;
  /// Returns the class of an objective that is nothing but `logit(index)`.
  std::optional<std::int64_t> asked_class() const;
  /// Returns the values that the terms read, each once.
  std::vector<ValueId> taps(const Graph& graph) const;
  /// Computes the objective [N] from a run's values; differentiable where they are.
  /// Throws `Error(usage)` when it compares with a target that `targets` does not hold.
  Tensor evaluate(const Graph& graph, const Card& card, const std::function<Tensor(ValueId)>& value,
                  const Targets* targets = nullptr) const;
  /// Returns what the terms compare with, each once.
  std::vector<Target> targets(const Graph& graph) const;
  /// Returns the same objective with what depends on the picture replaced by numbers, from a run of batch 1.
  Objective pinned(const Trace& trace, const Card& card) const;

 private:
  explicit Objective(std::shared_ptr<const Expression> expression) : expression_(std::move(expression)) {}
  std::shared_ptr<const Expression> expression_;
};

Objective operator+(const Objective& a, const Objective& b);
Objective operator-(const Objective& a, const Objective& b);
Objective operator*(const Objective& a, const Objective& b);
Objective operator-(const Objective& a);

/// Reads an expression such as `logit(281) - 0.5 * channel("conv 5", 17)`; names outside [A-Za-z0-9_./:] are quoted.
/// Throws `Error(usage)` that points at the place.
Objective parse_objective(std::string_view text);

/// Makes `logit(index)`.
Objective logit(std::int64_t index);
/// Makes `probability(index)`.
Objective probability(std::int64_t index);

/// Relevance to start a walk with.
struct Seed {
  ValueId value = no_value;
  Tensor relevance;  ///< of the value's shape
};
using Seeds = std::vector<Seed>;

/// Returns d objective / d value at every tapped value, other values held fixed.
Seeds seed(const Trace& trace, const Objective& objective, const Card& card = {}, const Targets* targets = nullptr);

/// Returns the objective [N] of a batch of inputs without any tape, in micro-batches.
Tensor evaluate(const Model& model, const Tensor& inputs, const Objective& objective, std::int64_t batch = 16);

/// Returns the gradient of the (summed) objective at a batch of inputs, by whole-graph autograd, in micro-batches; the
/// objective's values [N] go to `values` when given.
Tensor gradient_at(const Model& model, const Tensor& inputs, const Objective& objective, std::int64_t batch = 16,
                   Tensor* values = nullptr);

/// Returns the largest batch that one run may have: the file's own where its batch is fixed, else `wanted`.
std::int64_t batch_limit(const Graph& graph, std::int64_t wanted);

}  // namespace fovea
