"""Batches cut in shares: each share once, and the same sum to the last bit however it is cut."""

import math
import random

import pytest

from micrograd_nn.train.spans import Span, add_up, cut_spans


def test_parts_are_all_shares_in_their_order_and_each_belongs_to_the_one_tree():
    tree = set()

    def note(span):
        tree.add(span)
        if span.end - span.first > 1:
            note(span.halve()[0])
            note(span.halve()[1])

    for shares in range(1, 40):
        tree.clear()
        note(Span(0, shares))
        for count in range(1, 20):
            spans = cut_spans(shares, count)
            assert [i for span in spans for i in range(*span)] == [*range(shares)]
            assert tree.issuperset(spans)
            assert len(spans) >= min(count, shares)


@pytest.mark.parametrize("shares", [1, 2, 3, 7, 32])
def test_a_sum_is_the_same_to_the_last_bit_however_it_is_cut(shares):
    rng = random.Random(shares)
    leaves = {Span(i, i + 1): [rng.gauss(0, 1), 10.0 ** rng.uniform(-9, 9)] for i in range(shares)}
    whole = [*add_up(Span(0, shares), leaves.get)]
    assert whole == pytest.approx([math.fsum(x) for x in zip(*leaves.values(), strict=True)])
    for count in range(2, 9):
        found = {span: add_up(span, leaves.get) for span in cut_spans(shares, count)}
        assert [*add_up(Span(0, shares), found.get)] == whole
