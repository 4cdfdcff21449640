"""parity_graphs.py - the cases of parity.py that are about graphs: weights that are frozen or updated in their own way; several
inputs and losses."""
import torch
from torch import nn, optim

from parity_cases import CASES, CE, case, chain, dense, named, optimizer, recurrent


def frozen():
    """A frozen half below, a frozen layer in the middle, by patterns and by layers; with batch norm; what nothing needs is left out."""
    tanh, flatten = named("tanh", nn.Tanh), named("flatten", nn.Flatten)
    batch = lambda: ({"type": "batch_norm"}, nn.BatchNorm1d(12))
    deep = lambda: chain(dense(8, 12), batch(), tanh, dense(12, 12), batch(), tanh, dense(12, 4))
    adam = optimizer("adam", optim.Adam, lr=0.01)
    case("frozen-half", deep(), CE, adam, y="classes", freeze=["0.*", "1.*"])
    case("frozen-middle", deep(), CE, adam, y="classes", freeze=["3.*", "4.*"], train={"clip_grad_norm": 0.3})
    case("frozen-biases", deep(), CE, optimizer("sgd", optim.SGD, lr=0.02), y="classes", freeze=["*.bias"])
    layers, net = deep()
    for i in 3, 4:
        layers[i]["trainable"] = False
    case("frozen-trainable", (layers, net), CE, adam, y="classes", freeze=["3.*", "4.*"])
    layer = lambda: recurrent("lstm", nn.LSTM, hidden_size=6)
    case("frozen-lstm", chain(dense(2, 2), layer(), tanh, flatten, dense(24, 4)), input=(4, 2), freeze=["1.*"])
    planes = {"type": "reshape", "shape": [1, 5, 4]}, nn.Unflatten(1, (1, 5, 4))
    conv = lambda a, b: ({"type": "conv2d", "out_channels": b, "kernel_size": 3, "padding": 1}, nn.Conv2d(a, b, 3, padding=1))
    norm = {"type": "group_norm", "num_groups": 1}, nn.GroupNorm(1, 3)
    case("frozen-conv2d", chain(dense(8, 20), planes, conv(1, 3), norm, tanh, conv(3, 2), flatten, dense(40, 4)),
         freeze=["2.*", "3.*"])


def groups():
    deep = lambda: chain(dense(8, 12), named("tanh", nn.Tanh), dense(12, 12), named("tanh", nn.Tanh), dense(12, 4))
    own = [{"weights": "4.*", "lr": 0.02}, {"weights": "2.*", "weight_decay": 0.0, "lr": 0.001}]
    for name, chosen in {
        "sgd": optimizer("sgd", optim.SGD, lr=0.1, momentum=0.9, weight_decay=0.05),
        "adamw": optimizer("adamw", optim.AdamW, lr=0.01, weight_decay=0.1),
    }.items():
        case(f"groups-{name}", deep(), CE, chosen, y="classes", groups=own)


# ---- several inputs, outputs and losses ----

class Two(nn.Module):
    """Two inputs that meet; a class and four numbers come out."""
    def __init__(self):
        super().__init__()
        self.left, self.right, self.both = nn.Linear(8, 7), nn.Linear(4, 5), nn.Linear(12, 9)
        self.digit, self.box = nn.Linear(9, 4), nn.Linear(9, 4)

    def forward(self, x, z):
        left, right = torch.tanh(self.left(x)), torch.sigmoid(self.right(z))
        both = torch.tanh(self.both(torch.cat([left, right], dim=1)))
        return self.digit(both), self.box(both)


TWO = [{"type": "dense", "name": "left", "inputs": ["x"], "out_features": 7}, {"type": "tanh", "name": "l"},
       {"type": "dense", "name": "right", "inputs": ["z"], "out_features": 5}, {"type": "sigmoid", "name": "r"},
       {"type": "concat", "inputs": ["l", "r"], "dim": 1}, {"type": "dense", "name": "both", "out_features": 9},
       {"type": "tanh", "name": "t"}, {"type": "dense", "name": "digit", "out_features": 4},
       {"type": "dense", "name": "box", "inputs": ["t"], "out_features": 4}]


def losses():
    ce, mse, l1 = nn.CrossEntropyLoss(), nn.MSELoss(), nn.L1Loss(reduction="sum")
    inputs = {"x": ("x", (8,)), "z": ("y_probabilities", (4,))}
    digit, box = {"type": "cross_entropy", "of": "digit"}, {"type": "mse", "of": "box", "loss_weight": 0.2}
    adam = optimizer("adam", optim.Adam, lr=0.01)
    case("losses-two", (TWO, Two()), optimizer=adam, several={
        "inputs": inputs, "targets": {"digit": "classes", "box": "values"}, "losses": [digit, box],
        "criterion": lambda y, c, v: ce(y[0], c) + 0.2 * mse(y[1], v)})
    case("losses-ignore", (TWO, Two()), several={
        "inputs": inputs, "targets": {"digit": "ignore", "box": "values"}, "losses": [digit, box],
        "criterion": lambda y, c, v: ce(y[0], c) + 0.2 * mse(y[1], v)})
    both = [digit, {"type": "mse", "of": "box", "target": "box", "name": "near"},
            {"type": "mae", "of": "box", "target": "box", "name": "sum", "reduction": "sum", "loss_weight": 0.02}]
    case("losses-one_output", (TWO, Two()), several={
        "inputs": inputs, "targets": {"digit": "classes", "box": "values"}, "losses": both,
        "criterion": lambda y, c, v: ce(y[0], c) + mse(y[1], v) + 0.02 * l1(y[1], v)})
    inner = [{"type": "dense", "name": "first", "out_features": 4}, {"type": "tanh", "name": "aux"},
             {"type": "dense", "name": "last", "out_features": 4}]
    case("losses-inner", (inner, Inner()), optimizer=adam, several={
        "inputs": {"input": ("x", (8,))}, "targets": {"label": "classes"},
        "losses": [{"type": "cross_entropy", "of": "last", "target": "label"},
                   {"type": "cross_entropy", "of": "aux", "target": "label", "loss_weight": 0.3}],
        "criterion": lambda y, c: ce(y[1], c) + 0.3 * ce(y[0], c)})
    coder = chain(dense(8, 3), named("tanh", nn.Tanh), dense(3, 8))
    case("losses-autoencoder", coder, optimizer=adam, several={
        "inputs": {"input": ("x", (8,))}, "targets": {}, "losses": [{"type": "mse", "target": "input"}],
        "criterion": mse, "input_is_target": True})


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(8, 4), nn.Linear(4, 4)

    def forward(self, x):
        aux = torch.tanh(self.first(x))
        return aux, self.last(aux)


def make():
    """Fills in the cases of this file, and returns them."""
    before = set(CASES)
    for some in frozen, groups, losses:
        some()
    return {name: made for name, made in CASES.items() if name not in before}
