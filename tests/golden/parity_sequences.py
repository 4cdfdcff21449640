"""parity_sequences.py - the cases of parity.py that are about sequences of any length, against packed sequences and padding masks.

A sample's padding is NaN, and -1 among tokens: so a tensor of samples says how long each is.
"""
import torch
from torch import nn, optim
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from parity_cases import CASES, CE, MSE, case, dense, optimizer

MOST, SEEN = 9, 7  # steps, and those of what other sequences look at


# ---- data ----

def make_data(samples):
    g = torch.Generator().manual_seed(9)
    length = torch.randint(1, MOST + 1, (samples, 1), generator=g)
    there = torch.arange(MOST) < length
    steps = torch.randn(samples, MOST, 2, generator=g).masked_fill(~there[..., None], float("nan"))
    words = torch.randint(11, (samples, MOST), generator=g).masked_fill(~there, -1)
    other = torch.randint(1, SEEN + 1, (samples, 1), generator=g)
    seen = torch.randn(samples, SEEN, 3, generator=g).masked_fill((torch.arange(SEEN) >= other)[..., None], float("nan"))
    return {"steps": steps, "words": words, "seen": seen}


def make_targets(samples):
    """A class and two numbers for each step, of the same lengths: what the steps so far come to."""
    x = make_data(samples)["steps"]
    there = ~padding(x)
    so_far = torch.tanh(x.nan_to_num().cumsum(1))
    classes = ((so_far[..., 0] > 0) + 2 * (so_far[..., 1] > 0)).masked_fill(~there, -1)
    return {"step_classes": classes, "step_values": so_far.masked_fill(~there[..., None], float("nan"))}


def padding(x):
    if x.dim() == 1:
        return torch.zeros(len(x), 1, dtype=torch.bool)
    return x < 0 if x.dtype == torch.int64 else x[..., 0].isnan() if x.dim() == 3 else torch.zeros(len(x), 1, dtype=torch.bool)


def is_list(x):
    return bool(padding(x).any())


def lengths_of(x):
    return (~padding(x)).sum(1)


# ---- networks: modules in a row, of which those that go by the lengths get them ----

class Steps(nn.Sequential):
    def forward(self, x):
        mask = padding(x)
        x = x.clamp(min=0) if x.dtype == torch.int64 else x.nan_to_num()
        for module in self:
            x = module(x, mask) if hasattr(module, "masked") else module(x)
        return x


def net(*layers):
    return [j for j, _ in layers], Steps(*(m for _, m in layers))


def recurrent(name, cls, inputs, return_sequences=True, **options):
    def forward(self, x, mask):
        packed = pack_padded_sequence(x, (~mask).sum(1), batch_first=True, enforce_sorted=False)
        y, state = cls.forward(self, packed)
        h = state[0] if isinstance(state, tuple) else state
        if not return_sequences:
            return torch.cat(list(h[-2 if self.bidirectional else -1:]), dim=1)
        return pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])[0]

    layer = type(cls.__name__, (cls,), {"forward": forward, "masked": True})(input_size=inputs, batch_first=True, **options)
    return {"type": name, "return_sequences": return_sequences, **options}, layer


class LastStep(nn.Module):
    masked = True

    def forward(self, x, mask):
        return x[torch.arange(len(x)), (~mask).sum(1) - 1]


class Mean(nn.Module):
    masked = True

    def forward(self, x, mask):
        return (x * ~mask[..., None]).sum(1) / (~mask).sum(1, keepdim=True)


class Pooled(nn.Module):
    masked = True

    def __init__(self, largest):
        super().__init__()
        self.largest = largest

    def forward(self, x, mask):
        if self.largest:
            return x.masked_fill(mask[..., None], -torch.inf).max(1).values
        return x.masked_fill(mask[..., None], 0).sum(1) / (~mask).sum(1, keepdim=True)


class Cross(nn.Module):
    """Sequences that look at others, of other lengths; with keys of their own, or not."""

    def __init__(self, keys):
        super().__init__()
        self.a, self.b, self.k = nn.Linear(2, 6), nn.Linear(3, 6), nn.Linear(3, 6) if keys else None
        self.attention, self.out = nn.MultiheadAttention(6, 2, batch_first=True), nn.Linear(6, 4)

    def forward(self, steps, seen):
        mask, hidden = padding(steps), padding(seen)
        x, seen = self.a(steps.nan_to_num()), seen.nan_to_num()
        value = torch.tanh(self.b(seen))
        key = torch.tanh(self.k(seen)) if self.k else value
        y = torch.tanh(x + self.attention(x, key, value, key_padding_mask=hidden, need_weights=False)[0])
        return self.out(y.masked_fill(mask[..., None], 0).sum(1) / (~mask).sum(1, keepdim=True))


def crosses(keys):
    k = [{"type": "dense", "name": "k", "inputs": ["seen"], "out_features": 6}, {"type": "tanh", "name": "key"}]
    return [{"type": "dense", "name": "a", "inputs": ["steps"], "out_features": 6}, *(k if keys else []),
            {"type": "dense", "name": "b", "inputs": ["seen"], "out_features": 6}, {"type": "tanh", "name": "value"},
            {"type": "multi_head_attention", "name": "attention", "inputs": ["a", "key", "value"] if keys else ["a", "value"], "num_heads": 2},
            {"type": "add", "inputs": ["a", "attention"]}, {"type": "tanh"},
            {"type": "global_avg_pool", "data_format": "channels_last"}, {"type": "dense", "name": "out", "out_features": 4}]


class OfSteps(nn.Module):
    """A loss of the steps that there are, each one an answer."""

    def __init__(self, loss):
        super().__init__()
        self.loss = loss

    def forward(self, y, target):
        there = ~padding(target)
        return self.loss(y[there], target[there])


def of_steps(loss):
    return loss[0], OfSteps(loss[1])


LAST = {"type": "last_step"}, LastStep()


def make():
    """Fills in the cases of this file, and returns them."""
    before = set(CASES)
    tanh = {"type": "tanh"}, nn.Tanh()
    adam = optimizer("adam", optim.Adam, lr=0.01)
    for kind, cls in ("rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU):
        case(f"sequences-{kind}", net(recurrent(kind, cls, 2, hidden_size=20), LAST, dense(20, 4)), input=(None, 2), x="steps")
        deep = recurrent(kind, cls, 2, hidden_size=7, num_layers=2, bidirectional=True, return_sequences=False)
        case(f"sequences-{kind}-num_layers-bidirectional", net(deep, dense(14, 4)), input=(None, 2), x="steps")
    table = {"type": "embedding", "num_embeddings": 11, "embedding_dim": 5}, nn.Embedding(11, 5)
    norm = {"type": "layer_norm"}, nn.LayerNorm(6)
    both = recurrent("gru", nn.GRU, 6, hidden_size=6, bidirectional=True)
    case("sequences-words", net(table, dense(5, 6), norm, both, tanh, LAST, dense(12, 4)), CE, adam, y="classes", input=(None,),
         x="words")
    mean = {"type": "reduce", "dims": 1}, Mean()
    case("sequences-reduce", net(dense(2, 12), tanh, mean, dense(12, 4)), input=(None, 2), x="steps")

    class Attention(nn.MultiheadAttention):
        masked = True

        def forward(self, x, mask):
            return super().forward(x, x, x, key_padding_mask=mask, attn_mask=future if self.causal else None, need_weights=False)[0]

    future = torch.ones(MOST, MOST, dtype=torch.bool).triu(1)
    for causal in False, True:
        layer = Attention(12, 3, batch_first=True)
        layer.causal = causal
        attention = {"type": "multi_head_attention", "num_heads": 3, "causal": causal}, layer
        case("sequences-attention" + "-causal" * causal, net(dense(2, 12), attention, tanh, LAST, dense(12, 4)), input=(None, 2), x="steps")
    for largest in False, True:
        pool = {"type": "global_max_pool" if largest else "global_avg_pool", "data_format": "channels_last"}, Pooled(largest)
        case("sequences-" + pool[0]["type"], net(dense(2, 20), tanh, pool, dense(20, 4)), input=(None, 2), x="steps")
    mse = nn.MSELoss()
    for keys in False, True:
        case("sequences-cross_attention" + "-keys" * keys, (crosses(keys), Cross(keys)), optimizer=adam, several={
            "inputs": {"steps": ("steps", (None, 2)), "seen": ("seen", (None, 3))}, "targets": {"target": "values"},
            "losses": [{"type": "mse", "target": "target"}], "criterion": lambda y, v: mse(y, v)})
    tagger = recurrent("lstm", nn.LSTM, 2, hidden_size=9, bidirectional=True)
    case("sequences-step-classes", net(tagger, dense(18, 4)), of_steps(CE), adam, y="step_classes", input=(None, 2), x="steps")
    case("sequences-step-values", net(dense(2, 8), tanh, dense(8, 2)), of_steps(MSE), y="step_values", input=(None, 2), x="steps")
    return {name: made for name, made in CASES.items() if name not in before}
