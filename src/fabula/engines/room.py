"""Whether an engine fits into memory beside the others: plain arithmetic over readings."""

from collections.abc import Iterable
from dataclasses import dataclass

from fabula.engines.base import NO_FOOTPRINT, Footprint
from fabula.engines.host_messages import Device

RESERVE_BYTES = 2 * 2**30
"""Main memory that engines leave to the database, the server and the system, on a large machine;
on a smaller one a quarter of it."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """An engine: what it ``needs`` at most, and what its process ``holds`` now."""

    needs: Footprint
    holds: Footprint = NO_FOOTPRINT

    @property
    def grows(self) -> Footprint:
        """What it may still take."""
        return Footprint(
            max(0, self.needs.ram - self.holds.ram), max(0, self.needs.device - self.holds.device)
        )


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes of main memory for engines (``ram``), what the system has ``available``, and the
    graphics card, as far as one is known."""

    ram: int
    available: int
    device: Device | None = None

    def admits(self, newcomer: Tenant, working: Iterable[Tenant], idle: Iterable[Tenant]) -> bool:
        """Whether the newcomer fits while the working grow to what they need and the idle stay."""
        working, idle = list(working), list(idle)
        promised = [tenant.grows for tenant in working]
        held = sum(tenant.holds.ram for tenant in (newcomer, *working, *idle))
        spare = min(self.ram - held, self.available) - sum(each.ram for each in promised)
        if newcomer.grows.ram > spare:
            return False
        if self.device is None:
            return True
        spare = self.device.free - sum(each.device for each in promised)
        return newcomer.grows.device <= spare

    def can_ever_hold(self, needs: Footprint) -> bool:
        """Whether main memory suffices once everything else is gone. A card does not decide it:
        engines work with less of it than they would like."""
        return needs.ram <= self.ram


def room_for_engines(total: int, chosen: int | None = None) -> int:
    """Bytes of main memory for engines on a machine with so much."""
    return chosen or max(total - RESERVE_BYTES, total * 3 // 4)
