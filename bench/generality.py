#!/usr/bin/python3
"""Holds Fovea's techniques on unmodified torchvision networks against a slow reference, and writes docs/generality.md.

    bench/generality.py [--fovea build/release/app/fovea] [--out docs/generality.md] [NAME ...]

needs python3-torchvision and python3-onnx (Debian). The reference walks PyTorch's autograd graph node by node in float64
and applies each technique's rule to the node that autograd recorded, so that functional and in-place ReLUs, reused modules
and residual adds cannot be missed; Fovea reads the same network as ONNX and runs in float32.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import warnings
from collections import defaultdict
from pathlib import Path

import numpy
import torch

sys.path.insert(0, str(Path(__file__).parent))
import export_torchvision  # noqa: E402

NETWORKS = ["alexnet", "vgg11", "squeezenet1_1", "googlenet", "inception_v3", "resnet18", "densenet121", "mobilenet_v2",
            "mobilenet_v3_small", "shufflenet_v2_x1_0", "efficientnet_b0", "regnet_y_400mf"]
TARGET = 7


# --- the reference: a walk over autograd's nodes ---

def order_of(root):
    """Nodes from the root down, each after all that lead to it."""
    order, done = [], set()
    stack = [(root, False)]
    while stack:
        node, left = stack.pop()
        if left:
            order.append(node)
            continue
        if node in done:
            continue
        done.add(node)
        stack.append((node, True))
        stack.extend((following, False) for following, _ in node.next_functions if following is not None)
    return order[::-1]


def walk(output, start, leaf, rules, keep=None):
    """Relevance at `leaf` (and at the tensor `keep`): where no rule is named after the node, its gradient."""
    arrived = defaultdict(dict)
    arrived[output.grad_fn][output.output_nr] = start
    result = kept = None
    for node in order_of(output.grad_fn):
        here = arrived.pop(node, None)
        if here is None:
            continue
        if keep is not None and node is keep.grad_fn:
            kept = here[keep.output_nr]
        if type(node).__name__ == "AccumulateGrad":
            if node.variable is leaf:
                result = here[0]
            continue
        name = node.name().rstrip("0123456789")
        given = [here.get(i) for i in range(max(here) + 1)]
        flow = rules[name](node, given[0]) if name in rules else node(*given)
        for (following, number), relevance in zip(node.next_functions, flow if isinstance(flow, tuple) else (flow,)):
            if following is None or relevance is None:
                continue
            before = arrived[following].get(number)
            arrived[following][number] = relevance if before is None else before + relevance
    return (result, kept) if keep is not None else result


def per_input(change, x, otherwise):
    none = x.abs() < 1e-300
    return torch.where(none, otherwise, change / torch.where(none, torch.ones_like(x), x))


def hardtanh(x):
    return x.clamp(0, 6)


def reduced(flow, like):
    """Sums what broadcasting repeated, as autograd's engine does between nodes."""
    for axis in range(flow.dim()):
        if like.shape[axis] == 1 and flow.shape[axis] > 1:
            flow = flow.sum(axis, keepdim=True)
    return flow


def product(node, grad):
    if node._saved_self is None or node._saved_other is None:  # by a number
        return node(grad)
    return reduced(grad * node._saved_other, node._saved_self), reduced(grad * node._saved_self, node._saved_other)


GRADIENT = {"MulBackward": product}
GUIDED = {**GRADIENT,
          "ReluBackward": lambda node, r: r.clamp(min=0) * (node._saved_result > 0),
          "HardtanhBackward": lambda node, r: r.clamp(min=0) * ((node._saved_self > 0) & (node._saved_self < 6))}
DECONVNET = {**GRADIENT, "ReluBackward": lambda node, r: r.clamp(min=0), "HardtanhBackward": lambda node, r: r.clamp(min=0)}


def through(function, saved="_saved_self"):
    """LRP: relevance crosses a non-linearity unchanged, so the multiplier R / value becomes m f(x) / x."""
    def rule(node, m):
        x = getattr(node, saved)
        return per_input(m * function(x), x, torch.zeros_like(m))
    return rule


def signal_takes_all(node, m):
    a, b = node._saved_self, node._saved_other
    if a is None or b is None:
        return node(m)
    gate_is_a = a.shape[-1] == 1 and b.shape[-1] > 1
    return (None, m * a) if gate_is_a else (m * b, None)


LRP = {"HardtanhBackward": through(hardtanh), "SiluBackward": through(torch.nn.functional.silu),
       "HardswishBackward": through(torch.nn.functional.hardswish), "MulBackward": signal_takes_all}


def rescale(function, saved="_saved_self"):
    """DeepLIFT on a batch of the picture and its reference: change of the output over change of the input."""
    def rule(node, m):
        x = getattr(node, saved)
        difference = x[:1] - x[1:]
        change = m[:1] * (function(x[:1]) - function(x[1:]))
        small = difference.abs() < 1e-7
        local = node(m)[:1]
        first = torch.where(small, local, change / torch.where(small, torch.ones_like(difference), difference))
        return torch.cat([first, torch.zeros_like(first)])
    return rule


def rescale_relu(node, m):
    # Autograd keeps only the result; the input is that of the node before, which the forward hook noted.
    return rescale(torch.relu, "metadata_input")(Noted(node), m)


def rescale_sigmoid(node, m):
    y = node._saved_result
    x = torch.log(y / (1 - y))
    difference = x[:1] - x[1:]
    small = difference.abs() < 1e-7
    change = m[:1] * (y[:1] - y[1:])
    first = torch.where(small, node(m)[:1], change / torch.where(small, torch.ones_like(difference), difference))
    return torch.cat([first, torch.zeros_like(first)])


class Noted:
    """An autograd node that knows its input."""
    inputs = {}

    def __init__(self, node):
        self.node = node
        self.metadata_input = Noted.inputs[node]

    def __call__(self, m):
        return self.node(m)


def mean_of_orders(node, m):
    a, b = node._saved_self, node._saved_other
    if a is None or b is None:
        return node(m)

    def with_nothing(flow):
        return torch.cat([flow, torch.zeros_like(flow)])
    return (with_nothing(reduced(m[:1] * (b[:1] + b[1:]) / 2, a[:1])),
            with_nothing(reduced(m[:1] * (a[:1] + a[1:]) / 2, b[:1])))


DEEPLIFT = {"ReluBackward": rescale_relu, "SigmoidBackward": rescale_sigmoid, "HardtanhBackward": rescale(hardtanh),
            "SiluBackward": rescale(torch.nn.functional.silu), "HardswishBackward": rescale(torch.nn.functional.hardswish),
            "HardsigmoidBackward": rescale(torch.nn.functional.hardsigmoid), "MulBackward": mean_of_orders}


LEAST = 1e-30  # of a total that relevance can be shared out by


def shared(relevance, total):
    """Relevance over the total, and what cannot be shared out because there is nothing to share by."""
    none = total.abs() <= LEAST
    return torch.where(none, torch.zeros_like(total), relevance / torch.where(none, torch.ones_like(total), total)), \
        torch.where(none, relevance, torch.zeros_like(relevance))


def excited(relevance, a, linear, positive, negative):
    """Shares of the positive contributions (w a)+ of a linear map; evenly over the window where there are none."""
    def back(weight, r):
        leaf = torch.zeros_like(a).requires_grad_()
        with torch.enable_grad():
            return torch.autograd.grad(linear(leaf, weight), leaf, r)[0]
    above, below = a.clamp(min=0), a.clamp(max=0)
    total = linear(above, positive) + (linear(below, negative) if negative is not None else 0)
    ratio, left = shared(relevance, total)
    flow = above * back(positive, ratio)
    if negative is not None:
        flow = flow + below * back(negative, ratio)
    ones = None if positive is None else torch.ones_like(positive)
    return flow + back(ones, shared(left, linear(torch.ones_like(a), ones))[0])


class Excitation:
    """The rules of excitation backprop; batch norm counts as part of the convolution before it."""

    def __init__(self):
        self.scales = {}
        self.rules = {"ConvolutionBackward": self.convolve, "AddmmBackward": self.dense, "AddBackward": self.add,
                      "NativeBatchNormBackward": self.norm, "MeanBackward": self.mean, "AvgPool2DBackward": self.pool,
                      "MulBackward": self.multiply}
        for name in ("Relu", "Hardtanh", "Silu", "Hardswish"):
            self.rules[name + "Backward"] = lambda node, r: r

    def norm(self, node, r):
        before = node.next_functions[0][0]
        if before is not None and before.name().startswith("ConvolutionBackward"):
            self.scales[before] = node._saved_weight / (node._saved_running_var + node._saved_eps).sqrt()
        return r, None, None

    def convolve(self, node, r):
        weight = node._saved_weight
        if node in self.scales:
            weight = weight * self.scales[node].reshape(-1, 1, 1, 1)

        def linear(x, w):
            return torch.nn.functional.conv2d(x, w, None, node._saved_stride, node._saved_padding, node._saved_dilation,
                                              node._saved_groups)
        return excited(r, node._saved_input, linear, weight.clamp(min=0), weight.clamp(max=0)), None, None

    def dense(self, node, r):
        weight = node._saved_mat2
        flow = excited(r, node._saved_mat1, lambda x, w: x @ w, weight.clamp(min=0), weight.clamp(max=0))
        return None, flow, None

    def mean(self, node, r):
        a = Noted.inputs[node]
        keep = r.dim() == 4
        return excited(r, a, lambda x, _: x.mean((2, 3), keepdim=keep), None, None)

    def pool(self, node, r):
        arguments = (node._saved_kernel_size, node._saved_stride, node._saved_padding, node._saved_ceil_mode,
                     node._saved_count_include_pad)
        return excited(r, node._saved_self, lambda x, _: torch.nn.functional.avg_pool2d(x, *arguments), None, None)

    def add(self, node, r):
        if node not in Noted.inputs:
            return r, None
        a, b = Noted.inputs[node]
        ratio, left = shared(r, a + b)
        return a * ratio + left / 2, b * ratio + left / 2

    def multiply(self, node, r):
        a, b = node._saved_self, node._saved_other
        gate_is_a = a is not None and b is not None and a.shape[-1] == 1 and b.shape[-1] > 1
        return (None, r) if gate_is_a else (r, None)


class noting:
    """While open, every ReLU, sum and average notes its input, however it is called."""

    def __init__(self):
        self.pooled = None

    def __enter__(self):
        self.saved = {"relu": torch.relu, "relu_": torch.relu_, "sigmoid": torch.sigmoid}
        functional = torch.nn.functional
        self.functional = {n: getattr(functional, n) for n in ("relu", "adaptive_avg_pool2d")}
        self.mean, self.flatten = torch.Tensor.mean, torch.flatten

        def relu(x, inplace=False):
            before = x.detach().clone()
            y = self.saved["relu_"](x) if inplace else self.saved["relu"](x)
            Noted.inputs[y.grad_fn] = before
            return y

        def pool(x, size):
            if x.shape[-1] > 1 and x.shape[1] > 32:
                self.pooled = x if torch.as_tensor(size).max() == 1 else self.functional["adaptive_avg_pool2d"](x, size)
                if torch.as_tensor(size).max() != 1:
                    return self.pooled
            y = self.functional["adaptive_avg_pool2d"](x, size)
            Noted.inputs[y.grad_fn] = x.detach()
            return y

        def mean(x, *arguments, **named):
            if x.dim() == 4 and arguments and list(arguments[0]) == [2, 3]:
                self.pooled = x
            y = self.mean(x, *arguments, **named)
            Noted.inputs[y.grad_fn] = x.detach()
            return y

        def add(operation):
            def noted(a, b):
                if not (torch.is_tensor(a) and torch.is_tensor(b)):
                    return operation(a, b)
                before = a.detach().clone(), b.detach().clone()
                y = operation(a, b)
                Noted.inputs[y.grad_fn] = before
                return y
            return noted

        self.adds = {n: getattr(torch.Tensor, n) for n in ("__add__", "__iadd__")}
        for name, operation in self.adds.items():
            setattr(torch.Tensor, name, add(operation))
        functional.relu, functional.adaptive_avg_pool2d, torch.Tensor.mean = relu, pool, mean
        return self

    def __exit__(self, *_):
        functional = torch.nn.functional
        functional.relu, functional.adaptive_avg_pool2d = self.functional["relu"], self.functional["adaptive_avg_pool2d"]
        torch.Tensor.mean = self.mean
        for name, operation in self.adds.items():
            setattr(torch.Tensor, name, operation)


def run(network, x):
    Noted.inputs.clear()
    with noting() as notes:
        logits = network(x)
    return logits, notes.pooled


def references(network, picture):
    """The maps of all techniques, float64 (or of the network's type)."""
    def fresh(batch):
        leaf = batch.clone().requires_grad_()
        logits, pooled = run(network, leaf)
        start = torch.zeros_like(logits)
        start[0, TARGET] = 1
        return leaf, logits, start, pooled

    leaf, logits, start, pooled = fresh(picture)
    found = {"gradient": walk(logits, start, leaf, GRADIENT), "guided_backprop": walk(logits, start, leaf, GUIDED),
             "deconvnet": walk(logits, start, leaf, DECONVNET), "lrp_epsilon": walk(logits, start, leaf, LRP) * picture,
             "excitation": walk(logits, start, leaf, Excitation().rules).sum(1)}
    _, slope = walk(logits, start, leaf, GRADIENT, keep=pooled)
    found["grad_cam"] = (slope.mean((2, 3), keepdim=True) * pooled).sum(1)
    reference = torch.zeros_like(picture)
    leaf, logits, start, _ = fresh(torch.cat([picture, reference]))
    found["deeplift"] = walk(logits, start, leaf, DEEPLIFT)[:1] * (picture - reference)
    values = {name: value.detach()[0].double().numpy() for name, value in found.items()}
    values["change"] = (logits[0, TARGET] - logits[1, TARGET]).item()
    return values


# --- Fovea ---

def ask(fovea, model, picture, technique, folder, extra=()):
    out = folder / f"{technique}.npy"
    command = [fovea, "explain", str(model), str(picture), "--technique", technique, "--class", str(TARGET),
               "--out", str(out), "--precision", "float64", *extra]
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode != 0:
        return None, answer.stderr.strip().splitlines()[0].removeprefix("error: ")
    return numpy.load(out).astype(numpy.float64), json.loads(out.with_suffix(".json").read_text())


TECHNIQUES = {"gradient": (), "guided_backprop": (), "deconvnet": ("--preset", "captum"), "grad_cam": (),
              "excitation": ("--at", "input"), "lrp_epsilon": ("--set", "epsilon=1e-30"), "deeplift": ()}


def apart(ours, reference):
    return numpy.linalg.norm(ours.reshape(-1) - reference.reshape(-1)) / numpy.linalg.norm(reference)


def smooth_noise(side):
    generator = torch.Generator().manual_seed(3)
    coarse = torch.randn(1, 3, side // 8, side // 8, generator=generator)
    fine = torch.randn(1, 3, side, side, generator=generator)
    return torch.nn.functional.interpolate(coarse, size=(side, side), mode="bilinear") + 0.3 * fine


def measure(fovea, name, folder):
    network = export_torchvision.make(name)
    side = export_torchvision.SIDES.get(name, 224)
    picture = smooth_noise(side)
    model, file = folder / f"{name}.onnx", folder / f"{name}.npy"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export_torchvision.export(name, network, model, keep_batch_norm=True)
    numpy.save(file, picture[0].numpy())
    exact = references(network.double(), picture.double())
    single = references(network.float(), picture)
    cells = {}
    for technique, extra in TECHNIQUES.items():
        ours, told = ask(fovea, model, file, technique, folder, extra)
        if ours is None:
            cells[technique] = told
        else:
            cells[technique] = f"{apart(ours, exact[technique]):.1e} ({apart(single[technique], exact[technique]):.1e})"
            if technique == "excitation":
                cells[technique] += f", sum - 1 = {abs(ours.sum() - 1):.0e}"
            if technique == "deeplift":
                cells[technique] += f", delta {abs(ours.sum() - exact['change']) / abs(exact['change']):.0e}"
            note = next((n for n in told["notes"] if "no ReLU" in n or "equals the gradient" in n), None)
            if note and technique in ("guided_backprop", "deconvnet"):
                cells[technique] += "; no ReLU: the gradient"
        print(f"  {name} {technique}: {cells[technique]}", flush=True)
    return cells


INTRO = """# Fovea on networks as they come

Twelve unmodified torchvision networks with seeded weights, exported as ONNX with their batch norms, and for each technique
how far Fovea's map is from a slow reference that applies the rule to PyTorch's autograd graph, node by node, in float64: the
norm of the difference over the reference's norm. Fovea computes in float64 here (`--precision float64`); maps are written
as float32, whose rounding alone is 2.5e-8. In brackets: how far the reference's own float32 is from its float64. That is
what single precision, Fovea's default, costs on these networks: rounding sends some values to the other side of a ReLU.

Functional and in-place ReLUs, ReLU6, reused modules, residual adds, gates, channel shuffles and concatenations are in these
networks; tools that hook into modules are silently wrong on most of them. "No ReLU: the gradient" is what Fovea says itself
of a network on which a technique means nothing more. "Sum - 1": how far the probabilities of excitation backprop, here read
at the pixels, are from summing to 1. "Delta": how far DeepLIFT's sum is from the change of the logit from a reference of
zeros; with max-pooling, whose published rule gives all of a change to the picture's winner, it is not 0
(`max_pool=rescale` keeps the sum). LRP-epsilon runs with an epsilon of 1e-30, for the reference has none.

Printed by `bench/generality.py`; not edited by hand.

"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--fovea", default="build/release/app/fovea")
    parser.add_argument("--out", default="docs/generality.md")
    choices = parser.parse_args()
    torch.set_num_threads(2)
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in choices.names or NETWORKS:
            rows[name] = measure(choices.fovea, name, Path(folder))
    text = INTRO + "| network | " + " | ".join(TECHNIQUES) + " |\n|---|" + "---|" * len(TECHNIQUES) + "\n"
    for name, cells in rows.items():
        text += f"| {name} | " + " | ".join(cells[technique] for technique in TECHNIQUES) + " |\n"
    Path(choices.out).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
