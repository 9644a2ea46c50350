class Value:
    def __init__(self, data, inputs=()):
        self.data, self.inputs, self.grad = data, inputs, 0.0

    def __add__(self, other):
        return Value(self.data + other.data, (self, other))

    def backward(self):
        self.grad = 1.0
        nodes = [self]
        for node in nodes:
            nodes += node.inputs
        for node in nodes:
            for x in node.inputs:
                x.grad = node.grad
