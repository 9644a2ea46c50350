"""A computation graph as a tree of text, whose repeats are folded where it is large."""

from .rows import TreeRow, walk_rows
from .tree import Tree, describe_numbers, tree

__all__ = ["Tree", "TreeRow", "describe_numbers", "tree", "walk_rows"]
