"""What README and guides say in figures is what comes out: each is computed here, none is written.

A claim is a page, a sentence of it with a place for each figure, and a function that computes them;
those that take a training are in test_stated_trainings.py. Figures of time are measured by
tests/tools/benchmarks, and those of tables that few have by docs/defaults.py.
"""

import csv
import gzip
import inspect
import re
import runpy

import pytest
from claims import Claim, check, name_claim
from places import ROOT, TESTS

from micrograd_nn import MLP, OPERATIONS, Value, page
from micrograd_nn._ground.files import LARGEST_FILE
from micrograd_nn.debugger.adapter.looking import MOST_ROWS
from micrograd_nn.debugger.adapter.timeline import LONGEST_RUN
from micrograd_nn.debugger.adapter.walkthrough import MOST_OPERATIONS, MOST_WRITTEN
from micrograd_nn.draw.picture import MOST_BOXES
from micrograd_nn.explain.finding import SHOWN_PATHS
from micrograd_nn.extras.ask.comparing.difference import MOST_ON_PAGE, MOST_PAIRS
from micrograd_nn.extras.compile.compiler.kinds import LARGEST
from micrograd_nn.extras.compile.compiler.tracing import MOST_NODES as MOST_TRACED
from micrograd_nn.extras.compile.compiler.variants import MOST_CHANGES, MOST_VARIANTS, OFTEN
from micrograd_nn.extras.compile.native.kept import MOST_KEPT
from micrograd_nn.extras.compile.python.functions import PythonStatements
from micrograd_nn.extras.export.in_onnx.nodes import OPSET
from micrograd_nn.extras.foreign.reading import MOST_NODES as MOST_ADOPTED
from micrograd_nn.extras.plot.sampling import INTERVALS
from micrograd_nn.extras.practice.diagnosis.confinement import (
    MOST_MEMORY,
    MOST_STARTED,
    SCRATCH_BYTES,
)
from micrograd_nn.extras.practice.diagnosis.explanation import EXPLAIN_SECONDS
from micrograd_nn.extras.practice.diagnosis.process import ALL_SECONDS, LIMITS
from micrograd_nn.extras.practice.exercises.topics import TOPICS
from micrograd_nn.extras.tables.kinds import limit_categories
from micrograd_nn.extras.tables.options import LINEAR_STEPS, Options
from micrograd_nn.extras.tables.search.results import STANDARD_ERRORS
from micrograd_nn.extras.tables.seen import MOST_HASHES
from micrograd_nn.extras.train.checking import FIRST_CHECKED
from micrograd_nn.extras.train.pages.predictions import FEWEST_PIXELS
from micrograd_nn.extras.train.progress import SHARE
from micrograd_nn.extras.train.snapshots import MOST_SNAPSHOTS
from micrograd_nn.graph import Graph
from micrograd_nn.graph.folding import EVERY_NODE, MOST_SEARCHED
from micrograd_nn.notation.expressions import LONGEST_EXPRESSION
from micrograd_nn.page.views import MOST_COMPUTED, MOST_ONE_BY_ONE

DEMOS = ROOT / "demos"
CHAPTERS = [*(ROOT / "docs" / "learn").glob("[0-9]*.md")]
WORDS = {6: "six", 7: "seven", 8: "eight", 12: "twelve", 16: "sixteen", 50: "fifty"}


def read_rows(name):
    with open(DEMOS / name, encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file)]


def load(name):
    return runpy.run_path(str(DEMOS / f"{name}.py"))


def count_points():
    spirals = load("spirals")
    second = re.search(r"make_points\(([\d_]+), seed=2\)", inspect.getsource(spirals["main"]))
    return len(spirals["make_points"]()), int(second[1])


def count_parameters():
    return (len(MLP(784, [64, 10]).parameters()),)


def count_nodes_of_batch():
    return (len(Graph(draw_batch()).nodes),)


def draw_batch():
    model = MLP(2, [8, 8, 1])
    data = [([i / 50 - 1, 0.5], i % 2) for i in range(100)]
    return sum((model(x) - y) ** 2 for x, y in data)


def describe_defaults():
    chosen = Options().settle(rows=160, weights=10)
    many = Options().settle(rows=3000, weights=10)
    decay = round(many.weight_decay * 3000 / chosen.batch_size)
    (neurons,) = chosen.hidden
    return (
        neurons, chosen.batch_size, chosen.lr, chosen.epochs, chosen.patience,
        chosen.weight_decay, decay, LINEAR_STEPS,
    )  # fmt: skip


def read_performance():
    """Return the ratios of a step in Python to micrograd's, and of one in C to that."""
    text = (ROOT / "docs" / "understand" / "performance.md").read_text(encoding="utf-8")
    ratios = []
    for row in ("moons step, compiled | micrograd", "moons step, native | the compiled Python"):
        line = text[text.index(f"| {row}") :].partition("\n")[0]
        ratios.append(float(line.split("|")[5].strip(" ×").replace(",", "")))
    return ratios


def tell_performance():
    python, c = read_performance()
    assert 1000 <= python < 2000
    assert 60 <= c < 70
    return "a thousandth", "a sixtieth"


def measure_page():
    """Return the kilobytes of a page of 14 nodes, to the tens, and of it compressed."""
    x, w, b = Value(2.0, "x1"), Value(-3.0, "w1"), Value(6.88, "b")
    root = ((w * x + Value(1.0, "w2") * Value(0.0, "x2") + b).tanh() - 1) ** 2
    nodes, text = len(Graph(root).nodes), page(root).text.encode()
    tens = [round(len(content) / 1e4) * 10 for content in (text, gzip.compress(text))]
    return tens[0], nodes, tens[1]


def count_ordinary_functions():
    file = TESTS / "extras" / "compile" / "compiler" / "test_ordinary_functions.py"
    text = file.read_text("utf-8")
    (calls,) = re.findall(r"def draw_calls\(name, count=(\d+)\)", text)
    functions = runpy.run_path(str(file))
    return len(functions["FUNCTIONS"]), calls


def count_faults():
    faults = (TESTS / "extras" / "tables" / "test_faults.py").read_text("utf-8")
    ((few, more, most),) = re.findall(r"count = choose_size\((\d+), (\d+), (\d+)\)", faults)
    fuzz = (TESTS / "extras" / "tables" / "test_fuzz.py").read_text("utf-8")
    ((usual, full),) = re.findall(r"EXAMPLES = choose_size\((\d+), (\d+)\)", fuzz)
    return WORDS[int(few)], usual, WORDS[int(more)], full, WORDS[int(most)]


QUICK = [
    Claim("README.md", "a network on 100 examples, {:,} nodes", count_nodes_of_batch),
    Claim("README.md", "takes {} of micrograd's time in Python, and {} of that", tell_performance),
    Claim("README.md", "On Fisher's {} flowers", lambda: [len(read_rows("iris.csv"))]),
    Claim("docs/do/real-data.md", "{} cars, a fifth of", lambda: [len(read_rows("cars.csv"))]),
    Claim(
        "docs/do/real-data.md",
        "a gallon of petrol, from {} columns",
        lambda: [WORDS[len(read_rows("cars.csv")[0]) - 1]],
    ),
    Claim("docs/do/real-data.md", "{} points on two spirals, and {:,} others", count_points),
    Claim("docs/do/real-data.md", "Such a network has {:,} weights and biases", count_parameters),
    Claim("docs/do/real-data.md", "the {} pictures of", lambda: [len(read_rows("digits.csv"))]),
    Claim(
        "docs/do/your-own-table.md",
        "more different texts than half of the rows, or than {}",
        lambda: [limit_categories(10_000)],
    ),
    Claim("docs/do/your-own-table.md", "A file may have {} MB", lambda: [LARGEST_FILE // 10**6]),
    Claim("docs/do/your-own-table.md", "or for {:,} of them", lambda: [MOST_HASHES]),
    Claim(
        "docs/do/your-own-table.md",
        "one hidden layer of {} neurons with ReLU. AdamW takes a step after every {} rows, with a "
        "learning rate that falls from {} to 0, for {} epochs, or until {} epochs have brought "
        "nothing better. The weight decay is {}, or {} / (steps in an epoch) if that is less, and "
        "0 without hidden layers. Without hidden layers, and without `--epochs`, there are as many "
        "epochs as make {:,} steps",
        describe_defaults,
    ),
    Claim("docs/do/drawing.md", "In a graph of more than {} nodes", lambda: [EVERY_NODE]),
    Claim("docs/do/drawing.md", "more than `limit={}` boxes", lambda: [MOST_BOXES]),
    Claim("docs/do/drawing.md", "A graph of more than {:,} nodes isn't", lambda: [MOST_SEARCHED]),
    Claim("docs/do/drawing.md", "If there are more than {} paths", lambda: [SHOWN_PATHS]),
    Claim("docs/do/page.md", "A graph of more than {:,} nodes", lambda: [MOST_ONE_BY_ONE]),
    Claim("docs/do/page.md", "keeps {} epochs at most", lambda: [MOST_SNAPSHOTS]),
    Claim(
        "docs/do/page.md",
        "about {} kB for a graph of {} nodes ({} kB compressed)",
        measure_page,
    ),
    Claim("docs/do/page.md", "at least {0} × {0}, none", lambda: [FEWEST_PIXELS]),
    Claim(
        "docs/do/notebooks.md",
        "Drawing takes at most {} of the time",
        lambda: [{0.01: "a hundredth"}[SHARE]],
    ),
    Claim(
        "docs/do/parallel.md",
        "more than {} standard errors with three seeds, {} with five",
        lambda: [STANDARD_ERRORS[3 - 2], STANDARD_ERRORS[5 - 2]],
    ),
    Claim(
        "docs/do/plots.md",
        "from {} points, and more where it bends or jumps. A peak that is narrower than 1/{} of",
        lambda: [INTERVALS + 1, INTERVALS],
    ),
    Claim("docs/do/to-onnx.md", "{} at most, of 2023", lambda: [OPSET]),
    Claim("docs/do/notebooks.md", "a graph of more than {:,} nodes", lambda: [MOST_COMPUTED]),
    Claim("docs/do/scikit-learn.md", "up to {} snapshots of its", lambda: [MOST_SNAPSHOTS]),
    Claim("docs/do/any-graph.md", "A graph may have {:,} nodes", lambda: [MOST_ADOPTED]),
    Claim("docs/do/step-back.md", "of more than {} operations", lambda: [MOST_OPERATIONS]),
    Claim("docs/do/step-back.md", "Of more than {}, those of the latest", lambda: [MOST_ROWS]),
    Claim("docs/do/step-back.md", "takes longer than {:g} seconds", lambda: [LONGEST_RUN]),
    Claim("docs/do/step-back.md", "has {:,} characters at", lambda: [LONGEST_EXPRESSION]),
    Claim("docs/do/step-back.md", "A graph of more than {:,} steps", lambda: [MOST_WRITTEN]),
    Claim(
        "docs/do/what-changed.md",
        "{} rows are printed, the first {:,} are on the page, and the picture has the {} boxes",
        lambda: [MOST_PAIRS, MOST_ON_PAGE, MOST_BOXES],
    ),
    Claim("docs/do/sheets.md", "There are {} topics", lambda: [WORDS[len(TOPICS)]]),
    Claim(
        "docs/do/engine-doctor.md",
        "engine for at most {:g} seconds, and looks for {:g} more",
        lambda: [ALL_SECONDS, EXPLAIN_SECONDS],
    ),
    Claim("docs/do/engine-doctor.md", "folder in memory, of {} MB", lambda: [SCRATCH_BYTES >> 20]),
    Claim(
        "docs/do/engine-doctor.md",
        "more than {} processes and threads, when these take more than {} GB together",
        lambda: [MOST_STARTED, MOST_MEMORY >> 30],
    ),
    Claim(
        "docs/do/engine-doctor.md",
        "Each process may use {} GB, and write files of {} MB",
        lambda: [LIMITS["AS"] >> 30, LIMITS["FSIZE"] >> 20],
    ),
    Claim("docs/understand/compile.md", "up to {} of them, and from", lambda: [MOST_VARIANTS]),
    Claim(
        "docs/understand/compile.md", "happens more than {} times", lambda: [WORDS[MOST_CHANGES]]
    ),
    Claim("docs/understand/compile.md", "at every {:,}th", lambda: [OFTEN]),
    Claim(
        "docs/understand/compile.md",
        "A trace has a bound**, {:,} operations and comparisons",
        lambda: [MOST_TRACED],
    ),
    Claim(
        "docs/understand/compile.md", "up to `2**{}`", lambda: [LARGEST.hex().partition("p+")[2]]
    ),
    Claim("docs/understand/compile.md", "for up to {} examples before", lambda: [FIRST_CHECKED]),
    Claim(
        "docs/understand/from-python-to-c.md",
        "In Python, a loop that takes {:,} numbers",
        lambda: [PythonStatements.most_written],
    ),
    Claim("docs/understand/from-python-to-c.md", "holds {} programs", lambda: [MOST_KEPT]),
    Claim(
        "docs/understand/trust.md",
        "| {} ordinary functions (sorting, parsing, pivoting, errors caught, lists changed in "
        "place), compiled | never another number, on {} inputs each |",
        count_ordinary_functions,
    ),
    Claim(
        "docs/understand/trust.md",
        "There are {} kills and {} files of each kind, {} and {} in continuous integration, and {} "
        "kills each night",
        count_faults,
    ),
    Claim("docs/understand/changelog.md", "one table of {} operations", lambda: [len(OPERATIONS)]),
    Claim("docs/understand/changelog.md", "{} chapters from one", lambda: [WORDS[len(CHAPTERS)]]),
    Claim("docs/index.md", "{} chapters, from one", lambda: [WORDS[len(CHAPTERS)].capitalize()]),
    Claim("docs/understand/changelog.md", "asks in {} topics", lambda: [WORDS[len(TOPICS)]]),
]


@pytest.mark.parametrize("claim", QUICK, ids=name_claim)
def test_a_page_says_what_is_so(claim):
    check(claim, claim.compute())


def test_a_wrong_figure_is_told_with_the_right_one():
    wrong = Claim("README.md", "On Fisher's {} flowers", None)
    with pytest.raises(
        pytest.fail.Exception, match=r"says “On Fisher's 150 flowers”, .* is “.* 151"
    ):
        check(wrong, [151])
