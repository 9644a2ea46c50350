"""A pdb that steps into each ``backward()`` of a script, and prints where it stops, as JSON.

    python driver.py SCRIPT COMMAND LINE...

COMMAND is what is asked for at each stop on the way back, and each LINE is one to step into.
"""

import json
import os
import pdb
import sys


class Driver(pdb.Pdb):
    """What asks for that."""

    came_back = False

    def interaction(self, frame, *rest):
        is_back = "upstream" in frame.f_locals
        if is_back or self.came_back:
            self.tell(frame)
        is_there = frame.f_code.co_filename == script and str(frame.f_lineno) in lines
        if not is_back and not is_there:
            self.set_continue()
        elif is_back and command != "step":
            getattr(self, f"set_{command}")(*[frame] * (command != "continue"))
        else:
            self.set_step()
        self.came_back = is_back

    def tell(self, frame):
        from micrograd_nn.debugger.pane import show_line  # not before there is a debugger

        code, names = frame.f_code, frame.f_locals
        shown = {x: show_line(y) for x, y in names.items() if hasattr(y, "backward")}
        place = os.path.basename(code.co_filename), frame.f_lineno, code.co_name
        print(json.dumps([*place, shown if "upstream" in names else None]))


if __name__ == "__main__":
    _, script, command, *lines = sys.argv
    driver = Driver(nosigint=True, readrc=False)
    for line in lines:
        driver.set_break(script, int(line))
    with open(script, encoding="utf-8") as file:
        code = compile(file.read(), script, "exec")
    sys.path.insert(0, os.path.dirname(script))
    driver.run(code, {**globals(), "__name__": "__main__", "__file__": script})
