#!/usr/bin/python3
"""losses.py - writes tests/losses/losses_golden.h: what PyTorch (1.13, float64) makes of each loss, with its gradient.

Run: tests/golden/losses.py > tests/losses/losses_golden.h. Predictions and targets follow formulas that test_losses.c
computes too, so that only results are stored.
"""
import math

import torch
from torch import tensor

from common import as_text, begin, filled, numbers
from loss_forms import CLASSES


def NONE(i): return 0
def SIGNS(i): return 1 if (5 * i) % 7 < 3 else -1
def BITS(i): return 1 if (5 * i) % 7 < 3 else 0
def LOGITS(i): return 3 * math.sin(1.3 * i + 0.4)
def SHARES(i): return 0.5 + 0.48 * math.sin(1.3 * i + 0.4)
def VALUES(i): return LOGITS(i) if i % 7 == 3 else 2 * math.cos(0.9 * i + 0.2)
def PARTS(i): return i % 3 / 2 if i % 4 == 1 else 0.5 + 0.45 * math.cos(0.9 * i + 0.2)


def labels(classes, ignore=-100):
    def LABELS(i): return ignore if i % 5 == 3 else (7 * i + 2) % classes
    LABELS.ignore = ignore
    return LABELS

W3, W4, P3 = tensor([1, 2, 0.5]), tensor([0.2, 1, 3, 0.7]), tensor([3, 1, 0.5])

# type, options, rows, shape of one sample, what the prediction and the target are, and the target's shape where it is another
CASES = [
    ("mse", {}, 4, (3,), LOGITS, VALUES),
    ("mse", {}, 2, (2, 3), LOGITS, VALUES),
    ("mae", {}, 4, (3,), LOGITS, VALUES),
    ("mae", {}, 2, (2, 3), LOGITS, VALUES),
    ("huber", {}, 5, (3,), LOGITS, VALUES),
    ("huber", {"delta": 0.5}, 5, (3,), LOGITS, VALUES),
    ("huber", {"delta": 2.0}, 2, (2, 3), LOGITS, VALUES),
    ("smooth_l1", {}, 5, (3,), LOGITS, VALUES),
    ("smooth_l1", {"beta": 0.5}, 2, (2, 3), LOGITS, VALUES),
    ("smooth_l1", {"beta": 0.0}, 5, (3,), LOGITS, PARTS),
    ("log_cosh", {}, 5, (3,), LOGITS, VALUES),
    ("log_cosh", {}, 2, (10, 17), LOGITS, VALUES),
    ("poisson_nll", {}, 4, (3,), LOGITS, PARTS),
    ("poisson_nll", {"log_input": False, "eps": 0.001}, 4, (3,), SHARES, PARTS),
    ("focal", {}, 4, (3,), LOGITS, PARTS),
    ("focal", {"gamma": 1.5, "alpha": 0.25}, 2, (10, 17), LOGITS, PARTS),
    ("bce", {}, 4, (3,), SHARES, PARTS),
    ("bce", {}, 2, (10, 17), SHARES, PARTS),
    ("bce_with_logits", {}, 4, (3,), LOGITS, PARTS),
    ("bce_with_logits", {}, 2, (10, 17), LOGITS, PARTS),
    ("bce_with_logits", {"pos_weight": tensor([3.])}, 4, (3,), LOGITS, PARTS),
    ("bce_with_logits", {"pos_weight": P3}, 4, (3,), LOGITS, PARTS),
    ("bce_with_logits", {"pos_weight": P3}, 2, (50, 3), LOGITS, PARTS),
    ("kl_div", {}, 4, (3,), LOGITS, PARTS),
    ("kl_div", {}, 2, (10, 17), LOGITS, PARTS),
    ("kl_div", {"log_target": True}, 4, (3,), LOGITS, VALUES),
    ("nll", {}, 6, (3,), LOGITS, labels(3)),
    ("nll", {"weight": W3, "ignore_index": 1}, 6, (3,), LOGITS, labels(3, 1)),
    ("nll", {"weight": W4}, 3, (4, 2, 3), LOGITS, labels(4)),
    ("cross_entropy", {}, 6, (5,), LOGITS, labels(5)),
    ("cross_entropy", {}, 60, (5,), LOGITS, labels(5)),
    ("cross_entropy", {}, 2, (260,), LOGITS, labels(260)),
    ("cross_entropy", {}, 3, (4, 2, 3), LOGITS, labels(4)),
    ("cross_entropy", {"ignore_index": 2}, 6, (5,), LOGITS, labels(5, 2)),
    ("quantile", {}, 4, (3,), LOGITS, PARTS),
    ("quantile", {"quantile": (0.9,)}, 2, (2, 3), LOGITS, PARTS),
    ("quantile", {"quantile": (0.1, 0.5, 0.9)}, 4, (3,), LOGITS, PARTS, ()),
    ("quantile", {"quantile": (0.2, 0.7)}, 3, (2, 5), LOGITS, PARTS, (5,)),
    ("gaussian_nll", {}, 5, (2,), SHARES, VALUES, ()),
    ("gaussian_nll", {"full": True, "eps": 0.3}, 3, (4, 3), SHARES, VALUES, (2, 3)),
    ("gaussian_nll", {"log_var": True}, 4, (6,), LOGITS, VALUES, (3,)),
    ("dice", {}, 4, (3,), LOGITS, PARTS),
    ("dice", {"smooth": 1.0}, 2, (2, 5, 3), LOGITS, BITS),
    ("dice", {"squared": True}, 3, (2, 7), LOGITS, PARTS),
    ("hinge", {}, 6, (3,), LOGITS, SIGNS),
    ("hinge", {"squared": True}, 4, (2, 3), LOGITS, BITS),
    ("multi_margin", {}, 6, (3,), LOGITS, labels(3, 1)),
    ("multi_margin", {"p": 2, "margin": 0.5, "weight": W4}, 6, (4,), LOGITS, labels(4, 0)),
    ("contrastive", {}, 6, (3,), SHARES, PARTS),
    ("contrastive", {"margin": 0.4}, 6, (1,), SHARES, BITS),
    ("cosine_embedding", {}, 7, (6,), LOGITS, SIGNS, ()),
    ("cosine_embedding", {"margin": 0.5}, 7, (2, 3), SHARES, SIGNS, ()),
    ("triplet", {}, 6, (9,), LOGITS, NONE, ()),
    ("triplet", {"margin": 2.0, "p": 1.0}, 5, (3, 5), SHARES, NONE, ()),
    ("triplet", {"swap": True, "eps": 0.01}, 6, (6,), LOGITS, NONE, ()),
    *(("cross_entropy", options, rows, shape, LOGITS, target)
      for w, shape in ((W3, (3,)), (W4, (4, 2, 3)))
      for target, rows in ((labels(shape[0]), 6), (PARTS, 3))
      for options in ({}, {"weight": w}, {"label_smoothing": 0.1}, {"weight": w, "label_smoothing": 0.1})),
]


def show(name, options, rows, shape, pred, target, target_shape=None):
    x = filled((rows, *shape), pred).requires_grad_()
    indices = target.__name__ == "LABELS"
    target_shape = shape[1:] if indices else shape if target_shape is None else target_shape
    t = filled((rows, *target_shape), target)
    t = t.long() if indices else t
    total = CLASSES[name](reduction='sum', **options)(x, t)
    mean = CLASSES[name](reduction='mean', **options)(x, t)
    mean.backward()
    text = as_text({k: v.tolist() if isinstance(v, torch.Tensor) else v for k, v in options.items()})
    print(f'''    {{.type = "{name}", .set = "{text}", .rows = {rows},
     .shape = {{{len(shape)}, {{{", ".join(map(str, shape))}}}}}, .pred = {pred.__name__}, .target = {target.__name__},
     .ignore = {options.get("ignore_index", target.ignore if indices else -100)}, .mean = {mean.item()!r}, .sum = {total.item()!r},
{numbers("grad", [x.grad])}
    }},''')


begin("losses")
for case in CASES: show(*case)
print("};")
