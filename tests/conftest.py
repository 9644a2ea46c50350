"""What all tests share: the fixtures ``browser`` and ``visit``."""

pytest_plugins = ["browser"]
