"""The times of day and kinds of light."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Light:
    """``top``, ``middle``, ``low``: the sky from the zenith to the horizon. ``ambient``: what it
    does to surfaces, by multiplication. ``haze``: what the distance fades into. ``glow``: the
    sun's or moon's light. ``clouds``: how much of the sky they cover, 0-1."""

    name: str
    top: Colour
    middle: Colour
    low: Colour
    ambient: Colour
    haze: Colour
    glow: Colour
    cloud: Colour
    clouds: float = 0.45
    body: str = "sun"
    stars: float = 0.0
    fog: float = 0.0
    rim: float = 0.35
    lamps: float = 0.0
    """How strongly windows and lamps shine."""


LIGHTS = {
    light.name: light
    for light in (
        Light("day", (0.24, 0.52, 0.84), (0.5, 0.75, 0.93), (0.86, 0.93, 0.95),
              (1.0, 0.99, 0.96), (0.78, 0.88, 0.94), (1.0, 0.96, 0.82), (1.0, 1.0, 1.0)),
        Light("dawn", (0.42, 0.5, 0.76), (0.85, 0.68, 0.75), (1.0, 0.85, 0.7),
              (0.97, 0.88, 0.88), (0.95, 0.8, 0.78), (1.0, 0.86, 0.66), (1.0, 0.82, 0.78), 0.5,
              rim=0.5, lamps=0.35),
        Light("golden", (0.4, 0.56, 0.74), (0.95, 0.78, 0.54), (1.0, 0.87, 0.56),
              (1.05, 0.92, 0.72), (0.98, 0.82, 0.58), (1.0, 0.84, 0.45), (1.0, 0.9, 0.7), 0.4,
              rim=0.6, lamps=0.2),
        Light("sunset", (0.25, 0.2, 0.45), (0.82, 0.37, 0.42), (1.0, 0.66, 0.32),
              (0.92, 0.72, 0.68), (0.9, 0.52, 0.42), (1.0, 0.62, 0.25), (0.98, 0.52, 0.45), 0.55,
              stars=0.08, rim=0.75, lamps=0.6),
        Light("dusk", (0.13, 0.14, 0.36), (0.38, 0.29, 0.55), (0.86, 0.53, 0.58),
              (0.66, 0.6, 0.78), (0.5, 0.4, 0.6), (1.0, 0.75, 0.68), (0.6, 0.42, 0.6), 0.4,
              body="moon", stars=0.4, rim=0.45, lamps=0.9),
        Light("night", (0.03, 0.05, 0.16), (0.08, 0.13, 0.32), (0.2, 0.27, 0.5),
              (0.5, 0.57, 0.8), (0.16, 0.23, 0.45), (0.86, 0.9, 1.0), (0.2, 0.25, 0.44), 0.3,
              body="moon", stars=1.0, rim=0.5, lamps=1.0),
        Light("moonlight", (0.05, 0.09, 0.22), (0.13, 0.23, 0.43), (0.34, 0.47, 0.66),
              (0.55, 0.64, 0.86), (0.27, 0.38, 0.58), (0.93, 0.96, 1.0), (0.36, 0.45, 0.62), 0.4,
              body="moon", stars=0.7, rim=0.8, lamps=0.8),
        Light("storm", (0.14, 0.17, 0.23), (0.28, 0.32, 0.39), (0.5, 0.54, 0.58),
              (0.66, 0.7, 0.76), (0.42, 0.46, 0.52), (0.8, 0.86, 0.95), (0.2, 0.23, 0.29), 0.95,
              body="none", rim=0.2, lamps=0.7),
        Light("overcast", (0.56, 0.62, 0.68), (0.7, 0.75, 0.79), (0.84, 0.87, 0.88),
              (0.87, 0.89, 0.91), (0.76, 0.8, 0.83), (0.95, 0.96, 0.98), (0.86, 0.88, 0.9), 0.9,
              body="none", rim=0.15, lamps=0.3),
        Light("fog", (0.68, 0.73, 0.77), (0.79, 0.83, 0.85), (0.88, 0.9, 0.9),
              (0.86, 0.89, 0.92), (0.86, 0.89, 0.9), (1.0, 0.98, 0.92), (0.9, 0.92, 0.93), 0.3,
              body="pale sun", fog=0.8, rim=0.15, lamps=0.5),
        Light("neon", (0.05, 0.02, 0.16), (0.25, 0.05, 0.38), (0.85, 0.2, 0.58),
              (0.75, 0.56, 0.95), (0.45, 0.14, 0.5), (1.0, 0.45, 0.8), (0.38, 0.12, 0.48), 0.3,
              body="none", stars=0.25, rim=0.9, lamps=1.0),
        Light("aurora", (0.02, 0.05, 0.15), (0.05, 0.16, 0.28), (0.14, 0.35, 0.42),
              (0.48, 0.64, 0.76), (0.12, 0.28, 0.38), (0.7, 1.0, 0.88), (0.12, 0.25, 0.34), 0.12,
              body="none", stars=1.0, rim=0.6, lamps=0.9),
    )
}  # fmt: skip
