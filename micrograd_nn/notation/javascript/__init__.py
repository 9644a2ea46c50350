"""How a page computes: the rows of the table in JavaScript."""
