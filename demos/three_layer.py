"""Three layers learn a table that two cannot: exclusive or of the first two columns.

Weights of 3 × 4 and 4 × 1, seed 1 of NumPy's generator, 60,000 full-batch steps of size 1.
"""

from micrograd_nn import Value, compile
from micrograd_nn.nn import MLP, numpy_weights

inputs = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
targets = [0, 1, 1, 0]
rows = [[*x, y] for x, y in zip(inputs, targets, strict=True)]

model = MLP(3, [4, 1], ["sigmoid", "sigmoid"], bias=False)
numpy_weights(model, seed=1)

# The graph of one row, recorded once, becomes two programs: for the loss and for the output.
x, y = [Value(0.0, "x1"), Value(0.0, "x2"), Value(0.0, "x3")], Value(0.0, "y")
output = model(x)
loss = 0.5 * (y - output) ** 2
train = compile(loss, inputs=[*x, y], parameters=model.parameters(), names=model)
predict = compile(output, inputs=x, parameters=model.parameters(), names=model)

weights = [w.data for w in model.parameters()]
for steps in [10_000] * 5 + [9_999]:  # of the 60,000 passes, the last only predicts
    outputs = predict.predictions(weights, inputs)
    errors = [abs(y - output) for y, output in zip(targets, outputs, strict=True)]
    print(f"Error: {sum(errors) / 4:.12f}")
    weights, losses = train.descend(weights, rows, steps, lr=1.0)

print("Output after training:")
outputs = predict.predictions(weights, inputs)
for x, y, output in zip(inputs, targets, outputs, strict=True):
    print(f"{x} -> {output:.6f}  (target {y})")
