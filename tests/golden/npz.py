#!/usr/bin/python3
"""npz.py - writes tests/data/npz_golden.h: NumPy's own archives of two arrays, stored and deflated, as bytes.

Run: tests/golden/npz.py > tests/data/npz_golden.h.
"""
import io
import textwrap

import numpy as np

x, y = np.arange(12, dtype='<f4').reshape(4, 3) / 2, np.array([3, 1, 0, 2], dtype='<f2')
print(f'/* npz_golden.h - written by tests/golden/npz.py with NumPy {np.__version__}; not to be edited. */')
for name, save in ('stored', np.savez), ('deflated', np.savez_compressed):
    out = io.BytesIO()
    save(out, x=x, labels=y)
    data = ', '.join(map(str, out.getvalue()))
    print(f'static const unsigned char {name}[] = {{\n' + textwrap.fill(data, 118, initial_indent='    ', subsequent_indent='    ') + '};')
