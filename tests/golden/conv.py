#!/usr/bin/env python3
"""conv.py - what PyTorch 1.13 makes of convolutions, in float64, for tests/layers/test_conv.c.

Run: tests/golden/conv.py > tests/layers/conv_golden.h. Inputs, gradients and parameters follow formulas that
test_conv.c computes too, so that only results are stored.
"""
import math

import torch
from torch import nn

from common import as_text, begin, dy_at, fill_params, filled, numbers, shape_text


def x_at(i): return 2.5 * math.sin(1.3 * i + 0.4)


TYPES = {"conv1d": nn.Conv1d, "conv2d": nn.Conv2d,
         "conv_transpose1d": nn.ConvTranspose1d, "conv_transpose2d": nn.ConvTranspose2d}

SCALARS = ("out_channels", "groups", "bias")  # the other options are lists

# type, rows, the shape of one sample, PyTorch's options
CASES = [
    ("conv1d", 2, (2, 7), dict(out_channels=3, kernel_size=3)),
    ("conv1d", 1, (3, 8), dict(out_channels=2, kernel_size=4, stride=3, padding=2, dilation=2, bias=False)),
    ("conv1d", 7, (4, 5), dict(out_channels=6, kernel_size=2, padding="same", groups=2)),
    ("conv1d", 2, (1, 5), dict(out_channels=1, kernel_size=5)),
    ("conv2d", 2, (2, 5, 7), dict(out_channels=3, kernel_size=3)),
    ("conv2d", 7, (1, 4, 3), dict(out_channels=2, kernel_size=(1, 3), padding="valid")),
    ("conv2d", 1, (3, 7, 6),
     dict(out_channels=4, kernel_size=(3, 2), stride=(2, 3), padding=(2, 1), dilation=(1, 2), bias=False)),
    ("conv2d", 2, (4, 5, 3), dict(out_channels=4, kernel_size=(2, 3), padding="same", groups=2)),
    ("conv2d", 1, (2, 5, 6), dict(out_channels=2, kernel_size=(4, 2), padding="same", dilation=(1, 3))),
    ("conv2d", 2, (3, 5, 5), dict(out_channels=6, kernel_size=3, stride=2, padding=1, groups=3)),
    ("conv2d", 1, (3, 10, 10), dict(out_channels=2, kernel_size=1)),
    ("conv2d", 2, (3, 3, 2), dict(out_channels=2, kernel_size=1)),
    ("conv2d", 2, (1, 3, 3), dict(out_channels=2, kernel_size=2, padding=3)),
    ("conv2d", 2, (1, 5, 19), dict(out_channels=1, kernel_size=3, padding=1)),
    ("conv2d", 1, (1, 21, 20), dict(out_channels=1, kernel_size=(2, 3), stride=(1, 2))),
    ("conv_transpose1d", 2, (2, 4), dict(out_channels=3, kernel_size=3)),
    ("conv_transpose1d", 1, (4, 5), dict(out_channels=2, kernel_size=4, stride=3, padding=1, output_padding=2, groups=2)),
    ("conv_transpose2d", 2, (2, 3, 4), dict(out_channels=3, kernel_size=3)),
    ("conv_transpose2d", 7, (2, 2, 3),
     dict(out_channels=2, kernel_size=(2, 3), stride=(3, 2), padding=(0, 1), output_padding=(2, 1))),
    ("conv_transpose2d", 1, (4, 3, 3), dict(out_channels=6, kernel_size=2, dilation=2, groups=2, bias=False)),
    ("conv_transpose2d", 2, (3, 3, 3),
     dict(out_channels=3, kernel_size=3, stride=2, padding=1, output_padding=1, dilation=2, groups=3)),
    ("conv_transpose2d", 2, (1, 3, 3), dict(out_channels=2, kernel_size=1, stride=2, padding=1)),
    ("conv_transpose2d", 1, (2, 10, 10), dict(out_channels=1, kernel_size=1)),
]

def show(name, rows, shape, options):
    module = TYPES[name](shape[0], **options)
    params = fill_params(module)
    x = filled((rows, *shape), x_at).requires_grad_()
    y = module(x)
    y.backward(filled(y.shape, dy_at))
    text = {k: (v,) if k not in SCALARS and isinstance(v, int) else v for k, v in options.items()}
    print('    {.type = "%s", .set = "%s",' % (name, as_text(text)))
    shapes = map(shape_text, (shape, y.shape[1:], module.weight.shape))
    print("     .rows = %d, .in = %s, .out = %s, .weight = %s," % (rows, *shapes))
    print(numbers("y", [y]))
    print(numbers("dx", [x.grad]))
    print(numbers("dparam", [p.grad for p in params]))
    print("    },")


begin("conv")
for case in CASES:
    show(*case)
print("};")
