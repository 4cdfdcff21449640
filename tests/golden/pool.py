#!/usr/bin/env python3
"""pool.py - what PyTorch 1.13 makes of layers that pool, resize, reorder and join, in float64, for tests/layers/test_pool.c.

Run: tests/golden/pool.py > tests/layers/pool_golden.h. Inputs, gradients and parameters follow formulas that test_pool.c computes
too, so that only results are stored: y, dx of all inputs, dparam.
"""
import math

import torch
from torch import nn

from common import begin, dy_at, filled, numbers, shape_text
from torch.nn import functional as F


# Inputs: all different; full of ties; with NaN and infinities.
def plain(k, i): return 2.5 * math.sin(1.3 * i + 0.7 * k + 0.4)
def ties(k, i): return float(i * i % 3)


def odd(k, i):
    if i % 11 == 3:
        return math.nan
    return math.inf if i % 13 == 5 else -math.inf if i % 5 == 1 else plain(k, i)




class Of(nn.Module):
    """A function as a module."""
    def __init__(self, function): super().__init__(); self.function = function
    def forward(self, *x): return self.function(*x)


class WeightedSum(nn.Module):
    def __init__(self, *weights): super().__init__(); self.weight = nn.Parameter(torch.tensor(weights))
    def forward(self, *x): return sum(w * t for w, t in zip(self.weight, x))


GLOBAL_AVG = Of(lambda x: x.flatten(2).mean(2))
GLOBAL_MAX = Of(lambda x: F.adaptive_max_pool1d(x.flatten(2), 1).flatten(1))


def product(*x): return math.prod(x[1:], start=x[0])


# type, options as C, the module, input, rows, shapes of one sample
CASES = [
    ("max_pool1d", 'kernel_size=[2]', nn.MaxPool1d(2), plain, 7, [(2, 8)]),
    ("max_pool1d", 'kernel_size=[3] stride=[1] padding=[1]', nn.MaxPool1d(3, 1, 1), ties, 2,
     [(2, 7)]),
    ("max_pool1d", 'kernel_size=[3] stride=[2] dilation=[2] ceil_mode=true',
     nn.MaxPool1d(3, 2, 0, 2, ceil_mode=True), plain, 3, [(3, 10)]),
    ("max_pool1d", 'kernel_size=[5] stride=[3] padding=[2] ceil_mode=true',
     nn.MaxPool1d(5, 3, 2, ceil_mode=True), odd, 3, [(2, 9)]),
    ("max_pool1d", 'kernel_size=[2] stride=[3] ceil_mode=true', nn.MaxPool1d(2, 3, ceil_mode=True),
     plain, 1, [(2, 3)]),
    ("max_pool2d", 'kernel_size=[2]', nn.MaxPool2d(2), plain, 2, [(2, 4, 6)]),
    ("max_pool2d", 'kernel_size=[2]', nn.MaxPool2d(2), plain, 1, [(1, 2, 36)]),
    ("max_pool2d", 'kernel_size=[2]', nn.MaxPool2d(2), plain, 7, [(1, 5, 7)]),
    ("max_pool2d", 'kernel_size=[2]', nn.MaxPool2d(2), ties, 2, [(2, 4, 6)]),
    ("max_pool2d", 'kernel_size=[2]', nn.MaxPool2d(2), odd, 2, [(2, 6, 8)]),
    ("max_pool2d", 'kernel_size=[2] ceil_mode=true', nn.MaxPool2d(2, ceil_mode=True), plain, 1, [(2, 5, 7)]),
    ("max_pool2d", 'kernel_size=[3] stride=[2] padding=[1]', nn.MaxPool2d(3, 2, 1), plain, 2,
     [(2, 7, 6)]),
    ("max_pool2d", 'kernel_size=[3] stride=[2] padding=[1] ceil_mode=true',
     nn.MaxPool2d(3, 2, 1, ceil_mode=True), ties, 2, [(1, 6, 8)]),
    ("max_pool2d", 'kernel_size=[3,2] stride=[1,3] padding=[1,0]',
     nn.MaxPool2d((3, 2), (1, 3), (1, 0)), plain, 2, [(2, 4, 9)]),
    ("max_pool2d", 'kernel_size=[2,3] stride=[1] padding=[0,1] dilation=[3,2]',
     nn.MaxPool2d((2, 3), 1, (0, 1), (3, 2)), odd, 1, [(2, 6, 5)]),
    ("avg_pool1d", 'kernel_size=[2]', nn.AvgPool1d(2), plain, 7, [(2, 7)]),
    ("avg_pool1d", 'kernel_size=[3] stride=[2] padding=[1] ceil_mode=true',
     nn.AvgPool1d(3, 2, 1, ceil_mode=True), plain, 2, [(2, 8)]),
    ("avg_pool1d", 'kernel_size=[4] stride=[3] padding=[2] ceil_mode=true '
     'count_include_pad=false', nn.AvgPool1d(4, 3, 2, ceil_mode=True, count_include_pad=False), plain, 2, [(2, 9)]),
    ("avg_pool2d", 'kernel_size=[2]', nn.AvgPool2d(2), plain, 2, [(2, 4, 6)]),
    ("avg_pool2d", 'kernel_size=[2]', nn.AvgPool2d(2), plain, 1, [(1, 5, 37)]),
    ("avg_pool2d", 'kernel_size=[2] ceil_mode=true', nn.AvgPool2d(2, ceil_mode=True), plain, 2, [(1, 5, 7)]),
    ("avg_pool2d", 'kernel_size=[3] stride=[2] padding=[1]', nn.AvgPool2d(3, 2, 1), plain, 2,
     [(2, 7, 6)]),
    ("avg_pool2d", 'kernel_size=[2,4] stride=[2,3] padding=[1,2] ceil_mode=true',
     nn.AvgPool2d((2, 4), (2, 3), (1, 2), ceil_mode=True), plain, 1, [(2, 6, 9)]),
    ("avg_pool2d", 'kernel_size=[2,4] stride=[2,3] padding=[1,2] ceil_mode=true '
     'count_include_pad=false', nn.AvgPool2d((2, 4), (2, 3), (1, 2), ceil_mode=True, count_include_pad=False), plain, 1,
     [(2, 6, 9)]),
    ("avg_pool2d", 'kernel_size=[2] padding=[1] ceil_mode=true',
     nn.AvgPool2d(2, 2, 1, ceil_mode=True), plain, 1, [(1, 3, 5)]),
    ("global_avg_pool", '', GLOBAL_AVG, plain, 7, [(3, 5)]),
    ("global_avg_pool", '', GLOBAL_AVG, plain, 2, [(2, 5, 7)]),
    ("global_avg_pool", '', GLOBAL_AVG, plain, 1, [(2, 2, 3, 4)]),
    ("global_max_pool", '', GLOBAL_MAX, plain, 7, [(3, 5)]),
    ("global_max_pool", '', GLOBAL_MAX, ties, 2, [(2, 5, 7)]),
    ("global_max_pool", '', GLOBAL_MAX, odd, 2, [(3, 1, 2, 3)]),
    ("adaptive_avg_pool2d", 'output_size=[1]', nn.AdaptiveAvgPool2d(1), plain, 2, [(2, 3, 4)]),
    ("adaptive_avg_pool2d", 'output_size=[3,4]', nn.AdaptiveAvgPool2d((3, 4)), plain, 2, [(2, 7, 6)]),
    ("adaptive_avg_pool2d", 'output_size=[5,2]', nn.AdaptiveAvgPool2d((5, 2)), plain, 7, [(1, 3, 5)]),
    ("upsample", 'scale_factor=[2]', nn.Upsample(scale_factor=2), plain, 2, [(2, 3, 2)]),
    ("upsample", 'scale_factor=[3,1.7]', nn.Upsample(scale_factor=(3, 1.7)), plain, 1, [(2, 2, 7)]),
    ("upsample", 'size=[5,3]', nn.Upsample(size=(5, 3)), plain, 7, [(1, 3, 5)]),
    ("upsample", 'size=[11]', nn.Upsample(size=11), plain, 2, [(2, 4)]),
    ("upsample", 'scale_factor=[0.6] mode=linear', nn.Upsample(scale_factor=0.6, mode="linear"), plain, 2,
     [(2, 9)]),
    ("upsample", 'scale_factor=[2] mode=bilinear', nn.Upsample(scale_factor=2, mode="bilinear"), plain, 2,
     [(2, 3, 2)]),
    ("upsample", 'scale_factor=[1.7,2.3] mode=bilinear', nn.Upsample(scale_factor=(1.7, 2.3), mode="bilinear"),
     plain, 1, [(2, 3, 4)]),
    ("upsample", 'scale_factor=[2] mode=bilinear align_corners=true',
     nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), plain, 2, [(1, 3, 4)]),
    ("upsample", 'size=[1,7] mode=bilinear align_corners=true',
     nn.Upsample(size=(1, 7), mode="bilinear", align_corners=True), plain, 2, [(1, 3, 4)]),
    ("upsample", 'size=[4,3] mode=bilinear', nn.Upsample(size=(4, 3), mode="bilinear"), plain, 7, [(1, 4, 5)]),
    ("upsample", 'size=[4] mode=bilinear', nn.Upsample(size=4, mode="bilinear"), plain, 1, [(2, 1, 1)]),
    ("pad2d", 'padding=[2]', nn.ZeroPad2d(2), plain, 2, [(2, 3, 2)]),
    ("pad2d", 'padding=[1,2,0,3] value=-0.5', nn.ConstantPad2d((1, 2, 0, 3), -0.5), plain, 1, [(2, 3, 4)]),
    ("pad2d", 'padding=[1,2,0,3] mode=reflect', nn.ReflectionPad2d((1, 2, 0, 3)), plain, 7, [(1, 4, 3)]),
    ("pad2d", 'padding=[1,2,4,3] mode=replicate', nn.ReplicationPad2d((1, 2, 4, 3)), plain, 2, [(2, 2, 1)]),
    ("permute", 'dims=[0,2,1]', Of(lambda x: x.permute(0, 2, 1)), plain, 7, [(3, 4)]),
    ("permute", 'dims=[0,2,3,1]', Of(lambda x: x.permute(0, 2, 3, 1)), plain, 2, [(2, 3, 4)]),
    ("permute", 'dims=[0,2,1,3]', Of(lambda x: x.permute(0, 2, 1, 3)), plain, 2, [(2, 3, 4)]),
    ("permute", 'dims=[0,-1,1,-2,2]', Of(lambda x: x.permute(0, -1, 1, -2, 2)), plain, 1, [(2, 3, 4, 2)]),
    ("slice", 'start=1 end=4', Of(lambda x: x[:, 1:4]), plain, 7, [(5,)]),
    ("slice", 'dim=2 start=-4 step=2', Of(lambda x: x[:, :, -4::2]), plain, 2, [(2, 5, 3)]),
    ("slice", 'dim=-1 end=-1 step=3', Of(lambda x: x[..., :-1:3]), plain, 2, [(2, 8)]),
    ("last_step", '', Of(lambda x: x[:, -1]), plain, 7, [(4, 3)]),
    ("last_step", '', Of(lambda x: x[:, -1]), plain, 2, [(3, 2, 2)]),
    ("multiply", '', Of(product), plain, 7, [(5,)] * 2),
    ("multiply", '', Of(product), plain, 2, [(2, 1, 3)] * 3),
    ("weighted_sum", 'weights=[0.7,-1.5]', Of(lambda a, b: 0.7 * a - 1.5 * b), plain, 7, [(5,)] * 2),
    ("weighted_sum", '', Of(lambda a, b: a + b), plain, 2, [(5,)] * 2),
    ("weighted_sum", 'weights=[0.5,0.25,2] learned=true', WeightedSum(0.5, 0.25, 2.0), plain, 2,
     [(2, 1, 9)] * 3),
    ("weighted_sum", 'weights=[0.5,0.25] learned=true', WeightedSum(0.5, 0.25), plain, 1, [(37,)] * 2),
]


def number(v):
    return "NAN" if math.isnan(v) else repr(v) if math.isfinite(v) else "INFINITY" if v > 0 else "-INFINITY"


def show(name, options, module, at, rows, shapes):
    x = [filled((rows, *s), lambda i, k=k: at(k, i)).requires_grad_() for k, s in enumerate(shapes)]
    y = module(*x)
    y.backward(filled(y.shape, dy_at))
    params = list(module.parameters())
    print('    {.type = "%s", .set = "%s",' % (name, options))
    print("     .x_at = %s, .rows = %d, .inputs = %d, .in = {%s}, .out = %s,"
          % (at.__name__, rows, len(x), ", ".join(map(shape_text, shapes)), shape_text(y.shape[1:])))
    print(numbers("y", [y]))
    print(numbers("dx", [t.grad for t in x]))
    if params:
        print(numbers("dparam", [p.grad for p in params]))
    print("    },")


begin("pool")
for case in CASES:
    show(*case)
print("};")
