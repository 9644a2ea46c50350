"""What the command ``diagnose`` does: one engine or a class's, told, saved as a page or graded."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from .._ground.colors import WRONG
from .._ground.files import check_output
from .._ground.ruled import print_lines
from .._ground.text import InputError, count_things, show_line, show_path
from ..page.frame import check_name
from ..practice.diagnosis import diagnose
from ..practice.diagnosis.confinement import describe, find_obstacle
from ..practice.diagnosis.diagnosis import Diagnosis, write_json
from ..practice.diagnosis.expectations import Expectations
from ..practice.diagnosis.faults import WIDEST
from ..practice.diagnosis.report import build_report
from ..practice.diagnosis.subject import split_name


def run_diagnose(
    console: Console,
    engines: Sequence[str],
    name: str = "Value",
    expect: Sequence[str] = (),
    output: str | None = None,
    as_json: bool = False,
) -> int:
    """Diagnose engines and return the highest status: 0 right, 1 with faults, 2 can't be run."""
    if not name.isidentifier():
        raise InputError(f"--name {show_line(name)}: a class's name is a word, such as Value")
    if output is not None:
        check_name(output)
        check_output(output, *[split_name(engine, name)[0] for engine in engines])
    if len(engines) == 1 and not as_json:
        examined = [diagnose(":".join(split_name(engines[0], name)), expect)]
    else:
        Expectations(expect)  # which no file is to blame for
        if not as_json:
            print_lines(console, Text(describe(not find_obstacle(), len(engines))))
        examined = [examine(engine, name, expect, console, as_json) for engine in engines]
    status = max(one.status for one in examined)
    if as_json:
        if sys.stdout is None:
            raise InputError("there is no standard output to write JSON to")
        sys.stdout.write(f"{write_json(examined)}\n")
    elif len(examined) == 1:
        width = min(console.width, WIDEST) if console.is_terminal else WIDEST
        print_lines(console, color_faults(examined[0].tell(width)))
    else:
        print_lines(console, Text(describe_class(examined)))
    if output is not None:
        build_report(examined).save(output)
        if not as_json:
            console.out(f"\nReport: {show_path(output)}. Open it in a browser.", highlight=False)
    return status


def color_faults(report: str) -> Text:
    r"""Return a report whose faults' titles stand out, as what is wrong does everywhere."""
    text = Text(report)
    text.highlight_regex(r"(?m)^\d+\. .*$", f"bold {WRONG}")
    return text


def examine(
    engine: str, name: str, expect: Sequence[str], console: Console, as_json: bool
) -> Diagnosis:
    """Return what is wrong with an engine, or why it can't be run: others follow."""
    path, name = split_name(engine, name)
    if not as_json:
        console.out(f"{show_path(path)} …", highlight=False)
    try:
        return diagnose(f"{path}:{name}", expect)
    except InputError as error:
        why = str(error)
        for told in (f"{show_path(path)}:{name} can't be diagnosed: ", f"{show_path(path)}: "):
            why = why.removeprefix(told)
        return Diagnosis(f"{show_path(path)}:{name}", why=why, confined=not find_obstacle())
    except Exception as error:  # whatever a file brings about, it is that file's alone
        why = f"the doctor stopped by {show_line(f'{type(error).__name__}: {error}')}"
        return Diagnosis(f"{show_path(path)}:{name}", why=why, confined=not find_obstacle())


def describe_class(examined: Sequence[Diagnosis]) -> str:
    """Return engines as lines, each with its faults."""
    lines = []
    for one in examined:
        lines.append(f"{one.name}: {one.verdict}")
        lines += [f"    {told}" for told in [one.why or one.given_up] if told]
        lines += [f"    {fault.title}" for fault in one.faults]
    right = sum(one.status == 0 for one in examined)
    told = f"{right} of {count_things(len(examined), 'engine')} without a fault"
    return "\n".join([*lines, "", told])
