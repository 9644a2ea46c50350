"""What all tests share: the fixtures ``browser``, ``visit``, ``node`` and ``javascript``.

A run tells first what it will leave out, and why.
"""

import os

from hypothesis import settings

pytest_plugins = ["lacking", "browser", "nodejs", "native"]

# A machine that has more to do than these tests makes none of them wrong.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")

# Programs run in Python unless a test is about those in C: no compiler starts behind a test's back.
os.environ["MICROGRAD_NN_NATIVE"] = "0"
