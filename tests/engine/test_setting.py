"""Settings that aren't ordinary hold where they were made, in whatever thread, task or context."""

import asyncio
import gc
from contextlib import ExitStack, asynccontextmanager, contextmanager
from contextvars import Context, copy_context
from functools import partial

import pytest
from loops import run_coroutine

from micrograd_nn import Constant, Value, no_grad
from micrograd_nn import sum as total
from micrograd_nn.checks.mistakes import anomaly_detection, provenance
from micrograd_nn.engine.setting import Observer, graphs, observed_by, special_settings


def test_a_setting_is_special_as_long_as_it_lives():
    gc.collect()  # an exception may keep the frames that it came through
    assert not special_settings
    with no_grad():
        assert len(special_settings) == 1
    assert not special_settings


def test_a_context_copied_within_no_grad_records_nothing_afterwards_either():
    x = Value(3.0)
    with no_grad():
        context = copy_context()
    for make in (lambda: x * x, lambda: x * 2, lambda: -x, lambda: total([x, x, x])):
        assert type(context.run(make)) is Constant
        assert type(make()) is Value


def test_a_task_begun_within_no_grad_records_nothing():
    x = Value(3.0)

    async def compute():
        await asyncio.sleep(0)
        return x * x, total([x, x, x])

    async def begin():
        with no_grad():
            task = asyncio.create_task(compute())
        return await task

    assert [type(y) for y in run_coroutine(begin())] == [Constant, Constant]
    assert type(x * x) is Value


def test_a_block_that_another_context_ends_holds_nowhere_any_more():
    x = Value(3.0)
    for make in (Context, copy_context):
        block = no_grad()
        block.__enter__()
        make().run(block.__exit__, None, None, None)
        assert type(x * x) is Value


def test_blocks_that_end_in_any_order_leave_what_the_others_have_set():
    x = Value(3.0)
    first, second, third = no_grad(), graphs(), no_grad()
    kinds = []
    for step in (first.__enter__, second.__enter__, third.__enter__):
        step()
        kinds.append(type(x * x))
    for block in (second, first, third):
        block.__exit__(None, None, None)
        kinds.append(type(x * x))
    assert kinds == [Constant, Value, Constant, Constant, Constant, Value]
    assert not special_settings


def test_observers_join_those_that_are_there_and_leave_before_them():
    class Counting(Observer):
        count = 0

        def made(self, node):
            self.count += 1

    one, two = Counting(), Counting()
    with observed_by(one):
        with observed_by(two):
            Value(1.0)
        Value(1.0)
    Value(1.0)
    assert (one.count, two.count) == (2, 1)


def test_one_block_can_be_used_again_but_not_within_itself():
    x = Value(3.0)
    block = no_grad()
    for _ in range(2):
        with block:
            assert type(x * x) is Constant
    with (
        block,
        pytest.raises(RuntimeError, match=r"has a block already: write another with no_grad\(\)"),
    ):
        block.__enter__()
    assert type(x * x) is Value


@pytest.mark.parametrize("kind", [no_grad, graphs, observed_by, provenance, anomaly_detection])
def test_forgotten_parentheses_are_named(kind):
    name = kind.__name__
    told = rf"^{name} lacks its parentheses: write with {name}\(\):$"
    with pytest.raises(TypeError, match=told), kind:
        pass
    with pytest.raises(TypeError, match=rf"^{name} lacks its parentheses: write @{name}\(\)$"):

        @kind
        def function():
            pass


# Generators wait in the middle of a block, and their caller would run within it


def compute_in_block():
    with no_grad():
        yield Value(3.0) * 2


async def compute_in_async_block():
    with no_grad():
        yield Value(3.0) * 2


def compute_in_stack():
    with ExitStack() as stack:
        stack.enter_context(no_grad())
        yield Value(3.0) * 2


def compute_in_own_block():
    with evaluating():
        yield Value(3.0) * 2


def compute_in_own_stack():
    with ExitStack() as stack:
        stack.enter_context(evaluating())
        yield Value(3.0) * 2


async def get_first(generator):
    return await anext(generator)


@pytest.mark.parametrize(
    "start",
    [
        lambda: next(compute_in_block()),
        lambda: next(compute_in_stack()),
        lambda: next(compute_in_own_block()),
        lambda: next(compute_in_own_stack()),
        lambda: run_coroutine(get_first(compute_in_async_block())),
        lambda: next(type(no_grad().__enter__()) for _ in range(1)),
    ],
)
def test_a_block_in_a_generator_is_refused_with_the_remedy(start):
    told = r"with no_grad\(\) in the generator .* might hold for what runs while it waits: put"
    with pytest.raises(RuntimeError, match=told):
        start()
    assert type(Value(3.0) * 2) is Value


@pytest.mark.parametrize("generator", [compute_in_block, compute_in_async_block])
def test_a_generator_cannot_be_decorated(generator):
    with pytest.raises(TypeError, match=rf"@no_grad\(\) would .* {generator.__name__}\(\) waits"):
        no_grad()(generator)


@contextmanager
def evaluating():
    with no_grad():
        yield


@contextmanager
def evaluating_by_a_stack():
    with ExitStack() as stack:
        stack.enter_context(no_grad())
        yield


@pytest.mark.parametrize("block", [evaluating, evaluating_by_a_stack])
def test_a_context_manager_of_ones_own_holds_for_its_block(block):
    x = Value(3.0)
    with block():
        assert type(x * x) is Constant
    with ExitStack() as stack:
        stack.enter_context(block())
        assert type(x * x) is Constant
    assert type(x * x) is Value
    assert type(block()(lambda: x * x)()) is Constant


def test_an_async_context_manager_holds_for_its_block():
    @asynccontextmanager
    async def evaluating():
        with no_grad():
            yield

    async def compute(x):
        async with evaluating():
            inside = x * x
        return type(inside), type(x * x)

    assert run_coroutine(compute(Value(3.0))) == (Constant, Value)


@pytest.fixture
def recording_is_off():
    with no_grad():
        yield


def test_a_fixture_holds_for_its_test(recording_is_off):
    assert type(Value(3.0) * 2) is Constant


def test_a_decorated_function_computes_within_the_block():
    @no_grad()
    def compute(depth, x):
        return compute(depth - 1, x) if depth else x * x

    x = Value(3.0)
    assert type(compute(3, x)) is Constant
    assert type(x * x) is Value
    assert compute.__name__ == "compute"


def test_a_coroutine_that_is_decorated_is_refused_and_one_with_a_block_computes():
    async def wait(x):
        with no_grad():
            await asyncio.sleep(0)
            return x * x

    for decorated in (wait, partial(wait, Value(3.0))):
        with pytest.raises(TypeError, match=r"waits: in it, write with no_grad\(\) around"):
            no_grad()(decorated)
    assert type(run_coroutine(wait(Value(3.0)))) is Constant
