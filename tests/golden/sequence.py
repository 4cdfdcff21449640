#!/usr/bin/python3
"""sequence.py - writes tests/layers/sequence_golden.h: what PyTorch (1.13, float64) makes of the layers for sequences.

Run: tests/golden/sequence.py > tests/layers/sequence_golden.h. Inputs, gradients and parameters follow formulas that
test_sequence.c computes too, so that only results are stored.
"""
import math
import textwrap

import torch
from torch import nn

torch.set_default_dtype(torch.float64)


def x_at(i): return 1.5 * math.sin(1.3 * i + 0.4)
def index_at(i, n): return (5 * i + i * i // 3) % n
def dy_at(i): return math.cos(0.9 * i + 0.2)
def param_at(k, i): return 0.5 * math.sin(2.1 * i + 0.3 * k + 0.5)


def filled(shape, at):
    return torch.tensor([at(i) for i in range(math.prod(shape))]).reshape(shape)


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
        text = ", ".join(t for t in (f'SET("hidden_size", {hidden})', extra, text) if t)
        return name, text, Recurrent(cls, inputs, hidden, **options, **torch_options), rows, (steps, inputs)

    return [
        case(7, 5, 3, 4, ""),
        case(1, 4, 2, 3, 'SET("bias", 0)', bias=False),
        case(2, 3, 2, 9, 'SET("return_sequences", 0)', sequences=False),
        case(3, 4, 3, 2, 'SET("bidirectional", 1)', bidirectional=True),
        case(2, 3, 2, 3, 'SET("bidirectional", 1), SET("return_sequences", 0), SET("num_layers", 2)', bidirectional=True,
             sequences=False, num_layers=2),
        case(7, 1, 3, 1, 'SET("num_layers", 3)', num_layers=3),
        case(3, 4, 5, 2, 'SET("num_layers", 3), SET("bias", 0)', num_layers=3, bias=False),
        case(2, 3, 2, 2, 'SET("num_layers", 2), SET("dropout", 1)', num_layers=2, dropout=1.0),
    ]


def attention(rows, steps, embed, heads, text="", **options):
    text = ", ".join(t for t in (f'SET("num_heads", {heads})', text) if t)
    return "multi_head_attention", text, Attention(embed, heads, **options), rows, (steps, embed)


def embedding(rows, shape, n, dim, text="", **options):
    text = ", ".join(t for t in (f'SET("num_embeddings", {n}), SET("embedding_dim", {dim})', text) if t)
    return "embedding", text, nn.Embedding(n, dim, **options), rows, shape


# type, options as C, the module, rows, the shape of one sample
CASES = [
    *recurrent("rnn", nn.RNN), *recurrent("rnn", nn.RNN, 'SET("nonlinearity", 1)', nonlinearity="relu")[:4],
    *recurrent("lstm", nn.LSTM), *recurrent("gru", nn.GRU),
    embedding(7, (3,), 5, 4), embedding(2, (4, 3), 11, 1), embedding(3, (5,), 6, 3, 'SET("padding_idx", 2)', padding_idx=2),
    embedding(1, (8,), 6, 17, 'SET("padding_idx", -1)', padding_idx=-1),
    ("positional_embedding", "", Learned(3, 5), 7, (3, 5)),
    ("positional_embedding", 'SET("max_len", 6)', Learned(6, 2), 2, (4, 2)),
    ("positional_embedding", 'SET("kind", 1)', Sinusoidal(), 1, (70, 3)),
    ("positional_embedding", 'SET("kind", 1)', Sinusoidal(), 2, (3, 70)),
    attention(7, 3, 4, 2), attention(1, 5, 6, 6), attention(2, 4, 3, 1, 'SET("bias", 0)', bias=False),
    attention(3, 5, 4, 2, 'SET("causal", 1)', causal=True), attention(2, 1, 4, 2, 'SET("causal", 1)', causal=True),
    attention(1, 19, 2, 1, 'SET("causal", 1)', causal=True), attention(2, 3, 4, 2, 'SET("dropout", 1)', dropout=1.0),
]


def shape_text(shape): return "{%d, {%s}}" % (len(shape), ", ".join(map(str, shape)))


def numbers(name, tensors):
    values = [repr(float(v)) for t in tensors for v in t.detach().flatten()]
    text = "." + name + " = (const double[]){" + ", ".join(values) + "},"
    return "\n".join(textwrap.wrap(text, 128, initial_indent="     ", subsequent_indent="      "))


def show(name, options, module, rows, shape):
    indices = name == "embedding"
    if indices:
        x = filled((rows, *shape), lambda i: index_at(i, module.num_embeddings))
    else:
        x = filled((rows, *shape), x_at).requires_grad_()
    params = list(module.parameters())
    with torch.no_grad():
        for k, p in enumerate(params):
            p.copy_(filled(p.shape, lambda i, k=k: param_at(k, i)))
    y = module(x)
    y.backward(filled(y.shape, dy_at))
    print('    {.type = "%s", .set = {%s}, .rows = %d,' % (name, options or "{0}", rows))
    print("     .in = %s, .out = %s," % (shape_text(shape), shape_text(y.shape[1:])))
    print(numbers("y", [y]))
    if not indices:
        print(numbers("dx", [x.grad]))
    if params:
        print(numbers("dparam", [p.grad for p in params]))
    print("    },")


print("/* sequence_golden.h - written by tests/golden/sequence.py with PyTorch %s in float64; not to be edited. */"
      % torch.__version__[:4])
print("static const golden goldens[] = {")
for case in CASES:
    show(*case)
print("};")
