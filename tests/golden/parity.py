#!/usr/bin/python3
"""parity.py - trains small networks in PyTorch 1.13 and writes what tests/parity/parity holds tern to.

One folder a case, tests/golden/parity/NAME: the model, its initial weights (the same in float and in double) and the loss of
each of 100 steps, before its update: losses.txt in double, losses32.txt in float. The data are shared: 37 samples, so that
every fifth batch of 8 is short. With an argument only the cases whose name contains it are written. Needs PyTorch (Debian:
python3-torch); the tests need only what it wrote.
"""
import copy
import json
import shutil
import sys
import warnings
import zlib
from fnmatch import fnmatchcase as fnmatch
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau

import parity_cases
import parity_graphs
import parity_sequences
import safetensors

OUT = Path(__file__).resolve().parent / "parity"
SAMPLES, BATCH, STEPS = 37, 8, 100
BATCHES = -(-SAMPLES // BATCH)  # of an epoch


# ---- data ----

def make_data():
    g = torch.Generator().manual_seed(7)
    x = torch.randn(SAMPLES, 8, generator=g)
    values = torch.tanh(x @ torch.randn(8, 4, generator=g) / 2) + 0.4 * torch.randn(SAMPLES, 4, generator=g)
    classes = values.argmax(1)
    ignore = classes.clone()
    ignore[::5] = -100
    tokens = torch.randint(11, (SAMPLES, 8), generator=torch.Generator().manual_seed(8))
    ys = {"values": values, "classes": classes, "ignore": ignore, "probabilities": (2 * values).softmax(1),
          "binary": (values > 0).float(), "pair": (values[:, 0] > 0).float(), "grid": torch.randint(4, (SAMPLES, 3), generator=g)}
    return {"x": x, "tokens": tokens, **parity_sequences.make_data(SAMPLES)}, {**ys, **parity_sequences.make_targets(SAMPLES)}


# ---- training ----

def freeze(net, patterns):
    """Weights that stay as they are; a batch norm whose running averages do goes by them."""
    for name, p in net.named_parameters():
        p.requires_grad_(not any(fnmatch(name, pattern) for pattern in patterns))
    for name, module in net.named_modules():
        if any(fnmatch(f"{name}.running_mean", pattern) for pattern in patterns):
            module.eval()


def parameter_groups(net, exclude, groups):
    """What decay_exclude leaves out is a group of its own, without decay; so are the groups of the file, with their options."""
    if groups:
        left, result = dict(net.named_parameters()), []
        for group in groups:
            own = {name: left.pop(name) for name in list(left) if fnmatch(name, group["weights"])}
            result.append({"params": list(own.values()), **{k: v for k, v in group.items() if k != "weights"}})
        return [{"params": list(left.values())}, *result]
    if not exclude:
        return [p for p in net.parameters() if p.requires_grad]
    norms = {p for module in net.modules() if "Norm" in type(module).__name__ for p in module.parameters()}
    kept, left = [], []
    for name, p in net.named_parameters():
        group = "norm" if p in norms else "bias" if name.endswith("bias") else "weight"
        (left if group in exclude else kept).append(p)
    return [{"params": kept}, {"params": left, "weight_decay": 0}]


def train(case, net, x, y):
    freeze(net, case["freeze"])
    o = case["optimizer"][1](parameter_groups(net, case["exclude"], case["groups"]))
    s = case["schedule"][1](o) if case["schedule"] else None
    several = case["several"]
    criterion = several["criterion"] if several else copy.deepcopy(case["loss"][1]).to(next(net.parameters()).dtype)
    losses, epoch = [], 0.0
    for step in range(STEPS):
        first = step % BATCHES * BATCH
        rows = slice(first, min(first + BATCH, SAMPLES))
        o.zero_grad()
        value = criterion(net(*(a[rows] for a in x)), *(a[rows] for a in y)) if several else criterion(net(x[rows]), y[rows])
        value.backward()
        losses.append(value.item())
        if "clip_grad_norm" in case["train"]:
            nn.utils.clip_grad_norm_(net.parameters(), case["train"]["clip_grad_norm"])
        if "clip_grad_value" in case["train"]:
            nn.utils.clip_grad_value_(net.parameters(), case["train"]["clip_grad_value"])
        o.step()
        epoch += value.item() * (rows.stop - first) / SAMPLES
        if isinstance(s, ReduceLROnPlateau):
            if rows.stop == SAMPLES:
                s.step(epoch)
                epoch = 0.0
        elif s:
            s.step()
    return losses


# ---- files ----

def file_name(case):
    return f"{case['x']}.npz" if None in case["input"] else f"{case['x']}.npy"


def target_name(case):
    return f"y_{case['y']}.npz" if case["y"].startswith("step_") else f"y_{case['y']}.npy"


def save(path, x):
    """Samples of lengths of their own are a list of arrays."""
    if parity_sequences.is_list(x):
        np.savez(path.with_suffix(".npz"), *(a[:n] for a, n in zip(x.numpy(), parity_sequences.lengths_of(x))))
    else:
        np.save(path.with_suffix(".npy"), x.numpy())


def model_text(name, case, layers):
    rows = ",\n".join("    " + json.dumps(layer) for layer in layers)
    o = dict(case["optimizer"][0], **({"decay_exclude": case["exclude"]} if case["exclude"] else {}),
             **({"groups": case["groups"]} if case["groups"] else {}))
    frozen = {"freeze": case["freeze"]} if case["freeze"] and all(layer.get("trainable", True) for layer in layers) else {}
    several = case["several"]
    blocks = {"loss": case["loss"][0], "optimizer": o, "schedule": case["schedule"] and case["schedule"][0],
              "train": {"epochs": STEPS // BATCHES, "batch_size": BATCH, "shuffle": False, **frozen, **case["train"]},
              "data": {"train": {"type": "npy", "x": file_name(case), "y": target_name(case)}}}
    most = {"max_length": parity_sequences.MOST} if None in case["input"] else {}
    head = f'"input": {json.dumps({"shape": case["input"], **most})}'
    if several:
        longest = lambda shape: {"max_length": parity_sequences.MOST} if None in shape else {}
        shapes = {name: {"shape": shape, **longest(shape)} for name, (_, shape) in several["inputs"].items()}
        head = f'"inputs": {json.dumps(shapes)}' if len(shapes) > 1 else head
        files = {name: {"type": "npy", "x": f"{file}.npz" if None in shape else f"{file}.npy"}
                 for name, (file, shape) in several["inputs"].items()}
        targets = {name: {"type": "npy", "x": f"y_{file}.npy"} for name, file in several["targets"].items()}
        data = {"inputs": files, **({"targets": targets} if targets else {})}
        blocks = {"losses": several["losses"], **{k: v for k, v in blocks.items() if k != "loss"}, "data": {"train": data}}
    tail = ",\n".join(f'  "{key}": {json.dumps(block)}' for key, block in blocks.items() if block)
    return (f'{{\n  "format": 1,\n  "name": "{name}",\n  {head},\n'
            f'  "layers": [\n{rows}\n  ],\n{tail}\n}}\n')


def write_case(name, case, xs, ys):
    layers, net = case["net"]
    torch.manual_seed(zlib.crc32(name.encode()))  # a case stays as it is, whatever stands before it
    for module in net.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()
    several = case["several"]
    if several:
        all_arrays = {**xs, **{f"y_{key}": y for key, y in ys.items()}}
        x = [all_arrays[file] if None in shape else all_arrays[file].reshape(SAMPLES, *shape)
             for file, shape in several["inputs"].values()]
        y = x if several.get("input_is_target") else [ys[file] for file in several["targets"].values()]
    else:
        x, y = xs[case["x"]], ys[case["y"]]
        x = x if None in case["input"] else x.reshape(SAMPLES, *case["input"])
    start = {key: value.double().numpy() for key, value in net.state_dict().items()}
    single = train(case, copy.deepcopy(net), x, y)
    to_double = lambda v: [to_double(a) for a in v] if isinstance(v, list) else v.double() if v.is_floating_point() else v
    double = train(case, net.double(), to_double(x), to_double(y))

    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "model.json").write_text(model_text(name, case, layers))
    safetensors.write(folder / "init.safetensors", start)
    (folder / "losses.txt").write_text("".join(f"{v!r}\n" for v in double))
    (folder / "losses32.txt").write_text("".join(f"{v:.9g}\n" for v in single))

    apart = max(abs(a - b) / abs(b) for a, b in zip(single, double))
    begin, end = sum(double[:5]) / 5, sum(double[-5:]) / 5
    print(f"{name:32} loss {begin:8.5f} to {end:8.5f}, smallest {min(double):.5f}, float differs by {apart:.1e}")
    if apart > 3e-6 or abs(end - begin) < 0.01 * begin:
        raise SystemExit(f"{name}: no good case: it is chaotic, or nothing happens")


def main():
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    if not part:
        shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(exist_ok=True)
    xs, ys = make_data()
    for key, x in xs.items():
        save(OUT / key, x)
    for key, y in ys.items():
        save(OUT / f"y_{key}", y)
    for name, case in {**parity_cases.make(), **parity_graphs.make(), **parity_sequences.make()}.items():
        if part in name:
            write_case(name, case, xs, ys)


if __name__ == "__main__":
    main()
