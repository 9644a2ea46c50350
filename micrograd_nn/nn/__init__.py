"""Neurons, layers and networks of them, made of Values; weights as NumPy's old seeds give them."""

from .networks import MLP, Embedding, Layer, Module, Neuron
from .seeding import numpy_random, numpy_weights

__all__ = [
    "MLP",
    "Embedding",
    "Layer",
    "Module",
    "Neuron",
    "numpy_random",
    "numpy_weights",
]
