"""A block in a generator holds for what the generator runs, not for who goes on meanwhile."""

import asyncio
import gc
import sys
import threading
from contextlib import ExitStack, asynccontextmanager, contextmanager
from contextvars import copy_context

import pytest
from loops import run_coroutine

from micrograd_nn import Value, no_grad
from micrograd_nn import sum as total
from micrograd_nn.calculus import grad
from micrograd_nn.engine.setting import graphs, setting, special_settings
from micrograd_nn.mistakes import provenance

pytestmark = pytest.mark.slow

X = Value(3.0)
OPERATIONS = [lambda: X * X, lambda: X * 2, lambda: -X, lambda: total([X, X, X])]


def is_recording():
    (kind,) = {type(make()) for make in OPERATIONS}
    return kind is Value


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    yield
    gc.collect()  # an exception may keep the frames that it came through
    assert is_recording()
    assert not special_settings


def rows(count=3):
    """Yield, from within no_grad, whether operations are recorded."""
    with no_grad():
        for _ in range(count):
            yield is_recording()


# The caller goes on as before


def test_a_suspended_generator_does_not_stop_its_caller_recording():
    for recorded_within in rows():
        assert not recorded_within
        assert is_recording()


@pytest.mark.parametrize(("one", "two"), [(2, 2), (2, 3), (3, 2)])
def test_two_generators_side_by_side_leave_recording_on(one, two):
    assert list(zip(rows(one), rows(two), strict=False)) == [(False, False)] * 2
    gc.collect()
    assert is_recording()


def test_generators_that_end_in_any_order_restore_nothing_of_one_another():
    one, two, three = rows(), rows(), rows()
    for generator in (one, two, three):
        assert not next(generator)
    for generator in (two, one):
        generator.close()
        assert is_recording()
    assert not next(three)
    assert is_recording()
    three.close()


def test_a_generator_within_a_block_leaves_that_block_as_it_is():
    generator = rows()
    with no_grad():
        next(generator)
        assert not is_recording()
    assert is_recording()
    assert not next(generator)
    with no_grad():
        generator.close()
        assert not is_recording()


def test_what_a_generator_calls_is_within_its_block_however_deep():
    def call(depth):
        return call(depth - 1) if depth else is_recording()

    def deep():
        with no_grad():
            yield call(50)
            yield from (call(3) for _ in range(2))
            yield from map(call, [1])

    for recorded_within in deep():
        assert not recorded_within
        assert is_recording()


def test_a_block_that_ends_before_the_next_item_holds_until_there():
    def validate():
        for _ in range(2):
            with no_grad():
                within = is_recording()
            yield within, is_recording()

    assert list(validate()) == [(False, True)] * 2


def test_the_innermost_block_wins_whichever_began_first():
    def switching():
        with no_grad():
            yield is_recording()
            with graphs():
                yield is_recording()
            yield is_recording()

    generator = switching()
    assert not next(generator)
    with graphs():  # begun later than the generator's, but around it
        assert next(generator)
        assert not next(generator)
        assert is_recording()
    generator = switching()
    assert not next(generator)
    with no_grad():
        assert next(generator)
        assert not is_recording()
    generator.close()


def test_a_derivative_is_right_within_a_generators_block():
    def slopes():
        with no_grad():
            for x in (1.0, 2.0):
                yield grad(lambda x: x * x)(x)

    assert list(slopes()) == [2.0, 4.0]


def test_a_generator_within_a_generator_waits_with_it():
    def outer():
        with graphs():
            for recorded_within in rows():
                yield recorded_within, is_recording()

    with no_grad():
        assert list(outer()) == [(False, True)] * 3
    assert list(outer()) == [(False, True)] * 3


def test_observers_are_told_of_nothing_while_their_generator_waits():
    def values():
        with provenance():
            yield Value(1.0)
            yield Value(2.0)

    for value in values():
        assert value.origin.function == "values"
        assert Value(3.0).origin is None


def test_the_same_blocks_are_one_setting():
    """So that who looks on can tell whether a block began or ended since."""

    def settings():
        with no_grad():
            one = setting.get()
            assert setting.get() is one
            with graphs():
                two = setting.get()
                assert setting.get() is two is not one
                with graphs():
                    assert setting.get() is not two
                assert setting.get() is two
            assert setting.get() is one
            yield

    ordinary = setting.get()
    list(settings())
    with graphs():
        list(settings())
    assert setting.get() is ordinary


# Whatever ends a generator


def test_an_exception_thrown_in_ends_the_block():
    generator = rows()
    next(generator)
    with pytest.raises(ZeroDivisionError):
        generator.throw(ZeroDivisionError())
    assert is_recording()


def test_a_generator_that_catches_what_is_thrown_in_stays_in_its_block():
    def stubborn():
        with no_grad():
            try:
                yield
            except ZeroDivisionError:
                yield is_recording()

    generator = stubborn()
    next(generator)
    assert generator.throw(ZeroDivisionError()) is False
    assert is_recording()
    generator.close()


def test_a_generator_that_nobody_needs_any_more_ends_its_block():
    generator = rows()
    next(generator)
    assert special_settings
    del generator
    gc.collect()
    assert not special_settings


def run_in_thread(function, *arguments):
    results = []
    thread = threading.Thread(target=lambda: results.append(function(*arguments)))
    thread.start()
    thread.join()
    return results[0]


def test_another_thread_can_go_on_with_a_generator_and_close_it():
    generator = rows()
    assert not next(generator)
    assert not run_in_thread(next, generator)
    assert is_recording()
    run_in_thread(generator.close)
    assert is_recording()
    assert not special_settings


def test_a_generator_that_runs_in_another_thread_does_not_stop_this_one_recording():
    entered, leave = threading.Event(), threading.Event()

    def waiting():
        with no_grad():
            yield
            entered.set()
            yield leave.wait(10) and is_recording()

    generator = waiting()
    next(generator)
    results = []
    thread = threading.Thread(target=lambda: results.append(next(generator)))
    thread.start()
    assert entered.wait(10)
    recorded = is_recording()
    leave.set()
    thread.join()
    assert (recorded, results) == (True, [False])
    generator.close()


def test_another_context_can_go_on_with_a_generator_and_close_it():
    generator = rows()
    assert not copy_context().run(next, generator)
    assert not copy_context().run(next, generator)
    assert is_recording()
    copy_context().run(generator.close)
    assert not special_settings


# Tasks


def test_tasks_each_have_their_own_block():
    async def compute(turns):
        with no_grad():
            for _ in range(turns):
                await asyncio.sleep(0)
                assert not is_recording()
        await asyncio.sleep(0)
        return is_recording()

    async def compute_all():
        tasks = [asyncio.create_task(compute(turns)) for turns in (1, 3, 2)]
        await asyncio.sleep(0)
        return is_recording(), await asyncio.gather(*tasks)

    assert run_coroutine(compute_all()) == (True, [True] * 3)


def test_an_async_generator_does_not_stop_its_caller_recording():
    async def values():
        with no_grad():
            for _ in range(2):
                await asyncio.sleep(0)
                yield is_recording()

    async def consume():
        found = []
        async for recorded_within in values():
            found.append((recorded_within, is_recording()))
            await asyncio.sleep(0)
        left = values()
        await left.__anext__()
        await asyncio.create_task(left.aclose())
        return found

    assert run_coroutine(consume()) == [(False, True)] * 2


def test_a_generator_that_one_task_begins_another_can_close():
    async def consume():
        generator = rows()

        async def run(function):
            function()
            return is_recording()

        return [
            await asyncio.create_task(run(function))
            for function in (generator.__next__, generator.__next__, generator.close)
        ]

    assert run_coroutine(consume()) == [True] * 3


# Context managers made of generators are there for their caller


@contextmanager
def quiet():
    with no_grad():
        yield


class Quiet:
    def __enter__(self):
        self.stack = ExitStack()
        self.stack.enter_context(quiet())

    def __exit__(self, *error):
        self.stack.close()


@contextmanager
def quieter():
    with quiet(), Quiet(), ExitStack() as stack:
        stack.enter_context(no_grad())
        yield


BLOCKS = [quiet, Quiet, quieter]
each_block = pytest.mark.parametrize("block", BLOCKS)


@each_block
def test_a_context_manager_of_ones_own_holds_for_its_block(block):
    with block():
        assert not is_recording()
    assert is_recording()


@each_block
def test_a_context_manager_of_ones_own_holds_in_a_generator_for_that(block):
    def values():
        with block():
            yield is_recording()
            yield is_recording()

    for recorded_within, _ in zip(values(), values(), strict=True):
        assert not recorded_within
        assert is_recording()


def test_an_exit_stack_in_a_generator_holds_for_that():
    def values():
        with ExitStack() as stack:
            stack.enter_context(no_grad())
            yield is_recording()

    for recorded_within in values():
        assert not recorded_within
        assert is_recording()


def test_a_context_manager_of_ones_own_decorates_a_function():
    assert quiet()(is_recording)() is False


def test_an_async_context_manager_holds_for_its_block():
    @asynccontextmanager
    async def hushed():
        with no_grad():
            await asyncio.sleep(0)
            yield

    async def compute():
        async with hushed():
            await asyncio.sleep(0)
            within = is_recording()
        return within, is_recording()

    async def values():
        async with hushed():
            yield is_recording()

    async def consume():
        return [(within, is_recording()) async for within in values()]

    assert run_coroutine(compute()) == (False, True)
    assert run_coroutine(consume()) == [(False, True)]


@pytest.fixture
def recording_is_off():
    with no_grad():
        yield


def test_a_fixture_holds_for_its_test(recording_is_off):
    assert not is_recording()


# Functions of all kinds are decorated


def test_a_decorated_generator_computes_within_the_block():
    @no_grad()
    def values(count, *, add=0):
        sent = []
        for _ in range(count + add):
            try:
                sent.append((yield is_recording()))
            except ZeroDivisionError:
                sent.append("caught")
        return sent

    assert [(within, is_recording()) for within in values(1, add=1)] == [(False, True)] * 2
    generator = values(3)
    assert next(generator) is generator.send("a") is generator.throw(ZeroDivisionError()) is False
    with pytest.raises(StopIteration) as ended:
        next(generator)
    assert ended.value.value == ["a", "caught", None]
    assert values.__name__ == "values"


def test_a_decorated_coroutine_computes_within_the_block():
    @no_grad()
    async def compute(answer):
        await asyncio.sleep(0)
        return is_recording(), answer

    async def compute_all():
        return await asyncio.gather(compute(1), compute(2)), is_recording()

    assert run_coroutine(compute_all()) == ([(False, 1), (False, 2)], True)


def test_a_decorated_async_generator_computes_within_the_block():
    seen = []

    @no_grad()
    async def values(count):
        try:
            for _ in range(count):
                try:
                    seen.append((yield is_recording()))
                except ZeroDivisionError:
                    seen.append("caught")
                await asyncio.sleep(0)
        finally:
            seen.append("closed")

    async def consume():
        found = [(within, is_recording()) async for within in values(2)]
        generator = values(5)
        found.append((await generator.__anext__(), is_recording()))
        found.append((await generator.asend("a"), is_recording()))
        found.append((await generator.athrow(ZeroDivisionError()), is_recording()))
        await generator.aclose()
        return found

    assert run_coroutine(consume()) == [(False, True)] * 5
    assert seen == [None, None, "closed", "a", "caught", "closed"]


def test_an_error_of_a_decorated_async_generator_goes_to_its_caller():
    @no_grad()
    async def values():
        yield 1 / 0

    async def consume():
        return [value async for value in values()]

    with pytest.raises(ZeroDivisionError):
        run_coroutine(consume())


def test_a_decorated_function_may_call_itself():
    @no_grad()
    def count(depth):
        return [is_recording(), *(count(depth - 1) if depth else [])]

    assert count(2) == [False] * 3


def test_a_decorated_generator_may_be_a_context_manager():
    @contextmanager
    @no_grad()
    def block():
        yield

    with block():
        assert not is_recording()
    assert is_recording()


def test_a_block_keeps_no_frame_once_it_has_ended():
    block = no_grad()
    frame = sys._getframe()
    before = sys.getrefcount(frame)
    with block:
        assert sys.getrefcount(frame) > before
    assert sys.getrefcount(frame) == before
