"""Seeding: NumPy's legacy numbers, number by number, beside NumPy itself."""

import random

import pytest

from micrograd_nn.nn import MLP
from micrograd_nn.nn.seeding import numpy_random, numpy_weights

np = pytest.importorskip("numpy")


@pytest.mark.parametrize("seed", [0, 1, 2, 42, 624, 12345, 2**31, 2**32 - 1])
def test_the_numbers_are_numpys(seed):
    rng = numpy_random(seed)
    ours = [rng.random() for _ in range(2000)]
    assert ours == np.random.RandomState(seed).random_sample(2000).tolist()


def test_the_generator_is_pythons_own_class_with_all_it_can_do():
    rng = numpy_random(1)
    assert isinstance(rng, random.Random)
    assert rng.choice("abc") in "abc"


@pytest.mark.parametrize("sizes", [[3, 1], [3, 4, 1], [2, 5, 3, 4]])
@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_weights_are_numpys_matrices_layer_by_layer(sizes, seed):
    model = MLP(sizes[0], sizes[1:], bias=False)
    numpy_weights(model, seed)
    theirs = np.random.RandomState(seed)
    for layer, n_in, n_out in zip(model.layers, sizes, sizes[1:], strict=False):
        matrix = 2 * theirs.random_sample((n_in, n_out)) - 1
        ours = [[neuron.w[i].data for neuron in layer.neurons] for i in range(n_in)]
        assert ours == matrix.tolist()


def test_biases_stay_as_they_are():
    model = MLP(2, [3, 1])
    model.layers[0].neurons[1].b.data = 7.0
    with_bias, without = model, MLP(2, [3, 1], bias=False)
    numpy_weights(with_bias, 1)
    numpy_weights(without, 1)
    state = with_bias.state()
    assert state.pop("layers.0.neurons.1.b") == 7.0
    assert [state.pop(name) for name in list(state) if name.endswith(".b")] == [0.0] * 3
    assert state == without.state()


@pytest.mark.parametrize("seed", [-1, 2**32, 10**30, -(2**31)])
def test_a_seed_beyond_32_bits_is_refused(seed):
    with pytest.raises(ValueError, match=f"from 0 to 2\\*\\*32 - 1, not {seed}"):
        numpy_random(seed)


@pytest.mark.parametrize("seed", [1.5, 1.0, "1", None, [1]])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises((TypeError, ValueError)):
        numpy_random(seed)


def test_the_global_generator_is_left_alone():
    before = random.getstate()
    numpy_random(1).random()
    assert random.getstate() == before
