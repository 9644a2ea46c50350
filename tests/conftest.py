"""What all tests share: the fixtures ``browser``, ``visit``, ``node`` and ``javascript``.

A run tells first what it will leave out, and why.
"""

from hypothesis import settings

pytest_plugins = ["lacking", "browser", "nodejs"]

# A machine that has more to do than these tests makes none of them wrong.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")
