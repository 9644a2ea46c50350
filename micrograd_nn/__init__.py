"""micrograd_nn: a scalar autograd engine to step through, draw, trust and train with.

>>> from micrograd_nn import Value
>>> x = Value(2.0)
>>> y = x**3 + x.exp()
>>> y.backward()
>>> round(x.grad, 4)  # 3x² + exp(x)
19.3891

Networks are in ``micrograd_nn.nn``, losses in ``losses``, optimizers in ``optim``, the training
loop in ``train``, pictures in ``draw``; ``compile`` makes a graph or a function fast. A star
import leaves out what would hide Python's own abs, compile, max, min, pow and sum; but for
compile, those work on Values too.
"""

from typing import TYPE_CHECKING, Any

from .engine.operation import Operation, Reduction
from .engine.recording import no_grad
from .engine.steps import Step, steps
from .engine.table import (
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
from .engine.table import abs as abs
from .engine.table import max as max
from .engine.table import min as min
from .engine.table import pow as pow
from .engine.table import sum as sum
from .engine.value import Constant, Value, nodes

if TYPE_CHECKING:
    from .compiler.functions import compile as compile

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


def __getattr__(name: str) -> Any:
    """Return ``compile``, whose module is loaded when first wanted."""
    if name != "compile":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .compiler.functions import compile

    return compile
