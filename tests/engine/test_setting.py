"""Settings that aren't ordinary hold where they were made, in whatever thread, task or context."""

import asyncio
import gc
from contextvars import copy_context

import pytest

from micrograd_nn import Constant, Value, no_grad
from micrograd_nn import sum as total
from micrograd_nn.engine.setting import special_settings


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

    assert [type(y) for y in asyncio.run(begin())] == [Constant, Constant]
    assert type(x * x) is Value


def test_a_setting_that_cannot_be_restored_is_special_no_longer_than_it_lives():
    def rows():
        with no_grad():
            yield 1

    generator = rows()
    copy_context().run(next, generator)
    with pytest.raises(ValueError, match="different Context"):
        generator.close()
    del generator
    gc.collect()
    assert not special_settings
