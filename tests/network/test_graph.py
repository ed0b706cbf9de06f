import numpy as np
import pytest

from ohmloop.network import Activation, InputError, Linear, Model, ModelError, accuracy, logit_snr_db


def layer(inputs: int, outputs: int, activation: Activation = Activation.RELU, seed: int = 0) -> Linear:
    rng = np.random.default_rng(seed)
    return Linear(rng.normal(size=(inputs, outputs)), rng.normal(size=outputs), activation)


def test_a_network_is_matrices_and_rectifiers() -> None:
    model = Model("net", (layer(3, 4), layer(4, 2, Activation.SOFTMAX)))
    x = np.random.default_rng(1).normal(size=(5, 3))
    hidden = np.maximum(x @ model.layers[0].weights + model.layers[0].bias, 0)
    logits = hidden @ model.layers[1].weights + model.layers[1].bias
    np.testing.assert_allclose(model.digital(x), logits)
    answers = model.answers(logits)
    np.testing.assert_allclose(answers.sum(axis=1), 1)
    np.testing.assert_array_equal(answers.argmax(axis=1), logits.argmax(axis=1))


def test_a_gain_multiplies_products_before_the_bias() -> None:
    layer = Linear(np.eye(2), np.array([1.0, -5.0]), gain=np.array([2.0, 3.0]))
    model = Model("gains", (layer,))
    np.testing.assert_allclose(model.digital(np.array([[1.0, 1.0]])), [[3.0, 0.0]])
    assert model.calibrated(np.array([[4.0, -7.0]])).input_ranges == (7.0,)
    with pytest.raises(ModelError, match="need a gain each"):
        Linear(np.eye(2), np.zeros(2), gain=np.ones(3))
    with pytest.raises(ModelError, match="gain 1 is not finite"):
        Linear(np.eye(2), np.zeros(2), gain=np.array([1.0, np.inf]))


def test_softmax_bears_large_logits() -> None:
    model = Model("net", (layer(1, 2, Activation.SOFTMAX),))
    np.testing.assert_allclose(model.answers(np.array([[1e4, 0.0]])), [[1.0, 0.0]])


def test_without_softmax_logits_are_the_answer() -> None:
    logits = np.array([[3.0, -1.0]])
    assert Model("net", (layer(1, 2, Activation.NONE),)).answers(logits) is logits


def test_calibration_takes_the_largest_inputs() -> None:
    model = Model("net", (Linear(np.array([[2.0]]), np.zeros(1)), Linear(np.array([[1.0]]), np.zeros(1))))
    assert model.calibrated(np.array([[0.5], [-3.0], [1.0]])).input_ranges == (3.0, 2.0)


def test_a_layer_without_any_input_can_be_calibrated() -> None:
    model = Model("net", (Linear(np.array([[-1.0]]), np.zeros(1)), Linear(np.array([[1.0]]), np.zeros(1))))
    assert model.calibrated(np.array([[1.0]])).input_ranges == (1.0, 1.0)


def test_calibration_needs_data() -> None:
    with pytest.raises(InputError, match="at least one"):
        Model("net", (layer(3, 2),)).calibrated(np.empty((0, 3)))


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (np.zeros((2, 4)), r"\(batch, 3\), not \(2, 4\)"),
        (np.zeros(3), r"not \(3,\)"),
        ([[0.0, np.nan, 0.0]], "input 1 of vector 0 is nan"),
        ([[0.0, 0.0, -np.inf]], "input 2 of vector 0 is -inf"),
        ([["a", "b", "c"]], "numbers"),
        ([[1.0], [1.0, 2.0]], "numbers"),
    ],
)
def test_bad_inputs(inputs: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Model("net", (layer(3, 2),)).digital(inputs)  # type: ignore[arg-type]


def test_layers_that_do_not_fit() -> None:
    with pytest.raises(ModelError, match="layer 0 of 'net' gives 4 outputs, but layer 1 takes 5"):
        Model("net", (layer(3, 4), layer(5, 2)))


def test_softmax_only_at_the_end() -> None:
    with pytest.raises(ModelError, match=r"layer 0 .* softmax"):
        Model("net", (layer(3, 4, Activation.SOFTMAX), layer(4, 2)))


def test_no_layers() -> None:
    with pytest.raises(ModelError, match="no layers"):
        Model("net", ())


@pytest.mark.parametrize("ranges", [(1.0, 1.0), (0.0,), (-1.0,), (np.inf,), (np.nan,)])
def test_impossible_ranges(ranges: tuple[float, ...]) -> None:
    with pytest.raises(ModelError, match="positive input range"):
        Model("net", (layer(3, 2),), ranges)


@pytest.mark.parametrize(
    ("weights", "bias", "message"),
    [
        (np.array([[1.0, np.nan]]), np.zeros(2), "weight 0,1 is not finite"),
        (np.ones((1, 2)), np.array([0.0, np.inf]), "bias 1 is not finite"),
        (np.ones((1, 2)), np.zeros(3), "2 outputs need a bias each"),
        (np.ones(2), np.zeros(2), "must be a matrix"),
        (np.ones((0, 2)), np.zeros(2), "must be a matrix"),
    ],
)
def test_layers_that_make_no_sense(weights: np.ndarray, bias: np.ndarray, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Linear(weights, bias)


def test_fidelity() -> None:
    digital = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert logit_snr_db(digital, digital) == float("inf")
    assert logit_snr_db(digital, digital * 1.1) == pytest.approx(20)
    assert accuracy(digital, np.array([0, 0])) == 0.5
