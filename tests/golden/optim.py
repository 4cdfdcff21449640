#!/usr/bin/python3
"""optim.py - writes tests/optim/optim_golden.h: the weights that PyTorch's optimizers (1.13, float64) step through.

Run: tests/golden/optim.py > tests/optim/optim_golden.h. Weights, gradients and learning rates follow formulas that
test_optim.c computes too, so that only results are stored.
"""
import math

import torch
from torch import optim

from common import as_text, begin, numbers
from nadam import NAdam

N, STEPS = 5, 6


def w_at(i): return math.sin(1.7 * i + 0.3)
def g_at(step, i): return (0.0 if i == 3 else 1.0) * math.cos(0.8 * i + 1.1 * step) * (2 + step % 3) / 3
def lr_at(lr, step): return lr * (1 + step % 2)
def momentum_at(step): return 0.95 - 0.03 * step


# type, class, options, whether a schedule moves the momentum
OPTIMIZERS = [
    ("sgd", optim.SGD, dict(lr=0.1), False),
    ("sgd", optim.SGD, dict(lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.01), False),
    ("sgd", optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01), False),
    ("sgd", optim.SGD, dict(lr=0.1, momentum=0.9), True),
    ("adam", optim.Adam, dict(lr=0.001), False),
    ("adam", optim.Adam, dict(lr=0.1, betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1), False),
    ("adam", optim.Adam, dict(lr=0.1, betas=(0.5, 0.6), amsgrad=True, weight_decay=0.1), False),
    ("adam", optim.Adam, dict(lr=0.1), True),
    ("adamw", optim.AdamW, dict(lr=0.001), False),
    ("adamw", optim.AdamW, dict(lr=0.1, betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1), False),
    ("adamw", optim.AdamW, dict(lr=0.1, betas=(0.5, 0.6), amsgrad=True, weight_decay=0.1), False),
    ("adamw", optim.AdamW, dict(lr=0.1), True),
    ("rmsprop", optim.RMSprop, dict(lr=0.01), False),
    ("rmsprop", optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-3, weight_decay=0.1), False),
    ("rmsprop", optim.RMSprop, dict(lr=0.01, alpha=0.9, eps=1e-3, centered=True), False),
    ("rmsprop", optim.RMSprop, dict(lr=0.01, momentum=0.9), False),
    ("rmsprop", optim.RMSprop, dict(lr=0.01, momentum=0.9, eps=1e-3, centered=True, weight_decay=0.1), False),
    ("rmsprop", optim.RMSprop, dict(lr=0.01, momentum=0.9), True),
    ("adagrad", optim.Adagrad, dict(lr=0.01), False),
    ("adagrad", optim.Adagrad, dict(lr=0.1, lr_decay=0.1, weight_decay=0.1, initial_accumulator_value=0.2, eps=1e-3), False),
    ("adadelta", optim.Adadelta, dict(lr=1.0), False),
    ("adadelta", optim.Adadelta, dict(lr=0.5, rho=0.8, eps=1e-3, weight_decay=0.1), False),
    ("adamax", optim.Adamax, dict(lr=0.002), False),
    ("adamax", optim.Adamax, dict(lr=0.1, betas=(0.8, 0.5), eps=1e-3, weight_decay=0.1), False),
    ("adamax", optim.Adamax, dict(lr=0.1), True),
    ("nadam", NAdam, dict(lr=0.002), False),
    ("nadam", NAdam, dict(lr=0.1, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1, momentum_decay=0.5), False),
    ("nadam", NAdam, dict(lr=0.01), True),
]


def show(name, cls, options, cycled):
    w = torch.tensor([w_at(i) for i in range(N)], requires_grad=True)
    optimizer = cls([w], **options)
    group, path = optimizer.param_groups[0], []
    for step in range(1, STEPS + 1):
        w.grad = torch.tensor([g_at(step, i) for i in range(N)])
        group['lr'] = lr_at(options['lr'], step)
        if cycled and 'betas' in group: group['betas'] = (momentum_at(step), group['betas'][1])
        elif cycled: group['momentum'] = momentum_at(step)
        optimizer.step()
        path += w.tolist()
    print(f'    {{.type = "{name}", .set = "{as_text(options)}",')
    print(f'     .cycled = {str(cycled).lower()}, .lr = {options["lr"]},')
    print(numbers('w', [path]) + '\n    },')


begin("optim", f"enum {{ N = {N}, STEPS = {STEPS} }};")
for case in OPTIMIZERS: show(*case)
print("};")
