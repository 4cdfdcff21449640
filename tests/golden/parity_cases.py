"""parity_cases.py - the cases of parity.py: each type as tern names it, beside PyTorch's class.

Their options are the same by design: one set of them makes both the JSON and the PyTorch object.
"""
import torch
from torch import nn, optim
from torch.optim import lr_scheduler

import loss_forms
from nadam import NAdam


# ---- a type: its JSON, and the PyTorch object that means the same ----

def plain(value):
    return list(value) if isinstance(value, tuple) else value


def tensors(options):
    """Options as PyTorch's losses take them: lists are tensors."""
    return {k: torch.tensor(v) if isinstance(v, list) else v for k, v in options.items()}


def named(name, cls, **options):
    """A layer."""
    return {"type": name, **{k: plain(v) for k, v in options.items()}}, cls(**options)


def dense(inputs, outputs):
    return {"type": "dense", "out_features": outputs}, nn.Linear(inputs, outputs)


def loss(name, cls, **options):
    return {"type": name, **options}, cls(**tensors(options))


def plain_loss(name, **options):
    """A loss of losses.py, which PyTorch doesn't have or takes in another form."""
    return {"type": name, **options}, loss_forms.CLASSES[name](reduction="mean", **options)


def optimizer(name, cls, **options):
    return {"type": name, **{k: plain(v) for k, v in options.items()}}, lambda parameters: cls(parameters, **options)


def schedule(name, cls, **options):
    return ({"type": name, "interval": "step", **{k.lower(): v for k, v in options.items()}}, lambda o: cls(o, **options))


# ---- networks ----

def chain(*layers):
    """Layers in a row: nn.Sequential, whose names ("0.weight") tern gives as well."""
    return [j for j, _ in layers], nn.Sequential(*(m for _, m in layers))


def around(*layers, inputs=8, middle=12):
    """dense - LAYERS - dense."""
    return chain(dense(inputs, 12), *layers, dense(middle, 4))


def mlp():
    return around(named("tanh", nn.Tanh))


def ending(*layers):
    return chain(dense(8, 12), named("tanh", nn.Tanh), dense(12, 4), *layers)


class Add(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Linear(8, 12), nn.Linear(12, 12), nn.Linear(12, 4)

    def forward(self, x):
        a = torch.tanh(self.first(x))
        return self.last(a + self.second(a))


class Concat(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right, self.last = nn.Linear(8, 7), nn.Linear(8, 5), nn.Linear(20, 4)

    def forward(self, x):
        return self.last(torch.cat([torch.tanh(self.left(x)), torch.sigmoid(self.right(x)), x], dim=1))


ADD = [{"type": "dense", "name": "first", "out_features": 12}, {"type": "tanh", "name": "a"},
       {"type": "dense", "name": "second", "out_features": 12}, {"type": "add", "inputs": ["a", "second"]},
       {"type": "dense", "name": "last", "out_features": 4}]
CONCAT = [{"type": "dense", "name": "left", "out_features": 7}, {"type": "tanh", "name": "a"},
          {"type": "dense", "name": "right", "inputs": ["input"], "out_features": 5}, {"type": "sigmoid", "name": "b"},
          {"type": "concat", "inputs": ["a", "b", "input"], "dim": 1}, {"type": "dense", "name": "last", "out_features": 4}]


# ---- the cases ----

CE = loss("cross_entropy", nn.CrossEntropyLoss)
MSE = loss("mse", nn.MSELoss)
SGD = optimizer("sgd", optim.SGD, lr=0.05, momentum=0.9)
CASES = {}


def case(name, net, loss=MSE, optimizer=SGD, schedule=None, y="values", train=None, exclude=None, input=(8,), x="x",
         freeze=(), groups=(), several=None):
    assert name not in CASES
    CASES[name] = {"net": net, "loss": loss, "optimizer": optimizer, "schedule": schedule, "y": y, "train": train or {},
                   "exclude": exclude, "input": list(input), "x": x, "freeze": list(freeze), "groups": list(groups), "several": several}


def optimizers():
    for name, chosen in {
        "sgd": optimizer("sgd", optim.SGD, lr=0.2),
        "sgd_momentum": optimizer("sgd", optim.SGD, lr=0.05, momentum=0.9),
        "sgd_nesterov": optimizer("sgd", optim.SGD, lr=0.05, momentum=0.9, nesterov=True),
        "sgd_dampening_decay": optimizer("sgd", optim.SGD, lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.01),
        "adam": optimizer("adam", optim.Adam, lr=0.01),
        "adam_amsgrad": optimizer("adam", optim.Adam, lr=0.01, betas=(0.8, 0.9), amsgrad=True),
        "adam_decay": optimizer("adam", optim.Adam, lr=0.01, weight_decay=0.01, eps=1e-6),
        "adamw": optimizer("adamw", optim.AdamW, lr=0.01, weight_decay=0.1),
        "rmsprop": optimizer("rmsprop", optim.RMSprop, lr=0.003),
        "rmsprop_centered_momentum": optimizer("rmsprop", optim.RMSprop, lr=0.001, alpha=0.9, momentum=0.5, centered=True,
                                               eps=1e-3, weight_decay=0.01),
        "adagrad": optimizer("adagrad", optim.Adagrad, lr=0.05),
        "adagrad_lr_decay": optimizer("adagrad", optim.Adagrad, lr=0.1, lr_decay=0.01, weight_decay=0.01,
                                      initial_accumulator_value=0.1),
        "adadelta": optimizer("adadelta", optim.Adadelta, lr=1.0),
        "adadelta_decay": optimizer("adadelta", optim.Adadelta, lr=0.5, rho=0.8, eps=1e-4, weight_decay=0.01),
        "adamax": optimizer("adamax", optim.Adamax, lr=0.01),
        "adamax_decay": optimizer("adamax", optim.Adamax, lr=0.01, betas=(0.8, 0.9), weight_decay=0.01),
        "nadam": optimizer("nadam", NAdam, lr=0.01),
        "nadam_decay": optimizer("nadam", NAdam, lr=0.01, betas=(0.8, 0.9), weight_decay=0.01, momentum_decay=0.1),
    }.items():
        case(f"optimizer-{name}", mlp(), CE, chosen, y="classes")
    decaying = optimizer("sgd", optim.SGD, lr=0.1, momentum=0.9, weight_decay=0.05)
    case("optimizer-decay_exclude", mlp(), CE, decaying, y="classes", exclude=["bias", "norm"])
    case("train-clip_grad_norm", mlp(), CE, SGD, y="classes", train={"clip_grad_norm": 0.3})
    halves = {"batch_size": 4, "accumulate": 2}  # the same updates as by batches of 8
    case("train-accumulate", mlp(), CE, SGD, y="ignore", train={**halves, "clip_grad_norm": 0.3})
    case("train-clip_grad_value", mlp(), CE, SGD, y="classes", train={"clip_grad_value": 0.05})


def losses():
    case("loss-mse", mlp(), MSE)
    case("loss-mse_sum", mlp(), loss("mse", nn.MSELoss, reduction="sum"), optimizer("sgd", optim.SGD, lr=0.005))
    case("loss-mae", mlp(), loss("mae", nn.L1Loss))
    weight = [1.0, 2.0, 0.5, 1.5]
    for name, y, options in [
        ("indices", "classes", {}), ("weight", "classes", {"weight": weight}), ("smoothing", "classes", {"label_smoothing": 0.1}),
        ("ignore", "ignore", {}), ("ignore_index", "classes", {"ignore_index": 2}),
        ("weight_smoothing_ignore", "ignore", {"weight": weight, "label_smoothing": 0.1}),
        ("probabilities", "probabilities", {}),
        ("probabilities_weight_smoothing", "probabilities", {"weight": weight, "label_smoothing": 0.1}),
    ]:
        case(f"loss-cross_entropy_{name}", mlp(), loss("cross_entropy", nn.CrossEntropyLoss, **options), y=y)
    case("loss-cross_entropy_sum", mlp(), loss("cross_entropy", nn.CrossEntropyLoss, reduction="sum"),
         optimizer("sgd", optim.SGD, lr=0.01), y="classes")
    folded = {"type": "reshape", "shape": [4, 3]}, nn.Unflatten(1, (4, 3))
    grid = chain(dense(8, 12), named("tanh", nn.Tanh), dense(12, 12), folded)
    case("loss-cross_entropy_grid", grid, CE, y="grid")
    log_softmax, sigmoid = named("log_softmax", nn.LogSoftmax, dim=1), named("sigmoid", nn.Sigmoid)
    case("loss-nll", ending(log_softmax), loss("nll", nn.NLLLoss), y="classes")
    case("loss-nll_weight_ignore", ending(log_softmax), loss("nll", nn.NLLLoss, weight=weight), y="ignore")
    case("loss-bce", ending(sigmoid), loss("bce", nn.BCELoss), y="binary")
    case("loss-bce_with_logits", mlp(), loss("bce_with_logits", nn.BCEWithLogitsLoss), y="binary")
    case("loss-bce_with_logits_pos_weight", mlp(), loss("bce_with_logits", nn.BCEWithLogitsLoss, pos_weight=weight), y="binary")
    case("loss-huber", mlp(), loss("huber", nn.HuberLoss, delta=0.5))
    case("loss-smooth_l1", mlp(), loss("smooth_l1", nn.SmoothL1Loss, beta=0.5))
    for name, y, options in [("quantile", "values", {"quantile": [0.3]}), ("dice", "binary", {}), ("hinge", "binary", {}),
                             ("hinge", "binary", {"squared": True}), ("focal", "binary", {"alpha": 0.25}), ("log_cosh", "values", {})]:
        case("-".join([f"loss-{name}", *options]), mlp(), plain_loss(name, **options), y=y)
    slow = optimizer("sgd", optim.SGD, lr=0.02)
    case("loss-multi_margin", mlp(), loss("multi_margin", nn.MultiMarginLoss), slow, y="classes")
    case("loss-multi_margin_weight", mlp(), loss("multi_margin", nn.MultiMarginLoss, p=2, weight=weight), slow, y="classes")
    case("loss-poisson_nll", mlp(), loss("poisson_nll", nn.PoissonNLLLoss), y="probabilities")
    case("loss-contrastive", ending(named("softplus", nn.Softplus)), plain_loss("contrastive"), y="binary")
    twice = lambda: chain(dense(8, 12), named("tanh", nn.Tanh), dense(12, 8))
    case("loss-gaussian_nll", twice(), plain_loss("gaussian_nll", log_var=True, full=True), optimizer("sgd", optim.SGD, lr=0.02))
    case("loss-quantile_list", chain(dense(8, 12), named("tanh", nn.Tanh), dense(12, 8), ({"type": "reshape", "shape": [2, 4]},
         nn.Unflatten(1, (2, 4)))), plain_loss("quantile", quantile=[0.2, 0.8]))
    case("loss-kl_div", ending(log_softmax), loss("kl_div", nn.KLDivLoss), y="probabilities")
    case("loss-kl_div_batchmean", ending(log_softmax), loss("kl_div", nn.KLDivLoss, reduction="batchmean"), y="probabilities")


def layers():
    case("layer-dense", chain(dense(8, 12), dense(12, 4)))
    for name, cls, options in [
        ("relu", nn.ReLU, {}), ("leaky_relu", nn.LeakyReLU, {}), ("leaky_relu", nn.LeakyReLU, {"negative_slope": 0.2}),
        ("prelu", nn.PReLU, {}), ("prelu", nn.PReLU, {"num_parameters": 12}),
        ("elu", nn.ELU, {}), ("elu", nn.ELU, {"alpha": 0.5}),
        ("selu", nn.SELU, {}), ("gelu", nn.GELU, {}), ("gelu", nn.GELU, {"approximate": "tanh"}), ("silu", nn.SiLU, {}),
        ("mish", nn.Mish, {}), ("softplus", nn.Softplus, {}), ("softplus", nn.Softplus, {"beta": 2, "threshold": 2}),
        ("sigmoid", nn.Sigmoid, {}), ("tanh", nn.Tanh, {}),
        ("hard_sigmoid", nn.Hardsigmoid, {}), ("hard_swish", nn.Hardswish, {}),
        ("softmax", nn.Softmax, {"dim": 1}), ("log_softmax", nn.LogSoftmax, {"dim": -1}), ("dropout", nn.Dropout, {"p": 0.0}),
    ]:
        case("-".join(["layer", name, *options]), around(named(name, cls, **options)))
    tanh, flatten = named("tanh", nn.Tanh), named("flatten", nn.Flatten)
    case("layer-flatten", around(tanh, flatten, inputs=4, middle=24), input=(2, 4))
    case("layer-softmax-rows", around(named("softmax", nn.Softmax, dim=1), flatten, inputs=4, middle=24), input=(2, 4))
    fold = {"type": "reshape", "shape": [3, 4]}, nn.Unflatten(1, (3, 4))
    case("layer-reshape", around(fold, tanh, dense(4, 2), flatten, middle=6))
    case("layer-add", (ADD, Add()))
    case("layer-concat", (CONCAT, Concat()))


# ---- sequences: [4, 2], or tokens [8] ----

class Attention(nn.MultiheadAttention):
    """Self-attention, with the options of tern."""
    def __init__(self, causal=False, **options):
        super().__init__(batch_first=True, **options)
        self.causal = causal

    def reset_parameters(self): self._reset_parameters()

    def forward(self, x):
        mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1) if self.causal else None
        return super().forward(x, x, x, attn_mask=mask, need_weights=False)[0]


class Positions(nn.Module):
    def __init__(self, max_len, embed):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(max_len, embed))

    def reset_parameters(self): nn.init.normal_(self.weight, 0, 0.02)

    def forward(self, x): return x + self.weight[:x.shape[1]]


def recurrent(name, cls, return_sequences=True, **options):
    """One of PyTorch's recurrent classes, which return their states besides."""
    def forward(self, x):
        y, state = cls.forward(self, x)
        h = state[0] if isinstance(state, tuple) else state
        return y if return_sequences else torch.cat(list(h[-2 if self.bidirectional else -1:]), dim=1)

    layer = type(cls.__name__, (cls,), {"forward": forward})(input_size=2, batch_first=True, **options)
    return {"type": name, "return_sequences": return_sequences, **options}, layer


def sequences():
    tanh, flatten = named("tanh", nn.Tanh), named("flatten", nn.Flatten)
    for kind, cls in ("rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU):
        case(f"layer-{kind}", chain(recurrent(kind, cls, hidden_size=20), flatten, dense(80, 4)), input=(4, 2))
        last = recurrent(kind, cls, hidden_size=7, num_layers=2, bidirectional=True, return_sequences=False)
        case(f"layer-{kind}-num_layers-bidirectional", chain(last, dense(14, 4)), input=(4, 2))
    relu = recurrent("rnn", nn.RNN, hidden_size=12, nonlinearity="relu", bias=False)
    case("layer-rnn-nonlinearity-bias", chain(relu, flatten, dense(48, 4)), input=(4, 2))
    for options in {}, {"causal": True}, {"bias": False}:
        attention = named("multi_head_attention", Attention, embed_dim=12, num_heads=3, **options)
        case("-".join(["layer", "multi_head_attention", *options]), chain(dense(2, 12), attention, tanh, flatten, dense(48, 4)),
             input=(4, 2))
    for options in {}, {"padding_idx": 3}:
        table = named("embedding", nn.Embedding, num_embeddings=11, embedding_dim=5, **options)
        case("-".join(["layer", "embedding", *options]), chain(table, flatten, dense(40, 12), tanh, dense(12, 4)), x="tokens")
    table = named("embedding", nn.Embedding, num_embeddings=11, embedding_dim=6)
    positions = {"type": "positional_embedding", "max_len": 9}, Positions(9, 6)
    attention = named("multi_head_attention", Attention, embed_dim=6, num_heads=2, causal=True)
    case("layer-positional_embedding", chain(table, positions, attention, tanh, flatten, dense(48, 4)), x="tokens")


def schedules():
    for name, chosen in {
        "step": schedule("step", lr_scheduler.StepLR, step_size=30, gamma=0.5),
        "multi_step": schedule("multi_step", lr_scheduler.MultiStepLR, milestones=[20, 50], gamma=0.3),
        "exponential": schedule("exponential", lr_scheduler.ExponentialLR, gamma=0.98),
        "cosine": schedule("cosine", lr_scheduler.CosineAnnealingLR, T_max=80, eta_min=0.005),
        "cosine_restarts": schedule("cosine_restarts", lr_scheduler.CosineAnnealingWarmRestarts, T_0=20, T_mult=2, eta_min=0.001),
        "linear": schedule("linear", lr_scheduler.LinearLR, start_factor=0.2, end_factor=0.8, total_iters=60),
        "polynomial": schedule("polynomial", lr_scheduler.PolynomialLR, total_iters=90, power=2.0),
        "one_cycle": schedule("one_cycle", lr_scheduler.OneCycleLR, max_lr=0.1, total_steps=101),
        "one_cycle_linear": schedule("one_cycle", lr_scheduler.OneCycleLR, max_lr=0.1, total_steps=101, pct_start=0.4,
                                     anneal_strategy="linear", div_factor=10, final_div_factor=100, three_phase=True),
    }.items():
        case(f"schedule-{name}", mlp(), CE, y="classes", schedule=chosen)
    plateau, on_plateau = schedule("plateau", lr_scheduler.ReduceLROnPlateau, factor=0.3, patience=1, threshold=0.2, cooldown=2)
    plateau["interval"] = "epoch"
    case("schedule-plateau", mlp(), CE, y="classes", schedule=(plateau, on_plateau))
    adam = optimizer("adam", optim.Adam, lr=0.001)
    case("schedule-one_cycle_adam", mlp(), CE, adam, schedule("one_cycle", lr_scheduler.OneCycleLR, max_lr=0.01, total_steps=101),
         y="classes")

    def warm(o):
        climb = lr_scheduler.LinearLR(o, start_factor=0.1, total_iters=15)
        return lr_scheduler.SequentialLR(o, [climb, lr_scheduler.CosineAnnealingLR(o, T_max=85)], milestones=[15])

    text = {"type": "cosine", "interval": "step", "t_max": 85, "warmup_steps": 15, "warmup_start": 0.1}
    case("schedule-cosine_warmup", mlp(), CE, y="classes", schedule=(text, warm))


# ---- normalising layers ----

class RMSNorm(nn.Module):
    """As PyTorch 2.4 has it, over the last dimension."""
    def __init__(self, size, eps=2.0 ** -23):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(size)), eps

    def forward(self, x):
        return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + self.eps) * self.weight


def norms():
    tanh, flatten = named("tanh", nn.Tanh), named("flatten", nn.Flatten)
    fold = {"type": "reshape", "shape": [3, 4]}, nn.Unflatten(1, (3, 4))
    planes = {"type": "reshape", "shape": [2, 3, 2]}, nn.Unflatten(1, (2, 3, 2))
    decaying = optimizer("sgd", optim.SGD, lr=0.05, weight_decay=0.1)
    batch = lambda: ({"type": "batch_norm"}, nn.BatchNorm1d(12))
    case("layer-batch_norm", around(batch(), tanh))
    case("layer-batch_norm-first", chain(({"type": "batch_norm"}, nn.BatchNorm1d(8)), dense(8, 12), tanh, dense(12, 4)))
    case("layer-batch_norm-decay_exclude", around(batch(), tanh), optimizer=decaying, exclude=["bias", "norm"])
    case("layer-batch_norm-decay_exclude_norm", around(batch(), tanh), optimizer=decaying, exclude=["norm"])
    case("layer-batch_norm-1d", around(fold, named("batch_norm", nn.BatchNorm1d, num_features=3, eps=0.01), tanh, flatten))
    case("layer-batch_norm-2d", around(planes, named("batch_norm", nn.BatchNorm2d, num_features=2, affine=False), tanh, flatten))
    case("layer-layer_norm", around(({"type": "layer_norm"}, nn.LayerNorm(12)), tanh))
    case("layer-layer_norm-shape", around(fold, named("layer_norm", nn.LayerNorm, normalized_shape=(3, 4)), tanh, flatten))
    case("layer-group_norm", around(named("group_norm", nn.GroupNorm, num_groups=2, num_channels=12), tanh))
    case("layer-group_norm-planes", around(planes, named("group_norm", nn.GroupNorm, num_groups=1, num_channels=2), tanh, flatten))
    halves = {"type": "reshape", "shape": [2, 6]}, nn.Unflatten(1, (2, 6))
    case("layer-instance_norm", around(halves, named("instance_norm", nn.InstanceNorm1d, num_features=2), tanh, flatten))
    case("layer-instance_norm-affine",
         around(planes, named("instance_norm", nn.InstanceNorm2d, num_features=2, affine=True), tanh, flatten))
    case("layer-rms_norm", around(({"type": "rms_norm"}, RMSNorm(12)), tanh))


# ---- convolutions ----

def convolutions():
    tanh, flatten = named("tanh", nn.Tanh), named("flatten", nn.Flatten)

    def conv(name, cls, channels, **options):
        return {"type": name, **{k: plain(v) for k, v in options.items()}}, cls(channels, **options)

    case("layer-conv1d", chain(
        conv("conv1d", nn.Conv1d, 2, out_channels=4, kernel_size=3, padding="same"), tanh,
        conv("conv1d", nn.Conv1d, 4, out_channels=4, kernel_size=2, groups=2), tanh, flatten, dense(12, 4)), input=(2, 4))
    planes = {"type": "reshape", "shape": [1, 5, 4]}, nn.Unflatten(1, (1, 5, 4))
    case("layer-conv2d", chain(
        dense(8, 20), planes, conv("conv2d", nn.Conv2d, 1, out_channels=4, kernel_size=3, padding=1, stride=(2, 1)), tanh,
        conv("conv2d", nn.Conv2d, 4, out_channels=3, kernel_size=(2, 3), bias=False), tanh, flatten, dense(12, 4)))
    case("layer-conv2d-dilation", chain(
        dense(8, 20), planes, conv("conv2d", nn.Conv2d, 1, out_channels=2, kernel_size=2, dilation=2), tanh,
        conv("conv2d", nn.Conv2d, 2, out_channels=6, kernel_size=1, groups=2), tanh, flatten, dense(36, 4)))
    case("layer-conv_transpose2d", chain(
        conv("conv_transpose2d", nn.ConvTranspose2d, 2, out_channels=3, kernel_size=3, stride=2, padding=1, output_padding=1),
        tanh, conv("conv2d", nn.Conv2d, 3, out_channels=2, kernel_size=3), tanh, flatten, dense(8, 4)), input=(2, 2, 2))
    case("layer-conv_transpose1d", chain(
        conv("conv_transpose1d", nn.ConvTranspose1d, 2, out_channels=2, kernel_size=2, stride=2, groups=2), tanh, flatten,
        dense(16, 4)), input=(2, 4))


# ---- pooling, resizing, reordering, joining ----

class Gate(nn.Module):
    """Two branches multiplied, or added with weights that learn where they are parameters."""
    def __init__(self, weights=None, learned=False):
        super().__init__()
        self.left, self.right = nn.Linear(8, 6), nn.Linear(8, 6)
        if weights:
            self.sum = Weights(weights) if learned else Of(lambda a, b: weights[0] * a + weights[1] * b)
        else:
            self.sum = Of(lambda a, b: a * b)
        self.last = nn.Linear(6, 4)

    def forward(self, x):
        return self.last(self.sum(torch.tanh(self.left(x)), torch.sigmoid(self.right(x))))


class Weights(nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weights))

    def forward(self, a, b): return self.weight[0] * a + self.weight[1] * b


class Of(nn.Module):
    """A function as a module."""
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *x): return self.function(*x)


def gate(name, *options, **given):
    layers = [{"type": "dense", "name": "left", "out_features": 6}, {"type": "tanh", "name": "a"},
              {"type": "dense", "name": "right", "inputs": ["input"], "out_features": 6}, {"type": "sigmoid", "name": "b"},
              {"type": name, "name": "sum", "inputs": ["a", "b"], **given}, {"type": "dense", "name": "last", "out_features": 4}]
    return layers, Gate(*options)


class Join(nn.Module):
    """Two branches of the input that a function joins."""
    def __init__(self, function, count, middle=6):
        super().__init__()
        self.left, self.right, self.last = nn.Linear(8, middle), nn.Linear(8, middle), nn.Linear(count, 4)
        self.function = function

    def forward(self, x):
        return self.last(self.function(torch.tanh(self.left(x)), torch.sigmoid(self.right(x))))


def joined(function, count, name, **options):
    layers, _ = gate(name, **options)
    return layers, Join(function, count)


def joins():
    tanh, flatten = named("tanh", nn.Tanh), named("flatten", nn.Flatten)
    row = lambda y: y.reshape(y.shape[0], 1)
    case("layer-subtract", joined(lambda a, b: a - b, 6, "subtract"))
    case("layer-maximum", joined(torch.maximum, 6, "maximum"))
    case("layer-minimum", joined(torch.minimum, 6, "minimum"))
    case("layer-dot", joined(lambda a, b: row((a * b).sum(1)), 1, "dot"))
    case("layer-dot-normalize", joined(lambda a, b: row(nn.CosineSimilarity()(a, b)), 1, "dot", normalize=True))
    case("layer-pairwise_distance", joined(nn.PairwiseDistance(keepdim=True), 1, "pairwise_distance"))
    case("layer-pairwise_distance-p", joined(nn.PairwiseDistance(1, keepdim=True), 1, "pairwise_distance", p=1))
    case("layer-glu", around(named("glu", nn.GLU), middle=6))
    swiglu = {"type": "swiglu"}, Of(lambda x: nn.functional.silu(x[:, :6]) * x[:, 6:])
    case("layer-swiglu", around(swiglu, middle=6))
    fold = {"type": "reshape", "shape": [3, 4]}, nn.Unflatten(1, (3, 4))
    for op, function in ("mean", torch.mean), ("sum", torch.sum), ("max", torch.amax), ("min", torch.amin):
        layer = {"type": "reduce", "op": op, "dims": [1]}, Of(lambda x, function=function: function(x, 1))
        case(f"layer-reduce-{op}", around(tanh, fold, layer, middle=4))
    planes = {"type": "reshape", "shape": [4, 3, 1]}, nn.Unflatten(1, (4, 3, 1))
    case("layer-pixel_shuffle", around(tanh, planes, named("pixel_shuffle", nn.PixelShuffle, upscale_factor=2), flatten))
    plane = {"type": "reshape", "shape": [1, 2, 6]}, nn.Unflatten(1, (1, 2, 6))
    case("layer-pixel_unshuffle", around(tanh, plane, named("pixel_unshuffle", nn.PixelUnshuffle, downscale_factor=2), flatten))


def pools():
    tanh, flatten = named("tanh", nn.Tanh), named("flatten", nn.Flatten)
    planes = {"type": "reshape", "shape": [2, 4, 5]}, nn.Unflatten(1, (2, 4, 5))
    rows = {"type": "reshape", "shape": [5, 8]}, nn.Unflatten(1, (5, 8))

    def through(shaped, layer, count):
        return chain(dense(8, 40), tanh, shaped, layer, flatten, dense(count, 4))

    case("layer-max_pool1d", through(rows, named("max_pool1d", nn.MaxPool1d, kernel_size=3, stride=2, padding=1), 20))
    case("layer-max_pool2d", through(planes, named("max_pool2d", nn.MaxPool2d, kernel_size=2), 8))
    case("layer-max_pool2d-ceil", through(planes, named("max_pool2d", nn.MaxPool2d, kernel_size=(3, 2), stride=2, padding=1,
                                                         ceil_mode=True), 18))
    case("layer-avg_pool1d", through(rows, named("avg_pool1d", nn.AvgPool1d, kernel_size=3, stride=2, padding=1), 20))
    case("layer-avg_pool2d", through(planes, named("avg_pool2d", nn.AvgPool2d, kernel_size=3, stride=2, padding=1,
                                                    count_include_pad=False), 12))
    case("layer-global_avg_pool", through(planes, ({"type": "global_avg_pool"}, nn.AdaptiveAvgPool2d(1)), 2))
    case("layer-global_max_pool", through(rows, ({"type": "global_max_pool"}, nn.AdaptiveMaxPool1d(1)), 5))
    case("layer-adaptive_avg_pool2d", through(planes, named("adaptive_avg_pool2d", nn.AdaptiveAvgPool2d, output_size=(3, 2)), 12))
    case("layer-upsample", through(planes, named("upsample", nn.Upsample, scale_factor=(2, 1.5)), 112))
    case("layer-upsample-bilinear", through(planes, named("upsample", nn.Upsample, size=(5, 7), mode="bilinear"), 70))
    case("layer-pad2d", through(planes, ({"type": "pad2d", "padding": [1, 2, 0, 1], "mode": "reflect"},
                                         nn.ReflectionPad2d((1, 2, 0, 1))), 80))
    turned = {"type": "permute", "dims": [0, 2, 1]}, Of(lambda x: x.permute(0, 2, 1))
    case("layer-permute", chain(dense(8, 40), rows, turned, dense(5, 3), tanh, flatten, dense(24, 4)))
    part = {"type": "slice", "dim": 2, "start": 1, "step": 2}, Of(lambda x: x[:, :, 1::2])
    case("layer-slice", through(rows, part, 20))
    case("layer-last_step", through(rows, ({"type": "last_step"}, Of(lambda x: x[:, -1])), 8))
    case("layer-multiply", gate("multiply"))
    case("layer-weighted_sum", gate("weighted_sum", [0.7, -0.4], weights=[0.7, -0.4]))
    case("layer-weighted_sum-learned", gate("weighted_sum", [0.7, -0.4], True, weights=[0.7, -0.4], learned=True))


def make():
    """Fills CASES."""
    for some in optimizers, losses, layers, sequences, schedules, norms, convolutions, pools, joins:
        some()
    return CASES
