"""The chain rule by hand, beside the engine's: a network with a backprop method of its own.

The loss is Σ (y − ŷ)². ``slopes_by_hand`` works out its derivatives on paper, the way the
chain rule reads; ``slopes_by_engine`` asks for ``loss.backward()``. They are the same numbers.
"""

import random

from micrograd_nn import Value, dot, sigmoid


class NeuralNetwork:
    """Inputs × weights1, sigmoid, × weights2, sigmoid: four hidden neurons, no biases."""

    def __init__(self, x, y, rng):
        self.input = x
        self.y = y
        self.weights1 = [[Value(rng.random()) for _ in range(4)] for _ in x[0]]
        self.weights2 = [Value(rng.random()) for _ in range(4)]

    def feedforward(self):
        """Compute layer1 and output for every row of the input."""
        columns = list(zip(*self.weights1, strict=True))
        self.layer1 = [[sigmoid(dot(row, column)) for column in columns] for row in self.input]
        self.output = [sigmoid(dot(hidden, self.weights2)) for hidden in self.layer1]

    def slopes_by_hand(self):
        """Return the derivative of the loss by every weight: weights1 row by row, weights2."""
        slopes1 = [[0.0] * 4 for _ in self.weights1]
        slopes2 = [0.0] * 4
        for row, layer1, output, y in zip(
            self.input, self.layer1, self.output, self.y, strict=True
        ):
            ŷ = output.data
            delta = -2 * (y - ŷ) * ŷ * (1 - ŷ)  # dLoss/dŷ · dŷ/dz, for σ′ = σ (1 − σ)
            for j, (neuron, weight) in enumerate(zip(layer1, self.weights2, strict=True)):
                h = neuron.data
                slopes2[j] += h * delta
                for i, x in enumerate(row):
                    slopes1[i][j] += x * (delta * weight.data * h * (1 - h))
        return [slope for row in (*slopes1, slopes2) for slope in row]

    def slopes_by_engine(self):
        """Return the same derivatives, by this engine."""
        loss = sum((y - output) ** 2 for y, output in zip(self.y, self.output, strict=True))
        for weight in self.weights():
            weight.grad = 0.0
        loss.backward()
        return [weight.grad for weight in self.weights()]

    def backprop(self):
        """Step every weight against its slope, once."""
        for weight, slope in zip(self.weights(), self.slopes_by_hand(), strict=True):
            weight.data -= slope

    def weights(self):
        """Return all weights in the order of the slopes."""
        return [weight for row in (*self.weights1, self.weights2) for weight in row]


if __name__ == "__main__":
    network = NeuralNetwork(
        x=[[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], y=[0, 1, 1, 0], rng=random.Random(1)
    )
    for iteration in range(1, 3001):
        network.feedforward()
        if iteration in (1, 10, 100, 1000, 3000):
            by_hand, by_engine = network.slopes_by_hand(), network.slopes_by_engine()
            apart = max(abs(a - b) for a, b in zip(by_hand, by_engine, strict=True))
            print(
                f"iteration {iteration:4}: dLoss/dweights2[0] is {by_hand[-4]: .6f} by hand, "
                f"{by_engine[-4]: .6f} by the engine; all 16 differ by at most {apart:.0e}"
            )
        network.backprop()
    print("Output after training:", *(f"{output:.4f}" for output in network.output))
