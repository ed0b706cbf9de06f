"""The stock client of the Open Inference Protocol, in each of its modes, against a real port."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import pytest
import tritonclient.http as triton
from tests.service.matrix import INPUTS, Matrix
from tritonclient.utils import InferenceServerException

BATCH = np.random.default_rng(3).uniform(-1, 1, (5, INPUTS)).astype(np.float32)
ALGORITHMS = (None, "gzip", "deflate")


@pytest.fixture
def client(url: str) -> Iterator[triton.InferenceServerClient]:
    with triton.InferenceServerClient(url.removeprefix("http://"), network_timeout=20, connection_timeout=20) as client:
        yield client


def given(values: np.ndarray, datatype: str = "FP32", *, binary: bool = True) -> list[triton.InferInput]:
    tensor = triton.InferInput("input", list(values.shape), datatype)
    tensor.set_data_from_numpy(values, binary_data=binary)
    return [tensor]


def test_server_is_live_and_ready(client: triton.InferenceServerClient) -> None:
    assert client.is_server_live()
    assert client.is_server_ready()


def test_server_metadata(client: triton.InferenceServerClient) -> None:
    metadata = client.get_server_metadata()
    assert metadata["name"] == "ohmloop"
    assert metadata["extensions"] == ["binary_tensor_data"]


@pytest.mark.parametrize("version", ["", "1"])
def test_model_metadata_and_readiness(client: triton.InferenceServerClient, version: str) -> None:
    assert client.is_model_ready("matrix", version)
    metadata = client.get_model_metadata("matrix", version)
    assert metadata["name"] == "matrix"
    assert metadata["versions"] == ["1"]
    assert metadata["inputs"] == [{"name": "input", "datatype": "FP32", "shape": [-1, INPUTS]}]
    assert [output["name"] for output in metadata["outputs"]] == ["logits", "class"]


def test_unknown_models_are_not_ready(client: triton.InferenceServerClient) -> None:
    assert not client.is_model_ready("tensor")
    assert not client.is_model_ready("matrix", "2")


@pytest.mark.parametrize(("binary_in", "binary_out"), list(product([True, False], repeat=2)))
def test_infer(client: triton.InferenceServerClient, matrix: Matrix, binary_in: bool, binary_out: bool) -> None:
    outputs = [triton.InferRequestedOutput(name, binary_data=binary_out) for name in ("class", "logits")]
    result = client.infer("matrix", given(BATCH, binary=binary_in), outputs=outputs, request_id="q 1")
    logits = matrix.infer(BATCH.astype(np.float64))
    np.testing.assert_array_equal(result.as_numpy("logits"), logits.astype(np.float32))
    np.testing.assert_array_equal(result.as_numpy("class"), logits.argmax(axis=1))
    answer = result.get_response()
    assert answer["id"] == "q 1"
    assert [output["name"] for output in answer["outputs"]] == ["class", "logits"]
    assert all(("data" in output) != binary_out for output in answer["outputs"])


def test_all_outputs_come_when_none_is_named(client: triton.InferenceServerClient) -> None:
    result = client.infer("matrix", given(BATCH), model_version="1")
    assert result.as_numpy("logits").shape == (5, 3)
    assert result.as_numpy("class").dtype == np.int64
    assert "id" not in result.get_response()


def test_only_the_named_output_comes(client: triton.InferenceServerClient) -> None:
    result = client.infer("matrix", given(BATCH), outputs=[triton.InferRequestedOutput("class")])
    assert result.as_numpy("logits") is None


@pytest.mark.parametrize(("sent", "asked"), list(product(ALGORITHMS, repeat=2)))
def test_compression(client: triton.InferenceServerClient, matrix: Matrix, sent: str | None, asked: str | None) -> None:
    result = client.infer(
        "matrix", given(BATCH), request_compression_algorithm=sent, response_compression_algorithm=asked
    )
    np.testing.assert_array_equal(result.as_numpy("logits"), matrix.infer(BATCH.astype(float)).astype(np.float32))


def test_async_infer(url: str, matrix: Matrix) -> None:
    with triton.InferenceServerClient(url.removeprefix("http://"), concurrency=4, network_timeout=20) as client:
        batches = [BATCH * scale for scale in np.linspace(0.1, 1, 12, dtype=np.float32)]
        pending = [client.async_infer("matrix", given(batch), request_id=str(i)) for i, batch in enumerate(batches)]
        for i, (batch, answer) in enumerate(zip(batches, pending, strict=True)):
            result = answer.get_result(block=True, timeout=20)
            assert result.get_response()["id"] == str(i)
            np.testing.assert_array_equal(
                result.as_numpy("logits"), matrix.infer(batch.astype(float)).astype(np.float32)
            )


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize(
    "datatype", ["FP32", "FP64", "INT8", "INT16", "INT32", "INT64", "UINT8", "UINT16", "UINT32", "UINT64", "BOOL"]
)
def test_datatypes(client: triton.InferenceServerClient, matrix: Matrix, datatype: str, binary: bool) -> None:
    values = np.eye(INPUTS, dtype=triton.triton_to_np_dtype(datatype))
    result = client.infer("matrix", given(values, datatype, binary=binary))
    np.testing.assert_array_equal(result.as_numpy("logits"), matrix.weights)


@pytest.mark.parametrize("datatype", ["FP16", "BYTES"])
def test_other_datatypes_are_refused(client: triton.InferenceServerClient, datatype: str) -> None:
    values = np.ones((1, INPUTS), np.float16 if datatype == "FP16" else np.object_)
    with pytest.raises(InferenceServerException, match=f"datatype '{datatype}'; accepted are"):
        client.infer("matrix", given(values, datatype))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(client: triton.InferenceServerClient, value: float) -> None:
    batch = BATCH.copy()
    batch[2, 1] = value
    with pytest.raises(InferenceServerException, match=r"not finite at \[2, 1\]"):
        client.infer("matrix", given(batch))


def test_a_wrong_shape_is_refused(client: triton.InferenceServerClient) -> None:
    with pytest.raises(InferenceServerException, match=r"shape \[n, 6\].*not \[5, 4\]"):
        client.infer("matrix", given(BATCH[:, :4]))


def test_an_unknown_output_is_refused(client: triton.InferenceServerClient) -> None:
    with pytest.raises(InferenceServerException, match="no output 'probabilities'; there are logits, class"):
        client.infer("matrix", given(BATCH), outputs=[triton.InferRequestedOutput("probabilities")])


def test_an_unknown_model_is_refused(client: triton.InferenceServerClient) -> None:
    with pytest.raises(InferenceServerException, match="no model 'tensor'; there are matrix"):
        client.infer("tensor", given(BATCH))


def test_classification_is_refused(client: triton.InferenceServerClient) -> None:
    with pytest.raises(InferenceServerException, match="classification"):
        client.infer("matrix", given(BATCH), outputs=[triton.InferRequestedOutput("logits", class_count=2)])
