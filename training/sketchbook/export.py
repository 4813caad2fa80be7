"""Write the weights that the studio ships: the network in fp16, the two bases in int8."""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from fields import DARK, REACH
from numpy.typing import NDArray
from subjects import ALSO, CACHE, COLOURS
from train_flow import PAINT, SHAPE

SOURCE = Path(__file__).resolve().parents[2] / "src"
WEIGHTS = SOURCE / "fabula/engines/image/sketchbook/weights"
sys.path.insert(0, str(SOURCE))
from fabula.engines.image.sketchbook.sentences import SentenceEncoder  # noqa: E402 - the path is set above


def in_bytes(basis: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Rows as int8 and the step of each row."""
    step = np.abs(basis).max(1) / 127
    return np.round(basis / step[:, None]).astype(np.int8), step.astype(np.float32)


def export_flow(average: dict[str, torch.Tensor]) -> None:
    np.savez(WEIGHTS / "flow.npz", **{k: v.numpy().astype(np.float16) for k, v in average.items()})


def export_decoder(scale: NDArray[np.float32]) -> None:
    data = np.load(CACHE / "parts.npz")
    shape, shape_step = in_bytes(data["shape_basis"][:SHAPE])
    paint, paint_step = in_bytes(data["paint_basis"][:PAINT])
    np.savez(
        WEIGHTS / "drawing.npz", scale=scale, shape=shape, shape_step=shape_step, paint=paint,
        paint_step=paint_step, shape_mean=data["shape_mean"].astype(np.float16),
        paint_mean=data["paint_mean"].astype(np.float16), reach=REACH, dark=DARK,
    )  # fmt: skip


def export_words() -> None:
    """Every thing with its names (label and everyday words) and its looser tags."""
    listed = json.loads((CACHE / "words.json").read_text())
    rows = np.load(CACHE / "parts.npz")["rows"]
    things = []
    for i, (label, words) in enumerate(listed["subjects"]):
        names = [label, *ALSO.get(label, [])]
        styles = sorted(int(s) for s in rows[rows[:, 0] == i, 1])
        tags = [word for word in words if word not in names]
        things.append({"label": label, "names": names, "tags": tags, "styles": styles})
    names = [name for thing in things for name in thing["names"]]
    vectors = SentenceEncoder(threads=1).encode(names)
    text = json.dumps({"colours": list(COLOURS), "things": things}, ensure_ascii=False, indent=0)
    (WEIGHTS / "things.json").write_text(text + "\n", encoding="utf-8")
    np.savez(WEIGHTS / "words.npz", vectors=vectors.astype(np.float16))


def main() -> None:
    trained = torch.load(CACHE / "flow_net.pt")
    export_flow(trained["net"])
    export_decoder(trained["scale"].numpy())
    export_words()
    size = sum(p.stat().st_size for p in WEIGHTS.iterdir()) / 1e6
    print(f"{size:.1f} MB in {WEIGHTS}")


if __name__ == "__main__":
    main()
