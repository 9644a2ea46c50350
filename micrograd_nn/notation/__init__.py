"""How rules and expressions are written: for people, in Python, in JavaScript for pages."""
