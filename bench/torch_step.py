"""torch_step.py - the same training step in PyTorch, eager: gather, forward, loss, backward, update.

    torch_step.py w1|w2|w3|w4|w5 DATA THREADS FLUSH SECONDS    prints samples/s; FLUSH 1 flushes denormal numbers to zero
"""
import sys
import time

import numpy as np
import torch
from torch import nn

name, data, threads, flush, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
torch.set_num_threads(threads)
if flush:
    torch.set_flush_denormal(True)
torch.manual_seed(1)

images = np.fromfile(f"{data}/train-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 784)
labels = torch.from_numpy(np.fromfile(f"{data}/train-labels-idx1-ubyte", np.uint8, offset=8).astype(np.int64))
pixels = (torch.from_numpy(images).float() / 255 - 0.1307) / 0.3081

relu, pool = nn.ReLU, lambda: nn.MaxPool2d(2)
nets = {
    "w1": (32, lambda: [nn.Linear(784, 128), relu(), nn.Linear(128, 10)]),
    "w2": (128, lambda: [nn.Linear(784, 512), relu(), nn.Linear(512, 512), relu(), nn.Linear(512, 10)]),
    "w3": (256, lambda: [nn.Linear(784, 2048), relu(), nn.Linear(2048, 2048), relu(), nn.Linear(2048, 10)]),
    "w4": (64, lambda: [nn.Conv2d(1, 6, 5, padding=2), relu(), pool(), nn.Conv2d(6, 16, 5), relu(), pool(), nn.Flatten(),
                        nn.Linear(400, 120), relu(), nn.Linear(120, 84), relu(), nn.Linear(84, 10)]),
    "w5": (128, lambda: [nn.Conv2d(1, 32, 3), relu(), nn.Conv2d(32, 64, 3), relu(), pool(), nn.Flatten(), nn.Linear(9216, 128), relu(),
                         nn.Linear(128, 10)]),
}
batch, layers = nets[name]
net, loss = nn.Sequential(*layers()), nn.CrossEntropyLoss()
if name in ("w4", "w5"):
    pixels = pixels.reshape(-1, 1, 28, 28)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9) if name == "w1" else torch.optim.Adam(net.parameters(), lr=1e-3)


def run(limit):
    order, at, steps, start = torch.randperm(len(pixels)), 0, 0, time.perf_counter()
    while time.perf_counter() - start < limit:
        rows = order[at : at + batch]
        at = at + batch if at + 2 * batch <= len(order) else 0
        optimizer.zero_grad()
        loss(net(pixels[rows]), labels[rows]).backward()
        optimizer.step()
        steps += 1
    return steps * batch / (time.perf_counter() - start)


run(seconds / 4)
print(f"{run(seconds):.0f}")
