"""A rule or a formula as text, one file a language."""
