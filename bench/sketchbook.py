"""Draw Sketchbook's forty test prompts on one sheet and time them.

    OPENBLAS_NUM_THREADS=1 python bench/sketchbook.py [--out SHEET.webp] [--seed 40]

One BLAS thread is faster here than two: the products are small, and a second thread that waits
for a busy core makes single pictures take seconds longer.

The prompts were fixed before any picture was judged. Their pairs of colour and subject are the
held-out pairs of ``training/sketchbook/heldout.py``: the model never saw them together. The sheet
reads from left to right, eight pictures a row, in the order of ``PROMPTS``.
"""

import argparse
import statistics
import time
from pathlib import Path

from PIL import Image

from fabula.engines.base import CancelToken, EngineContext, ImageOutput, ImageRequest, Pixels
from fabula.engines.image.sketchbook.engine import Sketchbook

PROMPTS = (
    "a blue fox in a snowy forest at dawn",
    "a green dragon over the mountains at sunset",
    "a purple car in the desert at night",
    "a red owl in a forest by moonlight",
    "a gold robot on a city street in neon light",
    "a pink elephant in a meadow at noon",
    "a white castle on a hill in the fog",
    "an orange sailboat on the sea at golden hour",
    "a black cat in a library in the evening",
    "a yellow wizard in a cave at night",
    "a teal whale in the sea by moonlight",
    "a silver rocket in space",
    "a brown guitar in a room in the morning",
    "a grey rabbit in the garden at noon",
    "a blue mushroom in the forest in the mist",
    "a red bicycle on a village street at sunset",
    "a green horse on the beach at dawn",
    "a purple butterfly in a flower garden in sunshine",
    "a pink airplane above the clouds at sunset",
    "a white tiger in the jungle in the rain",
    "an orange octopus under water",
    "a gold violin on a stage, in a room, at dusk",
    "a teal turtle on the beach at noon",
    "a yellow steam locomotive in the mountains on an overcast day",
    "a blue rose in the snow under the northern lights",
    "a black swan on a lake at dawn",
    "a silver penguin in the arctic at night",
    "a brown teddy bear in a cosy room at night",
    "a red umbrella on a city street in the rain",
    "a purple pear on the market at noon",
    "a green crystal ball in a library at midnight",
    "a pink tulip in a meadow at golden hour",
    "a white wolf in the mountains in moonlight",
    "an orange motorboat on a lake at sunset",
    "a gold crown in the desert at golden hour",
    "a grey ship on the sea in a storm",
    "a blue house in a village in winter at dusk",
    "a yellow duck on a lake at noon",
    "a teal snail in a garden after rain, foggy morning",
    "a pink ghost in a night market",
)
COLUMNS, TILE = 8, (288, 216)


def draw(engine: Sketchbook, prompt: str, seed: int) -> tuple[Pixels, float]:
    """The picture, 1024 x 768 at the default settings, and the seconds it took."""
    limits = engine.capabilities()
    request = ImageRequest(
        prompt, seed, 1024, 768, int(limits.steps.default), limits.guidance_scale.default
    )
    began = time.perf_counter()
    events = list(engine.run(request, CancelToken()))
    seconds = time.perf_counter() - began
    return next(e.pixels for e in events if isinstance(e, ImageOutput)), seconds


def sheet(pictures: list[Pixels]) -> Image.Image:
    rows = -(-len(pictures) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * TILE[0], rows * TILE[1]), "white")
    for i, pixels in enumerate(pictures):
        tile = Image.fromarray(pixels).resize(TILE, Image.Resampling.LANCZOS)
        whole.paste(tile, (i % COLUMNS * TILE[0], i // COLUMNS * TILE[1]))
    return whole


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path("docs/guide/images/sketchbook-sheet.webp"))
    parser.add_argument("--seed", type=int, default=40)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    began = time.perf_counter()
    engine = Sketchbook(EngineContext(models_dir="", threads=args.threads))
    engine.load()
    print(f"load {time.perf_counter() - began:.2f} s")
    drawn = [draw(engine, prompt, args.seed + i) for i, prompt in enumerate(PROMPTS)]
    for prompt, (_, seconds) in zip(PROMPTS, drawn, strict=True):
        print(f"{seconds:5.2f} s  {prompt}")
    times = sorted(seconds for _, seconds in drawn)
    print(f"median {statistics.median(times):.2f} s, slowest {times[-1]:.2f} s at 1024 x 768")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    sheet([pixels for pixels, _ in drawn]).save(args.out, quality=82, method=6)
    print(args.out, f"{args.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
