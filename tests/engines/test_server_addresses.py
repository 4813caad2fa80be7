"""Addresses that a server may have, and those that none may."""

import pytest

from fabula.engines.remote.addresses import BadAddress, is_refused, parse_address


@pytest.mark.parametrize(
    ("given", "url", "origin"),
    [
        ("http://127.0.0.1:8188/", "http://127.0.0.1:8188", "http://127.0.0.1:8188"),
        (" https://Api.Example.com/v1/ ", "https://api.example.com/v1", "https://api.example.com"),
        ("http://attic:80/x", "http://attic/x", "http://attic"),
        ("http://[::1]:5000", "http://[::1]:5000", "http://[::1]:5000"),
        ("http://192.168.1.20", "http://192.168.1.20", "http://192.168.1.20"),
    ],
)
def test_an_address_is_taken_apart(given: str, url: str, origin: str) -> None:
    address = parse_address(given)
    assert (address.url, address.origin) == (url, origin)
    assert parse_address(address.url) == address


@pytest.mark.parametrize(
    "given",
    [
        "", "127.0.0.1:8188", "ftp://attic", "file:///etc/passwd", "http://", "http://:80",
        "http://user@attic", "http://attic/?a", "http://attic/#a", "http://attic:99999",
        "http://attic:x", "http://a b/", "http://[fe80::1%25eth0]/", "http://[::1", "http://ättic",
    ],
)  # fmt: skip
def test_what_is_no_address_is_told(given: str) -> None:
    with pytest.raises(BadAddress, match=r"\.$"):
        parse_address(given)


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254", "169.254.1.1", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "::", "224.0.0.1", "ff02::1", "0.0.0.0",  # noqa: S104
        "255.255.255.255", "240.0.0.1", "fd00:ec2::254", "100.100.100.200",
    ],
)  # fmt: skip
def test_some_are_left_alone(host: str) -> None:
    assert is_refused(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "192.168.1.20", "10.0.0.2", "fd12::1", "attic.local", "8.8.8.8"]
)
def test_servers_may_lie_here_near_and_far(host: str) -> None:
    assert not is_refused(host)
