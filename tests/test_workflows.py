"""What a public forge runs: the tests on each Python of setup.cfg, and the site's own build."""

import configparser
import re

from places import ROOT

WORKFLOWS = ROOT / ".github" / "workflows"
SETTINGS = configparser.RawConfigParser()
SETTINGS.read(ROOT / "setup.cfg", encoding="utf-8")


def test_the_tests_run_on_each_python_that_setup_names():
    named = re.findall(r":: (3\.\d+)$", SETTINGS["metadata"]["classifiers"], re.MULTILINE)
    text = (WORKFLOWS / "tests.yml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"python: \[(.*)\]", text)
    assert re.findall(r"3\.\d+", listed) == named


def test_what_runs_there_is_there():
    for path in WORKFLOWS.iterdir():
        run = re.findall(r"run: (.*)", path.read_text(encoding="utf-8"))
        assert run
        for file in re.findall(r"python (\S+\.py)", "\n".join(run)):
            assert (ROOT / file).is_file(), (path.name, file)
        for extra in re.findall(r"'\.\[(\w+)\]'", "\n".join(run)):
            assert extra in SETTINGS["options.extras_require"]
