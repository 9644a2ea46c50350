"""Columns of NumPy, PyTorch, JAX or Dask: the notation, the rules once more, and functions."""
