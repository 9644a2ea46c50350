"""A computation graph as a tree of text, whose repeats are folded where it is large."""

from .tree import Tree, TreeRow, describe_numbers, tree, walk_rows

__all__ = ["Tree", "TreeRow", "describe_numbers", "tree", "walk_rows"]
