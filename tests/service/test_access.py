"""Who may call, and where the service may listen."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.service.small import serve

from ohmloop.service.errors import ServiceConfigurationError
from ohmloop.service.server import listen

TOKEN = "a long token"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = tmp_path_factory.mktemp("guarded") / "runs.sqlite"
    with serve(store, "emu://8x8?seed=1", token=TOKEN) as served:
        yield served.url


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer another", f"Basic {TOKEN}", f"Bearer {TOKEN}x", TOKEN]
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/v2"), ("POST", "/v1/stop"), ("GET", "/nothing")])
def test_without_the_token_nothing_is_told(guarded: str, method: str, path: str, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = httpx.request(method, guarded + path, headers=headers, timeout=20)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert set(answer.json()) == {"error"}


def test_with_the_token_any_origin_may_call(guarded: str) -> None:
    headers = {"Authorization": f"bearer {TOKEN}", "Origin": "https://lab.example"}
    assert httpx.get(f"{guarded}/v1/station", headers=headers, timeout=20).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Host": "attacker.example"}, {"Origin": "https://attacker.example"}, {"Origin": "null"}, {"Host": "[::"}],
)
def test_without_a_token_no_web_page_may_call(url: str, headers: dict[str, str]) -> None:
    answer = httpx.post(f"{url}/v2/models/matrix/infer", headers=headers, timeout=20)
    assert answer.status_code == 403
    assert "loopback" in answer.json()["error"]


@pytest.mark.parametrize("headers", [{}, {"Host": "localhost"}, {"Host": "[::1]:80"}, {"Origin": "http://127.0.0.1:3"}])
def test_programs_on_this_machine_may_call(url: str, headers: dict[str, str]) -> None:
    assert httpx.get(f"{url}/v2", headers=headers, timeout=20).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "lab-pc"])
@pytest.mark.parametrize("token", [None, ""])
def test_other_addresses_need_a_token(host: str, token: str | None) -> None:
    with pytest.raises(ServiceConfigurationError, match="give a token, or bind to 127"):
        listen(host, 0, token)


def test_other_addresses_are_fine_with_a_token() -> None:
    with listen("0.0.0.0", 0, TOKEN) as listener:
        assert listener.getsockname()[0] == "0.0.0.0"


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0, None) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(ServiceConfigurationError, match=f"cannot listen on 127.0.0.1 port {port}"):
            listen("127.0.0.1", port, None)
