"""Coq: the table of operations as theorems, and the calculus that proves them."""
