"""micrograd_nn: a scalar autograd engine to step through, draw, trust and train with.

>>> from micrograd_nn import Value
>>> x = Value(2.0)
>>> y = x**3 + x.exp()
>>> y.backward()
>>> round(x.grad, 4)  # 3x² + exp(x)
19.3891

Networks are in ``micrograd_nn.nn``, losses in ``losses``, optimizers in ``optim``, the training
loop in ``train``, pictures in ``draw``. A star import leaves out the five operations that would
hide Python's own abs, max, min, pow and sum, which work on Values too.
"""

from .backprop import Step, steps
from .operation import Operation, Reduction
from .operations import (
    OPERATIONS,
    acos,
    add,
    asin,
    atan,
    atan2,
    cos,
    cosh,
    dot,
    elu,
    equal,
    erf,
    erfc,
    exp,
    expm1,
    gelu,
    hypot,
    leaky_relu,
    log,
    log1p,
    log_softmax,
    logsumexp,
    mean,
    mul,
    neg,
    prod,
    relu,
    sigmoid,
    sign,
    silu,
    sin,
    sinh,
    softmax,
    softplus,
    sqrt,
    step,
    sub,
    tan,
    tanh,
    truediv,
)
from .operations import abs as abs
from .operations import max as max
from .operations import min as min
from .operations import pow as pow
from .operations import sum as sum
from .recording import no_grad
from .value import Constant, Value, nodes

__version__ = "0.1.0"

__all__ = [
    "OPERATIONS",
    "Constant",
    "Operation",
    "Reduction",
    "Step",
    "Value",
    "acos",
    "add",
    "asin",
    "atan",
    "atan2",
    "cos",
    "cosh",
    "dot",
    "elu",
    "equal",
    "erf",
    "erfc",
    "exp",
    "expm1",
    "gelu",
    "hypot",
    "leaky_relu",
    "log",
    "log1p",
    "log_softmax",
    "logsumexp",
    "mean",
    "mul",
    "neg",
    "no_grad",
    "nodes",
    "prod",
    "relu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "step",
    "steps",
    "sub",
    "tan",
    "tanh",
    "truediv",
]
