import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohmloop.mapping import Compose, Identity, MappingError, Permute, Transform


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_transforms_leave_the_function_of_a_layer_alone(inputs: int, outputs: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, x = rng.normal(size=(inputs, outputs)), rng.normal(size=(4, inputs))
    permutes = [Permute(rng.permutation(inputs), rng.permutation(outputs)) for _ in range(2)]
    transforms: list[Transform] = [Identity(), permutes[0], Compose([permutes[0], Identity(), permutes[1]])]
    for transform in transforms:
        result = transform.outputs(transform.inputs(x) @ transform.weights(weights))
        np.testing.assert_allclose(result, x @ weights, atol=1e-12)


def test_a_permutation_moves_lines() -> None:
    permute = Permute([1, 0], [0, 1])
    np.testing.assert_array_equal(permute.weights(np.array([[1.0, 2.0], [3.0, 4.0]])), [[3.0, 4.0], [1.0, 2.0]])


@pytest.mark.parametrize("order", [[0, 0], [1, 2], [[0, 1]], [0.5, 1.5]])
def test_what_is_no_permutation_is_refused(order: object) -> None:
    with pytest.raises(MappingError, match="input order"):
        Permute(np.array(order), [0])


def test_a_layer_of_another_size_is_refused() -> None:
    with pytest.raises(MappingError, match=r"\(2, 1\)"):
        Permute([0, 1], [0]).weights(np.zeros((3, 1)))
