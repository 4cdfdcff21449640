"""parity_graphs.py - the cases of parity.py that are about graphs: weights that are frozen or updated in their own way; several
inputs and losses."""
import torch
from torch import nn, optim

from loss_forms import CosineEmbedding, Triplet
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
    case("losses-accumulate", (TWO, Two()), train={"batch_size": 4, "accumulate": 2}, several={
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


# ---- embeddings ----

def embeddings():
    """Losses that take the parts of an output; that of triplets has no target."""
    triplet, cosine, sgd = Triplet("mean", margin=4.0, swap=True), CosineEmbedding("mean", margin=0.2), optimizer("sgd", optim.SGD, lr=0.01)
    net = lambda out: chain(dense(8, 12), named("tanh", nn.Tanh), dense(12, out))
    case("losses-triplet", net(9), optimizer=optimizer("sgd", optim.SGD, lr=0.002), several={
        "inputs": {"input": ("x", (8,))}, "targets": {}, "losses": [{"type": "triplet", "margin": 4.0, "swap": True}],
        "criterion": triplet, "input_is_target": True})
    case("losses-cosine_embedding", net(10), optimizer=sgd, several={
        "inputs": {"input": ("x", (8,))}, "targets": {"pair": "pair"},
        "losses": [{"type": "cosine_embedding", "margin": 0.2, "target": "pair"}],
        "criterion": cosine})


# ---- shared weights ----

class Siamese(nn.Module):
    """One encoder for two inputs."""
    def __init__(self):
        super().__init__()
        self.first, self.norm, self.second, self.last = nn.Linear(4, 9), nn.BatchNorm1d(9), nn.Linear(9, 5), nn.Linear(10, 4)

    def encode(self, x):
        return torch.tanh(self.second(torch.tanh(self.norm(self.first(x)))))

    def forward(self, a, b):
        return self.last(torch.cat([self.encode(a), self.encode(b)], dim=1))


def branch(source, end, shared):
    of = lambda name: {"name": f"{name}_{end}", "weights_of": name} if shared else {"name": name}
    return [{"type": "dense", "inputs": [source], "out_features": 9, **of("first")}, {"type": "batch_norm", **of("norm")},
            {"type": "tanh"}, {"type": "dense", "out_features": 5, **of("second")}, {"type": "tanh", "name": end}]


class Tied(nn.Module):
    """The output by the embedding's own weights."""
    def __init__(self):
        super().__init__()
        self.table, self.middle, self.out = nn.Embedding(11, 6), nn.Linear(6, 6), nn.Linear(6, 11)
        self.out.weight = self.table.weight

    def forward(self, x):
        return self.out(torch.tanh(self.middle(self.table(x)))).permute(0, 2, 1)


def shared():
    ce = nn.CrossEntropyLoss()
    siamese = [*branch("a", "left", False), *branch("b", "right", True),
               {"type": "concat", "inputs": ["left", "right"], "dim": 1}, {"type": "dense", "name": "last", "out_features": 4}]
    for name, freeze in ("siamese", []), ("siamese-frozen", ["first.weight", "norm.*"]):
        case(f"shared-{name}", (siamese, Siamese()), optimizer=optimizer("adam", optim.Adam, lr=0.005), freeze=freeze, several={
            "inputs": {"a": ("y_values", (4,)), "b": ("y_probabilities", (4,))}, "targets": {"last": "classes"},
            "losses": [{"type": "cross_entropy", "of": "last", "target": "last"}], "criterion": ce})
    tied = [{"type": "embedding", "name": "table", "num_embeddings": 11, "embedding_dim": 6},
            {"type": "dense", "name": "middle", "out_features": 6}, {"type": "tanh"},
            {"type": "dense", "name": "out", "out_features": 11, "weights_of": "table"}, {"type": "permute", "dims": [0, 2, 1]}]
    case("shared-tied", (tied, Tied()), optimizer=optimizer("sgd", optim.SGD, lr=0.02, momentum=0.9), several={
        "inputs": {"input": ("tokens", (8,))}, "targets": {}, "losses": [{"type": "cross_entropy", "target": "input"}],
        "criterion": ce, "input_is_target": True})
    twice = chain(dense(8, 8), named("tanh", nn.Tanh), dense(8, 8), named("tanh", nn.Tanh), dense(8, 4))
    twice[0][0]["name"] = "0"
    twice[0][2]["weights_of"] = "0"
    twice[1][2] = twice[1][0]
    case("shared-twice", twice, CE, y="classes")


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
    for some in frozen, groups, losses, embeddings, shared:
        some()
    return {name: made for name, made in CASES.items() if name not in before}
