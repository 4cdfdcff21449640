#!/usr/bin/python3
"""ema.py - writes tests/train/ema_golden.h: weights and their exponential moving averages after some steps, as PyTorch's AveragedModel.

Run: tests/golden/ema.py > tests/train/ema_golden.h. A small net with a batch norm, whose running statistics are no averages: those of the
averaged net are the net's own (`use_buffers=False` of later versions). Parameter k starts with 0.6 sin(1.7 i + k), i its numbers.
"""
import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

import common

STEPS, ROWS = 12, 6


def case(options, decay, warmup, frozen, optimizer):
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2)).double()
    for k, p in enumerate(net.parameters()):
        p.data = common.filled(p.shape, lambda i, k=k: 0.6 * np.sin(1.7 * i + k))
    for name, p in net.named_parameters():
        p.requires_grad_(not name.startswith(frozen))
    x = common.filled((ROWS, 3), lambda i: np.sin(1.3 * i + 0.2))
    y = common.filled((ROWS, 2), lambda i: np.cos(0.7 * i))

    def average(old, new, n):
        most = (1 + n) / (10 + n) if warmup else 1
        return old * min(decay, most) + new * (1 - min(decay, most))

    averaged, o = AveragedModel(net, avg_fn=average), optimizer([p for p in net.parameters() if p.requires_grad])
    for _ in range(STEPS):
        o.zero_grad()
        nn.functional.mse_loss(net(x), y).backward()
        o.step()
        averaged.update_parameters(net)
    rows = [np.concatenate([p.detach().numpy().ravel() for p in n.parameters()]) for n in (net, averaged.module)]
    print(f'    {{.options = "{options}",')
    print("\n".join(common.numbers(name, [row]) for name, row in zip(("weights", "averages"), rows)) + "},")


print("/* ema_golden.h - written by tests/golden/ema.py with PyTorch 1.13 in float64; not to be edited. */")
print("/* clang-format off */")
print(f"enum {{ EMA_STEPS = {STEPS}, EMA_ROWS = {ROWS}, EMA_NUMBERS = 34 }};")
print("static const struct {\n    const char *options;\n    const double *weights, *averages;\n} ema_goldens[] = {")
sgd = lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)
adam = lambda p: torch.optim.Adam(p, lr=0.05)
SGD, ADAM = "{'type':'sgd','lr':0.1,'momentum':0.9}", "{'type':'adam','lr':0.05}"
case(f"'optimizer':{SGD},'train':{{'epochs':1,'ema':{{'decay':0.9}}}}", 0.9, False, "none", sgd)
case(f"'optimizer':{SGD},'train':{{'epochs':1,'ema':{{'decay':0.999,'warmup':true}}}}", 0.999, True, "none", sgd)
case(f"'optimizer':{SGD},'train':{{'epochs':1,'ema':{{}}}}", 0.999, False, "none", sgd)
case(f"'optimizer':{ADAM},'train':{{'epochs':1,'ema':{{'decay':0.5}},'freeze':['0.*']}}", 0.5, False, "0.", adam)
print("};\n/* clang-format on */")
