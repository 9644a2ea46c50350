"""A gradient in words: its paths, formulas in several notations, and what a step does."""
