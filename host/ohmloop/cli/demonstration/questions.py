"""Asking the service over HTTP, as any program would: the Open Inference Protocol in JSON."""

from __future__ import annotations

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from ohmloop.cli.failure import CommandError

ANSWER_S = 60.0
"""Longest wait for the answer to one batch, s."""


def ask(url: str, model: str, inputs: NDArray[np.float64], batch: int = 90) -> NDArray[np.float64]:
    """Logits of shape (n, outputs) for inputs of shape (n, inputs), from the service at `url`.

    Raises CommandError if the service does not answer with logits.
    """
    connection = HTTPConnection(urlsplit(url).netloc, timeout=ANSWER_S)
    try:
        parts = [_batch(connection, model, inputs[start : start + batch]) for start in range(0, len(inputs), batch)]
    except OSError as error:
        raise CommandError(f"the service at {url} does not answer: {error}") from error
    finally:
        connection.close()
    return np.concatenate(parts)


def _batch(connection: HTTPConnection, model: str, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    tensor = {"name": "input", "datatype": "FP64", "shape": inputs.shape, "data": inputs.tolist()}
    question = {"inputs": [tensor], "outputs": [{"name": "logits"}]}
    connection.request("POST", f"/v2/models/{model}/infer", json.dumps(question))
    response = connection.getresponse()
    answer = json.loads(response.read())
    if response.status != 200:
        raise CommandError(f"the service refused a batch: {answer['error']}")
    output = answer["outputs"][0]
    return np.array(output["data"], dtype=np.float64).reshape(output["shape"])
