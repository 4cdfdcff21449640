#!/usr/bin/python3
"""roundtrip.py - checks by hand that weights go from tern to PyTorch and back without renaming: roundtrip.py TERN

Trains a network with `tern train`, loads its weights with load_state_dict() into the nn.Sequential that a PyTorch user would
write, and compares the predictions; then the other way round. Needs PyTorch (Debian: python3-torch).
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import nn

import safetensors

DATA = Path(__file__).resolve().parent / "parity"
MODEL = {
    "format": 1, "input": {"shape": [8]},
    "layers": [{"type": "dense", "out_features": 16}, {"type": "gelu"}, {"type": "dropout", "p": 0.2},
               {"type": "dense", "out_features": 12}, {"type": "prelu", "num_parameters": 12},
               {"type": "dense", "out_features": 4}, {"type": "tanh"}],
    "loss": {"type": "mse"}, "optimizer": {"type": "adam", "lr": 0.01}, "train": {"epochs": 20, "batch_size": 8},
    "data": {"train": {"type": "npy", "x": "x.npy", "y": "y_values.npy"}},
}


def network():
    return nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Dropout(0.2), nn.Linear(16, 12), nn.PReLU(12), nn.Linear(12, 4),
                         nn.Tanh()).double().eval()


def outputs(net, x):
    with torch.no_grad():
        return net(torch.tensor(x).double()).numpy()


def main():
    tern = Path(sys.argv[1]).resolve()
    x = np.load(DATA / "x.npy")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "model.json").write_text(json.dumps(MODEL))

        def run(*arguments):
            subprocess.run([tern, *arguments, "--quiet"], cwd=here, check=True)

        def predictions(weights):
            run("predict", "model.json", "--weights", weights, "--input", DATA / "x.npy", "--output", "y.npy")
            return np.load(here / "y.npy")

        run("train", "model.json", "--data", DATA, "--out", "run")
        trained = network()
        weights = safetensors.read(here / "run/weights.safetensors")
        trained.load_state_dict({name: torch.tensor(w) for name, w in weights.items()})
        there = np.abs(predictions("run/weights.safetensors") - outputs(trained, x)).max()

        torch.manual_seed(5)
        fresh = network().float()
        safetensors.write(here / "torch.safetensors", {name: w.numpy() for name, w in fresh.state_dict().items()})
        back = np.abs(predictions("torch.safetensors") - outputs(fresh.double(), x)).max()

    print(f"largest difference of a prediction: tern to PyTorch {there:.1e}, PyTorch to tern {back:.1e}")
    return 0 if max(there, back) < 1e-6 else 1


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__.strip())
    sys.exit(main())
