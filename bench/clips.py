"""How long a clip takes against how long it plays, and against the encoder alone.

    python bench/clips.py [--seconds 5] [--size 1280x720] [--threads 2] [--repeat 3]

A picture of 1024 x 768 is moved in every way there is; of several runs the fastest counts, since
other work on the machine only ever adds. The encoder alone gets the frames of the same clip ready
made. Seconds of the processor are beside those of the clock: on a busy machine they are the ones
to compare.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
from PIL import Image

from fabula.engines.base import (
    CancelToken,
    EngineContext,
    Motion,
    Pixels,
    VideoOutput,
    VideoRequest,
)
from fabula.engines.video.h264 import H264Writer
from fabula.engines.video.motion import camera
from fabula.engines.video.motion.engine import MotionEngine, decided, film_of, given, in_order
from fabula.engines.video.motion.words import read


def picture() -> Pixels:
    """Soft patches with some grain: about as hard to encode as a painted scene."""
    rng = np.random.default_rng(1)
    patches = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8))
    smooth = np.asarray(patches.resize((1024, 768), Image.Resampling.BICUBIC), np.int16)
    grain = rng.integers(-6, 7, (768, 1024, 1), np.int16)
    pixels: Pixels = np.clip(smooth + grain, 0, 255).astype(np.uint8)
    return pixels


def fastest(work: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Seconds of the clock and of the processor, of the fastest run."""
    times = []
    for _ in range(repeat):
        clock, processor = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - clock, time.process_time() - processor))
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--fps", type=float, default=24.0)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    width, height = map(int, args.size.split("x"))
    engine = MotionEngine(EngineContext(models_dir="", threads=args.threads))
    request = VideoRequest(
        prompt="", seed=7, width=width, height=height, frames=round(args.seconds * args.fps),
        fps=args.fps, steps=20, guidance_scale=1.6, first_frame=picture(),
    )  # fmt: skip

    def clip(kind: str, last: Pixels | None = None) -> int:
        wanted = replace(request, motion=Motion(kind=kind), last_frame=last)
        events = list(engine.run(wanted, CancelToken()))
        assert isinstance(events[-1], VideoOutput)
        return len(events[-1].mp4)

    first = given(picture())
    film = film_of(first, None, decided(Motion(kind="zoom-in"), read(""), 7), request)
    ready = list(in_order(film, request.frames, args.threads))

    def encode() -> None:
        writer = H264Writer(width, height, args.fps)
        for frame in ready:
            writer.write(frame)
        writer.finish()

    bare, bare_cpu = fastest(encode, args.repeat)
    print(f"{'encoder alone':<16} {bare:5.2f} s, {bare_cpu:5.2f} s processor")
    rows: list[tuple[str, Pixels | None]] = [(kind, None) for kind in camera.KINDS]
    for kind, last in [*rows, ("dolly-in", np.ascontiguousarray(picture()[::-1]))]:
        spent, cpu = fastest(partial(clip, kind, last), args.repeat)
        name = kind if last is None else "to another"
        print(
            f"{name:<16} {spent:5.2f} s, {cpu:5.2f} s processor: "
            f"{spent / args.seconds:4.2f} of its length, {spent / bare:4.1f} x the encoder"
        )


if __name__ == "__main__":
    main()
