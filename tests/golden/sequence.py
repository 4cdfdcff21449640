#!/usr/bin/python3
"""sequence.py - writes tests/layers/sequence_golden.h: what PyTorch (1.13, float64) makes of the layers for sequences.

Run: tests/golden/sequence.py > tests/layers/sequence_golden.h. Inputs, gradients and parameters follow formulas that
test_sequence.c computes too, so that only results are stored.
"""
import math

import torch
from torch import nn

from common import begin, dy_at, fill_params, filled, numbers, shape_text


def x_at(i): return 1.5 * math.sin(1.3 * i + 0.4)
def index_at(i, n): return (5 * i + i * i // 3) % n


class Recurrent(nn.Module):
    """One of PyTorch's, batch first; without `sequences` the final states of the last layer, one direction after the other."""
    def __init__(self, cls, inputs, hidden, sequences=True, **options):
        super().__init__()
        self.inner, self.sequences = cls(inputs, hidden, batch_first=True, **options), sequences

    def forward(self, x):
        y, state = self.inner(x)
        h = state[0] if isinstance(state, tuple) else state
        return y if self.sequences else torch.cat(list(h[-2 if self.inner.bidirectional else -1:]), dim=1)


class Attention(nn.Module):
    def __init__(self, embed, heads, causal=False, **options):
        super().__init__()
        self.inner, self.causal = nn.MultiheadAttention(embed, heads, batch_first=True, **options), causal

    def forward(self, x):
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1) if self.causal else None
        return self.inner(x, x, x, attn_mask=mask, need_weights=False)[0]

    def parameters(self):
        m = self.inner
        return [p for p in (m.in_proj_weight, m.out_proj.weight, m.in_proj_bias, m.out_proj.bias) if p is not None]


class Masked(Attention):
    """With a mask of each sample as a second input: of the keys, of steps for steps, or of those for each head."""
    def forward(self, x, mask):
        heads, rows, steps = self.inner.num_heads, x.shape[0], x.shape[1]
        if mask.dim() == 2:
            return self.inner(x, x, x, key_padding_mask=mask, need_weights=False)[0]
        full = mask if mask.dim() == 4 else mask[:, None].expand(rows, heads, steps, steps)
        return self.inner(x, x, x, attn_mask=full.reshape(-1, steps, steps), need_weights=False)[0]


class Windowed(Attention):
    def forward(self, x):
        t = torch.arange(x.shape[1])
        return self.inner(x, x, x, attn_mask=(t[:, None] - t).abs() >= 2, need_weights=False)[0]


class Learned(nn.Module):
    def __init__(self, rows, embed):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(rows, embed))

    def forward(self, x): return x + self.weight[:x.shape[1]]


class Sinusoidal(nn.Module):
    def forward(self, x):
        steps, embed = x.shape[1:]
        t = torch.arange(steps)[:, None]
        waves = torch.zeros(steps, embed)
        w = 10000 ** (-torch.arange(0, embed, 2) / embed)
        waves[:, 0::2] = torch.sin(t * w)
        waves[:, 1::2] = torch.cos(t * w)[:, :embed // 2]
        return x + waves


def recurrent(name, cls, extra="", **torch_options):
    """The cases of one of the three; `extra`: an option of its own."""
    def case(rows, steps, inputs, hidden, text, **options):
        text = " ".join(t for t in (f'hidden_size={hidden}', extra, text) if t)
        return name, text, Recurrent(cls, inputs, hidden, **options, **torch_options), rows, (steps, inputs)

    return [
        case(7, 5, 3, 4, ""),
        case(1, 4, 2, 3, 'bias=false', bias=False),
        case(2, 3, 2, 9, 'return_sequences=false', sequences=False),
        case(3, 4, 3, 2, 'bidirectional=true', bidirectional=True),
        case(2, 3, 2, 3, 'bidirectional=true return_sequences=false num_layers=2', bidirectional=True,
             sequences=False, num_layers=2),
        case(7, 1, 3, 1, 'num_layers=3', num_layers=3),
        case(3, 4, 5, 2, 'num_layers=3 bias=false', num_layers=3, bias=False),
        case(2, 3, 2, 2, 'num_layers=2 dropout=1', num_layers=2, dropout=1.0),
    ]


def attention(rows, steps, embed, heads, text="", **options):
    text = " ".join(t for t in (f'num_heads={heads}', text) if t)
    return "multi_head_attention", text, Attention(embed, heads, **options), rows, (steps, embed)


def masked(rows, steps, embed, heads, kind, mask):
    return "multi_head_attention", f'num_heads={heads} mask={kind}', Masked(embed, heads), rows, (steps, embed), mask


def embedding(rows, shape, n, dim, text="", **options):
    text = " ".join(t for t in (f'num_embeddings={n} embedding_dim={dim}', text) if t)
    return "embedding", text, nn.Embedding(n, dim, **options), rows, shape


def boolean_at(i): return i % 3 == 1
def additive_at(i): return 1.2 * math.cos(1.1 * i + 0.3)


# type, options as C, the module, rows, the shape of one sample, and that of a mask
CASES = [
    *recurrent("rnn", nn.RNN), *recurrent("rnn", nn.RNN, 'nonlinearity=relu', nonlinearity="relu")[:4],
    *recurrent("lstm", nn.LSTM), *recurrent("gru", nn.GRU),
    embedding(7, (3,), 5, 4), embedding(2, (4, 3), 11, 1), embedding(3, (5,), 6, 3, 'padding_idx=2', padding_idx=2),
    embedding(1, (8,), 6, 17, 'padding_idx=-1', padding_idx=-1),
    ("positional_embedding", "", Learned(3, 5), 7, (3, 5)),
    ("positional_embedding", 'max_len=6', Learned(6, 2), 2, (4, 2)),
    ("positional_embedding", 'kind=sinusoidal', Sinusoidal(), 1, (70, 3)),
    ("positional_embedding", 'kind=sinusoidal', Sinusoidal(), 2, (3, 70)),
    attention(7, 3, 4, 2), attention(1, 5, 6, 6), attention(2, 4, 3, 1, 'bias=false', bias=False),
    attention(3, 5, 4, 2, 'causal=true', causal=True), attention(2, 1, 4, 2, 'causal=true', causal=True),
    attention(1, 19, 2, 1, 'causal=true', causal=True), attention(2, 3, 4, 2, 'dropout=1', dropout=1.0),
    ("multi_head_attention", 'num_heads=2 window=2', Windowed(4, 2), 2, (5, 4)),
    *(masked(2, 5, 4, 2, kind, mask) for kind in ("additive", "boolean") for mask in ((5,), (5, 5), (2, 5, 5))),
]


def show(name, options, module, rows, shape, mask_shape=None):
    indices = name == "embedding"
    if indices:
        x = filled((rows, *shape), lambda i: index_at(i, module.num_embeddings)).long()
    else:
        x = filled((rows, *shape), x_at).requires_grad_()
    mask = []
    if mask_shape:
        additive = "additive" in options
        values = filled((rows, *mask_shape), additive_at if additive else boolean_at)
        mask = [values.requires_grad_() if additive else values.bool()]
    params = fill_params(module)
    y = module(x, *mask)
    y.backward(filled(y.shape, dy_at))
    print('    {.type = "%s", .set = "%s", .rows = %d,' % (name, options, rows))
    mask_text = ".mask = %s, " % shape_text(mask_shape) if mask_shape else ""
    print("     .in = %s, %s.out = %s," % (shape_text(shape), mask_text, shape_text(y.shape[1:])))
    print(numbers("y", [y]))
    if not indices:
        print(numbers("dx", [x.grad, *(torch.zeros(m.shape) if m.grad is None else m.grad for m in mask)]))
    if params:
        print(numbers("dparam", [p.grad for p in params]))
    print("    },")


begin("sequence")
for case in CASES:
    show(*case)
print("};")
