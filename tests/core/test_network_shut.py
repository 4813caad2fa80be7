"""Tests reach this machine and nothing else."""

import asyncio
import socket

import pytest

FAR = ("192.0.2.1", 80)  # an address for documentation (RFC 5737): nobody answers there


def test_a_far_address_is_refused() -> None:
    with pytest.raises(PermissionError, match=r"192\.0\.2\.1"):
        socket.create_connection(FAR, timeout=1)
    with socket.socket() as raw, pytest.raises(PermissionError):
        raw.connect_ex(FAR)


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(PermissionError, match=r"studio\.example"):
        socket.getaddrinfo("studio.example", 443)


async def test_asyncio_goes_the_same_way() -> None:
    with pytest.raises(PermissionError):
        await asyncio.open_connection(*FAR)


def test_this_machine_answers() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1])) as client,
    ):
        assert client.getpeername()[0] == "127.0.0.1"
