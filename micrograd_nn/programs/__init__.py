"""Compiled graphs: rules on symbols, operations as source text, and the programs made of them."""
