#!/usr/bin/python3
"""normalize.py - writes tests/data/normalize_golden.h: the centers and scales of an array's channels as scikit-learn's scalers (1.2) have them.

Run: tests/golden/normalize.py > tests/data/normalize_golden.h. The numbers come from a formula, the same in tests/data/test_normalize.c.
"""
import textwrap

import numpy as np
import sklearn
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

ROWS, TRAIN = 40, 31


def numbers(shape, offset, spread, whole):
    i = np.arange(ROWS * int(np.prod(shape)), dtype=np.float64)
    v = offset + spread * np.sin(1.7 * i + 0.3 * np.sin(i)) * (1 + i % shape[-1])
    if not whole and len(shape) == 1: v[i % shape[0] == 1] = 0.1  # a feature that never changes
    return (np.floor(v) if whole else v).reshape((ROWS,) + tuple(shape))


def columns(x, channels):
    """The samples with a column for each channel."""
    if channels == 'ONE': return x.reshape(-1, 1)
    return np.moveaxis(x, 1 if channels == 'FIRST' else -1, -1).reshape(-1, x.shape[1 if channels == 'FIRST' else -1])


def fit(x, normalize):
    if normalize == 'ZSCORE':
        s = StandardScaler().fit(x)
        return s.mean_, s.scale_
    if normalize == 'MINMAX':
        s = MinMaxScaler().fit(x)
        return s.data_min_, 1 / s.scale_
    s = RobustScaler().fit(x)
    return s.center_, s.scale_


# sample's shape, offset, spread, bytes?, channels
CASES = [
    ((5,), 0, 1, False, 'FIRST'),
    ((5,), 1e6, 1e-3, False, 'FIRST'),
    ((3, 4, 6), 1e6, 1, False, 'FIRST'),
    ((7, 3), -50, 9, False, 'LAST'),
    ((7, 3), 1e8, 1, False, 'ONE'),
    ((2, 5, 5), 100, 20, True, 'FIRST'),
    ((9,), 100, 11, True, 'FIRST'),
]


def row(values):
    return '\n'.join(textwrap.wrap('{' + ', '.join(f'{v:.17g}' for v in values) + '},', 116, initial_indent='     ',
                                   subsequent_indent='      '))


print(f'/* normalize_golden.h - written by tests/golden/normalize.py with scikit-learn {sklearn.__version__[:3]}; not to be edited. */')
print(f'enum {{ GOLDEN_ROWS = {ROWS}, GOLDEN_TRAIN = {TRAIN} }};\n\nstatic const golden goldens[] = {{')
for shape, offset, spread, whole, channels in CASES:
    x = numbers(shape, offset, spread, whole)[:TRAIN]
    for normalize in 'ZSCORE', 'MINMAX', 'ROBUST':
        center, scale = fit(columns(x, channels), normalize)
        print(f'    {{{{{len(shape)}, {{{", ".join(map(str, shape))}}}}}, {offset}, {spread}, {str(whole).lower()}, '
              f'TERN__CHANNELS_{channels}, TERN__NORMALIZE_{normalize}, {len(center)},')
        print(row(center))
        print(row(scale) + '},')
print('};')
