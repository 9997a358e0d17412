// Reading descriptions of networks: one layer per line, words split at spaces, checked against what each layer takes.
// SPDX-License-Identifier: Apache-2.0
#include <fovea/network.h>

#include <algorithm>
#include <charconv>

#include <fovea/error.h>

#include "train/embedded_networks.h"
#include "train/layer_words.h"

namespace fovea {
namespace {

constexpr std::size_t longest_text = 1 << 20;
constexpr std::size_t most_layers = 10'000;

/// The layers that there are, with how they are written.
struct Form {
  std::string_view kind;
  std::string_view written;
  std::size_t words;                      ///< that must follow the kind
  std::vector<std::string_view> options;  ///< that take a number
  std::vector<std::string_view> flags;    ///< that take none
};

const std::vector<Form>& forms() {
  static const std::vector<Form> all{
      {"input", "input SIZE", 1, {}, {}},
      {"conv", "conv OUT KERNEL [stride N] [pad N] [groups N] [nobias]", 2, {"stride", "pad", "groups"}, {"nobias"}},
      {"batch_norm", "batch_norm", 0, {}, {}},
      {"relu", "relu", 0, {}, {}},
      {"lrn", "lrn", 0, {}, {}},
      {"global_pool", "global_pool", 0, {}, {}},
      {"dropout", "dropout RATE", 1, {}, {}},
      {"pool", "pool max|average KERNEL [stride N] [pad N] [ceil]", 2, {"stride", "pad"}, {"ceil"}},
      {"fc", "fc OUT, or fc classes", 1, {}, {}},
      {"keep", "keep NAME", 1, {}, {}},
      {"from", "from NAME", 1, {}, {}},
      {"add", "add NAME", 1, {}, {}}};
  return all;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  line = line.substr(0, line.find('#'));
  constexpr std::string_view space = " \t\r";
  for (std::size_t at = line.find_first_not_of(space); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(space, at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = line.find_first_not_of(space, end);
  }
  return words;
}

const Form& form_of(const Network& network, const Layer& layer) {
  std::vector<std::string> known;
  for (const Form& form : forms()) {
    if (form.kind == layer.kind) return form;
    known.emplace_back(form.kind);
  }
  bad_layer(network, layer, "there is no layer '" + layer.kind + "'", did_you_mean(layer.kind, known));
}

/// Checks that a layer's words are those its form has.
void check_words(const Network& network, const Layer& layer) {
  const Form& form = form_of(network, layer);
  const std::string hint = "written: " + std::string(form.written);
  if (layer.words.size() < form.words) {
    bad_layer(network, layer,
              "'" + layer.kind + "' takes " + std::to_string(form.words) + " words, found " +
                  std::to_string(layer.words.size()),
              hint);
  }
  for (std::size_t i = form.words; i < layer.words.size(); ++i) {
    const std::string& word = layer.words[i];
    if (std::find(form.flags.begin(), form.flags.end(), word) != form.flags.end()) continue;
    const bool option = std::find(form.options.begin(), form.options.end(), word) != form.options.end();
    if (!option) bad_layer(network, layer, "'" + layer.kind + "' does not take '" + word + "'", hint);
    if (++i == layer.words.size()) bad_layer(network, layer, "'" + word + "' lacks its number", hint);
  }
}

}  // namespace

void bad_layer(const Network& network, const Layer& layer, const std::string& what, const std::string& hint) {
  throw Error(ErrorKind::format, "network '" + network.name + "', line " + std::to_string(layer.line) + ": " + what,
              hint);
}

std::int64_t number_of(const Network& network, const Layer& layer, std::string_view word, std::int64_t least,
                       std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error == std::errc{} && end == word.data() + word.size() && value >= least && value <= most) return value;
  bad_layer(
      network, layer,
      "'" + std::string(word) + "' should be a whole number in " + std::to_string(least) + ".." + std::to_string(most),
      {});
}

std::int64_t option_of(const Network& network, const Layer& layer, std::string_view option, std::int64_t otherwise,
                       std::int64_t least, std::int64_t most) {
  const auto found = std::find(layer.words.begin(), layer.words.end(), option);
  if (found == layer.words.end() || found + 1 == layer.words.end()) return otherwise;
  return number_of(network, layer, *(found + 1), least, most);
}

bool has_flag(const Layer& layer, std::string_view flag) {
  return std::find(layer.words.begin(), layer.words.end(), flag) != layer.words.end();
}

Network parse_network(std::string_view text, std::string name) {
  constexpr std::int64_t least_size = 8;
  constexpr std::int64_t most_size = 1024;
  Network network{.name = std::move(name), .text = std::string(text), .size = 0, .layers = {}};
  if (text.size() > longest_text) {
    throw Error(ErrorKind::format,
                "network '" + network.name + "' has " + std::to_string(text.size()) + " bytes, expected a short text");
  }
  int line = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::vector<std::string> words = words_of(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
    if (words.empty()) continue;
    Layer layer{.kind = words[0], .words = {words.begin() + 1, words.end()}, .line = line};
    check_words(network, layer);
    const bool first = network.size == 0;
    if (first != (layer.kind == "input")) {
      bad_layer(network, layer,
                first ? "the first layer is '" + layer.kind + "', expected 'input SIZE'" : "a second 'input'", {});
    }
    if (first) {
      network.size = static_cast<int>(number_of(network, layer, layer.words[0], least_size, most_size));
    } else {
      network.layers.push_back(std::move(layer));
    }
    if (network.layers.size() > most_layers) bad_layer(network, network.layers.back(), "there are too many layers", {});
  }
  if (network.layers.empty()) {
    throw Error(ErrorKind::format, "network '" + network.name + "' has no layers", "begin with 'input 96'");
  }
  return network;
}

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const EmbeddedNetwork& network : embedded_networks()) names.emplace_back(network.name);
  std::sort(names.begin(), names.end());
  return names;
}

Network find_network(std::string_view name) {
  for (const EmbeddedNetwork& network : embedded_networks()) {
    if (network.name == name) return parse_network(network.text, std::string(name));
  }
  throw Error(ErrorKind::usage, "there is no built-in network '" + std::string(name) + "'",
              did_you_mean(name, network_names()));
}

}  // namespace fovea
