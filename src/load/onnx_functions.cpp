// Replaces calls of an ONNX file's own functions by their bodies, as the ONNX IR specification ("Functions") defines
// them: formal inputs and outputs stand for the call's, attribute references for the call's attributes.
// SPDX-License-Identifier: Apache-2.0
#include "load/onnx_functions.h"

#include <map>
#include <string>
#include <string_view>

#include <google/protobuf/unknown_field_set.h>

#include <fovea/error.h>

namespace fovea::load {
namespace {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
using AttributeMap = std::map<std::string, onnx::AttributeProto>;

/// Most nodes that calls may unfold to; functions calling functions grow exponentially.
constexpr int most_nodes = 1 << 20;
/// Deepest nesting of calls; a function that calls itself never ends.
constexpr int deepest_call = 64;

/// Fields that ONNX added after the libonnx of Debian 12; protobuf keeps them as unknown ones.
constexpr int node_overload_field = 8;
constexpr int function_overload_field = 13;
constexpr int function_defaults_field = 11;

/// What all calls of a model share.
struct Inliner {
  std::map<std::string, const onnx::FunctionProto*> functions;
  int nodes = 0;
};

/// What a function's names and attributes stand for in one call.
struct Call {
  std::string prefix;
  std::map<std::string, std::string> names;
  AttributeMap attributes;
};

template <class Message>
std::string unknown_text(const Message& message, int field) {
  const google::protobuf::UnknownFieldSet& unknown = message.unknown_fields();
  for (int i = 0; i < unknown.field_count(); ++i) {
    if (unknown.field(i).number() == field &&
        unknown.field(i).type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED) {
      return unknown.field(i).length_delimited();
    }
  }
  return {};
}

std::string key(const std::string& domain, const std::string& name, const std::string& overload) {
  return domain + "\n" + name + "\n" + overload;
}

/// Returns the attribute values that a function has when a call gives none.
AttributeMap defaults(const onnx::FunctionProto& function) {
  AttributeMap result;
  const google::protobuf::UnknownFieldSet& unknown = function.unknown_fields();
  for (int i = 0; i < unknown.field_count(); ++i) {
    const google::protobuf::UnknownField& field = unknown.field(i);
    onnx::AttributeProto attribute;
    if (field.number() == function_defaults_field &&
        field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED &&
        attribute.ParseFromString(field.length_delimited())) {
      result[attribute.name()] = attribute;
    }
  }
  return result;
}

void expand(Inliner& inliner, Nodes& nodes, int depth);

/// Returns what a name inside a function is called outside; inner names get the call's prefix.
std::string outside(Call& call, const std::string& name) {
  if (name.empty()) return name;
  return call.names.try_emplace(name, call.prefix + name).first->second;
}

void rename(Call& call, onnx::NodeProto& node);

void rename(Call& call, onnx::GraphProto& graph) {
  for (auto& input : *graph.mutable_input()) input.set_name(outside(call, input.name()));
  for (auto& initializer : *graph.mutable_initializer()) initializer.set_name(outside(call, initializer.name()));
  for (auto& node : *graph.mutable_node()) rename(call, node);
  for (auto& output : *graph.mutable_output()) output.set_name(outside(call, output.name()));
  graph.clear_value_info();
}

/// Replaces references to the function's attributes by the call's; one that the call omits is dropped.
void resolve_attributes(const Call& call, onnx::NodeProto& node) {
  google::protobuf::RepeatedPtrField<onnx::AttributeProto> resolved;
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.ref_attr_name().empty()) {
      *resolved.Add() = attribute;
    } else if (const auto given = call.attributes.find(attribute.ref_attr_name()); given != call.attributes.end()) {
      onnx::AttributeProto& value = *resolved.Add();
      value = given->second;
      value.set_name(attribute.name());
    }
  }
  node.mutable_attribute()->Swap(&resolved);
}

void rename(Call& call, onnx::NodeProto& node) {
  if (!node.name().empty()) node.set_name(call.prefix + node.name());
  for (std::string& input : *node.mutable_input()) input = outside(call, input);
  for (std::string& output : *node.mutable_output()) output = outside(call, output);
  resolve_attributes(call, node);
  for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.has_g()) rename(call, *attribute.mutable_g());
  }
}

/// Binds a call's inputs, outputs and attributes to the function's.
Call bind(const onnx::FunctionProto& function, const onnx::NodeProto& node, const std::string& name) {
  if (node.input_size() > function.input_size() || node.output_size() > function.output_size()) {
    throw Error(ErrorKind::format, "node '" + name + "' calls function '" + function.name() + "' with " +
                                       std::to_string(node.input_size()) + " inputs and " +
                                       std::to_string(node.output_size()) + " outputs; it has " +
                                       std::to_string(function.input_size()) + " and " +
                                       std::to_string(function.output_size()));
  }
  Call call{name + "/", {}, defaults(function)};
  for (int i = 0; i < function.input_size(); ++i) {
    call.names[function.input(i)] = i < node.input_size() ? node.input(i) : "";
  }
  for (int i = 0; i < node.output_size(); ++i) {
    if (!node.output(i).empty()) call.names[function.output(i)] = node.output(i);
  }
  for (const onnx::AttributeProto& attribute : node.attribute()) call.attributes[attribute.name()] = attribute;
  return call;
}

std::string name_of_call(const onnx::NodeProto& node) {
  if (!node.name().empty()) return node.name();
  return node.output_size() > 0 ? node.output(0) : node.op_type();
}

/// Returns a call's nodes.
Nodes body(Inliner& inliner, const onnx::FunctionProto& function, const onnx::NodeProto& node, int depth) {
  const std::string name = name_of_call(node);
  if (depth >= deepest_call) {
    throw Error(ErrorKind::format, "function '" + function.name() + "' calls itself or nests deeper than " +
                                       std::to_string(deepest_call) + " calls, at node '" + name + "'");
  }
  inliner.nodes += function.node_size();
  if (inliner.nodes > most_nodes) {
    throw Error(ErrorKind::resource,
                "the model's functions unfold to more than " + std::to_string(most_nodes) + " nodes");
  }
  Call call = bind(function, node, name);
  Nodes nodes = function.node();
  for (onnx::NodeProto& inner : nodes) rename(call, inner);
  expand(inliner, nodes, depth + 1);
  return nodes;
}

/// Replaces the calls among nodes, and in their subgraphs.
void expand(Inliner& inliner, Nodes& nodes, int depth) {
  Nodes expanded;
  for (onnx::NodeProto& node : nodes) {
    const auto found =
        inliner.functions.find(key(node.domain(), node.op_type(), unknown_text(node, node_overload_field)));
    if (found != inliner.functions.end()) {
      Nodes inner = body(inliner, *found->second, node, depth);
      for (onnx::NodeProto& inner_node : inner) *expanded.Add() = std::move(inner_node);
      continue;
    }
    for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) expand(inliner, *attribute.mutable_g()->mutable_node(), depth);
    }
    *expanded.Add() = std::move(node);
  }
  nodes.Swap(&expanded);
}

/// A function's nodes get the model's op set, so it must have been written for that one.
void check_opsets(const onnx::ModelProto& model, const onnx::FunctionProto& function) {
  for (const onnx::OperatorSetIdProto& own : function.opset_import()) {
    if (!own.domain().empty()) continue;
    for (const onnx::OperatorSetIdProto& models : model.opset_import()) {
      if (models.domain().empty() && models.version() != own.version()) {
        throw Error(ErrorKind::unsupported, "function '" + function.name() + "' is written for operator set " +
                                                std::to_string(own.version()) + ", the model for " +
                                                std::to_string(models.version()));
      }
    }
  }
}

}  // namespace

void inline_functions(onnx::ModelProto& model) {
  if (model.functions_size() == 0) return;
  Inliner inliner;
  for (const onnx::FunctionProto& function : model.functions()) {
    const std::string overload = unknown_text(function, function_overload_field);
    if (!inliner.functions.emplace(key(function.domain(), function.name(), overload), &function).second) {
      throw Error(ErrorKind::format, "function '" + function.name() + "' is defined twice");
    }
    check_opsets(model, function);
  }
  expand(inliner, *model.mutable_graph()->mutable_node(), 0);
  model.clear_functions();
}

}  // namespace fovea::load
