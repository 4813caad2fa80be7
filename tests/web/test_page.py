"""The built client: cache rules, compression, and one page for every address of its own."""

import gzip
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from fabula.web.errors import add_error_handlers
from fabula.web.page import PAGE_POLICY, add_page


@pytest.fixture
def client(tmp_path: Path) -> httpx.AsyncClient:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Fabula</title>")
    (tmp_path / "assets" / "app-1a2b.js").write_text("let plain")
    (tmp_path / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(b"let packed"))
    (tmp_path / "icon.svg").write_text("<svg/>")
    (tmp_path.parent / "secret.txt").write_text("secret")
    app = FastAPI(openapi_url=None)
    add_error_handlers(app)
    add_page(app, tmp_path)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://studio")


@pytest.mark.parametrize("path", ["/", "/library", "/workspace/asset/7", "/sign-in"])
async def test_every_address_of_the_page_gets_it(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert "<title>Fabula" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-security-policy"] == PAGE_POLICY
    assert "'unsafe-inline'" not in PAGE_POLICY.split("script-src")[1].split(";")[0]


async def test_hashed_files_are_kept_for_ever_and_come_packed(client: httpx.AsyncClient) -> None:
    packed = await client.get("/assets/app-1a2b.js", headers={"accept-encoding": "gzip"})
    assert "immutable" in packed.headers["cache-control"]
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == "let packed"
    plain = await client.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == "let plain"
    assert plain.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path", ["/assets/app-old.js", "/missing.png", "/../secret.txt", "/%2e%2e/secret.txt"]
)
async def test_a_file_that_is_not_there_is_not_the_page(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.txt", "")


async def test_without_a_build_the_page_says_what_to_do(tmp_path: Path) -> None:
    app = FastAPI(openapi_url=None)
    add_page(app, tmp_path)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://studio") as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "make up" in answer.text
