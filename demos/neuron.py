"""An artificial neuron, its activation, and the gradient of its output by every part of it.

A biological neuron gathers signals through synapses, some strong and some weak, and fires when
they add up to enough. The artificial one does arithmetic: inputs x, weights w (the strength of
each connection), their products summed with a bias b, and an activation function on the sum.
"""

from micrograd_nn import Value

x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
w1, w2 = Value(-3.0, "w1"), Value(1.0, "w2")
b = Value(6.88, "b")

total = w1 * x1 + w2 * x2 + b
output = total.tanh()
output.backward()

print(f"total   {total:.4f}")
print(f"output  {output:.4f}")
print()
print("If a part grows a little, the output grows by its gradient times as much:")
for part in (x1, w1, x2, w2, b):
    print(f"{part.label:>4} = {part:7.4f}   gradient {part.grad:7.4f}")
