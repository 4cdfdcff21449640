#!/usr/bin/python3
"""roundtrip.py - checks by hand that weights go from tern to PyTorch and back without renaming: roundtrip.py TERN [PART]

Takes the networks of parity_cases.py whose names begin with "layer-" (and contain PART): trains each with `tern train`, loads
its weights with load_state_dict() into the network that a PyTorch user would write, and compares the predictions; then the
other way round. Needs PyTorch (Debian: python3-torch).
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

import parity_cases
import safetensors

DATA = Path(__file__).resolve().parent / "parity"


def outputs(net, x):
    with torch.no_grad():
        return net.eval()(x).numpy()


def differences(tern, case, here):
    """The largest of a prediction: tern's weights in PyTorch, PyTorch's in tern."""
    layers, net = case["net"]
    model = {"format": 1, "input": {"shape": case["input"]}, "layers": layers, "loss": case["loss"][0],
             "optimizer": {"type": "adam", "lr": 0.01}, "train": {"epochs": 5, "batch_size": 8},
             "data": {"train": {"type": "npy", "x": f"{case['x']}.npy", "y": f"y_{case['y']}.npy"}}}
    (here / "model.json").write_text(json.dumps(model))
    x = torch.tensor(np.load(DATA / f"{case['x']}.npy"))
    x = x.reshape(len(x), *case["input"])
    x = x.double() if x.is_floating_point() else x

    def run(*arguments):
        subprocess.run([tern, *arguments, "--quiet"], cwd=here, check=True)

    def predictions(weights):
        run("predict", "model.json", "--weights", weights, "--input", DATA / f"{case['x']}.npy", "--output", "y.npy")
        return np.load(here / "y.npy")

    run("train", "model.json", "--data", DATA, "--out", "run")
    fresh = {name: w.clone() for name, w in net.float().state_dict().items()}
    weights = safetensors.read(here / "run/weights.safetensors")
    net.double().load_state_dict({name: torch.tensor(w) for name, w in weights.items()})
    there = np.abs(predictions("run/weights.safetensors") - outputs(net, x)).max()

    safetensors.write(here / "torch.safetensors", {name: w.numpy() for name, w in fresh.items()})
    net.load_state_dict(fresh)
    return there, np.abs(predictions("torch.safetensors") - outputs(net, x)).max()


def main():
    tern, part = Path(sys.argv[1]).resolve(), sys.argv[2] if len(sys.argv) > 2 else ""
    torch.manual_seed(5)
    worst = 0
    for name, case in parity_cases.make().items():
        if not name.startswith("layer-") or part not in name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            there, back = differences(tern, case, Path(folder))
        worst = max(worst, there, back)
        print(f"{name:40} largest difference of a prediction: tern to PyTorch {there:.1e}, PyTorch to tern {back:.1e}")
    return 0 if worst < 2e-6 else 1


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__.strip())
    sys.exit(main())
