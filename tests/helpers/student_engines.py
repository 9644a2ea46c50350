"""Engines for the tests of the doctor: right ones in three styles, and what breaks each.

A broken engine is a right one with a small edit, as a student would have it. ``BROKEN`` has for
each its name, the style, the edits, and the faults that are to be named, no other.
"""

import math
import re

CLOSURES = '''\
import math


class Value:
    """As in the lecture: each result has a closure that passes its gradient on."""

    def __init__(self, data, _children=(), _op=""):
        self.data = data
        self.grad = 0.0
        self._prev = _children
        self._op = _op
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __sub__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data - other.data, (self, other), "-")

        def _backward():
            self.grad += out.grad
            other.grad += -out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data / other.data, (self, other), "/")

        def _backward():
            self.grad += out.grad / other.data
            other.grad += -self.data / other.data**2 * out.grad

        out._backward = _backward
        return out

    def __pow__(self, n):
        assert isinstance(n, (int, float)), "only numbers as exponents"
        out = Value(self.data**n, (self,), "**")

        def _backward():
            self.grad += n * self.data ** (n - 1) * out.grad

        out._backward = _backward
        return out

    def exp(self):
        out = Value(math.exp(self.data), (self,), "exp")

        def _backward():
            self.grad += out.data * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,), "tanh")

        def _backward():
            self.grad += (1 - out.data**2) * out.grad

        out._backward = _backward
        return out

    def relu(self):
        out = Value(max(self.data, 0.0), (self,), "relu")

        def _backward():
            self.grad += (self.data > 0) * out.grad

        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return Value(other) - self

    def __rtruediv__(self, other):
        return Value(other) / self

    def backward(self):
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            node, is_ready = waiting.pop()
            if is_ready:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                waiting.append((node, True))
                waiting += [(child, False) for child in node._prev]
        for node in order:
            if node._prev:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node._backward()
'''

LOCALS = '''\
import math


class Node:
    """Each result keeps its inputs with the local derivatives; a counter keeps the order."""

    count = 0

    def __init__(self, value, inputs=(), locals_=()):
        self.value, self.inputs, self.locals = value, inputs, locals_
        self.grad = None
        Node.count += 1
        self.number = Node.count

    def __repr__(self):
        return f"Node({self.value})"

    def __add__(self, other):
        other = wrap(other)
        return Node(self.value + other.value, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        other = wrap(other)
        return Node(self.value * other.value, (self, other), (other.value, self.value))

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other):
        return self + -1 * wrap(other)

    def __rsub__(self, other):
        return wrap(other) - self

    def __pow__(self, other):
        if isinstance(other, Node):
            return exp(other * log(self))
        return Node(self.value**other, (self,), (other * self.value ** (other - 1),))

    def __neg__(self):
        return 0 - self

    def backward(self):
        found, waiting = {self}, [self]
        while waiting:
            for x in waiting.pop().inputs:
                if x not in found:
                    found.add(x)
                    waiting.append(x)
        grads = {self: 1.0}
        for node in sorted(found, key=lambda node: -node.number):
            for x, local in zip(node.inputs, node.locals):
                grads[x] = grads.get(x, 0.0) + local * grads[node]
        for node, grad in grads.items():
            node.grad = grad + (node.grad or 0.0 if not node.inputs else 0.0)


def wrap(x):
    return x if isinstance(x, Node) else Node(float(x))


def exp(x):
    y = math.exp(x.value)
    return Node(y, (x,), (y,))


def log(x):
    return Node(math.log(x.value), (x,), (1 / x.value,))


def sigmoid(x):
    return (1 + exp(-x)) ** -1


Value = Node
'''

CLASSES = '''\
"""An object for each operation, as in PyTorch; a pass starts from zero, and frees nothing."""
import math


class Function:
    def __init__(self, *inputs):
        self.inputs = inputs


class Add(Function):
    def forward(self):
        return self.inputs[0].data + self.inputs[1].data

    def backward(self, g):
        return g, g


class Mul(Function):
    def forward(self):
        return self.inputs[0].data * self.inputs[1].data

    def backward(self, g):
        return g * self.inputs[1].data, g * self.inputs[0].data


class Sigmoid(Function):
    def forward(self):
        self.out = 1 / (1 + math.exp(-self.inputs[0].data))
        return self.out

    def backward(self, g):
        return (g * self.out * (1 - self.out),)


class Value:
    def __init__(self, data, requires_grad=False, made_by=None):
        self.data, self.requires_grad, self.made_by = data, requires_grad, made_by
        self.grad = None

    @staticmethod
    def apply(kind, *inputs):
        inputs = [x if isinstance(x, Value) else Value(x) for x in inputs]
        function = kind(*inputs)
        return Value(function.forward(), any(x.requires_grad for x in inputs), function)

    def __add__(self, other):
        return Value.apply(Add, self, other)

    def __radd__(self, other):
        return Value.apply(Add, other, self)

    def __mul__(self, other):
        return Value.apply(Mul, self, other)

    def __rmul__(self, other):
        return Value.apply(Mul, other, self)

    def sigmoid(self):
        return Value.apply(Sigmoid, self)

    def backward(self, gradient=1.0):
        order, seen, stack = [], set(), [iter([self])]
        path = []
        while stack:
            node = next(stack[-1], None)
            if node is None:
                stack.pop()
                if path:
                    order.append(path.pop())
            elif id(node) not in seen:
                seen.add(id(node))
                path.append(node)
                stack.append(iter(node.made_by.inputs if node.made_by else ()))
        for node in order:
            node.grad = 0.0
        self.grad = gradient
        for node in reversed(order):
            if node.made_by:
                for x, share in zip(node.made_by.inputs, node.made_by.backward(node.grad)):
                    if x.requires_grad:
                        x.grad += share
'''


def leave_only(text, *names):
    """Return an engine of closures with some of its operations alone.

    The fewer there are, the fewer small graphs can be made of them, all of which the doctor runs.
    """
    head, *methods = re.split("(?m)^(?=    def )", text)
    always = ("init", "build", "backward")
    kept = [m for m in methods if re.match(r"    def _*(\w+?)_*\(", m)[1] in (*always, *names)]
    return head + "".join(kept)


FEW = ("add", "radd", "mul", "rmul", "exp", "tanh", "relu")
BRIEF = leave_only(CLOSURES, *FEW)  # where it isn't about the other operations

STYLES = {"closures": CLOSURES, "locals": LOCALS, "classes": CLASSES}

WALK = CLOSURES[CLOSURES.index("        order, seen, waiting = []") :]
RECURSIVE = """\
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for child in node._prev:
                    visit(child)
                order.append(node)

        visit(self)
        for node in order:
            if node._prev:
                node.grad = 0.0
        self.grad = 1.0
        for node in reversed(order):
            node._backward()
"""
RESET = """\
        for node in order:
            if node._prev:
                node.grad = 0.0
"""
ADD = """\
            self.grad += out.grad
            other.grad += out.grad
"""
MUL = """\
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
"""
PASS_DOWN = """\
        self.grad = 1.0
        waiting = [self]
        while waiting:
            node = waiting.pop(0)
            node._backward()
            waiting += node._prev
"""

NO_LOCAL_OF_EXP = "exp: the local derivative is forgotten"
TANH_BY_ITS_INPUT = "tanh: the input in place of the output"

# name, edits of CLOSURES, the faults that are to be named: a wrong local derivative by its title
BROKEN = [
    ("overwrites everywhere", [("grad += ", "grad = ")], ["overwrite"]),
    ("overwrites in tanh", [("self.grad += (1 - out", "self.grad = (1 - out")], ["overwrite"]),
    ("overwrites the right of a sum", [(ADD, ADD.replace("other.grad +=", "other.grad ="))],
     ["overwrite"]),
    ("overwrites in + and *, and tanh by its input",
     [(ADD, ADD.replace("+=", "=")), (MUL, MUL.replace("+=", "=")),
      ("(1 - out.data**2)", "(1 - self.data**2)")], ["overwrite", TANH_BY_ITS_INPUT]),
    ("walks forward", [("in reversed(order)", "in order")], ["order"]),
    ("walks in preorder", [(WALK, '''\
        order = []

        def visit(node):
            if node not in order:
                order.append(node)
                for child in node._prev:
                    visit(child)

        visit(self)
        self.grad = 1.0
        for node in order:
            node._backward()
            if node is not self:
                continue
''')], ["order", "kept", "recursion"]),
    ("walks in breadth", [(WALK, '''\
        order = [self]
        for node in order:
            node.grad = 0.0 if node._prev else node.grad
            order += [child for child in dict.fromkeys(node._prev) if child not in order]
        self.grad = 1.0
        for node in order:
            node._backward()
''')], ["order"]),
    ("recurses", [(WALK, RECURSIVE)], ["recursion"]),
    ("keeps inner gradients", [(RESET, "")], ["kept"]),
    ("seeds with nothing", [("        self.grad = 1.0\n", "")], ["unseeded"]),
    ("seeds with its number", [("        self.grad = 1.0\n", "        self.grad = self.data\n")],
     ["unseeded"]),
    ("exp's factor", [("self.grad += out.data * out.grad", "self.grad += out.grad")],
     [NO_LOCAL_OF_EXP]),
    ("exp by the power rule",
     [("+= out.data * out.grad", "+= self.data * math.exp(self.data - 1) * out.grad")],
     ["exp: the rule of powers for exp"]),
    ("pow's factor", [("n * self.data ** (n - 1)", "self.data ** (n - 1)")],
     ["a ** b: the factor of the power is forgotten"]),
    ("pow's exponent", [("n * self.data ** (n - 1)", "n * self.data ** n")],
     ["a ** b: the exponent isn't lowered"]),
    ("division's sign", [("+= -self.data / other", "+= self.data / other")],
     ["a / b: the sign is turned"]),
    ("division's square", [("other.data**2 * out", "other.data * out")],
     ["a / b: the square is forgotten"]),
    ("right operand forgotten", [(MUL, MUL.splitlines(keepends=True)[0])], ["right_forgotten"]),
    ("right operand not remembered",
     [('self.data * other.data, (self, other)', 'self.data * other.data, (self,)')],
     ["right_forgotten"]),
    ("relu by >=", [("(self.data > 0)", "(out.data >= 0)")],
     ["relu: the local derivative is forgotten"]),
    ("relu at 0", [("(self.data > 0)", "(self.data >= 0)")], ["relu_at_zero"]),
    ("no reflected operators", [("def __rmul__", "def r1"), ("def __radd__", "def r2")],
     ["not_reflected"]),
    ("reflected the wrong way", [("return Value(other) - self", "return self - other")],
     ["reflected_swapped"]),
    ("takes nodes out while it walks", [("        for node in reversed(order):\n", '''\
        order.reverse()
        for node in order:
            order.remove(node)
''')], ["mutated"]),
    ("changes a set while it walks", [("        for node in reversed(order):\n", '''\
        for node in seen:
            seen.remove(node)
        for node in reversed(order):
''')], ["mutated"]),
    ("takes the graph apart", [("            node._backward()\n", '''\
            node._backward()
            node._prev = ()
''')], ["mutated"]),
    ("changes data", [("            node._backward()\n", '''\
            node._backward()
            node.data = round(node.data)
''')], ["mutated"]),
    ("visits twice, and is right", [(WALK, '''\
        order, seen = [], set()

        def visit(node):
            for child in node._prev:
                visit(child)
            if node not in seen:
                seen.add(node)
                order.append(node)
                if node._prev:
                    node.grad = 0.0

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()
''')], ["doubles", "recursion"]),
    ("visits again in breadth", [(RESET, ""), (WALK.replace(RESET, ""), PASS_DOWN)],
     ["revisits", "kept"]),
    ("factors exchanged", [(MUL, MUL.replace("other.data", "x").replace("self.data", "other.data")
                            .replace("x *", "self.data *"))],
     ["a * b: the derivative by the other input"]),
    ("tanh by its input", [("(1 - out.data**2)", "(1 - self.data**2)")], [TANH_BY_ITS_INPUT]),
    ("the sign of a difference", [("other.grad += -out.grad", "other.grad += out.grad")],
     ["a - b: the sign is turned"]),
    ("upstream forgotten", [("(1 - out.data**2) * out.grad", "(1 - out.data**2)")],
     ["upstream_forgotten"]),
    ("local derivative forgotten", [("(1 - out.data**2) * out.grad", "out.grad")],
     ["tanh: the local derivative is forgotten"]),
    ("wrong value", [("math.tanh(self.data)", "math.tan(self.data)")], ["forward"]),
    ("an unknown factor", [("(1 - out.data**2) * out.grad", "(1 - out.data**3) * out.grad")],
     ["tanh passes back a wrong factor"]),
    ("an error in a closure", [("self.grad += (1 - out.data**2)", "self.grad += (1 - out.dat**2)")],
     ["raises"]),
    ("two at once", [("self.grad += out.data * out.grad", "self.grad += out.grad"),
                     ("            self.grad += (1 - out", "            self.grad = (1 - out")],
     [NO_LOCAL_OF_EXP, "overwrite"]),
    ("two that make up for one another", [
        ("+= -self.data / other", "+= self.data / other"),
        ("other.grad += -out.grad", "other.grad += out.grad"),
    ], ["a / b: the sign is turned", "a - b: the sign is turned"]),
    ("clears gradients in the pass", [("            node._backward()\n", '''\
            node.grad = 0
            node._backward()
''')], ["cleared"]),
    ("clears gradients after the pass", [("            node._backward()\n", '''\
            node._backward()
            node.grad = 0
''')], ["cleared"]),
    ("a default argument that is made once", [(WALK, '''\
        order = []
        self.build(order)
        self.grad = 1.0
        for node in reversed(order):
            node._backward()

    def build(self, order, visited=set()):
        if self not in visited:
            visited.add(self)
            for child in self._prev:
                child.build(order)
            order.append(self)
''')], ["mutated", "recursion"]),
    ("adds in place", [("    def __neg__", '''\
    def __iadd__(self, other):
        self.data += other.data
        return self

    def __neg__''')], ["mutated"]),
    ("seeds with a half", [("        self.grad = 1.0\n", "        self.grad = 0.5\n")],
     ["unseeded"]),
    ("takes equal numbers for one node",
     [("elif node not in seen:", "elif node.data not in seen:"),
      ("seen.add(node)", "seen.add(node.data)")], ["equal_nodes"]),
    ("sorts by number", [("        for node in reversed(order):\n", '''\
        order.sort(key=lambda node: node.data)
        for node in reversed(order):
''')], ["unknown"]),
    ("relu by its value", [("(self.data > 0) * out.grad", "out.data * out.grad")],
     ["relu: the value in place of the derivative"]),
    ("relu asks the gradient", [("(self.data > 0) * out.grad", "(out.grad > 0) * out.grad")],
     ["relu: the gradient is asked for its sign"]),
    ("minus after the power", [("n * self.data ** (n - 1)", "(n * self.data**n - 1)")],
     ["a ** b: 1 is taken from the result, not from the exponent"]),
    ("gradients in 32 bits", [("import math\n", "import math\nimport struct\n"),
                              ("            node._backward()\n", '''\
            node._backward()
            for child in node._prev:
                (child.grad,) = struct.unpack("f", struct.pack("f", child.grad))
''')], ["narrow"]),
    ("calls one closure", [("            node._backward()\n", '''\
            call = node._backward
        call()
''')], ["nothing"]),
    ("forgets to call", [("            node._backward()\n", "            node._backward\n")],
     ["nothing"]),
    ("adds the upstream alone", [(ADD, ADD.replace("out.grad", "1.0"))], ["upstream_forgotten"]),
    ("products by the wrong one", [(MUL, MUL.replace("other.data * out", "self.data * out"))],
     ["a * b: the derivative by the other input"]),
    ("walks from the root alone", [("in reversed(order)", "in [self]")], ["order"]),
    ("three at once", [("grad += ", "grad = "), ("in reversed(order)", "in order"),
                       ("= out.data * out.grad", "= out.grad")],
     [NO_LOCAL_OF_EXP, "order", "overwrite"]),
]  # fmt: skip


def break_engine(edits):
    """Return the engine of closures with some texts replaced, each of which must be there."""
    text = CLOSURES
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    return text


def run_program(text, fault, grad="grad"):
    """Run the program of a fault on an engine by its text: it gives the numbers that are told."""
    names = {}
    exec(text, names)
    exec(fault.program, names)
    for one in fault.gradients:
        theirs = getattr(names[one.name.removeprefix("∂y/∂")], grad)
        assert math.isclose(theirs, one.theirs) != math.isclose(theirs, one.right)


def order_nodes(root, list_inputs):
    """Return all nodes that a root was made of, inputs before their results."""
    order, seen, waiting = [], set(), [(root, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting += [(node, True), *[(x, False) for x in list_inputs(node)]]
    return order
