#!/usr/bin/python3
"""columns.py - writes tests/columns/columns_golden.h: a small table, and its columns as scikit-learn's transformers make them (1.2).

Run: tests/golden/columns.py > tests/columns/columns_golden.h. All is fitted on the first TRAIN rows and applied to all ROWS.
"""
import textwrap

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (FunctionTransformer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, RobustScaler,
                                   StandardScaler)

ROWS, TRAIN = 60, 45
random = np.random.RandomState(7)


def blanks(values, every):
    return ['' if i % every == every - 2 else v for i, v in enumerate(values)]


common = random.choice(['ash', 'birch', 'cedar', 'Oak'], ROWS, p=[.4, .3, .2, .1])
rare = common.copy()
rare[[3, 9]], rare[[5]], rare[[50, 55]] = 'yew', 'fir', 'elm'  # elm is in no training row
COLUMNS = {
    'plain': [f'{v:.6f}' for v in random.normal(3, 20, ROWS)],
    'holes': blanks([f'{v:.4f}' for v in random.normal(-1, 2, ROWS)], 7),
    'large': [f'{1e9 + v:.6f}' for v in random.normal(0, 1e-2, ROWS)],
    'same': ['3.7'] * ROWS,
    'ties': blanks([str(v) for v in random.randint(0, 5, ROWS)], 5),
    'positive': [f'{v:.6e}' for v in random.exponential(40, ROWS)],
    'tree': list(common),
    'wood': blanks(common, 6),
    'rare': list(rare),
}


def number(*steps): return make_pipeline(*steps)
def impute(strategy, **more): return SimpleImputer(strategy=strategy, **more)
def one_hot(**options): return OneHotEncoder(sparse_output=False, **options)


NUMBER, CATEGORY = 'NUMBER', 'CATEGORY'
BLANK = dict(missing_values='')
# column, the description's fields, scikit-learn's steps
CASES = [
    ('plain', 'type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_ZSCORE', [StandardScaler()]),
    ('plain', 'type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_MINMAX', [MinMaxScaler()]),
    ('plain', 'type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_ROBUST', [RobustScaler()]),
    ('large', 'type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_ZSCORE', [StandardScaler()]),
    ('large', 'type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_ROBUST', [RobustScaler()]),
    ('same', 'type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_ZSCORE', [StandardScaler()]),
    ('same', 'type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_MINMAX', [MinMaxScaler()]),
    ('same', 'type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_ROBUST', [RobustScaler()]),
    ('positive', 'type = TERN__COLUMN_NUMBER, .normalize = TERN__NORMALIZE_LOG1P', [FunctionTransformer(np.log1p)]),
    ('holes', 'type = TERN__COLUMN_NUMBER, .missing = TERN__MISSING_MEAN', [impute('mean')]),
    ('holes', 'type = TERN__COLUMN_NUMBER, .missing = TERN__MISSING_MEDIAN, .normalize = TERN__NORMALIZE_ZSCORE',
     [impute('median'), StandardScaler()]),
    ('holes', 'type = TERN__COLUMN_NUMBER, .missing = TERN__MISSING_ZERO, .normalize = TERN__NORMALIZE_ROBUST',
     [impute('constant', fill_value=0), RobustScaler()]),
    ('holes', 'type = TERN__COLUMN_NUMBER, .missing = TERN__MISSING_VALUE, .fill = -2.5, .normalize = TERN__NORMALIZE_MINMAX',
     [impute('constant', fill_value=-2.5), MinMaxScaler()]),
    ('holes', 'type = TERN__COLUMN_NUMBER, .missing = TERN__MISSING_INDICATOR', [impute('mean', add_indicator=True)]),
    ('ties', 'type = TERN__COLUMN_NUMBER, .missing = TERN__MISSING_MOST_COMMON, .normalize = TERN__NORMALIZE_ZSCORE',
     [impute('most_frequent'), StandardScaler()]),
    ('tree', 'type = TERN__COLUMN_CATEGORY', [one_hot()]),
    ('tree', 'type = TERN__COLUMN_CATEGORY, .encode = TERN__ENCODE_ORDINAL', [OrdinalEncoder()]),
    ('tree', 'type = TERN__COLUMN_CATEGORY, .encode = TERN__ENCODE_ORDINAL, .normalize = TERN__NORMALIZE_ZSCORE',
     [OrdinalEncoder(), StandardScaler()]),
    ('wood', 'type = TERN__COLUMN_CATEGORY, .missing = TERN__MISSING_MOST_COMMON', [impute('most_frequent', **BLANK), one_hot()]),
    ('wood', 'type = TERN__COLUMN_CATEGORY, .missing = TERN__MISSING_VALUE, .fill_category = "none"',
     [impute('constant', fill_value='none', **BLANK), one_hot()]),
    ('wood', 'type = TERN__COLUMN_CATEGORY, .missing = TERN__MISSING_CATEGORY',
     [impute('constant', fill_value='~', **BLANK), one_hot()]),  # ~ sorts last
    ('rare', 'type = TERN__COLUMN_CATEGORY, .min_count = 3, .unseen = TERN__UNSEEN_UNKNOWN', [one_hot(handle_unknown='infrequent_if_exist', min_frequency=3)]),
    ('rare', 'type = TERN__COLUMN_CATEGORY, .min_count = 2, .unseen = TERN__UNSEEN_UNKNOWN', [one_hot(handle_unknown='infrequent_if_exist', min_frequency=2)]),
    ('rare', 'type = TERN__COLUMN_CATEGORY, .unseen = TERN__UNSEEN_UNKNOWN', [one_hot(handle_unknown='ignore')]),
    ('rare', 'type = TERN__COLUMN_CATEGORY, .encode = TERN__ENCODE_ORDINAL, .unseen = TERN__UNSEEN_UNKNOWN',
     [OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1)]),
    ('tree', 'type = TERN__COLUMN_CATEGORY, .encode = TERN__ENCODE_INDEX', [OrdinalEncoder()]),
    ('wood', 'type = TERN__COLUMN_CATEGORY, .encode = TERN__ENCODE_INDEX, .missing = TERN__MISSING_MOST_COMMON',
     [impute('most_frequent', **BLANK), OrdinalEncoder()]),
    ('wood', 'type = TERN__COLUMN_CATEGORY, .encode = TERN__ENCODE_INDEX, .missing = TERN__MISSING_CATEGORY',
     [impute('constant', fill_value='~', **BLANK), OrdinalEncoder()]),
    ('rare', 'type = TERN__COLUMN_CATEGORY, .encode = TERN__ENCODE_INDEX, .unseen = TERN__UNSEEN_UNKNOWN',
     [OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=len(set(COLUMNS['rare'][:TRAIN])))]),
]


def transform(column, fields, steps):
    cells = COLUMNS[column]
    if 'NUMBER' in fields:
        x = np.array([float(c) if c else np.nan for c in cells]).reshape(-1, 1)
    else:
        x = np.array(cells, dtype=object).reshape(-1, 1)
    return make_pipeline(*steps).fit(x[:TRAIN]).transform(x)


def wrap(items): return textwrap.fill(', '.join(items), 112, initial_indent='     ', subsequent_indent='     ')


print('/* columns_golden.h - written by tests/golden/columns.py with scikit-learn 1.2; not to be edited. */')
print('/* clang-format off */')
print(f'enum {{ GOLDEN_ROWS = {ROWS}, GOLDEN_TRAIN = {TRAIN} }};\n')
print('static const char *const golden_names[] = {' + ', '.join(f'"{n}"' for n in COLUMNS) + '};')
print('static const char *const golden_cells[][GOLDEN_ROWS] = {')
for cells in COLUMNS.values():
    print('    {\n' + wrap([f'"{c}"' for c in cells]) + '},')
print('};\n')
print('static const struct {\n    tern__feature feature;\n    size_t width;\n    const double *want;\n} golden_cases[] = {')
for column, fields, steps in CASES:
    out = transform(column, fields, steps)
    fields = fields if 'min_count' in fields else fields + ', .min_count = 1'
    print(f'    {{{{.name = "{column}", .{fields}}}, {out.shape[1]}, (const double[]){{')
    print(wrap([repr(float(v)) for v in out.ravel()]) + '}},')
print('};')
