"""parity_graphs.py - the cases of parity.py that are about graphs: weights that are frozen or updated in their own way."""
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


def make():
    """Fills in the cases of this file, and returns them."""
    before = set(CASES)
    for some in frozen, groups:
        some()
    return {name: made for name, made in CASES.items() if name not in before}
