"""parity_cases.py - the cases of parity.py: each type as tern names it, beside PyTorch's class.

Their options are the same by design: one set of them makes both the JSON and the PyTorch object.
"""
import torch
from torch import nn, optim
from torch.optim import lr_scheduler


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


def case(name, net, loss=MSE, optimizer=SGD, schedule=None, y="values", train=None, exclude=None, input=(8,)):
    assert name not in CASES
    CASES[name] = {"net": net, "loss": loss, "optimizer": optimizer, "schedule": schedule, "y": y, "train": train or {},
                   "exclude": exclude, "input": list(input)}


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
    }.items():
        case(f"optimizer-{name}", mlp(), CE, chosen, y="classes")
    decaying = optimizer("sgd", optim.SGD, lr=0.1, momentum=0.9, weight_decay=0.05)
    case("optimizer-decay_exclude", mlp(), CE, decaying, y="classes", exclude=["bias", "norm"])
    case("train-clip_grad_norm", mlp(), CE, SGD, y="classes", train={"clip_grad_norm": 0.3})
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


def make():
    """Fills CASES."""
    for some in optimizers, losses, layers, schedules:
        some()
    return CASES
