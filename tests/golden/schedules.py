#!/usr/bin/python3
"""schedules.py - writes tests/optim/schedules_golden.h: the learning rates and momenta of PyTorch's schedules (1.13, float64).

Run: tests/golden/schedules.py > tests/optim/schedules_golden.h. The losses follow a formula that test_schedules.c computes too.
"""
import warnings

import torch
from torch import optim
from torch.optim import lr_scheduler as schedule

from common import as_text, begin, numbers

torch.set_default_dtype(torch.float64)
warnings.simplefilter('ignore')

TICKS = 24


def loss_at(tick): return 1 / (1 + tick) if tick < 5 else 0.2 - 2e-6 * tick + (0.1 if tick % 3 else 0)


# type, class, PyTorch's options
SCHEDULES = [
    ("step", schedule.StepLR, dict(step_size=4)),
    ("step", schedule.StepLR, dict(step_size=1, gamma=0.7)),
    ("multi_step", schedule.MultiStepLR, dict(milestones=[9, 2, 2, 5, 11, 15, 20], gamma=0.5)),
    ("exponential", schedule.ExponentialLR, dict(gamma=0.9)),
    ("cosine", schedule.CosineAnnealingLR, dict(T_max=7, eta_min=0.02)),
    ("cosine_restarts", schedule.CosineAnnealingWarmRestarts, dict(T_0=5)),
    ("cosine_restarts", schedule.CosineAnnealingWarmRestarts, dict(T_0=2, T_mult=3, eta_min=0.01)),
    ("linear", schedule.LinearLR, dict()),
    ("linear", schedule.LinearLR, dict(start_factor=0.9, end_factor=0.2, total_iters=9)),
    ("polynomial", schedule.PolynomialLR, dict()),
    ("polynomial", schedule.PolynomialLR, dict(total_iters=20, power=0.9)),
    ("one_cycle", schedule.OneCycleLR, dict(max_lr=0.5, total_steps=TICKS)),
    ("one_cycle", schedule.OneCycleLR, dict(max_lr=0.5, total_steps=TICKS, pct_start=0.4, anneal_strategy='linear',
                                            base_momentum=0.8, max_momentum=0.9)),
    ("one_cycle", schedule.OneCycleLR, dict(max_lr=0.5, total_steps=TICKS, pct_start=0.25, three_phase=True, div_factor=10.,
                                            final_div_factor=100.)),
    ("one_cycle", schedule.OneCycleLR, dict(max_lr=0.5, total_steps=TICKS, pct_start=0.25, three_phase=True,
                                            anneal_strategy='linear')),
    ("plateau", schedule.ReduceLROnPlateau, dict(patience=2, factor=0.5)),
    ("plateau", schedule.ReduceLROnPlateau, dict(patience=0, factor=0.5, cooldown=3, min_lr=0.02)),
    ("plateau", schedule.ReduceLROnPlateau, dict(patience=1, factor=0.3, threshold_mode='abs', threshold=1e-6)),
    ("plateau", schedule.ReduceLROnPlateau, dict(patience=1, factor=0.99, eps=0.000985)),
    ("plateau", schedule.ReduceLROnPlateau, dict(patience=0, min_lr=0.2)),
]


def show(name, cls, options):
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    scheduler = cls(optimizer, **options)
    group, lr, momentum = optimizer.param_groups[0], [], []
    for tick in range(TICKS):
        lr.append(group['lr'])
        momentum.append(group['momentum'])
        optimizer.step()
        if name == "plateau": scheduler.step(loss_at(tick))
        elif tick + 1 < TICKS: scheduler.step()
    print(f'    {{.type = "{name}",\n     .set = "{as_text(options)}",')
    print(numbers('lr', [lr]))
    if name == "one_cycle": print(numbers('momentum', [momentum]))
    print('    },')


begin("schedules", f"enum {{ TICKS = {TICKS} }};")
for case in SCHEDULES: show(*case)
print("};")
