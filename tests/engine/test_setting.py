"""Settings that aren't ordinary hold where they were made, in whatever thread, task or context."""

import asyncio
import gc
from contextvars import copy_context

import pytest
from loops import run_coroutine

from micrograd_nn import Constant, Value, no_grad
from micrograd_nn import sum as total
from micrograd_nn.engine.setting import Observer, graphs, observed_by, special_settings
from micrograd_nn.mistakes import anomaly_detection, provenance


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
    block = no_grad()
    block.__enter__()
    copy_context().run(block.__exit__, None, None, None)
    assert type(x * x) is Value
    gc.collect()
    assert not special_settings


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


def test_of_two_observers_the_first_may_leave_first():
    class Counting(Observer):
        def __init__(self):
            self.count = 0

        def made(self, node):
            self.count += 1

    one, two = Counting(), Counting()
    first, second = observed_by(one), observed_by(two)
    first.__enter__()
    second.__enter__()
    Value(1.0)
    first.__exit__()
    Value(1.0)
    second.__exit__()
    Value(1.0)
    assert (one.count, two.count) == (1, 2)


def test_one_block_can_be_used_again_but_not_within_itself():
    x = Value(3.0)
    block = no_grad()
    for _ in range(2):
        with block:
            assert type(x * x) is Constant
    with (
        block,
        pytest.raises(RuntimeError, match=r"has a block already: write with no_grad\(\) anew"),
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
