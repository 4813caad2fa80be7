"""Which addresses a server may have.

An admin names them, and most lie on this machine or its network, so private addresses are fine.
Link-local ones are not: clouds hand out a machine's credentials there. Names are looked up and
checked where the connection is made, so that a name which changes its meaning gains nothing.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

_SCHEMES = {"http": 80, "https": 443}
_METADATA = frozenset(
    {ipaddress.ip_address("fd00:ec2::254"), ipaddress.ip_address("100.100.100.200")}
)
"""Where clouds hand out credentials beside the link-local range."""


class BadAddress(ValueError):
    """The address cannot be one of a server; the message says why and what would be right."""


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a server, taken apart. ``url`` has no trailing slash."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def url(self) -> str:
        return f"{self.origin}{self.path}"

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _SCHEMES[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


def parse_address(text: str) -> Address:
    """An address of the form http://HOST[:PORT][/PATH]. Raises ``BadAddress``."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise BadAddress(f"This is not an address: {error}.") from error
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise BadAddress("Give an address such as http://192.168.1.20:8188.")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("Leave name and password out of the address: the key has its own field.")
    if parts.query or parts.fragment:
        raise BadAddress("Leave what follows ? and # out of the address.")
    host = parts.hostname
    if not host.isascii() or any(sign.isspace() or sign in "%\\" for sign in host):
        raise BadAddress("The host of the address has signs that no host has.")
    if is_refused(host):
        raise BadAddress(refusal(host))
    port = _SCHEMES[parts.scheme] if port is None else port
    if not port:
        raise BadAddress("The port of the address must lie between 1 and 65535.")
    return Address(parts.scheme, host, port, parts.path.rstrip("/"))


def is_refused(host: str) -> bool:
    """Whether an IP address must not be asked; False for a name."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    for seen in (address, *_inside(address)):
        if seen.is_link_local or seen.is_multicast or seen.is_unspecified or seen in _METADATA:
            return True
        if isinstance(seen, ipaddress.IPv4Address) and seen.is_reserved:
            return True
    return False


def refusal(host: str) -> str:
    return (
        f"{host} is no address that a server of the studio may have: link-local, multicast and "
        "reserved ones are left alone."
    )


def _inside(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return [one for one in found if one is not None]


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


async def open_socket(address: Address, seconds: float) -> socket.socket:
    """A connection to the address, after the check of what its name stands for now.

    Raises ``OSError`` and ``TimeoutError``; ``BadAddress`` where only refused ones were found.
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(seconds):
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        error: Exception = BadAddress(refusal(address.host))
        for family, kind, protocol, _, place in found:
            if is_refused(str(place[0])):
                continue
            made = socket.socket(family, kind, protocol)
            made.setblocking(False)
            try:
                await loop.sock_connect(made, place)
            except OSError as fault:
                made.close()
                error = fault
                continue
            except BaseException:
                made.close()
                raise
            return made
    raise error
