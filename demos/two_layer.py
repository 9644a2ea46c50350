"""Two layers, inputs and output, learn a table: the answer is the first input column.

One weight matrix of 3 × 1, seed 1 of NumPy's generator, 10,000 full-batch steps of size 1.
"""

from micrograd_nn import Value, compile
from micrograd_nn.nn import MLP, numpy_weights

inputs = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]
targets = [0, 0, 1, 1]
rows = [[*x, y] for x, y in zip(inputs, targets, strict=True)]

model = MLP(3, [1], ["sigmoid"], bias=False)
numpy_weights(model, seed=1)

# The graph of one row, recorded once, becomes two programs: for the loss and for the output.
x, y = [Value(0.0, "x1"), Value(0.0, "x2"), Value(0.0, "x3")], Value(0.0, "y")
output = model(x)
loss = 0.5 * (y - output) ** 2
train = compile(loss, inputs=[*x, y], parameters=model.parameters(), names=model)
predict = compile(output, inputs=x, parameters=model.parameters(), names=model)

weights = [w.data for w in model.parameters()]
steps = 9_999  # of the 10,000 passes, the last only predicts
weights, losses = train.descend(weights, rows, steps, lr=1.0)

print("Output after training:")
for prediction in predict.predictions(weights, inputs):
    print(f"{prediction:.8f}")
