"""A person's table: read, encoded as numbers, trained on and predicted, with models in files."""
