import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from safetensors.numpy import save_file

from ohmloop.network import Activation, WeightFileError, load_model, load_npz, load_safetensors

Tensors = dict[str, NDArray[np.generic]]


def good() -> Tensors:
    rng = np.random.default_rng(2)
    return {
        "0.weight": rng.normal(size=(4, 3)).astype(np.float32),
        "0.bias": rng.normal(size=4).astype(np.float32),
        "2.weight": rng.normal(size=(2, 4)).astype(np.float32),
    }


def write(path: Path, tensors: Tensors) -> Path:
    if path.suffix == ".npz":
        np.savez(path, **tensors)  # type: ignore[arg-type]
    else:
        save_file(tensors, path)
    return path


@pytest.fixture(params=["net.npz", "net.safetensors"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


def test_a_sequential_network(path: Path) -> None:
    tensors = good()
    model = load_model(write(path, tensors), last=Activation.SOFTMAX)
    assert model.name == "net"
    assert [layer.activation for layer in model.layers] == [Activation.RELU, Activation.SOFTMAX]
    np.testing.assert_array_equal(model.layers[0].weights, tensors["0.weight"].T)
    np.testing.assert_array_equal(model.layers[0].bias, tensors["0.bias"])
    np.testing.assert_array_equal(model.layers[1].bias, np.zeros(2))
    assert model.input_ranges is None


def test_a_common_prefix_and_ranges(path: Path) -> None:
    tensors: Tensors = {f"net.layers.{name}": tensor for name, tensor in good().items()}
    model = load_model(write(path, {**tensors, "input_ranges": np.array([1.0, 2.5])}))
    assert model.input_ranges == (1.0, 2.5)
    assert (model.inputs, model.outputs) == (3, 2)


def test_layers_go_by_number(path: Path) -> None:
    tensors: Tensors = {"10.weight": np.ones((2, 4)), "9.weight": np.ones((4, 3))}
    assert load_model(write(path, tensors)).inputs == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"0.weight": np.full((4, 3), np.nan)}, "weight 0,0 is not finite"),
        ({"0.weight": np.full((4, 3), -np.inf)}, "weight 0,0 is not finite"),
        ({"0.bias": np.full(4, np.nan)}, "bias 0 is not finite"),
        ({"0.weight": np.ones((4, 3), dtype=np.int32)}, "int32; expected real floating-point"),
        ({"0.weight": np.ones(4)}, r"a weight of shape \(4,\); expected \(outputs, inputs\)"),
        ({"0.bias": np.ones(5)}, "4 outputs need a bias each"),
        ({"2.weight": np.ones((2, 5))}, "layer 0 of 'net' gives 4 outputs, but layer 1 takes 5"),
        ({"3.bias": np.ones(2)}, "layer 3 of .* has no weight"),
        ({"head": np.ones(2)}, "holds 'head'"),
        ({"0.running_mean": np.ones(2)}, "holds '0.running_mean'"),
        ({"other.0.weight": np.ones((4, 3))}, "one sequential network"),
        ({"input_ranges": np.array([1.0])}, "2 layers need a positive input range"),
        ({"input_ranges": np.ones((2, 1))}, r"shape \(layers,\)"),
    ],
)
def test_what_makes_no_network(path: Path, change: Tensors, message: str) -> None:
    with pytest.raises(WeightFileError, match=message):
        load_model(write(path, {**good(), **change}))


def test_an_empty_file_of_tensors(path: Path) -> None:
    with pytest.raises(WeightFileError, match="prefixes found: none"):
        load_model(write(path, {}))


def test_complex_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightFileError, match="complex128"):
        load_npz(write(tmp_path / "net.npz", {"0.weight": np.ones((1, 1), dtype=complex)}))


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (pytest.fail, ("a pickle was run",))


def test_a_pickled_array_is_refused_and_not_run(tmp_path: Path) -> None:
    objects = np.empty((1, 1), dtype=object)
    objects[0, 0] = Bomb()
    path = tmp_path / "net.npz"
    np.savez(path, **{"0.weight": objects}, allow_pickle=True)  # type: ignore[arg-type]
    with pytest.raises(WeightFileError, match=r"0\.weight.* is not an array of numbers"):
        load_npz(path)


def test_a_bare_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    path.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(WeightFileError, match="cannot be read"):
        load_npz(path)


def test_a_file_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ohmloop.network.importers.npz.LARGEST_BYTES", 1000)
    with pytest.raises(WeightFileError, match="at most 1000 are read"):
        load_npz(write(tmp_path / "net.npz", {"0.weight": np.zeros((100, 100))}))


def test_an_absent_file(path: Path) -> None:
    with pytest.raises(WeightFileError, match="cannot be read"):
        load_model(path)


def test_another_kind_of_file(tmp_path: Path) -> None:
    with pytest.raises(WeightFileError, match=r"expected \.npz or \.safetensors"):
        load_model(tmp_path / "net.pt")


def npz_bytes() -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **good())  # type: ignore[arg-type]
    return stream.getvalue()


def safetensors_bytes(folder: Path) -> bytes:
    return write(folder / "net.safetensors", good()).read_bytes()


NPZ = npz_bytes()


@given(cut=st.integers(0, len(NPZ) - 1), flips=st.lists(st.tuples(st.integers(0, len(NPZ) - 1), st.integers(1, 255))))
def test_a_damaged_npz_is_refused_or_whole(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flips: list[tuple[int, int]]
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "net.npz"
    for damaged in (NPZ[:cut], _flipped(NPZ, flips)):
        path.write_bytes(damaged)
        try:
            model = load_npz(path)
        except WeightFileError:
            continue
        assert all(np.isfinite(layer.weights).all() for layer in model.layers)


@given(data=st.data())
def test_a_damaged_safetensors_is_refused_or_whole(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whole = safetensors_bytes(folder)
    places = st.lists(st.tuples(st.integers(0, len(whole) - 1), st.integers(1, 255)))
    path = folder / "broken.safetensors"
    for damaged in (whole[: data.draw(st.integers(0, len(whole) - 1))], _flipped(whole, data.draw(places))):
        path.write_bytes(damaged)
        try:
            model = load_safetensors(path)
        except WeightFileError:
            continue
        assert all(np.isfinite(layer.weights).all() for layer in model.layers)


def _flipped(content: bytes, flips: list[tuple[int, int]]) -> bytes:
    damaged = bytearray(content)
    for place, bits in flips:
        damaged[place] ^= bits
    return bytes(damaged)


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "net.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("0.weight.npy", b"not an array")
    with pytest.raises(WeightFileError, match=r"0\.weight\.npy of .* is not an array"):
        load_npz(path)
