// Every op against its hand-computed cases, and the properties that every op has: gradients that match differences,
// geometry that tells the truth, inputs left alone, pictures of a batch kept apart.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>

#include <fovea/error.h>

#include "core/region.h"
#include "support/net.h"
#include "support/op_cases.h"

namespace fovea::test {
namespace {

std::vector<std::string> op_names() {
  std::vector<std::string> names;
  for (const Op* op : all_ops()) names.emplace_back(op->name);
  return names;
}

/// Tests of one op, by its name.
class ops : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (const Op* op : all_ops()) {
      if (op->name == GetParam()) op_ = op;
    }
    cases_ = read_op_cases(*op_);
  }

  /// Calls `check` with every case that expects outputs.
  void for_each_good_case(const std::function<void(const OpCase&)>& check) const {
    for (const OpCase& op_case : cases_) {
      if (!op_case.error.empty()) continue;
      SCOPED_TRACE("case \"" + op_case.says + "\"");
      check(op_case);
    }
  }

  const Op* op_ = nullptr;
  std::vector<OpCase> cases_;
};

INSTANTIATE_TEST_SUITE_P(all, ops, ::testing::ValuesIn(op_names()), [](const auto& test) { return test.param; });

TEST(ops_files, belong_to_ops) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(op_case_folder())) {
    files.insert(entry.path().filename().string());
  }
  std::set<std::string> wanted;
  for (const std::string& name : op_names()) wanted.insert(name + ".json");
  EXPECT_EQ(files, wanted);
}

// --- values ---

/// Expects the outputs of a case.
void expect_outputs(const OpCase& op_case, const std::vector<Tensor>& found, const std::string& how) {
  ASSERT_GE(found.size(), op_case.outputs.size()) << how;
  for (std::size_t i = 0; i < op_case.outputs.size(); ++i) {
    if (!op_case.outputs[i].defined()) continue;
    EXPECT_EQ(difference(found[i], op_case.outputs[i], op_case.tolerance, op_case.tolerance), "")
        << how << ", output " << i;
  }
}

void expect_error(const OpCase& op_case) {
  for (const Tape tape : {Tape::none, Tape::per_op}) {
    try {
      run_case(op_case, one_node_graph(op_case), tape);
      ADD_FAILURE() << "expected an error with \"" << op_case.error << "\", found none";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(op_case.error), std::string::npos)
          << "expected \"" << op_case.error << "\" in \"" << error.what() << "\"";
    }
  }
}

TEST_P(ops, gives_the_written_outputs) {
  for (const OpCase& op_case : cases_) {
    SCOPED_TRACE("case \"" + op_case.says + "\"");
    if (!op_case.error.empty()) {
      expect_error(op_case);
      continue;
    }
    const Graph graph = one_node_graph(op_case);
    for (const Tape tape : {Tape::none, Tape::per_op, Tape::whole}) {
      const Trace trace = run_case(op_case, graph, tape);
      std::vector<Tensor> found;
      for (const ValueId output : graph.outputs()) found.push_back(trace.value(output));
      expect_outputs(op_case, found, "run in the engine");
    }
    expect_outputs(op_case, call_forward(op_case, op_case.inputs), "forward alone");
  }
}

TEST_P(ops, leaves_its_inputs_alone) {
  for_each_good_case([](const OpCase& op_case) {
    std::vector<Tensor> before;
    for (const Tensor& input : op_case.inputs) before.push_back(input.defined() ? input.clone() : Tensor());
    call_forward(op_case, op_case.inputs);
    const Graph graph = one_node_graph(op_case);
    run_case(op_case, graph, Tape::per_op);
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (!before[i].defined()) continue;
      EXPECT_TRUE(before[i].equal(op_case.inputs[i])) << "input " << i;
    }
  });
}

// --- gradients ---

/// Casts do not keep double precision when asked for another type.
bool changes_type(const Op& op) { return op.onnx == "Cast" || op.onnx == "CastLike"; }

/// The float outputs of a call, with the fixed random numbers that weight them in a sum.
struct Weighted {
  std::vector<Tensor> outputs;
  std::vector<Tensor> weights;
};

Weighted weigh(const OpCase& op_case, const Outputs& outputs) {
  Weighted weighted;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].defined() || !outputs[i].is_floating_point()) continue;
    if (!changes_type(*op_case.op)) {
      EXPECT_EQ(outputs[i].scalar_type(), at::kDouble) << "output " << i << " of double inputs";
    }
    weighted.outputs.push_back(outputs[i]);
    weighted.weights.push_back(random_normal(outputs[i].sizes().vec(), i + 1).to(outputs[i].scalar_type()));
  }
  return weighted;
}

/// Returns the weighted sum of all outputs: the function whose gradient is checked.
double weighted_sum(const OpCase& op_case, const std::vector<Tensor>& inputs) {
  const Weighted weighted = weigh(op_case, call_forward(op_case, inputs));
  double sum = 0;
  for (std::size_t i = 0; i < weighted.outputs.size(); ++i) {
    sum += (weighted.outputs[i].to(at::kDouble) * weighted.weights[i]).sum().item<double>();
  }
  return sum;
}

/// Returns (f(x + h) - f(x - h)) / 2h for every element of input `i`.
Tensor central_differences(const OpCase& op_case, std::vector<Tensor> inputs, std::size_t i) {
  constexpr double step = 1e-5;
  const Tensor x = inputs[i].contiguous();
  Tensor gradient = at::zeros_like(x);
  auto* slopes = gradient.data_ptr<double>();
  for (std::int64_t k = 0; k < x.numel(); ++k) {
    double values[2] = {};
    for (const int side : {0, 1}) {
      inputs[i] = x.clone();
      inputs[i].data_ptr<double>()[k] += side == 0 ? -step : step;
      values[side] = weighted_sum(op_case, inputs);
    }
    slopes[k] = (values[1] - values[0]) / (2 * step);
  }
  return gradient;
}

TEST_P(ops, differentiates_as_differences_do) {
  constexpr double tolerance = 1e-5;  // of the differences, relative to the largest slope
  if (op_->kind == Kind::constant) return;
  int checked = 0;
  for_each_good_case([&](const OpCase& op_case) {
    if (!op_case.gradient) return;
    std::vector<Tensor> inputs = double_inputs(op_case);
    std::vector<Tensor> recorded = inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (op_case.differentiable[i]) recorded[i] = inputs[i].detach().clone().requires_grad_();
    }
    const Weighted weighted = weigh(op_case, call_forward(op_case, recorded));
    if (weighted.outputs.empty()) return;
    const std::vector<Tensor> gradients = vjp(weighted.outputs, recorded, weighted.weights);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!op_case.differentiable[i] || inputs[i].numel() == 0) continue;
      const Tensor found = gradients[i].defined() ? gradients[i] : at::zeros_like(inputs[i]);
      const Tensor expected = central_differences(op_case, inputs, i);
      const double scale = std::max(1.0, expected.abs().max().item<double>());
      EXPECT_EQ(difference(found, expected, tolerance * scale, tolerance), "") << "gradient of input " << i;
      ++checked;
    }
  });
  EXPECT_GT(checked, 0) << "no case has a float input and output at which the op can be differentiated";
}

/// Runs the case with inputs in one layout and pulls the weights back in another; 4-D tensors are laid out so, and
/// batches of one get the ambiguous stride that reshaping gives.
std::vector<Tensor> gradients_laid_out(const OpCase& op_case, at::MemoryFormat inputs_in, at::MemoryFormat weights_in) {
  const auto laid_out = [](const Tensor& t, at::MemoryFormat format) {
    return t.defined() && t.dim() == 4 && t.is_floating_point()
               ? t.detach().contiguous(format).clone(format).reshape(t.sizes())
               : t;
  };
  std::vector<Tensor> recorded = double_inputs(op_case);
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    recorded[i] = laid_out(recorded[i], inputs_in);
    if (op_case.differentiable[i])
      recorded[i] = recorded[i].detach().clone(at::MemoryFormat::Preserve).requires_grad_();
  }
  Weighted weighted = weigh(op_case, call_forward(op_case, recorded));
  for (std::size_t i = 0; i < weighted.weights.size(); ++i) {
    weighted.outputs[i] = weighted.outputs[i].reshape(weighted.outputs[i].sizes());
    weighted.weights[i] = laid_out(weighted.weights[i], weights_in);
  }
  return vjp(weighted.outputs, recorded, weighted.weights);
}

TEST_P(ops, gradients_do_not_depend_on_memory_formats) {
  if (op_->kind == Kind::constant) return;
  for_each_good_case([&](const OpCase& op_case) {
    if (!op_case.gradient) return;
    const auto rows = at::MemoryFormat::Contiguous;
    const auto last = at::MemoryFormat::ChannelsLast;
    const std::vector<Tensor> expected = gradients_laid_out(op_case, rows, rows);
    for (const auto& [inputs_in, weights_in] : {std::pair{rows, last}, std::pair{last, rows}, std::pair{last, last}}) {
      const std::vector<Tensor> found = gradients_laid_out(op_case, inputs_in, weights_in);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(found[i].defined(), expected[i].defined());
        if (!found[i].defined()) continue;
        const double scale = std::max(1.0, expected[i].abs().max().item<double>());
        EXPECT_LT((found[i] - expected[i]).abs().max().item<double>(), 1e-10 * scale) << "gradient of input " << i;
      }
    }
  });
}

// --- geometry ---

/// Every position of a value over its spatial axes; one without axes where it has none.
std::vector<Region> single_positions(const Shape& shape) {
  std::vector<Region> positions{Region{}};
  for (std::size_t axis = first_spatial_axis; axis < shape.size(); ++axis) {
    std::vector<Region> longer;
    for (const Region& position : positions) {
      for (std::int64_t p = 0; p < shape[axis]; ++p) {
        longer.push_back(position);
        longer.back().extents.push_back({p, p + 1});
      }
    }
    positions = std::move(longer);
  }
  return positions;
}

/// Tells whether a region has a position; a further output of lower rank than the first has only some of its axes.
bool holds(const Region& region, const Region& position) {
  if (region.empty || region.extents.size() < position.extents.size()) return false;
  for (std::size_t k = 0; k < position.extents.size(); ++k) {
    if (position.extents[k].begin < region.extents[k].begin || position.extents[k].end > region.extents[k].end) {
      return false;
    }
  }
  return true;
}

std::string text_of(const Region& region) {
  if (region.empty) return "nothing";
  std::string text;
  for (const Extent& extent : region.extents) {
    text += "[" + std::to_string(extent.begin) + "," + std::to_string(extent.end) + ")";
  }
  return text.empty() ? "everything" : text;
}

/// Returns the part of a tensor at a region, all batch entries and channels.
Tensor part_of(const Tensor& tensor, const Region& region) {
  Tensor part = tensor;
  for (std::size_t k = 0; k < region.extents.size(); ++k) {
    const Extent& extent = region.extents[k];
    part = part.narrow(static_cast<std::int64_t>(first_spatial_axis + k), extent.begin, extent.end - extent.begin);
  }
  return part;
}

/// Tells which positions of the outputs differ between two results: [output][position].
std::vector<std::vector<bool>> changed_positions(const Outputs& before, const Outputs& after) {
  std::vector<std::vector<bool>> changed;
  for (std::size_t o = 0; o < before.size(); ++o) {
    changed.emplace_back();
    const Tensor are_numbers = before[o].eq(before[o]).logical_or(after[o].eq(after[o]));  // not NaN both
    const Tensor differs = before[o].ne(after[o]).logical_and(are_numbers);
    for (const Region& position : single_positions(before[o].sizes().vec())) {
      changed.back().push_back(part_of(differs, position).any().item<bool>());
    }
  }
  return changed;
}

/// One case as geometry sees it, with the input whose positions are touched.
struct Touched {
  const OpCase& op_case;
  std::size_t input;
  Graph graph;
  Shapes shapes;
  std::vector<Tensor> inputs;  ///< in double precision
  Outputs outputs;
  std::vector<Shape> input_shapes = {};
  std::vector<Shape> output_shapes = {};
  std::vector<Tensor> known = {};  ///< what geometry may read

  Touched(const OpCase& of, std::size_t i)
      : op_case(of), input(i), graph(one_node_graph(of)), inputs(double_inputs(of)), outputs(call_forward(of, inputs)) {
    const Trace trace = run_case(of, graph, Tape::none);
    shapes.shapes = trace.shapes();
    shapes.integers.resize(shapes.shapes.size());
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      input_shapes.push_back(inputs[k].defined() ? inputs[k].sizes().vec() : Shape{});
      const bool integer = inputs[k].defined() && !inputs[k].is_floating_point();
      if (integer) shapes.integers[k] = inputs[k];
      known.push_back(integer || of.constant[k] ? of.inputs[k] : Tensor());
    }
    for (const Tensor& output : outputs) output_shapes.push_back(output.sizes().vec());
    outputs.resize(graph.outputs().size());
  }

  Placed placed() const { return {graph.nodes().front(), known, input_shapes, output_shapes}; }
  const Geometry& geometry() const { return *op_case.op->geometry; }

  Region affected(const Region& of, std::size_t output = 0) const {
    return clip(geometry().affected(placed(), input, of), output_shapes[output]);
  }
  Region needed(const Region& of) const { return clip(geometry().needed(placed(), input, of), input_shapes[input]); }

  /// As the two above, by the walks of core/region.h along the graph.
  Region walked_affected(const Region& of, std::size_t output) const {
    const ValueId from = static_cast<ValueId>(input);
    return affected_regions(graph, shapes, from, of)[graph.outputs()[output]];
  }
  Region walked_needed(const Region& of, std::size_t output) const {
    return needed_regions(graph, shapes, graph.outputs()[output], of)[input];
  }

  /// Returns what the outputs become when one position is moved, in every channel by another amount.
  Outputs moved(const Region& position, double by) const {
    std::vector<Tensor> other = inputs;
    other[input] = inputs[input].clone();
    Tensor part = part_of(other[input], position);
    part.add_(random_normal(part.sizes().vec(), 7, at::kDouble).abs() * by + by);
    Outputs results = call_forward(op_case, other);
    results.resize(outputs.size());
    return results;
  }
};

/// Which outputs (by output and position) each input position changes.
using Dependence = std::vector<std::vector<std::vector<bool>>>;

Dependence measure(const Touched& touched, const std::vector<Region>& positions) {
  Dependence dependence;
  for (const Region& position : positions) {
    auto changed = changed_positions(touched.outputs, touched.moved(position, 100.0));
    for (const double by : {-100.0, 0.1}) {
      const auto more = changed_positions(touched.outputs, touched.moved(position, by));
      for (std::size_t o = 0; o < more.size(); ++o) {
        for (std::size_t q = 0; q < more[o].size(); ++q) changed[o][q] = changed[o][q] || more[o][q];
      }
    }
    dependence.push_back(std::move(changed));
  }
  return dependence;
}

void expect_geometry_holds(const Touched& touched) {
  const std::vector<Region> in = single_positions(touched.input_shapes[touched.input]);
  const Dependence dependence = measure(touched, in);
  for (std::size_t o = 0; o < touched.outputs.size(); ++o) {
    const std::vector<Region> out = single_positions(touched.output_shapes[o]);
    std::vector<Region> needed;
    std::vector<Region> walked_needed;
    for (const Region& q : out) {
      needed.push_back(touched.needed(q));
      walked_needed.push_back(touched.walked_needed(q, o));
    }
    for (std::size_t p = 0; p < in.size(); ++p) {
      const Region affected = touched.affected(in[p], o);
      const Region walked = touched.walked_affected(in[p], o);
      for (std::size_t q = 0; q < out.size(); ++q) {
        if (!dependence[p][o][q]) continue;
        const std::string pair = "input " + text_of(in[p]) + " changes output " + text_of(out[q]);
        EXPECT_TRUE(holds(affected, out[q])) << pair << ", affected says " << text_of(affected);
        EXPECT_TRUE(holds(walked, out[q])) << pair << ", affected_regions says " << text_of(walked);
        EXPECT_TRUE(holds(needed[q], in[p])) << pair << ", needed says " << text_of(needed[q]);
        EXPECT_TRUE(holds(walked_needed[q], in[p])) << pair << ", needed_regions says " << text_of(walked_needed[q]);
        if (::testing::Test::HasFailure()) return;  // one example tells enough
      }
    }
  }
}

/// Calls `check` for every float input with spatial axes that the network's caller gives.
void for_each_spatial_input(const OpCase& op_case, const std::function<void(const Touched&)>& check) {
  for (std::size_t i = 0; i < op_case.inputs.size(); ++i) {
    if (!op_case.differentiable[i] || op_case.constant[i]) continue;
    if (op_case.inputs[i].dim() <= static_cast<std::int64_t>(first_spatial_axis)) continue;
    SCOPED_TRACE("input " + std::to_string(i));
    check(Touched(op_case, i));
  }
}

TEST_P(ops, geometry_covers_every_dependence) {
  if (op_->kind == Kind::constant) return;
  int checked = 0;
  for_each_good_case([&](const OpCase& op_case) {
    for_each_spatial_input(op_case, [&](const Touched& touched) {
      expect_geometry_holds(touched);
      ++checked;
    });
  });
  EXPECT_GT(checked, op_->geometry == &whole_geometry ? -1 : 0) << "no case has an input with spatial axes";
}

/// Tells whether a case's geometry is to be exact, else receptive fields and patches would be too large. Dilated
/// windows touch a lattice: its box may shrink at the borders, which geometry need not see.
bool has_exact_geometry(const OpCase& op_case) {
  static const std::set<Kind> kinds{Kind::rectifier,    Kind::activation, Kind::max_pool,
                                    Kind::average_pool, Kind::batch_norm, Kind::identity};
  const Op& op = *op_case.op;
  if (!kinds.contains(op.kind) && op.onnx != "Conv" && op.onnx != "ConvTranspose") return false;
  const auto dilations = op_case.attributes.integers("dilations");
  return std::all_of(dilations.begin(), dilations.end(), [](std::int64_t dilation) { return dilation == 1; }) &&
         op_case.outputs.front().is_floating_point();
}

/// Returns the case without weights of 0, which would hide a dependence.
OpCase without_zero_weights(OpCase op_case) {
  if (op_case.op->kind == Kind::linear) op_case.inputs[1] = op_case.inputs[1].abs() + 1;
  return op_case;
}

/// Returns the smallest box around some positions.
Region box_around(const std::vector<Region>& positions, const std::vector<bool>& chosen) {
  Region box{.empty = true, .extents = {}};
  for (std::size_t q = 0; q < positions.size(); ++q) {
    if (chosen[q]) box = bounding_union(box, positions[q]);
  }
  return box;
}

TEST_P(ops, geometry_is_exact_where_it_matters) {
  for_each_good_case([](const OpCase& op_case) {
    if (!has_exact_geometry(op_case)) return;
    for_each_spatial_input(without_zero_weights(op_case), [](const Touched& touched) {
      const std::vector<Region> in = single_positions(touched.input_shapes[touched.input]);
      const std::vector<Region> out = single_positions(touched.output_shapes.front());
      const Dependence dependence = measure(touched, in);
      for (std::size_t p = 0; p < in.size(); ++p) {
        const Region box = box_around(out, dependence[p].front());
        const Region affected = touched.affected(in[p]);
        EXPECT_TRUE(affected == box) << "input " << text_of(in[p]) << " changes " << text_of(box) << ", affected says "
                                     << text_of(affected);
        if (::testing::Test::HasFailure()) return;
      }
    });
  });
}

TEST_P(ops, geometry_of_nothing_is_nothing) {
  const Region nothing{.empty = true, .extents = {}};
  for_each_good_case([&](const OpCase& op_case) {
    for_each_spatial_input(op_case, [&](const Touched& touched) {
      EXPECT_TRUE(touched.affected(nothing).empty);
      EXPECT_TRUE(touched.needed(nothing).empty);
    });
  });
}

// --- batches ---

/// Tells whether every picture of a batch must be computed on its own, where input 0 is the batch.
bool keeps_pictures_apart(const OpCase& op_case) {
  static const std::set<Kind> kinds{Kind::rectifier,    Kind::activation,    Kind::max_pool,
                                    Kind::average_pool, Kind::normalisation, Kind::batch_norm};
  static const std::set<std::string_view> others{"Conv", "ConvTranspose", "LpPool", "GlobalLpPool"};
  const Op& op = *op_case.op;
  if (!kinds.contains(op.kind) && !others.contains(op.onnx)) return false;
  const std::int64_t rank = op_case.inputs[0].dim();
  if (!op_case.differentiable[0] || rank < 2) return false;
  if (op_case.attributes.integer("training_mode", 0) != 0) return false;  // a batch's own statistics
  const std::int64_t axis = op_case.attributes.integer("axis", -1);
  const bool over_axis = op.onnx == "LayerNormalization" || op.onnx == "LpNormalization";
  if (over_axis && (axis == 0 || axis == -rank)) return false;
  const auto broadcasts_alone = [&](const Tensor& other) {  // a slope per picture belongs to its batch
    return !other.defined() || other.dim() < rank || other.size(0) == 1 || op.geometry != &pointwise_geometry;
  };
  return std::all_of(op_case.inputs.begin() + 1, op_case.inputs.end(), broadcasts_alone);
}

TEST_P(ops, keeps_the_pictures_of_a_batch_apart) {
  constexpr double tolerance = 1e-12;
  for_each_good_case([](const OpCase& op_case) {
    if (!keeps_pictures_apart(op_case)) return;
    std::vector<Tensor> inputs = double_inputs(op_case);
    const Tensor first = inputs[0];
    const Tensor second = first.flip({first.dim() - 1}) * 0.75 + 0.125;
    const Tensor first_alone = call_forward(op_case, inputs).front();
    inputs[0] = second;
    const Tensor second_alone = call_forward(op_case, inputs).front();
    inputs[0] = at::cat({first, second});
    const Tensor together = call_forward(op_case, inputs).front();
    EXPECT_EQ(difference(together, at::cat({first_alone, second_alone}), tolerance, tolerance), "");
  });
}

}  // namespace
}  // namespace fovea::test
