#!/usr/bin/env python3
"""conv.py - what PyTorch 1.13 makes of convolutions, in float64, for tests/layers/test_conv.c.

Run: tests/golden/conv.py > tests/layers/conv_golden.h. Inputs, gradients and parameters follow formulas that
test_conv.c computes too, so that only results are stored.
"""
import math
import textwrap

import torch
from torch import nn

torch.set_default_dtype(torch.float64)


def x_at(i): return 2.5 * math.sin(1.3 * i + 0.4)
def dy_at(i): return math.cos(0.9 * i + 0.2)
def param_at(k, i): return 0.5 * math.sin(2.1 * i + 0.3 * k + 0.5)


def filled(shape, at):
    count = math.prod(shape)
    return torch.tensor([at(i) for i in range(count)]).reshape(shape)


TYPES = {"conv1d": nn.Conv1d, "conv2d": nn.Conv2d,
         "conv_transpose1d": nn.ConvTranspose1d, "conv_transpose2d": nn.ConvTranspose2d}

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

WORDS = ("valid", "same")


def setting(key, value):
    """An option as rig.h takes it."""
    if value in WORDS:
        return 'WORD("%s", %d)' % (key, 1 + WORDS.index(value))
    if key in ("out_channels", "groups", "bias"):
        return 'SET("%s", %d)' % (key, value)
    sizes = value if isinstance(value, tuple) else (value,)
    return 'SIZES("%s", %d, %s)' % (key, len(sizes), ", ".join(map(str, sizes)))


def numbers(name, tensors):
    values = [repr(float(v)) for t in tensors for v in t.detach().flatten()]
    text = "." + name + " = (const double[]){" + ", ".join(values) + "},"
    return "\n".join(textwrap.wrap(text, 128, initial_indent="     ", subsequent_indent="      "))


def shape_text(shape): return "{%d, {%s}}" % (len(shape), ", ".join(map(str, shape)))


def show(name, rows, shape, options):
    module = TYPES[name](shape[0], **options)
    params = list(module.parameters())
    with torch.no_grad():
        for k, p in enumerate(params):
            p.copy_(filled(p.shape, lambda i, k=k: param_at(k, i)))
    x = filled((rows, *shape), x_at).requires_grad_()
    y = module(x)
    y.backward(filled(y.shape, dy_at))
    print('    {.type = "%s",' % name)
    print(textwrap.fill(".set = {%s}," % ", ".join(setting(k, v) for k, v in options.items()), 128, initial_indent="     ",
                        subsequent_indent="      "))
    shapes = map(shape_text, (shape, y.shape[1:], module.weight.shape))
    print("     .rows = %d, .in = %s, .out = %s, .weight = %s," % (rows, *shapes))
    print(numbers("y", [y]))
    print(numbers("dx", [x.grad]))
    print(numbers("dparam", [p.grad for p in params]))
    print("    },")


print("/* conv_golden.h - written by tests/golden/conv.py with PyTorch %s in float64; not to be edited. */"
      % torch.__version__[:4])
print("static const golden goldens[] = {")
for case in CASES:
    show(*case)
print("};")
