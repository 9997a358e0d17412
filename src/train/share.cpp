// Joining shares, and laying them out as flat tensors that ranks exchange.
// SPDX-License-Identifier: Apache-2.0
#include "train/share.h"

#include <algorithm>

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

#include <fovea/error.h>

namespace fovea {
namespace {

/// Numbers of a share that are exchanged in double: loss, right, pictures, stop.
constexpr std::int64_t figures = 4;

std::int64_t length_of(const Share& like) {
  std::int64_t length = 0;
  for (const Tensor& tensor : like.gradients) length += tensor.numel();
  for (const Tensor& tensor : like.statistics) length += tensor.numel();
  return length;
}

Tensor flat(const Share& share) {
  std::vector<Tensor> parts;
  for (const Tensor& tensor : share.gradients) parts.push_back(tensor.detach().contiguous().flatten());
  for (const Tensor& tensor : share.statistics) parts.push_back(tensor.detach().contiguous().flatten());
  return at::cat(parts);
}

/// Reads tensors of the shapes of `like` off a flat one, in its memory layout.
std::vector<Tensor> unpacked(const Tensor& row, std::int64_t& at, const std::vector<Tensor>& like) {
  std::vector<Tensor> tensors;
  for (const Tensor& one : like) {
    const Tensor part = row.narrow(0, at, one.numel()).reshape(one.sizes());
    tensors.push_back(one.dim() == 4 ? part.contiguous(at::MemoryFormat::ChannelsLast) : part.contiguous());
    at += one.numel();
  }
  return tensors;
}

/// Adds what a share's tensor weighs to a sum, in place of an undefined one to begin with.
void add_to(Tensor& sum, const Tensor& part, double weight) {
  const Tensor weighted = part.detach() * weight;
  sum = sum.defined() ? sum + weighted : weighted;
}

}  // namespace

std::int64_t Split::longest() const {
  std::int64_t most = 0;
  for (int of_rank = 0; of_rank < ranks; ++of_rank) most = std::max(most, begin(of_rank + 1) - begin(of_rank));
  return most;
}

Share joined(const std::vector<Share>& shares) {
  if (shares.size() == 1 && shares.front().pictures > 0) return shares.front();
  Share total;
  for (const Share& share : shares) total.pictures += share.pictures;
  if (total.pictures == 0) throw Error(ErrorKind::format, "none of the pictures of a batch can be read");
  total.gradients.resize(shares.front().gradients.size());
  total.statistics.resize(shares.front().statistics.size());
  for (const Share& share : shares) {
    if (share.pictures == 0) continue;
    const double weight = static_cast<double>(share.pictures) / static_cast<double>(total.pictures);
    for (std::size_t i = 0; i < share.gradients.size(); ++i) add_to(total.gradients[i], share.gradients[i], weight);
    for (std::size_t i = 0; i < share.statistics.size(); ++i) add_to(total.statistics[i], share.statistics[i], weight);
    total.loss += weight * share.loss;
    total.right += share.right;
  }
  return total;
}

Exchange exchange(Ranks& ranks, const Split& split, const std::vector<Share>& mine, const Share& like, bool stop) {
  const std::int64_t rows = split.longest();
  const Tensor tensors = at::zeros({rows, length_of(like)}, at::TensorOptions(at::kFloat));
  const Tensor numbers = at::zeros({rows, figures}, at::TensorOptions(at::kDouble));
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    if (mine[i].pictures > 0) tensors[row].copy_(flat(mine[i]));
    auto* number = numbers[row].data_ptr<double>();
    number[0] = mine[i].loss;
    number[1] = static_cast<double>(mine[i].right);
    number[2] = static_cast<double>(mine[i].pictures);
  }
  numbers[0].data_ptr<double>()[3] = stop ? 1 : 0;
  const std::vector<Tensor> all_numbers = ranks.gather(numbers);
  const std::vector<Tensor> all_tensors = ranks.gather(tensors);
  Exchange found;
  for (int rank = 0; rank < split.ranks; ++rank) {
    const auto at = static_cast<std::size_t>(rank);
    found.stop = found.stop || all_numbers[at][0].data_ptr<double>()[3] != 0;
    for (std::int64_t row = 0; row < split.begin(rank + 1) - split.begin(rank); ++row) {
      const auto* number = all_numbers[at][row].data_ptr<double>();
      Share share{.loss = number[0],
                  .right = static_cast<std::int64_t>(number[1]),
                  .pictures = static_cast<std::int64_t>(number[2])};
      std::int64_t place = 0;
      share.gradients = unpacked(all_tensors[at][row], place, like.gradients);
      share.statistics = unpacked(all_tensors[at][row], place, like.statistics);
      found.shares.push_back(std::move(share));
    }
  }
  return found;
}

}  // namespace fovea
