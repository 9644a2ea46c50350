"""Two layers, inputs and output, learn a table: the answer is the first input column.

One weight matrix of 3 × 1, seed 1 of NumPy's generator, 10,000 full-batch steps of size 1.
"""

from micrograd_nn import dot
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD
from micrograd_nn.seeding import numpy_weights

inputs = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
targets = [0, 0, 1, 1]

model = MLP(3, [1], ["sigmoid"], bias=False)
numpy_weights(model, seed=1)

optimizer = SGD(model.parameters(), lr=1.0)
for _ in range(10_000):
    outputs = [model(x) for x in inputs]
    errors = [y - output for y, output in zip(targets, outputs, strict=True)]
    loss = 0.5 * dot(errors, errors)  # ½ Σ (y − ŷ)²
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

print("Output after training:")
for output in outputs:
    print(f"{output:.8f}")
