"""Three layers learn a table that two cannot: exclusive or of the first two columns.

Weights of 3 × 4 and 4 × 1, seed 1 of NumPy's generator, 60,000 full-batch steps of size 1.
"""

from micrograd_nn import dot
from micrograd_nn.nn import MLP
from micrograd_nn.optim import SGD
from micrograd_nn.seeding import numpy_weights

inputs = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
targets = [0, 1, 1, 0]

model = MLP(3, [4, 1], ["sigmoid", "sigmoid"], bias=False)
numpy_weights(model, seed=1)

optimizer = SGD(model.parameters(), lr=1.0)
for iteration in range(60_000):
    outputs = [model(x) for x in inputs]
    errors = [y - output for y, output in zip(targets, outputs, strict=True)]
    if iteration % 10_000 == 0:
        print(f"Error: {sum(abs(error.data) for error in errors) / 4:.12f}")
    loss = 0.5 * dot(errors, errors)  # ½ Σ (y − ŷ)²
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

print("Output after training:")
for x, y, output in zip(inputs, targets, outputs, strict=True):
    print(f"{x} -> {output:.6f}  (target {y})")
