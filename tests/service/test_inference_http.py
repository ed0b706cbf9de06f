"""What other clients than the stock one send, good and bad."""

import gzip
import json
import zlib

import httpx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.service.matrix import BODY_LIMIT, INPUTS, LARGEST, OVER_RANGE

INFER = "/v2/models/matrix/infer"
ROW = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
Json = dict[str, object]


def request(data: object = ROW, shape: object = (1, INPUTS), datatype: object = "FP32", **more: object) -> Json:
    return {"inputs": [{"name": "input", "shape": shape, "datatype": datatype, "data": data}], **more}


def refusal(answer: httpx.Response, status: int = 400) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"error"}
    message = answer.json()["error"]
    assert isinstance(message, str)
    assert message
    return message


@pytest.mark.parametrize("kind", [None, "text/plain", "application/json", "application/x-www-form-urlencoded"])
def test_the_content_type_does_not_matter(http: httpx.Client, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = http.post(INFER, content=json.dumps(request()), headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["outputs"][0] == {
        "name": "logits",
        "datatype": "FP32",
        "shape": [1, 3],
        "data": [63.0, 84.0, 105.0],
    }


def test_data_may_be_nested_or_flat(http: httpx.Client) -> None:
    flat = http.post(INFER, json=request(ROW * 2, (2, INPUTS))).json()
    nested = http.post(INFER, json=request([ROW, ROW], (2, INPUTS))).json()
    assert flat == nested
    assert flat["outputs"][1]["data"] == [2, 2]


def test_the_id_is_echoed(http: httpx.Client) -> None:
    assert http.post(INFER, json=request(id="seven")).json()["id"] == "seven"
    assert "id" not in http.post(INFER, json=request()).json()


def test_binary_outputs_follow_the_json(http: httpx.Client) -> None:
    answer = http.post(INFER, json=request(outputs=[{"name": "logits", "parameters": {"binary_data": True}}]))
    size = int(answer.headers["Inference-Header-Content-Length"])
    head = json.loads(answer.content[:size])
    assert head["outputs"][0]["parameters"] == {"binary_data_size": 12}
    assert np.frombuffer(answer.content[size:], "<f4").tolist() == [63.0, 84.0, 105.0]


def test_a_plain_client_that_accepts_gzip_understands_the_answer(http: httpx.Client) -> None:
    answer = http.post(INFER, json=request(), headers={"Accept-Encoding": "br, gzip;q=0.5"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.json()["model_name"] == "matrix"


@pytest.mark.parametrize("accept", ["identity", "gzip;q=0", "br", "", "gzip;q=high"])
def test_nobody_gets_an_encoding_unasked(http: httpx.Client, accept: str) -> None:
    answer = http.post(INFER, json=request(), headers={"Accept-Encoding": accept})
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "valid dictionary"),
        (b"{}", "inputs: field required"),
        (json.dumps({"inputs": []}), "inputs: list should have at least 1 item"),
        (json.dumps(request(id=7)), "id: input should be a valid string"),
        (json.dumps(request(ROW[:5])), "needs 6 values, not 5"),
        (json.dumps(request([ROW[:3], ROW[3:]])), "not nested as its shape"),
        (json.dumps(request([ROW, 1.0], (2, INPUTS))), "not nested as its shape"),
        (json.dumps(request("012345")), "data as a list"),
        (json.dumps(request(None)), "neither data nor binary_data_size"),
        (json.dumps(request(["1"] * 6)), "another kind: str"),
        (json.dumps(request([True] * 6)), "another kind: bool"),
        (json.dumps(request([1] * 6, datatype="BOOL")), "another kind: int"),
        (json.dumps(request([1.5] * 6, datatype="INT8")), "another kind: float"),
        (json.dumps(request([300] * 6, datatype="UINT8")), "UINT8 cannot"),
        (json.dumps(request([-1] * 6, datatype="UINT64")), "UINT64 cannot"),
        (json.dumps(request([1e39] * 6)), "not finite at [0, 0]"),
        (json.dumps(request([10**400] * 6)), "FP32 cannot"),
        (json.dumps(request([float("nan")] * 6)), "NaN"),
        (json.dumps(request([float("-inf")] * 6)), "-Infinity"),
        (json.dumps(request([LARGEST * 2] * 6)), "within -1000 to 1000"),
        (json.dumps(request(datatype="FP16")), "datatype 'FP16'; accepted are BOOL"),
        (json.dumps(request(datatype=4)), "datatype: input should be a valid string"),
        (json.dumps(request(shape=[6])), "has shape [n, 6]"),
        (json.dumps(request([], [0, INPUTS])), "n at least 1"),
        (json.dumps(request(shape=[-1, INPUTS])), "greater than or equal to 0"),
        (json.dumps(request(shape=[])), "at least 1 item"),
        (json.dumps(request(shape=[True, INPUTS])), "valid integer"),
        (json.dumps(request([0.0], [2**30, 2**30])), "values, not 1"),
        (json.dumps({"inputs": [{**request()["inputs"][0], "name": "x"}]}), "takes one input, 'input', not 'x'"),  # type: ignore[index]
        (json.dumps({"inputs": [*request()["inputs"], *request()["inputs"]]}), "given twice"),  # type: ignore[misc]
        (json.dumps(request(outputs=[{"name": "logits"}] * 2)), "asked for twice"),
        (json.dumps(request(outputs=[{"name": "logits", "parameters": {"binary_data": 1}}])), "true or false"),
        (json.dumps(request(parameters={"binary_data_output": "yes"})), "true or false"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(http: httpx.Client, body: str | bytes, says: str) -> None:
    assert says in refusal(http.post(INFER, content=body))


def binary(
    size: object, tail: bytes, datatype: str = "FP32", head_length: object = None
) -> tuple[bytes, dict[str, str]]:
    head = {"name": "input", "shape": [1, INPUTS], "datatype": datatype, "parameters": {"binary_data_size": size}}
    text = json.dumps({"inputs": [head]}).encode()
    length = len(text) if head_length is None else head_length
    return text + tail, {"Inference-Header-Content-Length": str(length)}


@pytest.mark.parametrize(
    ("size", "tail", "datatype", "head_length", "says"),
    [
        (24, b"\0" * 20, "FP32", None, "announces 24 bytes and 20 are left"),
        (20, b"\0" * 20, "FP32", None, "needs 24 bytes, not 20"),
        (24, b"\0" * 25, "FP32", None, "1 bytes follow the last tensor"),
        (-1, b"\0" * 24, "FP32", None, "must be a number of bytes"),
        (True, b"\0" * 24, "FP32", None, "must be a number of bytes"),
        (6, b"\0\1\2\0\1\0", "BOOL", None, "neither 0 nor 1"),
        (24, b"\xff" * 24, "FP32", None, "not finite at [0, 0]"),
        (24, b"\0" * 24, "FP32", 10_000, "Inference-Header-Content-Length"),
        (24, b"\0" * 24, "FP32", -4, "Inference-Header-Content-Length"),
        (24, b"\0" * 24, "FP32", "many", "Inference-Header-Content-Length"),
        (24, b"\0" * 24, "FP32", 7, "not JSON"),
    ],
)
def test_binary_requests_that_do_not_add_up(
    http: httpx.Client, size: object, tail: bytes, datatype: str, head_length: object, says: str
) -> None:
    body, headers = binary(size, tail, datatype, head_length)
    assert says in refusal(http.post(INFER, content=body, headers=headers))


@pytest.mark.parametrize(
    ("encoding", "body", "status", "says"),
    [
        ("br", b"xx", 415, "use gzip, deflate or none"),
        ("gzip", b"not gzip", 400, "damaged"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-4], 400, "does not end"),
        ("deflate", zlib.compress(b"{}") + b"more", 400, "does not end"),
        ("gzip", gzip.compress(b" " * (BODY_LIMIT + 1), mtime=0), 413, "when decompressed"),
    ],
)
def test_bad_encodings(http: httpx.Client, encoding: str, body: bytes, status: int, says: str) -> None:
    assert says in refusal(http.post(INFER, content=body, headers={"Content-Encoding": encoding}), status)


def test_a_large_body_is_refused_before_it_is_read(http: httpx.Client) -> None:
    assert f"larger than {BODY_LIMIT} bytes" in refusal(http.post(INFER, content=b" " * (BODY_LIMIT + 1)), 413)


def test_a_large_body_of_unknown_length_is_refused(http: httpx.Client) -> None:
    chunks = (b" " * 1000 for _ in range(BODY_LIMIT // 1000 + 1))
    assert f"larger than {BODY_LIMIT} bytes" in refusal(http.post(INFER, content=chunks), 413)


def test_an_output_out_of_range_is_no_answer(http: httpx.Client) -> None:
    data = [[*ROW], [OVER_RANGE, *ROW[1:]]]
    assert "outputs of inputs [1] are not finite" in refusal(http.post(INFER, json=request(data, (2, INPUTS))), 503)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v2/nothing", 404),
        ("GET", "/v2/models/none", 404),
        ("GET", "/v2/models/matrix/versions/2", 404),
        ("POST", "/v2/models/none/infer", 404),
        ("GET", INFER, 405),
        ("DELETE", "/v2", 405),
    ],
)
def test_what_is_not_there(http: httpx.Client, method: str, path: str, status: int) -> None:
    refusal(http.request(method, path), status)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200), length=st.none() | st.integers(-5, 300))
def test_garbage_never_breaks_the_service(http: httpx.Client, body: bytes, length: int | None) -> None:
    headers = {} if length is None else {"Inference-Header-Content-Length": str(length)}
    refusal(http.post(INFER, content=body, headers=headers))


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(part=st.sampled_from(["data", "shape", "datatype", "parameters", "name"]), value=TREES)
def test_wrong_parts_never_break_the_service(http: httpx.Client, part: str, value: object) -> None:
    body = request()
    body["inputs"][0][part] = value  # type: ignore[index]
    answer = http.post(INFER, content=json.dumps(body))
    assert answer.status_code == 200 or refusal(answer)
