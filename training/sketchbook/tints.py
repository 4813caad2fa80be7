"""Recolours the body of a drawing and keeps its shading, eyes, and small accents."""

import numpy as np
from fields import Field
from numpy.typing import NDArray

BODY_SHARE = 0.5  # of the silhouette: below this the colour would not be read as the subject's


def tinted(colour: Field, inside: Field, target: tuple[float, float, float]) -> Field:
    """Colour (S, S, 3) with the body in the target colour; ``inside`` (S, S) is 0-1."""
    light = colour @ np.array([0.3, 0.55, 0.15], np.float32)
    weight = body_weight(colour, inside)
    body = light[(inside > 0.5) & (weight > 0.5)]
    middle = np.quantile(body, 0.6) if body.size > 20 else 0.6
    tone = np.clip(light / max(float(middle), 0.18), 0, 1.7)[..., None]
    base = np.array(target, np.float32)
    shade = base * (0.3 + 0.7 * np.minimum(tone, 1))
    shine = np.clip((tone - 1) / 0.7, 0, 1) * 0.5
    painted = shade + (1 - shade) * shine
    return colour + weight[..., None] * (painted - colour)


def body_weight(colour: Field, inside: Field) -> Field:
    """How much each pixel belongs to the body, 0-1, widening until enough is covered."""
    solid = inside > 0.5
    high, low = colour.max(-1), colour.min(-1)
    chroma = high - low
    vivid = ramp(chroma, 0.1, 0.25)
    dark = 1 - ramp(high, 0.16, 0.34)
    if vivid[solid].mean() > 0.3:
        weight = _of_hue(colour, solid, vivid)
    else:
        weight = (1 - 0.9 * vivid) * (1 - dark)
    if weight[solid].mean() < BODY_SHARE:
        weight = np.maximum(weight, vivid * (1 - dark))
    if weight[solid].mean() < BODY_SHARE:
        pale = ramp(low, 0.86, 0.95)
        weight = np.maximum(weight, (1 - dark) * (1 - 0.5 * pale))
    if weight[solid].mean() < BODY_SHARE:
        weight = np.maximum(weight, 0.9)
    return weight.astype(np.float32)


def _of_hue(colour: Field, solid: NDArray[np.bool_], vivid: Field) -> Field:
    angle = hue(colour)
    counts, edges = np.histogram(angle[solid], 36, (0, 2 * np.pi), weights=vivid[solid])
    smooth = counts + np.roll(counts, 1) + np.roll(counts, -1)
    main = edges[int(smooth.argmax())] + np.pi / 36
    apart = np.abs((angle - main + np.pi) % (2 * np.pi) - np.pi)
    return vivid * (1 - ramp(apart, 0.6, 0.95))


def hue(colour: Field) -> Field:
    """Hue angle, 0 to 2 pi."""
    red, green, blue = colour[..., 0], colour[..., 1], colour[..., 2]
    return np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue) % (2 * np.pi)


def ramp(value: Field, start: float, end: float) -> Field:
    """0 below start, 1 above end, smooth between."""
    t = np.clip((value - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)
