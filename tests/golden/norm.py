#!/usr/bin/env python3
"""norm.py - what PyTorch 1.13 makes of the normalising layers, in float64, for tests/layers/test_norm.c.

Run: tests/golden/norm.py > tests/layers/norm_golden.h. Inputs, gradients and parameters follow formulas that
test_norm.c computes too, so that only results are stored: y and the running averages after two batches in training,
dx and dparam of the second, then y in evaluation.
"""
import math

import torch
from torch import nn

from common import begin, dy_at, fill_params, filled, numbers, shape_text


def x_at(k, i): return 2.5 * math.sin(1.3 * i + 0.7 * k + 0.4) + 0.5 * k
def scale_at(k, i): return 0.5 * math.sin(2.1 * i + 0.3 * k + 0.5) + (1 - k)


class RMSNorm(nn.Module):
    """As PyTorch 2.4 has it."""
    def __init__(self, shape, eps=2.0 ** -23, affine=True):
        super().__init__()
        self.dims, self.eps = tuple(range(-len(shape), 0)), eps
        self.weight = nn.Parameter(torch.ones(shape)) if affine else 1

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(self.dims, keepdim=True) + self.eps) * self.weight


# type, options as C, the module, rows, the shape of one sample
CASES = [
    ("batch_norm", '', nn.BatchNorm1d(5), 7, (5,)),
    ("batch_norm", '', nn.BatchNorm1d(19), 5, (19,)),
    ("batch_norm", 'momentum=0.3 eps=0.01', nn.BatchNorm1d(3, eps=0.01, momentum=0.3), 7, (3,)),
    ("batch_norm", 'affine=false', nn.BatchNorm1d(3, affine=False), 7, (3,)),
    ("batch_norm", 'track_running_stats=false', nn.BatchNorm1d(3, track_running_stats=False), 7, (3,)),
    ("batch_norm", '', nn.BatchNorm1d(3), 1, (3, 7)),
    ("batch_norm", 'cumulative=true', nn.BatchNorm1d(2, momentum=None), 7, (2, 5)),
    ("batch_norm", '', nn.BatchNorm2d(2), 7, (2, 3, 3)),
    ("batch_norm", '', nn.BatchNorm2d(2), 1, (2, 7, 7)),
    ("batch_norm", 'affine=false track_running_stats=false',
     nn.BatchNorm2d(2, affine=False, track_running_stats=False), 3, (2, 3, 3)),
    ("batch_norm", '', nn.BatchNorm2d(3), 7, (3, 1, 1)),
    ("layer_norm", '', nn.LayerNorm(5), 7, (5,)),
    ("layer_norm", '', nn.LayerNorm(37), 1, (3, 37)),
    ("layer_norm", 'normalized_shape=[3] eps=0.1', nn.LayerNorm(3, eps=0.1), 2, (2, 5, 3)),
    ("layer_norm", 'normalized_shape=[5,3]', nn.LayerNorm((5, 3)), 2, (2, 5, 3)),
    ("layer_norm", 'normalized_shape=[2,5,3]', nn.LayerNorm((2, 5, 3)), 2, (2, 5, 3)),
    ("layer_norm", 'elementwise_affine=false', nn.LayerNorm(17, elementwise_affine=False), 2, (17,)),
    ("group_norm", 'num_groups=2', nn.GroupNorm(2, 6), 7, (6,)),
    ("group_norm", 'num_groups=3', nn.GroupNorm(3, 6), 1, (6, 7)),
    ("group_norm", 'num_groups=1 eps=0.1', nn.GroupNorm(1, 3, eps=0.1), 2, (3, 3, 5)),
    ("group_norm", 'num_groups=4', nn.GroupNorm(4, 4), 2, (4, 3, 3)),
    ("group_norm", 'num_groups=2 affine=false', nn.GroupNorm(2, 4, affine=False), 2, (4, 3, 5)),
    ("instance_norm", '', nn.InstanceNorm1d(2), 7, (2, 5)),
    ("instance_norm", '', nn.InstanceNorm2d(2), 1, (2, 5, 7)),
    ("instance_norm", 'affine=true eps=0.1', nn.InstanceNorm2d(3, affine=True, eps=0.1), 2, (3, 3, 5)),
    ("instance_norm", 'affine=true', nn.InstanceNorm1d(2, affine=True), 2, (2, 2)),
    ("rms_norm", '', RMSNorm((5,)), 7, (5,)),
    ("rms_norm", '', RMSNorm((37,)), 1, (3, 37)),
    ("rms_norm", 'normalized_shape=[5,3] eps=0.1', RMSNorm((5, 3), eps=0.1), 2, (2, 5, 3)),
    ("rms_norm", 'elementwise_affine=false', RMSNorm((17,), affine=False), 2, (17,)),
]


def show(name, options, module, rows, shape):
    params = fill_params(module, scale_at)
    module(filled((rows, *shape), lambda i: x_at(1, i)))
    x = filled((rows, *shape), lambda i: x_at(0, i)).requires_grad_()
    y = module(x)
    y.backward(filled(y.shape, dy_at))
    print('    {.type = "%s", .set = "%s", .rows = %d, .in = {%d, {%s}},'
          % (name, options, rows, len(shape), ", ".join(map(str, shape))))
    print(numbers("y", [y]))
    print(numbers("dx", [x.grad]))
    if params:
        print(numbers("dparam", [p.grad for p in params]))
    states = list(module.buffers())
    if states:
        print(numbers("state", states))
    print(numbers("evaluated", [module.eval()(x)]))
    print("    },")


begin("norm")
for case in CASES:
    show(*case)
print("};")
