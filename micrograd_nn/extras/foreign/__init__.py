"""Graphs that others recorded, read as our own: somebody's ``Value``, PyTorch's, JAX's.

Nothing here imports another library: what is given has it loaded already.
"""
