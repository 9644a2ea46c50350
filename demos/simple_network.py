"""A simple network: three inputs, four hidden neurons, one output, and no fixed seed.

Training is two things, again and again: feedforward (predict the outputs) and backpropagation
(change every weight against the slope of the loss). Each run starts from other weights and ends
near the same targets; now and then one is caught on the way, as gradient descent may be.
"""

import random

from micrograd_nn import dot
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD

inputs = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
targets = [0, 1, 1, 0]

model = MLP(3, [4, 1], ["sigmoid", "sigmoid"], bias=False, rng=random.Random())
optimizer = SGD(model.parameters(), lr=1.0)

for iteration in range(60_000):
    outputs = [model(x) for x in inputs]
    errors = [y - output for y, output in zip(targets, outputs, strict=True)]
    loss = 0.5 * dot(errors, errors)
    if iteration % 10_000 == 0:
        print(f"iteration {iteration:6}  loss {loss:.6f}", flush=True)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

for x, y, output in zip(inputs, targets, outputs, strict=True):
    print(f"{x} -> {output:.4f}  (target {y})")
