"""Models as layers and as source files of PyTorch, and layers of PyTorch as models."""
