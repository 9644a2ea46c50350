"""The recursions of demos/ visit as often as there are paths, and go wrong as one finds by hand."""

import random
import runpy
import sys

import pytest
from places import ROOT

from demos import engine
from demos.recursion import MOST_VISITS, WAYS, count_visits, race
from micrograd_nn import Value
from micrograd_nn.nn import MLP


def double(times):
    v = x = Value(1.0, "x")
    for _ in range(times):
        v = v + v
    return v, x


def make_random(seed):
    """Return a graph whose computed nodes are used again and again, with whole numbers."""
    rng = random.Random(seed)
    nodes = [Value(float(rng.randint(-2, 2))) for _ in range(2)]
    for _ in range(rng.randint(1, 6)):
        a, b = rng.choice(nodes), rng.choice(nodes[-2:])
        nodes.append(rng.choice([a + b, a * b, a - b]))
    return nodes[-1]


def make_network():
    return MLP(2, [3, 3, 1], rng=random.Random(1))([Value(1.0), Value(2.0)]) ** 2


GRAPHS = {
    "doublings": lambda: double(6)[0],
    "network": make_network,
    **{f"random {seed}": lambda seed=seed: make_random(seed) for seed in range(20)},
}


@pytest.mark.parametrize("name", GRAPHS)
def test_each_node_is_visited_by_each_path_to_it_and_both_right_ways_agree(name):
    found = race(GRAPHS[name]())
    graph = found.graph
    for node, count in found.visits["every path"].items():
        assert count == len(graph.paths(node).largest(count + 1))  # one by one
        assert found.visits["in order"][node] == 1
        assert found.is_right("every path", node)
    assert count_visits(graph) == found.visits["every path"]
    assert count_visits(graph, dict.fromkeys) == found.visits["so far"]
    assert all(node.grad is None for node in graph.nodes)
    graph.root.backward()
    for node, gradient in found.gradients["in order"].items():
        assert node.grad == pytest.approx(gradient)


# By hand, with u = 2x and w = u + 1 at x = 3: what x gets in order, so far, and so far but once.
BY_HAND = {
    "u first": (lambda u, w: u * w, 26, 14 + 26, 14),
    "w first": (lambda u, w: w * u, 26, 26 + 26, 26),
    "u before its square": (lambda u, w: u + u * u, 26, 2 + 26, 2),
    "u after its square": (lambda u, w: u * u + u, 26, 26 + 26, 26),
    "u alone": (lambda u, w: u * u, 24, 24, 24),
    "w alone": (lambda u, w: w * w * 3, 84, 84, 84),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_sums_go_wrong_as_by_hand(name):
    make, right, so_far, once = BY_HAND[name]
    x = Value(3.0)
    u = 2 * x
    found = race(make(u, u + 1))
    assert [found.gradients[way][x] for way in WAYS] == [right, right, so_far, once]
    assert (found.find_slip("so far") is None) == (so_far == right)
    assert (found.find_slip("so far, once") is None) == (once == right)


def test_the_visit_is_told_at_which_a_sum_goes_wrong():
    x = Value(3.0)
    u = 2 * x
    w = u + 1
    f = u * w
    told = str(race(f)).partition("\n\n")[2].splitlines()
    early = ["  visit 1 passes on 7", "    6 from w is to come"]
    assert told == [
        "every path: right",
        "so far: goes wrong at u", *early, "  visit 2 passes on 13, 7 of it again",
        "so far, once: goes wrong at u", *early,
    ]  # fmt: skip


@pytest.mark.parametrize("way", ["so far", "so far, once"])
def test_a_visit_is_told_wherever_a_sum_is_wrong(way):
    """Up to it all is in order: nothing was passed on twice, or while anything was to come."""
    wrong = 0
    for seed in range(300):
        found = race(make_random(seed))
        slip = found.find_slip(way)
        is_right = all(found.is_right(way, node) for node in found.graph.nodes)
        assert (slip is None) == is_right, seed
        if slip is None:
            continue
        wrong += 1
        right, told = found.gradients["in order"], found.told[way]
        before = told[: told.index(slip)]
        if way == "so far":
            assert slip.number > 1
            assert slip.early
            assert not any(visit.early for visit in before)
        else:
            missing = sum(step.share for step in slip.to_come)
            assert slip.passed + missing == right[slip.node] != slip.passed
            assert all(visit.passed == right[visit.node] for visit in before)
    assert 30 < wrong < 270


def test_what_would_take_forever_is_counted_and_what_is_too_deep_is_said():
    v, x = double(30)
    found = race(v)
    assert found.visits["every path"][x] == 2**30
    assert found.count("every path") == 2**31 - 1 > MOST_VISITS
    assert "every path: not run, only counted" in str(found)
    assert "1,073,741,824×" in str(found)
    deep = Value(1.0)
    for _ in range(2_000):
        deep = deep + 1
    told = str(race(deep))
    assert told.count("stopped by Python, at ") == 3
    assert "1,985 more" in told


def test_a_picture_has_the_visits():
    x = Value(3.0)
    u = 2 * x
    f = u * (u + 1)
    source = race(f).draw().source
    assert "u, 2 visits" in source
    assert "f, 1 visit" in source


def test_another_engine_races_too():
    x = engine.Value(3.0)
    u = x * 2
    found = race(u * (u + 1))
    values = {found.names[node]: found.gradients["so far"][node] for node in found.graph.leaves}
    assert values["x"] == 40
    assert "u, 2 visits" in found.draw().source


def test_it_reads_what_commands_read(capsys, monkeypatch, tmp_path):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["recursion.py", *words])
        runpy.run_path(str(ROOT / "demos" / "recursion.py"), run_name="__main__")
        return capsys.readouterr().out

    alone = run("u*(u+1)", "u=3")
    assert "7 (2×)" in alone
    assert "No computed number has two users" in alone
    script = tmp_path / "mine.py"
    lines = "from micrograd_nn import Value", "u = 2 * Value(3.0, 'x')", "f = u * (u + 1)"
    script.write_text("\n".join(lines))
    used_twice = run(f"{script}:f")
    assert "✗ 40 (2×)" in used_twice
    assert "No computed" not in used_twice
    with pytest.raises(SystemExit, match="u has no value"):
        run("u*(u+1)")
