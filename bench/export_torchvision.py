#!/usr/bin/python3
"""Exports torchvision networks, unmodified, with seeded He-scaled weights, as ONNX: for benches and docs/generality.

    bench/export_torchvision.py OUT [NAME ...]      needs python3-torchvision and python3-onnx (Debian)

Batch norms get running statistics and scales drawn around 1, so that nothing is the identity by chance.
"""
import sys
import warnings
from pathlib import Path

import torch
import torchvision

SIDES = {"inception_v3": 299}
FIXED = ("alexnet", "vgg11", "vgg16")  # pool to 7x7 or 6x6, which ONNX can say of one size only
NAMES = ["alexnet", "vgg11", "vgg16", "squeezenet1_1", "googlenet", "inception_v3", "resnet18", "densenet121",
         "mobilenet_v2", "mobilenet_v3_small", "shufflenet_v2_x1_0", "efficientnet_b0", "regnet_y_400mf"]


def seeded(network: torch.nn.Module, seed: int) -> torch.nn.Module:
    generator = torch.Generator().manual_seed(seed)

    def normal(tensor, mean, deviation):
        tensor.data.copy_(torch.randn(tensor.shape, generator=generator) * deviation + mean)

    for module in network.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            fan_in = module.weight[0].numel()
            normal(module.weight, 0.0, (2.0 / fan_in) ** 0.5)
            if module.bias is not None:
                normal(module.bias, 0.0, 0.05)
        elif isinstance(module, torch.nn.BatchNorm2d):
            normal(module.weight, 1.0, 0.1)
            normal(module.bias, 0.0, 0.1)
            normal(module.running_mean, 0.0, 0.1)
            module.running_var.data.copy_(torch.rand(module.running_var.shape, generator=generator) * 0.5 + 0.75)
    return network.eval()


def make(name: str) -> torch.nn.Module:
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    network = getattr(torchvision.models, name)(weights=None, **options)
    if name in ("googlenet", "inception_v3"):
        network.aux_logits = False
        network.aux1 = network.aux2 = network.AuxLogits = None
    return seeded(network, 1)


def export(name: str, network: torch.nn.Module, path: Path, keep_batch_norm: bool = False) -> None:
    """Writes the ONNX file; unless told otherwise the exporter folds batch norms into convolutions, rounded to float32."""
    side = SIDES.get(name, 224)
    training = torch.onnx.TrainingMode.PRESERVE if keep_batch_norm else torch.onnx.TrainingMode.EVAL
    torch.onnx.export(network, torch.zeros(1, 3, side, side), str(path), opset_version=13, training=training,
                      input_names=["input"], output_names=["logits"],
                      dynamic_axes={"input": {0: "n"} if name in FIXED else {0: "n", 2: "h", 3: "w"}, "logits": {0: "n"}})


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    unknown = [name for name in sys.argv[2:] if name not in NAMES]
    if unknown:
        print(f"not known: {' '.join(unknown)}; there are {' '.join(NAMES)}")
        return 2
    for name in sys.argv[2:] or NAMES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            export(name, make(name), out / f"{name}.onnx")
        print(out / f"{name}.onnx", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
