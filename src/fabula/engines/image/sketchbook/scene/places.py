"""Composes every place from the layers: one short function each."""

from __future__ import annotations

from collections.abc import Callable

from fabula.engines.image.sketchbook.scene import indoors, land, plants, space, town, water
from fabula.engines.image.sketchbook.scene.canvas import Colour, Stage
from fabula.engines.image.sketchbook.scene.sky import draw_sky

GREEN: Colour = (0.46, 0.65, 0.31)
BLOOMS: list[Colour] = [(0.96, 0.45, 0.5), (0.98, 0.97, 0.95), (0.98, 0.8, 0.32), (0.68, 0.5, 0.85)]


def meadow(stage: Stage) -> None:
    draw_sky(stage)
    land.mountains(stage, (0.45, 0.53, 0.62), snow=False)
    land.hills(stage, (0.42, 0.6, 0.32))
    land.ground(stage, (0.4, 0.6, 0.24), (0.6, 0.74, 0.38))
    plants.tree_row(stage, "round", (0.26, 0.46, 0.24), base=stage.horizon + 12 * stage.unit,
                    height=stage.height * 0.13, count=9, distance=0.35)  # fmt: skip
    plants.meadow_grass(stage, (0.38, 0.58, 0.22))
    plants.flowers(stage, 90, BLOOMS)
    plants.foreground_grass(stage, GREEN)


def hillside(stage: Stage) -> None:
    draw_sky(stage)
    land.hills(stage, (0.45, 0.62, 0.36), count=4, height=0.3)
    land.ground(stage, (0.42, 0.6, 0.26), (0.58, 0.72, 0.38))
    land.path(stage, (0.82, 0.7, 0.5))
    plants.meadow_grass(stage, (0.38, 0.58, 0.22))
    plants.foreground_grass(stage, GREEN)


def village(stage: Stage) -> None:
    draw_sky(stage)
    land.mountains(stage, (0.45, 0.53, 0.62))
    land.hills(stage, (0.42, 0.6, 0.32), count=2)
    land.ground(stage, (0.42, 0.6, 0.26), (0.6, 0.72, 0.4))
    land.path(stage, (0.82, 0.7, 0.5))
    town.village(stage)
    plants.meadow_grass(stage, (0.38, 0.58, 0.22))
    plants.foreground_grass(stage, GREEN)


def snowfield(stage: Stage) -> None:
    draw_sky(stage)
    land.mountains(stage, (0.5, 0.58, 0.7))
    land.hills(stage, (0.86, 0.91, 0.97), count=2, height=0.14)
    land.ground(stage, (0.93, 0.96, 1.0), (0.86, 0.91, 0.98), patches=0.06)
    for depth, tall, count in ((0.02, 0.15, 12), (0.12, 0.24, 6)):
        base = stage.horizon + (stage.height - stage.horizon) * depth
        plants.snow_on_trees(stage, base, stage.height * tall, count, 0.42 - depth)
    land.drifts(stage)
    stage.tuft = "snow"
    land.mounds(stage, (0.95, 0.97, 1.0))


def forest(stage: Stage) -> None:
    draw_sky(stage)
    land.hills(stage, (0.3, 0.46, 0.34), count=1, height=0.24)
    for depth, tall, count, far in ((0.0, 0.36, 22, 0.72), (0.06, 0.5, 15, 0.48)):
        base = stage.horizon + (stage.height - stage.horizon) * depth
        plants.tree_row(stage, "conifer", (0.16, 0.36, 0.26), base=base,
                        height=stage.height * tall, count=count, distance=far)  # fmt: skip
        water.mist(stage, 0.25)
    land.ground(stage, (0.3, 0.42, 0.18), (0.42, 0.52, 0.3), start=stage.horizon + 14 * stage.unit,
                patches=0.6)  # fmt: skip
    land.path(stage, (0.6, 0.5, 0.36))
    plants.tree_row(stage, "conifer", (0.11, 0.27, 0.19), base=stage.horizon + stage.height * 0.13,
                    height=stage.height * 0.66, count=9, distance=0.16, gap=(0.2, 0.8))  # fmt: skip
    plants.meadow_grass(stage, (0.3, 0.46, 0.2))
    plants.flowers(stage, 26, BLOOMS[1:3])
    plants.foreground_grass(stage, (0.3, 0.46, 0.2))


def jungle(stage: Stage) -> None:
    draw_sky(stage)
    land.hills(stage, (0.28, 0.5, 0.3), count=2, height=0.3)
    for depth, tall, count, far in ((0.02, 0.4, 14, 0.5), (0.1, 0.52, 9, 0.28)):
        base = stage.horizon + (stage.height - stage.horizon) * depth
        plants.tree_row(stage, "round", (0.16, 0.42, 0.22), base=base, height=stage.height * tall,
                        count=count, distance=far)  # fmt: skip
        water.mist(stage, 0.15)
    land.ground(
        stage, (0.26, 0.44, 0.16), (0.36, 0.54, 0.26), start=stage.horizon + 26 * stage.unit
    )
    plants.tree_row(
        stage,
        "palm",
        (0.1, 0.36, 0.2),
        base=stage.horizon + stage.height * 0.16,
        height=stage.height * 0.58,
        count=7,
        distance=0.08,
        gap=(0.24, 0.76),
    )
    plants.meadow_grass(stage, (0.24, 0.5, 0.18))
    plants.foreground_grass(stage, (0.22, 0.5, 0.2))


def desert(stage: Stage) -> None:
    draw_sky(stage)
    land.mountains(stage, (0.72, 0.5, 0.42), snow=False)
    land.dunes(stage)
    for _ in range(3):
        x = stage.rng.choice([stage.rng.uniform(0.04, 0.26), stage.rng.uniform(0.74, 0.96)])
        depth = stage.rng.uniform(0.2, 0.6)
        base = stage.horizon + (stage.height - stage.horizon) * depth
        plants.cactus(
            stage, x * stage.width, base, stage.height * (0.06 + 0.2 * depth), 0.4 - depth / 2
        )
    stage.ground, stage.tuft = (0.9, 0.72, 0.46), "sand"


def mountain_valley(stage: Stage) -> None:
    stage.horizon += stage.height * 0.03
    draw_sky(stage)
    land.mountains(stage)
    land.mountains(stage, (0.3, 0.38, 0.46))
    land.ground(stage, (0.42, 0.54, 0.28), (0.5, 0.6, 0.4))
    plants.tree_row(stage, "conifer", (0.16, 0.32, 0.26), base=stage.horizon + 16 * stage.unit,
                    height=stage.height * 0.11, count=30, distance=0.36)  # fmt: skip
    plants.meadow_grass(stage, (0.4, 0.54, 0.26))
    plants.flowers(stage, 40, BLOOMS)
    plants.foreground_grass(stage, GREEN)


def open_sea(stage: Stage) -> None:
    stage.horizon *= 0.94
    draw_sky(stage)
    if stage.rng.random() < 0.5:
        land.hills(stage, (0.4, 0.5, 0.5), count=1, height=0.1)
    water.sea(stage, (0.05, 0.3, 0.46), (0.22, 0.56, 0.68))
    stage.surface = "water"
    stage.floor = stage.height * stage.rng.uniform(0.76, 0.82)


def beach(stage: Stage) -> None:
    draw_sky(stage)
    water.sea(stage, (0.12, 0.58, 0.66), (0.2, 0.56, 0.72))
    water.beach(stage)
    side = float(stage.rng.choice([0.1, 0.9]))
    plants.tree_row(stage, "palm", (0.2, 0.42, 0.24), base=stage.height * 0.83,
                    height=stage.height * 0.58, count=2, distance=0.05,
                    gap=(0.16, 1.1) if side < 0.5 else (-0.1, 0.84))  # fmt: skip
    stage.tuft = "sand"


def lake(stage: Stage) -> None:
    stage.horizon *= 0.94
    draw_sky(stage)
    land.mountains(stage)
    plants.tree_row(stage, "conifer", (0.15, 0.34, 0.27), base=stage.horizon + 8 * stage.unit,
                    height=stage.height * 0.12, count=28, distance=0.34)  # fmt: skip
    land.ground(stage, (0.42, 0.58, 0.27), (0.5, 0.62, 0.36))
    water.lake(stage, stage.horizon + 8 * stage.unit, stage.height * 0.86)
    stage.surface, stage.floor = "shore", stage.height * 0.925
    plants.blades(stage, (0.36, 0.52, 0.24), base=stage.height * 0.87, height=stage.height * 0.05,
                  count=130, span=(0, stage.width), spread=16)  # fmt: skip
    plants.foreground_grass(stage, GREEN)


def underwater(stage: Stage) -> None:
    water.underwater(stage)
    stage.horizon, stage.floor = stage.height * 0.7, stage.height * 0.66
    stage.ground = (0.5, 0.55, 0.46)


def street(stage: Stage) -> None:
    draw_sky(stage)
    for far, tall, wide in ((0.66, 0.46, 0.08), (0.4, 0.4, 0.12), (0.16, 0.3, 0.17)):
        town.skyline(stage, far=far, tall=tall, wide=wide, colour=(0.44, 0.38, 0.42))
    town.road(stage, (0.36, 0.36, 0.41))
    town.lamp_posts(stage, 3)
    stage.surface = "paved"


def market(stage: Stage) -> None:
    draw_sky(stage)
    town.skyline(stage, far=0.5, tall=0.4, wide=0.13, colour=(0.62, 0.5, 0.42))
    town.road(stage, (0.52, 0.46, 0.42))
    town.market(stage)
    stage.surface = "paved"


def garden(stage: Stage) -> None:
    draw_sky(stage)
    land.hills(stage, (0.42, 0.6, 0.34), count=1, height=0.14)
    plants.tree_row(stage, "round", (0.24, 0.46, 0.24), base=stage.horizon + 30 * stage.unit,
                    height=stage.height * 0.36, count=8, distance=0.24)  # fmt: skip
    land.ground(
        stage, (0.42, 0.64, 0.26), (0.54, 0.72, 0.34), start=stage.horizon + 20 * stage.unit
    )
    land.path(stage, (0.86, 0.78, 0.64))
    plants.meadow_grass(stage, (0.36, 0.58, 0.22))
    plants.flowers(stage, 260, [*BLOOMS, (0.95, 0.62, 0.75), (0.55, 0.6, 0.95)])
    plants.foreground_grass(stage, GREEN)


def room(stage: Stage) -> None:
    palette = [(0.62, 0.72, 0.68), (0.82, 0.7, 0.58), (0.6, 0.64, 0.76), (0.8, 0.66, 0.64)]
    indoors.wall_and_floor(stage, palette[int(stage.rng.integers(4))], (0.62, 0.42, 0.27))
    w, h = stage.width * 0.22, stage.height * 0.33
    x = stage.width * float(stage.rng.choice([0.16, 0.6]))
    cloth = [(0.75, 0.36, 0.32), (0.35, 0.48, 0.6), (0.8, 0.62, 0.34)]
    indoors.curtains(stage, (x, stage.height * 0.14, w, h), cloth[int(stage.rng.integers(3))])
    indoors.window(stage, (x, stage.height * 0.14, w, h), (0.96, 0.93, 0.86))
    indoors.rug(stage, cloth[int(stage.rng.integers(3))])
    indoors.lamp(stage, stage.width * (0.87 if x < stage.width * 0.4 else 0.12), stage.height * 0.8)


def library(stage: Stage) -> None:
    indoors.wall_and_floor(stage, (0.55, 0.42, 0.32), (0.5, 0.32, 0.2))
    wide = stage.width
    gap = float(stage.rng.choice([0.3, 0.42, 0.52]))
    indoors.shelves(stage, -0.02 * wide, (gap - 0.03) * wide)
    indoors.shelves(stage, (gap + 0.25) * wide, 1.02 * wide)
    opening = ((gap + 0.03) * wide, stage.height * 0.1, wide * 0.16, stage.height * 0.42)
    indoors.window(stage, opening, (0.5, 0.34, 0.22))
    indoors.rug(stage, (0.55, 0.22, 0.22))
    indoors.lamp(stage, wide * 0.93, stage.height * 0.83)


def cave(stage: Stage) -> None:
    indoors.cave(stage)


def deep_space(stage: Stage) -> None:
    space.deep_space(stage)


def moon(stage: Stage) -> None:
    space.moon_ground(stage)


def clouds(stage: Stage) -> None:
    draw_sky(stage, until=stage.height)
    space.above_clouds(stage)


Place = Callable[[Stage], None]
PLACES: dict[str, Place] = {
    "meadow": meadow, "hills": hillside, "village": village, "snow": snowfield, "forest": forest,
    "jungle": jungle, "desert": desert, "mountains": mountain_valley, "sea": open_sea,
    "beach": beach, "lake": lake, "underwater": underwater, "street": street, "market": market,
    "garden": garden, "room": room, "library": library, "cave": cave, "space": deep_space,
    "moon": moon, "clouds": clouds,
}  # fmt: skip
