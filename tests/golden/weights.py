#!/usr/bin/python3
"""weights.py - writes tests/train/weights_golden.h: losses of weighed classes and samples, and their gradients, as PyTorch has them.

Run: tests/golden/weights.py > tests/train/weights_golden.h. One dense layer of 3 inputs; a loss's mean is the sum of the weighed losses
divided by the sum of the weights, by samples (batchmean) by the sum of theirs. Balanced classes are scikit-learn's.
"""
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.utils.class_weight import compute_class_weight

import common

ROWS = 7
LABELS = [0, 2, 1, 1, 2, 1, 1]
SAMPLE = [1, 0.5, 2, 0, 3, 0.25, 1]
CLASS = [0.5, 2, 1.5]


def x(): return common.filled((ROWS, 3), lambda i: np.sin(1.3 * i + 0.2))
def values(n): return common.filled((ROWS, n), lambda i: np.cos(0.7 * i))


def case(name, outputs, loss, options, class_weight, sample, reduction, target):
    """`loss` gives a number for each output of a row."""
    w = common.filled((outputs, 3), lambda i: 0.4 * np.sin(1.1 * i + 0.4)).requires_grad_()
    pred = x() @ w.T
    labels = torch.tensor(LABELS)
    s = torch.tensor(SAMPLE) if sample else torch.ones(ROWS)
    c = torch.tensor(class_weight) if class_weight else None
    each, weight = loss(pred, labels, c)  # [ROWS, ...] losses without weights, [ROWS] weights by class
    each, weight = each.reshape(ROWS, -1), weight * s
    total = (each * weight[:, None]).sum()
    total = total / (weight.sum() * each.shape[1] if reduction == 'mean' else s.sum() if reduction == 'batchmean' else 1)
    total.backward()
    if name == 'cross_entropy' and class_weight and not sample and reduction == 'mean':  # PyTorch's own
        own = F.cross_entropy(pred, labels, weight=c)
        assert abs(own - total) < 1e-12
    print(f'    {{"{name}", "{options}", {outputs}, {str(sample).lower()}, {target}, {total.item():.17g},')
    print(common.numbers('gradient', [w.grad]).replace('.gradient = (const double[])', '') .rstrip(',') + '},')


def pick(c, labels): return c[labels] if c is not None else torch.ones(ROWS)
def yes(labels): return (labels == 1).double()
def cross_entropy(p, y, c): return F.cross_entropy(p, y, reduction='none'), pick(c, y)
def one_hot(p, y, c): return F.mse_loss(p, F.one_hot(y, 3).double(), reduction='none'), pick(c, y)
def bce(p, y, c): return (F.binary_cross_entropy_with_logits(p[:, 0], yes(y), reduction='none'),
                          c[1] * yes(y) + c[0] * (1 - yes(y)) if c is not None else torch.ones(ROWS))
def mse(p, y, c): return F.mse_loss(p, values(2), reduction='none'), torch.ones(ROWS)
def huber(p, y, c): return F.huber_loss(p, values(2), reduction='none', delta=0.3), torch.ones(ROWS)


print(f'/* weights_golden.h - written by tests/golden/weights.py with PyTorch {torch.__version__[:4]} in float64; not to be edited. */')
print(f'static const int64_t golden_labels[] = {{{", ".join(map(str, LABELS))}}};')
print(f'static const double golden_sample[] = {{{", ".join(map(str, SAMPLE))}}};')
balanced = compute_class_weight('balanced', classes=np.unique(LABELS), y=LABELS)
print(f'static const double golden_balanced[] = {{{", ".join(f"{v:.17g}" for v in balanced)}}};')
print('static const golden goldens[] = {')
three, two = "'class_weight':{'0':0.5,'1':2,'2':1.5}", "'class_weight':{'0':0.5,'1':2}"
for sample in False, True:
    for reduction in 'mean', 'sum', 'batchmean':
        r = f",'reduction':'{reduction}'"
        case('cross_entropy', 3, cross_entropy, three + r, CLASS, sample, reduction, 'CLASSES')
        case('bce_with_logits', 1, bce, two + r, CLASS[:2], sample, reduction, 'YES')
        case('mse', 3, one_hot, three + r, CLASS, sample, reduction, 'SHARES')
        if not sample: continue
        case('cross_entropy', 3, cross_entropy, r[1:], None, sample, reduction, 'CLASSES')
        case('mse', 2, mse, r[1:], None, sample, reduction, 'NUMBERS')
        case('huber', 2, huber, "'delta':0.3" + r, None, sample, reduction, 'NUMBERS')
print('};')
