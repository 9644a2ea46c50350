"""Models as layers of PyTorch, and layers of PyTorch as models."""
