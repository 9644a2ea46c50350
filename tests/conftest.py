"""What all tests share: the fixtures ``browser``, ``visit``, ``node`` and ``javascript``."""

pytest_plugins = ["browser", "nodejs"]
