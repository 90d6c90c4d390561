"""What was reported of Gradio, Open WebUI and AnythingLLM, each kind tried on the page and the endpoint.

The numbers are those of reports that stand for a kind.
"""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
import siege
from indexer import CheapEmbedder

from index.errors import UsageError
from index.library import Library
from ui.conversations import Conversations
from ui.turn import Turn

SECRET = "zorvanish"
FILE = {"_type": "gradio.FileData"}


@pytest.fixture(scope="module")
def besieged() -> Iterator[siege.Siege]:
    with siege.besieged() as found:
        (found.place / "secret.txt").write_text(SECRET, encoding="utf-8")
        yield found


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=30) as client:
        yield client


@contextmanager
def listening() -> Iterator[tuple[str, list[object]]]:
    """An address on this machine, and who has called there."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    calls.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/secret.txt", calls
        server.shutdown(socket.SHUT_RDWR)


def events(http: httpx.Client, besieged: siege.Siege, given: Any, event: dict[str, Any]) -> str:
    """What the page says when each of its events comes with ``given`` in every field, and ``event`` beside."""
    said = []
    for number, one in enumerate(http.get(f"{besieged.address}/config").json()["dependencies"]):
        asked = {"fn_index": one["id"], "data": [given] * len(one["inputs"]), "event_data": event}
        asked |= {"session_hash": f"session{number}"}
        place = "run/predict" if one["queue"] is False else "queue/join"
        said.append(http.post(f"{besieged.address}/gradio_api/{place}", json=asked).text)
    return "\n".join(said)


def test_nothing_is_fetched_for_a_visitor(http: httpx.Client, besieged: siege.Siege) -> None:
    """Gradio: CVE-2024-4325, CVE-2024-2206, CVE-2026-28416. Open WebUI: CVE-2026-45400, CVE-2026-45401."""
    with listening() as (address, calls):
        file = {"path": address, "url": address, "meta": FILE, "orig_name": "a.txt"}
        events(http, besieged, file, file | {"name": "a.txt", "article": address})
        for route in ("proxy=", "file=", "file/", "stream/", "upload?url="):
            http.get(f"{besieged.address}/gradio_api/{route}{address}")
        picture = [{"type": "image_url", "image_url": {"url": address}}]
        asked = siege.GOOD | {"messages": [{"role": "user", "content": picture}]}
        assert http.post(f"{besieged.address}/v1/chat/completions", json=asked).status_code == 400
        http.get(f"{besieged.address}/v1/articles/{address}")
        assert calls == []


def test_no_file_of_the_machine_is_shown_copied_or_added(http: httpx.Client, besieged: siege.Siege) -> None:
    """Gradio: CVE-2023-51449, CVE-2024-1561, CVE-2024-1728, CVE-2026-28414."""
    before = besieged.backend.writer.generation()
    secret = besieged.place / "secret.txt"
    event = {"path": str(secret), "name": "passing.txt", "article": str(secret)}
    said = events(http, besieged, {"path": str(secret), "meta": FILE}, event)
    for path in (secret, besieged.place / "library" / "page" / ".." / ".." / "secret.txt"):
        move = {"component_id": 1, "fn_name": "move_resource_to_block_cache", "data": str(path), "session_hash": ""}
        said += http.post(f"{besieged.address}/gradio_api/component_server", json=move).text
        for route in (f"file={path}", f"file={str(path).upper()}", f"static/{path}", f"custom_component/x/y/{path}"):
            said += http.get(f"{besieged.address}/gradio_api/{route}").text
    assert SECRET not in said
    copies = [file for file in (besieged.place / "library").rglob("*") if file.is_file()]
    assert not any(SECRET.encode() in file.read_bytes() for file in copies)
    assert besieged.backend.writer.generation() == before


@pytest.mark.parametrize("name", ["../../../escaped.txt", "/escaped.txt", "..\\escaped.txt", "a/../../escaped.txt"])
def test_an_upload_is_written_nowhere_else(http: httpx.Client, besieged: siege.Siege, name: str) -> None:
    """Gradio: CVE-2023-34239. Open WebUI: CVE-2024-6707. AnythingLLM: CVE-2024-3028."""
    http.post(f"{besieged.address}/gradio_api/upload", files={"files": (name, SECRET.encode())})
    found = [file for file in besieged.place.rglob("*escaped.txt*") if file.is_file()]
    assert all(file.is_relative_to(besieged.place / "library" / "page") for file in found)
    assert not list(besieged.place.parent.glob("escaped.txt"))


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "code.js"])
def test_an_uploaded_file_is_never_a_page_of_ours(http: httpx.Client, besieged: siege.Siege, name: str) -> None:
    """Gradio: CVE-2024-47872. Open WebUI: issue 18387. Whoever opens it runs no script of it here."""
    upload = http.post(f"{besieged.address}/gradio_api/upload", files={"files": (name, b"<script>1</script>")})
    (path,) = upload.json()
    shown = http.get(f"{besieged.address}/gradio_api/file={path}")
    assert shown.status_code in (403, 404) or shown.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://127.0.0.1.evil.example"])
@pytest.mark.parametrize("route", ["/gradio_api/upload", "/gradio_api/queue/join", "/login", "/v1/chat/completions"])
def test_pages_of_other_sites_can_send_nothing(
    http: httpx.Client, besieged: siege.Siege, origin: str, route: str
) -> None:
    """Gradio: CVE-2024-1727, CVE-2024-47084."""
    sent = http.post(f"{besieged.address}{route}", json=siege.GOOD, headers={"Origin": origin})
    assert sent.status_code == 403 and "access-control-allow-origin" not in sent.headers


@pytest.mark.parametrize(
    "route", ["gradio_api/file=http://evil.example", "login/huggingface?_target_url=//evil.example", "//evil.example/",
              "logout?_target_url=https://evil.example", "gradio_api/file=%2F%2Fevil.example"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(http: httpx.Client, besieged: siege.Siege, route: str) -> None:
    """Gradio: CVE-2024-4940, CVE-2026-28415."""
    assert "evil.example" not in http.get(f"{besieged.address}/{route}").headers.get("location", "")


def test_nobody_is_watched(http: httpx.Client, besieged: siege.Siege) -> None:
    """Gradio: CVE-2024-47168, what visitors call, shown to anybody."""
    for route in ("monitoring", "gradio_api/monitoring", "gradio_api/monitoring/summary"):
        assert not http.get(f"{besieged.address}/{route}").is_success


def test_a_body_without_an_end_holds_nobody_up(http: httpx.Client, besieged: siege.Siege) -> None:
    """Gradio: CVE-2024-8966, CVE-2024-10624. AnythingLLM: CVE-2024-3029, what is no JSON, or none at all."""
    head = {"Content-Type": f"multipart/form-data; boundary={'-' * 5000}"}
    for body in (b"-" * 2_000_000, b"\r\n" * 500_000):
        with suppress(httpx.TransportError):  # it may hang up before all is sent
            http.post(f"{besieged.address}/gradio_api/upload", content=body, headers=head)
    for json_ in (b"", b"null", b"[]", b'{"data":' + b"[" * 50_000, json.dumps({"data": "now - " * 20_000}).encode()):
        for route in ("gradio_api/call/ask", "gradio_api/queue/join", "v1/chat/completions", "login"):
            http.post(f"{besieged.address}/{route}", content=json_, headers={"Content-Type": "application/json"})
    assert http.post(f"{besieged.address}/v1/chat/completions", json=siege.GOOD).status_code == 200


def test_nobody_reads_changes_or_deletes_what_is_anothers(besieged: siege.Siege) -> None:
    """Open WebUI: CVE-2026-45349, CVE-2026-45671, CVE-2026-28788."""
    kept, turn = Conversations(besieged.backend.folder), Turn("Who?")
    id = kept.begin("account:ada", SECRET)
    kept.add("account:ada", id, turn)
    for deed in (
        lambda: kept.path("account:ben", id),
        lambda: kept.add("account:ben", id, Turn("Mine?")),
        lambda: kept.rename("account:ben", id, "mine"),
        lambda: kept.delete("account:ben", id),
        lambda: kept.show("account:ben", id, turn.id),
        lambda: kept.title("account:ben", id),
    ):
        with pytest.raises(UsageError):
            deed()
    assert [one.question for one in kept.path("account:ada", id)] == ["Who?"] and kept.listed("account:ben") == []
    kept.close()


def test_words_of_a_search_are_no_sql(besieged: siege.Siege) -> None:
    """AnythingLLM: CVE-2024-3283, what a visitor sends as a part of a query."""
    kept = Conversations(besieged.backend.folder)
    for words in ("' OR 1=1 --", "%", "_", '" UNION SELECT * FROM conversations', "\\"):
        assert kept.listed("account:nobody", words) == []
    kept.close()
    with Library.open(besieged.place / "library", CheapEmbedder()) as library:
        for key in ("' OR 1=1 --", "%", "town' --"):
            with pytest.raises(UsageError, match="no article"):
                library.article(key)
