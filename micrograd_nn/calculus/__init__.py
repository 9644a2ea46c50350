"""Derivatives of functions, of any order and nested at will: grad, jacobian, hessian, jvp, vjp."""

from .derivatives import (
    derivative,
    grad,
    gradients,
    hessian,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)

__all__ = [
    "derivative",
    "grad",
    "gradients",
    "hessian",
    "jacobian",
    "jvp",
    "value_and_grad",
    "vjp",
]
