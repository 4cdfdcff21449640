#!/usr/bin/python3
"""layers.py - writes tests/layers/layers_golden.h: what PyTorch (1.13, float64) makes of each layer, forward and backward.

Run: tests/golden/layers.py > tests/layers/layers_golden.h. Inputs, gradients and parameters follow formulas that
test_layers.c computes too, so that only results are stored.
"""
import math

import torch
from torch import nn

from common import begin, dy_at, fill_params, filled, numbers, shape_text

EDGES = [-800, -30, -5, -3, -1, -0.5, -0.0, 0.0, 0.5, 1, 3, 5, 10, 10.5, 20, 20.5, 30, 800]


def x_at(k, i): return 2.5 * math.sin(1.3 * i + 0.7 * k + 0.4)


class Add(nn.Module):
    def forward(self, *x): return sum(x[1:], x[0])


class Subtract(nn.Module):
    def forward(self, a, b): return a - b


class Of(nn.Module):
    """A function as a module."""
    def __init__(self, function): super().__init__(); self.function = function
    def forward(self, *x): return self.function(*x)


def swiglu(x, dim=-1):
    a, b = x.chunk(2, dim)
    return nn.functional.silu(a) * b


def row(y):
    """What PyTorch reduces to one number is [1] in tern."""
    return y.reshape(y.shape[0], 1)


class Concat(nn.Module):
    def __init__(self, dim): super().__init__(); self.dim = dim
    def forward(self, *x): return torch.cat(x, self.dim)


class Reshape(nn.Module):
    def __init__(self, *shape): super().__init__(); self.shape = shape
    def forward(self, x): return x.reshape(x.shape[0], *self.shape)


# type, options as C, the module, rows, shapes of one sample; None: one sample that holds EDGES
CASES = [
    ("dense", 'out_features=3', nn.Linear(4, 3), 3, [(4,)]),
    ("dense", 'out_features=2 bias=false', nn.Linear(3, 2, bias=False), 2, [(2, 3)]),
    ("flatten", '', nn.Flatten(), 2, [(2, 3, 4)]),
    ("flatten", 'start_dim=2', nn.Flatten(2), 2, [(2, 3, 4)]),
    ("flatten", 'start_dim=-4 end_dim=3', nn.Flatten(-4, 3), 2, [(2, 3, 4, 5)]),
    ("flatten", 'start_dim=2 end_dim=-2', nn.Flatten(2, -2), 2, [(2, 3, 4, 5)]),
    ("flatten", '', nn.Flatten(), 2, [(5,)]),
    ("reshape", 'shape=[2,6]', Reshape(2, 6), 3, [(12,)]),
    ("reshape", 'shape=[3,-1,2]', Reshape(3, -1, 2), 3, [(4, 6)]),
    ("reshape", 'shape=[-1]', Reshape(-1), 3, [(4, 6)]),
    ("dropout", 'p=0', nn.Dropout(0), 2, [(5,)]),
    ("dropout", 'p=1', nn.Dropout(1), 2, [(5,)]),
    ("add", '', Add(), 2, [(5,)] * 2),
    ("add", '', Add(), 2, [(2, 1, 3)] * 4),
    ("subtract", '', Subtract(), 2, [(5,)] * 2),
    ("subtract", '', Subtract(), 2, [(2, 1, 3)] * 2),
    ("glu", '', nn.GLU(), 3, [(6,)]),
    ("glu", 'dim=1', nn.GLU(1), 2, [(4, 3)]),
    ("glu", 'dim=-2', nn.GLU(-2), 2, [(2, 4, 3)]),
    ("swiglu", '', Of(swiglu), 3, [(6,)]),
    ("swiglu", 'dim=1', Of(lambda x: swiglu(x, 1)), 2, [(4, 3)]),
    ("maximum", '', Of(torch.maximum), 3, [(7,)] * 2),
    ("maximum", '', Of(lambda *x: torch.stack(x).amax(0)), 2, [(2, 1, 3)] * 3),
    ("minimum", '', Of(torch.minimum), 3, [(7,)] * 2),
    ("minimum", '', Of(lambda *x: torch.stack(x).amin(0)), 2, [(2, 1, 3)] * 3),
    ("dot", '', Of(lambda a, b: row((a * b).sum(-1))), 3, [(5,)] * 2),
    ("dot", 'dim=2 keepdim=true', Of(lambda a, b: (a * b).sum(2, True)), 2, [(2, 4, 3)] * 2),
    ("dot", 'dim=1', Of(lambda a, b: (a * b).sum(1)), 2, [(4, 3)] * 2),
    ("dot", 'normalize=true', Of(lambda a, b: row(nn.CosineSimilarity(-1)(a, b))), 3, [(5,)] * 2),
    ("dot", 'normalize=true dim=1', nn.CosineSimilarity(1), 2, [(2, 4, 3)] * 2),
    ("pairwise_distance", '', Of(lambda a, b: row(nn.PairwiseDistance()(a, b))), 3, [(5,)] * 2),
    ("pairwise_distance", 'keepdim=true', nn.PairwiseDistance(keepdim=True), 2, [(2, 4, 3)] * 2),
    ("pairwise_distance", 'p=1 eps=0.5', nn.PairwiseDistance(1, 0.5), 2, [(3, 4)] * 2),
    ("pairwise_distance", 'p=3', nn.PairwiseDistance(3), 2, [(3, 4)] * 2),
    ("reduce", '', Of(lambda x: row(x.flatten(1).mean(1))), 3, [(2, 3)]),
    ("reduce", 'op=sum dims=[1]', Of(lambda x: x.sum(1)), 2, [(4, 3)]),
    ("reduce", 'op=mean dims=[1,3] keepdim=true', Of(lambda x: x.mean((1, 3), True)), 2, [(2, 4, 3)]),
    ("reduce", 'op=max dims=[-2]', Of(lambda x: x.amax(-2)), 2, [(2, 4, 3)]),
    ("reduce", 'op=max', Of(lambda x: row(x.amax((1, 2)))), 3, [(4, 3)]),
    ("reduce", 'op=min dims=[2,4]', Of(lambda x: x.amin((2, 4))), 2, [(2, 3, 2, 3)]),
    ("pixel_shuffle", 'upscale_factor=2', nn.PixelShuffle(2), 2, [(8, 3, 2)]),
    ("pixel_shuffle", 'upscale_factor=3', nn.PixelShuffle(3), 2, [(9, 1, 2)]),
    ("pixel_unshuffle", 'downscale_factor=2', nn.PixelUnshuffle(2), 2, [(2, 4, 6)]),
    ("pixel_unshuffle", 'downscale_factor=3', nn.PixelUnshuffle(3), 2, [(1, 3, 6)]),
    ("concat", '', Concat(1), 3, [(2,), (3,)]),
    ("concat", 'dim=2', Concat(2), 2, [(2, 1, 2), (2, 2, 2), (2, 3, 2)]),
    ("concat", 'dim=-1', Concat(-1), 2, [(2, 3), (2, 1)]),
    ("relu", '', nn.ReLU(), 3, [(7,)]),
    ("relu", '', nn.ReLU(), 1, None),
    ("leaky_relu", '', nn.LeakyReLU(), 2, [(2, 3)]),
    ("leaky_relu", 'negative_slope=0.2', nn.LeakyReLU(0.2), 1, None),
    ("leaky_relu", 'negative_slope=0', nn.LeakyReLU(0.0), 1, None),
    ("prelu", '', nn.PReLU(), 2, [(17,)]),
    ("prelu", '', nn.PReLU(), 1, None),
    ("prelu", 'num_parameters=5', nn.PReLU(5), 3, [(5,)]),
    ("prelu", 'num_parameters=2', nn.PReLU(2), 2, [(2, 3, 3)]),
    ("elu", '', nn.ELU(), 3, [(7,)]),
    ("elu", '', nn.ELU(), 1, None),
    ("elu", 'alpha=0.5', nn.ELU(0.5), 1, None),
    ("selu", '', nn.SELU(), 3, [(7,)]),
    ("selu", '', nn.SELU(), 1, None),
    ("gelu", '', nn.GELU(), 3, [(7,)]),
    ("gelu", '', nn.GELU(), 1, None),
    ("gelu", 'approximate=tanh', nn.GELU('tanh'), 2, [(2, 3)]),
    ("gelu", 'approximate=tanh', nn.GELU('tanh'), 1, None),
    ("silu", '', nn.SiLU(), 3, [(7,)]),
    ("silu", '', nn.SiLU(), 1, None),
    ("mish", '', nn.Mish(), 3, [(7,)]),
    ("mish", '', nn.Mish(), 1, None),
    ("softplus", '', nn.Softplus(), 3, [(7,)]),
    ("softplus", '', nn.Softplus(), 1, None),
    ("softplus", 'beta=2 threshold=1', nn.Softplus(2, 1), 3, [(7,)]),
    ("sigmoid", '', nn.Sigmoid(), 3, [(7,)]),
    ("sigmoid", '', nn.Sigmoid(), 1, None),
    ("tanh", '', nn.Tanh(), 3, [(7,)]),
    ("tanh", '', nn.Tanh(), 1, None),
    ("hard_sigmoid", '', nn.Hardsigmoid(), 3, [(7,)]),
    ("hard_sigmoid", '', nn.Hardsigmoid(), 1, None),
    ("hard_swish", '', nn.Hardswish(), 3, [(7,)]),
    ("hard_swish", '', nn.Hardswish(), 1, None),
    ("softmax", '', nn.Softmax(-1), 3, [(5,)]),
    ("softmax", '', nn.Softmax(-1), 1, None),
    ("softmax", 'dim=1', nn.Softmax(1), 2, [(3, 2, 2)]),
    ("softmax", 'dim=-2', nn.Softmax(-2), 2, [(2, 3, 2)]),
    ("log_softmax", '', nn.LogSoftmax(-1), 3, [(5,)]),
    ("log_softmax", '', nn.LogSoftmax(-1), 1, None),
    ("log_softmax", 'dim=1', nn.LogSoftmax(1), 2, [(3, 2, 2)]),
    ("log_softmax", 'dim=-2', nn.LogSoftmax(-2), 2, [(2, 3, 2)]),
]

VIEWS = ("flatten", "reshape")


def show(name, options, module, rows, shapes):
    edges = shapes is None
    shapes = [(len(EDGES),)] if edges else shapes
    x = [filled((rows, *s), lambda i, k=k: EDGES[i] if edges else x_at(k, i)).requires_grad_()
         for k, s in enumerate(shapes)]
    params = fill_params(module)
    y = module(*x)
    y.backward(filled(y.shape, dy_at))
    print('    {.type = "%s", .set = "%s", .edges = %s, .rows = %d,'
          % (name, options, "true" if edges else "false", rows))
    print("     .inputs = %d, .in = {%s}, .out = %s," % (len(x), ", ".join(map(shape_text, shapes)), shape_text(y.shape[1:])))
    if name not in VIEWS:
        print(numbers("y", [y]))
        print(numbers("dx", [t.grad for t in x]))
        if params:
            print(numbers("dparam", [p.grad for p in params]))
    print("    },")


begin("layers", "static const double edges[] = {%s};" % ", ".join(map(str, EDGES)))
for case in CASES:
    show(*case)
print("};")
