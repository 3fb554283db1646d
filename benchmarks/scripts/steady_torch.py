"""MNIST by PyTorch, epoch after epoch. Arguments: folder of the .npy files, network, epochs, images, precision.

The training set is one tensor, batches are taken by shuffled indices; precision: float32 or bfloat16 (autocast).
Prints the seconds of each epoch.
"""

import contextlib
import json
import os
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

folder, network, epochs, images, precision = Path(sys.argv[1]), sys.argv[2], *sys.argv[3:]
count = int(images)
torch.set_num_threads(len(os.sched_getaffinity(0)))
torch.manual_seed(0)
x = torch.from_numpy(np.load(folder / "x_train.npy")[:count])
y = torch.from_numpy(np.load(folder / "y_train.npy")[:count].astype(np.int64))

if network == "mlp/first":
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)
    )
    optimizer, batch, split = torch.optim.Adam(model.parameters()), 32, 0.0
elif network == "te2/mnist":
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
    optimizer, batch, split = torch.optim.RMSprop(model.parameters(), lr=0.001, alpha=0.9), 128, 0.2
else:
    model = nn.Sequential(
        nn.Unflatten(1, (1, 28)),
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Dropout(0.25),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(128, 10),
    )
    optimizer, batch, split = torch.optim.Adadelta(model.parameters(), lr=1.0, rho=0.95), 128, 0.0
training = count - int(split * count)
loss_of = nn.CrossEntropyLoss()


def mixed():
    """Where bfloat16 is asked for, matrix products and convolutions in it."""
    return torch.autocast("cpu", torch.bfloat16) if precision == "bfloat16" else contextlib.nullcontext()


def train() -> None:
    """One epoch over the training part, with running loss and accuracy as Keras keeps them."""
    model.train()
    order, loss_sum, right = torch.randperm(training), torch.zeros(()), torch.zeros((), dtype=torch.int64)
    for indices in order.split(batch):
        optimizer.zero_grad()
        with mixed():
            outputs = model(x[indices].float() / 255)
            loss = loss_of(outputs, y[indices])
        loss.backward()
        optimizer.step()
        loss_sum += loss.detach() * len(indices)
        right += (outputs.detach().argmax(1) == y[indices]).sum()


def validate() -> None:
    """Loss and accuracy on the validation part."""
    model.eval()
    with torch.no_grad(), mixed():
        for part, labels in zip(x[training:].split(512), y[training:].split(512), strict=True):
            outputs = model(part.float() / 255)
            loss_of(outputs, labels).item(), (outputs.argmax(1) == labels).sum().item()


seconds = []
for _ in range(int(epochs)):
    began = time.perf_counter()
    train()
    if split:
        validate()
    seconds.append(time.perf_counter() - began)
print(json.dumps({"seconds": seconds}))
