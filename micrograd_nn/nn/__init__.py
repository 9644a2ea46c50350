"""Neurons, layers and networks of them, made of Values; weights as NumPy's old seeds give them."""

from .module import Module, load_state, state
from .networks import MLP, Embedding, Layer, Neuron
from .seeding import numpy_random, numpy_weights

__all__ = [
    "MLP",
    "Embedding",
    "Layer",
    "Module",
    "Neuron",
    "load_state",
    "numpy_random",
    "numpy_weights",
    "state",
]
