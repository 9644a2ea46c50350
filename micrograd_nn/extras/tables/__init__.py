"""A person's table: read, encoded as numbers, trained on and predicted, with models in files."""

from .reading import parse_table, read_table
from .spelling import Spelling
from .trained import TrainedTable, train_table

__all__ = ["Spelling", "TrainedTable", "parse_table", "read_table", "train_table"]
