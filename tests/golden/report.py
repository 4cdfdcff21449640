#!/usr/bin/python3
"""report.py - writes tests/report/report_golden.h: what scikit-learn (1.2) makes of predictions with many ties.

Run: tests/golden/report.py > tests/report/report_golden.h. Predictions and truths follow formulas that test_scores.c computes
too, so that only results are stored.
"""
import math

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve


def probability(i, classes):
    part = [1 + (i * 7 + k * 13 + i * i * k) % 11 for k in range(classes)]
    return [p / sum(part) for p in part]


def truth(i, classes): return (3 * i + i * i // 5) % classes
def label_score(i, k): return (i * 7 + k * 5 + i * i) % 17 / 17
def label(i, k): return (i * 5 + k * 3) % 7 < 3
def number(i): return math.sin(1.3 * i + 0.4)
def target(i): return math.cos(0.9 * i + 0.2)


def as_c(v): return "NAN" if math.isnan(v) else repr(float(v))
def row(values): return "{" + ", ".join(as_c(v) for v in values) + "}"


def areas(is_class, score):
    if all(is_class) or not any(is_class):
        return [math.nan, metrics.average_precision_score(is_class, score) if any(is_class) else math.nan]
    return [metrics.roc_auc_score(is_class, score), metrics.average_precision_score(is_class, score)]


def calibration(said, is_true):
    right, mean = calibration_curve(is_true, said, n_bins=10)
    return mean, right


def show(name, classes, per_class, means, curve):
    bins = list(curve[0]) + [math.nan] * (10 - len(curve[0])), list(curve[1]) + [math.nan] * (10 - len(curve[1]))
    rows = ",\n            ".join(row(c) for c in per_class)
    print(f"    {{{name}, {classes},\n        {{{rows}}},\n        {row(means)},\n        {len(curve[0])}, {row(bins[0])},\n"
          f"        {row(bins[1])}}},")


def classes_case(n, classes, occurring):
    p = np.array([probability(i, classes) for i in range(n)])
    y = np.array([truth(i, occurring) for i in range(n)])
    said = p.argmax(1)
    each = metrics.precision_recall_fscore_support(y, said, labels=range(classes), zero_division=0)
    per_class = [[*(v[k] for v in each), *areas(y == k, p[:, k])] for k in range(classes)]
    means = [metrics.accuracy_score(y, said)]
    for kind in "macro", "weighted":
        means += metrics.precision_recall_fscore_support(y, said, average=kind, zero_division=0)[:3]
    rarer = int(sum(y == 1) <= sum(y == 0))
    curve = calibration(p[:, rarer], y == rarer) if classes == 2 else calibration(p.max(1), said == y)
    show(f"{n}, {occurring}", classes, per_class, means, curve)


def labels_case(n, classes):
    p = np.array([[label_score(i, k) for k in range(classes)] for i in range(n)])
    y = np.array([[label(i, k) for k in range(classes)] for i in range(n)])
    said = p > 0.5
    each = metrics.precision_recall_fscore_support(y, said, zero_division=0)
    per_class = [[*(v[k] for v in each), *areas(y[:, k], p[:, k])] for k in range(classes)]
    means = [metrics.accuracy_score(y, said)]
    for kind in "macro", "weighted":
        means += metrics.precision_recall_fscore_support(y, said, average=kind, zero_division=0)[:3]
    show(f"{n}, 0", classes, per_class, means, calibration(p.ravel(), y.ravel()))


print("/* report_golden.h - written by tests/golden/report.py with scikit-learn. */\n#include <math.h>\n#include <stddef.h>\n")
print("/* Of a class: precision, recall, f1, support, area of ROC, average precision. Means: accuracy; precision, recall, f1 as\n"
      " * means of classes; weighted. `occurring`: classes in the truth; 0: labels. */")
print("typedef struct score_case {\n    size_t n, occurring, classes;\n    double of[5][6], mean[7];\n    size_t bins;\n"
      "    double said[10], is[10];\n} score_case;\n")
print("static const score_case score_cases[] = {")
classes_case(80, 4, 4)
classes_case(60, 2, 2)
classes_case(45, 3, 2)
classes_case(30, 5, 1)
labels_case(70, 3)
print("};\n")
y, p = [target(i) for i in range(50)], [number(i) for i in range(50)]
print("/* mean absolute error, root mean square error, R2, largest error */")
print("static const double value_case[] = " + row([metrics.mean_absolute_error(y, p), math.sqrt(metrics.mean_squared_error(y, p)),
                                                  metrics.r2_score(y, p), metrics.max_error(y, p)]) + ";")
