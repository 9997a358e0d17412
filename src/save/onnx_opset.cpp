// Finds the operator set of a file. An ONNX file declares one for all of its nodes; what an op means changes from set
// to set (Clip's bounds became inputs in 11, Softmax's default axis moved in 13 ...), so nodes are written as what they
// were made for, and never translated. What changed is asked of libonnx's own definitions.
// SPDX-License-Identifier: Apache-2.0
#include "save/onnx_opset.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <onnx/defs/schema.h>

#include <fovea/error.h>

namespace fovea::save {
namespace {

/// What a model without nodes declares: the newest that Debian 12's libonnx 1.12 knows.
constexpr int default_opset = 17;

/// Ops whose meaning changed behind an unchanged signature: ConvTranspose-11 puts auto_pad's odd pixel elsewhere.
constexpr std::array<std::string_view, 1> quietly_changed{"ConvTranspose"};

/// Returns the newest operator set that libonnx has definitions of.
int newest_known() {
  const auto& ranges = onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  return ranges.at(onnx::ONNX_DOMAIN).second;
}

/// Tells whether each attribute has the same type and default in both definitions.
bool same_attributes(const onnx::OpSchema& older, const onnx::OpSchema& newer) {
  const auto same = [](const auto& a, const auto& b) {
    return a.first == b.first && a.second.type == b.second.type && a.second.required == b.second.required &&
           a.second.default_value.SerializeAsString() == b.second.default_value.SerializeAsString();
  };
  const auto& a = older.attributes();
  const auto& b = newer.attributes();
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
}

/// Tells whether inputs or outputs are the same, or take more element types in the newer definition.
bool same_or_wider(const std::vector<onnx::OpSchema::FormalParameter>& older,
                   const std::vector<onnx::OpSchema::FormalParameter>& newer) {
  const auto wider = [](const auto& a, const auto& b) {
    return a.GetOption() == b.GetOption() && std::all_of(a.GetTypes().begin(), a.GetTypes().end(), [&](auto type) {
             return b.GetTypes().find(type) != b.GetTypes().end();
           });
  };
  return std::equal(older.begin(), older.end(), newer.begin(), newer.end(), wider);
}

/// Tells whether an op made for one operator set means the same in a newer one.
bool keeps_meaning(const std::string& op, int older, int newer) {
  if (older < 1 || newer > newest_known()) return false;
  const onnx::OpSchema* a = onnx::OpSchemaRegistry::Schema(op, older);
  const onnx::OpSchema* b = onnx::OpSchemaRegistry::Schema(op, newer);
  if (a == nullptr || b == nullptr || b->Deprecated()) return false;
  if (a->SinceVersion() == b->SinceVersion()) return true;
  const bool quietly = std::find(quietly_changed.begin(), quietly_changed.end(), op) != quietly_changed.end();
  return !quietly && same_attributes(*a, *b) && same_or_wider(a->inputs(), b->inputs()) &&
         same_or_wider(a->outputs(), b->outputs());
}

std::string described(const Node& node) {
  return "'" + node.name + "' (" + std::string(node.op->onnx) + ", operator set " + std::to_string(node.opset) + ")";
}

}  // namespace

int common_opset(const Graph& graph) {
  const std::vector<Node>& nodes = graph.nodes();
  if (nodes.empty()) return default_opset;
  const auto by_opset = [](const Node& a, const Node& b) { return a.opset < b.opset; };
  const Node& newest = *std::max_element(nodes.begin(), nodes.end(), by_opset);
  for (const Node& node : nodes) {
    if (node.opset < 1) throw Error(ErrorKind::unsupported, "node " + described(node) + " is of no operator set");
    if (node.opset == newest.opset || keeps_meaning(std::string(node.op->onnx), node.opset, newest.opset)) continue;
    throw Error(ErrorKind::unsupported,
                "nodes " + described(node) + " and " + described(newest) +
                    " cannot be in one file: " + std::string(node.op->onnx) + " changed its meaning in between",
                "make all nodes for one operator set");
  }
  return newest.opset;
}

}  // namespace fovea::save
