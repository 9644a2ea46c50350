"""The engine; in a reader's order: operation, table, operators, node, value, backprop."""
