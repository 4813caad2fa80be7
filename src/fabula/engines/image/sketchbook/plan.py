"""Decides the scene: fills in what the prompt leaves open and gives every actor a role."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fabula.engines.image.sketchbook.prompt import MOST_ACTORS, Actor, Reading
from fabula.engines.image.sketchbook.scene.staging import Role
from fabula.engines.image.sketchbook.traits import traits_of

STRONG_LIGHTS = (
    "storm",
    "neon",
    "aurora",
    "sunset",
    "dusk",
    "moonlight",
    "dawn",
    "golden",
    "night",
)
PERCHED = frozenset({"dragon", "phoenix", "bird", "dove", "eagle", "parrot", "black bird", "fairy",
                     "superhero", "alien monster", "fly"})  # fmt: skip
SPACEFARERS = frozenset({"rocket", "flying saucer", "satellite", "ringed planet", "comet"})
DIVERS = frozenset({"fish", "tropical fish", "blowfish", "shark", "octopus", "jellyfish", "squid",
                    "lobster", "shrimp", "coral", "crab", "merperson"})  # fmt: skip
POND = frozenset({"duck", "swan", "turtle", "goose", "frog"})
OPEN = frozenset({"sea", "clouds"})


@dataclass(frozen=True)
class Scene:
    """A place in a light, and who appears in it: one role per sprite with its actor."""

    light: str
    place: str
    misty: bool
    cast: tuple[tuple[Actor, Role], ...]


def plan(reading: Reading, rng: np.random.Generator) -> Scene:
    """Decide light, place and roles; equal readings and generators give equal scenes."""
    place = _place(reading)
    cast = _roles(reading.actors, place, rng)
    return Scene(_light(reading, place), place, "fog" in reading.lights, tuple(cast))


def _light(reading: Reading, place: str) -> str:
    for light in STRONG_LIGHTS:
        if light in reading.lights:
            return light
    if reading.lights:
        return next((m for m in reading.lights if m != "day"), "day")
    return "night" if place in {"space", "moon"} else "day"


def _place(reading: Reading) -> str:
    traits = [traits_of(a.thing.label) for a in reading.actors]
    afloat = any(t.floats or t.swims for t in traits)
    if not reading.places:
        return _usual_place(reading, afloat=afloat)
    vague = {"room", "hills", "meadow"}
    place = next((p for p in reading.places if p not in vague), reading.places[0])
    on_foot = any(not (a.flying or _airborne(a)) for a in reading.actors)
    return "beach" if place == "sea" and on_foot and not afloat else place


def _usual_place(reading: Reading, *, afloat: bool) -> str:
    """Where the things of a prompt that names no place are usually found."""
    labels = {a.thing.label for a in reading.actors}
    choices = (
        (bool(labels & SPACEFARERS), "space"),
        (bool(labels & DIVERS), "underwater"),
        (bool(labels & POND), "lake"),
        (afloat or "lighthouse" in reading.extras, "sea"),
        ("neon" in reading.lights, "street"),
        ("snowfall" in reading.weather, "snow"),
    )
    return next((place for fits, place in choices if fits), "meadow")


def _airborne(actor: Actor) -> bool:
    label = actor.thing.label
    return traits_of(label).flies and label not in PERCHED


def _roles(actors: list[Actor], place: str, rng: np.random.Generator) -> list[tuple[Actor, Role]]:
    each = [a for a in actors for _ in range(a.count)][:MOST_ACTORS]
    slots = _slots(each, rng)
    found = []
    for actor, x in zip(each, slots, strict=True):
        found.append((actor, _role(actor, x, len(each), place, rng)))
    return sorted(found, key=lambda pair: -pair[1].depth)


def _role(actor: Actor, x: float, company: int, place: str, rng: np.random.Generator) -> Role:
    traits = traits_of(actor.thing.label)
    crowd = {1: 1.0, 2: 0.86, 3: 0.72, 4: 0.62}.get(company, 0.56)
    depth = 0.85 if actor.far else rng.uniform(0.0, 0.12 if company == 1 else 0.3)
    size = traits.size * actor.scale * crowd * rng.uniform(0.94, 1.08)
    size *= (1 - 0.62 * depth) * (1.35 if actor.near else 1.0)
    flying = actor.flying or _airborne(actor) or (traits.flies and place in OPEN)
    return Role(
        x, float(min(size, 0.78)), float(depth), flying and place not in {"library", "room"}, traits
    )


def _slots(actors: list[Actor], rng: np.random.Generator) -> list[float]:
    """x of every actor: named sides first, the rest spread over what is left."""
    if len(actors) == 1 and not actors[0].side:
        return [float(rng.choice([0.36, 0.5, 0.62]) + rng.uniform(-0.05, 0.05))]
    order = {"left": 0, "": 1, "right": 2}
    ranked = sorted(range(len(actors)), key=lambda i: (order[actors[i].side], i))
    spread = np.linspace(0.2, 0.8, len(actors)) if len(actors) > 1 else np.array([0.5])
    places = [0.5] * len(actors)
    for rank, index in enumerate(ranked):
        places[index] = float(spread[rank] + rng.uniform(-0.035, 0.035))
    fixed = {"left": 0.24, "right": 0.76}
    if len(actors) <= 2:
        places = [fixed.get(a.side, p) for a, p in zip(actors, places, strict=True)]
    return places
