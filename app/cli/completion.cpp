// fovea completion: the few lines by which a shell asks `fovea --complete` what may come next.
// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <fmt/format.h>

#include "shared/parser.h"
#include "shared/verb.h"

namespace fovea::cli::completion {
namespace {

constexpr std::string_view bash_lines = R"sh(# fovea's completion for bash: eval "$(fovea completion bash)"
_fovea() {
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]}" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _fovea fovea ./fovea
)sh";

constexpr std::string_view zsh_lines = R"sh(#compdef fovea
# fovea's completion for zsh: eval "$(fovea completion zsh)"
_fovea() {
  local -a found
  found=("${(@f)$("${words[1]}" --complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
}
compdef _fovea fovea
)sh";

Action add(Parser& parser) {
  const auto shell = std::make_shared<std::string>();
  parser.add_option("SHELL", *shell, "Which shell: bash or zsh").text("bash|zsh").required().among({"bash", "zsh"});
  return [shell] {
    fmt::print("{}", *shell == "zsh" ? zsh_lines : bash_lines);
    return 0;
  };
}

std::vector<std::vector<std::string>> fixed() { return {{"bash"}, {"zsh"}}; }

}  // namespace

extern constinit const Verb descriptor{
    .name = "completion",
    .sentence = "Prints what makes a shell complete verbs, options and names by TAB.",
    .examples =
        "Examples:\n"
        "  eval \"$(fovea completion bash)\"\n"
        "      in ~/.bashrc, for every shell to come\n"
        "  eval \"$(fovea completion zsh)\"\n"
        "      in ~/.zshrc, after compinit",
    .add = add,
    .fixed = fixed};

}  // namespace fovea::cli::completion
