"""What all tests share: the fixtures ``browser``, ``visit``, ``node`` and ``javascript``.

A run tells first what it will leave out, and why.
"""

pytest_plugins = ["lacking", "browser", "nodejs"]
