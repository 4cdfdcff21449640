#!/usr/bin/python3
"""metrics.py - writes tests/metrics/metrics_golden.h: 300 random cases as scikit-learn (1.2) scores them.

Run: tests/golden/metrics.py > tests/metrics/metrics_golden.h. Predictions and targets follow a generator that test_random_cases.c has too,
with few distinct values: many ties, classes that are not there, one class alone.
"""
import warnings

import numpy as np
from sklearn import metrics

warnings.simplefilter('ignore')
CASES = 300


class Generator:
    """Numerical Recipes' linear congruential generator; its upper 16 bits."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 16) % n


def averaged(score):
    return lambda t, p, average: score(t, p, average=average, zero_division=0)


RATES = {'precision': averaged(metrics.precision_score), 'recall': averaged(metrics.recall_score), 'f1': averaged(metrics.f1_score)}
NUMBERS = {'mape': metrics.mean_absolute_percentage_error, 'explained_variance': metrics.explained_variance_score,
           'mae': metrics.mean_absolute_error, 'r2': metrics.r2_score,
           'rmse': lambda t, p: metrics.mean_squared_error(t, p) ** 0.5,
           'smape': lambda t, p: np.mean(np.divide(2 * abs(p - t), abs(p) + abs(t), out=np.zeros_like(p), where=abs(p) + abs(t) > 0))}
PROBABILITIES = ['auc', 'average_precision', 'log_loss', 'perplexity', 'brier']
KINDS = {'classes': list(RATES) + ['balanced_accuracy', 'accuracy'] + PROBABILITIES, 'binary': list(RATES) + PROBABILITIES,
         'numbers': list(NUMBERS)}


def fill(kind, seed, rows, width):
    """Quarters from -2 to 2; labels below `width` or fewer, or yes and no."""
    g = Generator(seed)
    present = 1 + g.below(width)
    p = np.array([(g.below(17) - 8) / 4 for _ in range(rows * width)]).reshape(rows, width)
    if kind == 'classes':
        return p, np.array([g.below(present) for _ in range(rows)])
    most = 2 if kind == 'binary' else 9
    return p, np.array([g.below(most) for _ in range(rows * width)]).reshape(rows, width).astype(float)


def areas(score, t, p, weighted):
    """The mean over the columns of yes and no for which there is an area."""
    both = score is metrics.roc_auc_score
    columns = [k for k in range(t.shape[1]) if t[:, k].any() and not (both and t[:, k].all())]
    if not columns:
        return np.nan
    return np.average([score(t[:, k], p[:, k]) for k in columns], weights=[t[:, k].sum() for k in columns] if weighted else None)


def of_probabilities(name, kind, t, x, weighted):
    shifted = np.exp(x - x.max(1, keepdims=True))  # as the library has it: rounding tells some equal probabilities apart
    p = shifted / shifted.sum(1, keepdims=True) if kind == 'classes' else 1 / (1 + np.exp(-x))
    yes = np.eye(x.shape[1])[t] if kind == 'classes' else t
    if name in ('auc', 'average_precision'):
        return areas({'auc': metrics.roc_auc_score, 'average_precision': metrics.average_precision_score}[name], yes, p, weighted)
    if name == 'brier':
        return np.mean([metrics.brier_score_loss(yes[:, k], p[:, k], pos_label=1) for k in range(x.shape[1])]) * (x.shape[1] if kind == 'classes' else 1)
    if kind == 'classes':
        loss = metrics.log_loss(t, p, labels=range(x.shape[1]))
    else:
        loss = np.mean([metrics.log_loss(t[:, k], p[:, k], labels=[0, 1]) for k in range(x.shape[1])])
    return np.exp(loss) if name == 'perplexity' else loss


def case(i):
    g = Generator(1000 + i)
    kind = list(KINDS)[g.below(3)]
    name = KINDS[kind][g.below(len(KINDS[kind]))]
    rows, width = 2 + g.below(24), 1 + g.below(4) + (kind == 'classes')
    average = ['macro', 'micro', 'weighted'][g.below(3)]
    p, t = fill(kind, i, rows, width)
    if name in ('auc', 'average_precision') and average == 'micro':
        average = 'macro'
    options = f'average={average}' if name in RATES or name in PROBABILITIES[:2] else ''
    if kind == 'numbers':
        want = NUMBERS[name](t, p)
    elif name in PROBABILITIES:
        want = of_probabilities(name, kind, t, p, average == 'weighted')
    elif kind == 'binary':
        want = RATES[name](t, p > 0, average if width > 1 else 'binary')
    elif name in RATES:
        want = RATES[name](t, p.argmax(1), average)
    else:
        want = getattr(metrics, f'{name}_score')(t, p.argmax(1))
    return f'    {{"{name}", "{options}", {kind.upper()}, {rows}, {width}, {"NAN" if np.isnan(want) else repr(float(want))}}},'


print('/* metrics_golden.h - made by tests/golden/metrics.py with scikit-learn. */')
print('static const golden_case golden[] = {')
print('\n'.join(case(i) for i in range(CASES)))
print('};')
