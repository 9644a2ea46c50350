"""A simple network: three inputs, four hidden neurons, one output, and no fixed seed.

Training is two things, again and again: feedforward (predict the outputs) and backpropagation
(change every weight against the slope of the loss). Each run starts from other weights and ends
near the same targets; now and then one is caught on the way, as gradient descent may be.
"""

import random

from micrograd_nn import Value, compile
from micrograd_nn.nn import MLP

inputs = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
targets = [0, 1, 1, 0]
rows = [[*x, y] for x, y in zip(inputs, targets, strict=True)]

model = MLP(3, [4, 1], ["sigmoid", "sigmoid"], bias=False, rng=random.Random())

# The graph of one row, recorded once, becomes two programs: for the loss and for the output.
x, y = [Value(0.0, "x1"), Value(0.0, "x2"), Value(0.0, "x3")], Value(0.0, "y")
output = model(x)
loss = 0.5 * (y - output) ** 2
train = compile(loss, inputs=[*x, y], parameters=model.parameters(), names=model)
predict = compile(output, inputs=x, parameters=model.parameters(), names=model)

weights = [w.data for w in model.parameters()]
for iteration in range(0, 60_000, 10_000):
    weights, losses = train.descend(weights, rows, steps=10_000, lr=1.0)
    print(f"iteration {iteration:6}  loss {losses[0]:.6f}", flush=True)

outputs = predict.predictions(weights, inputs)
for x, y, output in zip(inputs, targets, outputs, strict=True):
    print(f"{x} -> {output:.4f}  (target {y})")
