"""Train the flow-matching network: noise and words in, principal components out.

The network predicts the clean sample x from z_t = t x + (1 - t) n, with n normal noise
(rectified flow, Liu et al. 2022; loss weighted towards velocity). One time in ten every condition
is left out, for classifier-free guidance (Ho and Salimans 2022). The forty pairs of colour and
subject in ``heldout.py`` are never shown.
"""

import argparse
import json
import math
import time
from dataclasses import dataclass

import numpy as np
import torch
from flow_net import FlowNet
from heldout import PAIRS
from subjects import CACHE, COLOURS
from torch import Tensor, nn

SHAPE, PAINT, BATCH = 640, 192, 192


@dataclass
class Data:
    """Everything a batch is drawn from."""

    rows: Tensor
    shape: Tensor
    paint: Tensor
    words: Tensor
    first: Tensor
    any_word: Tensor
    shown: Tensor
    scale: Tensor


def load_data() -> Data:
    data = np.load(CACHE / "parts.npz")
    labels = [s[0] for s in json.loads((CACHE / "words.json").read_text())["subjects"]]
    rows, owner = data["rows"], data["owner"]
    shape, paint = data["shape"][:, :SHAPE], data["paint"][..., :PAINT]
    of_subject = [np.flatnonzero(owner == i) for i in range(len(labels))]
    spread = max(map(len, of_subject))
    std = np.concatenate([shape.std(0), paint.reshape(-1, PAINT).std(0) * 1.5])
    scale = std**0.75 * std.mean() ** 0.25
    return Data(
        torch.from_numpy(rows),
        torch.from_numpy(shape).float(),
        torch.from_numpy(paint).float(),
        torch.from_numpy(data["vectors"]),
        torch.tensor([int(o[0]) for o in of_subject]),
        torch.from_numpy(np.stack([np.resize(o, spread) for o in of_subject])),
        chances(rows, labels),
        torch.from_numpy(scale).float(),
    )


def chances(rows: np.ndarray, labels: list[str]) -> Tensor:
    """How often each (drawing, colour) is shown: natural colours more, held-out pairs never."""
    shown = np.ones((len(rows), len(COLOURS)))
    shown[:, 0] = 7
    for colour, label in PAIRS:
        shown[rows[:, 0] == labels.index(label), list(COLOURS).index(colour)] = 0
    return torch.from_numpy(shown).flatten()


def batch_of(data: Data, styles: int) -> tuple[Tensor, ...]:
    """Clean components and their conditions."""
    picked = torch.multinomial(data.shown, BATCH, replacement=True)
    drawing, colour = picked // len(COLOURS), picked % len(COLOURS)
    subject, style = data.rows[drawing].unbind(1)
    other = data.any_word[subject, torch.randint(0, data.any_word.shape[1], (BATCH,))]
    chosen = torch.where(torch.rand(BATCH) < 0.7, data.first[subject], other)
    words = data.words[chosen] + 0.012 * torch.randn(BATCH, data.words.shape[1])
    drop = torch.rand(BATCH) < 0.1
    words = torch.where(drop[:, None], torch.zeros_like(words), words)
    colour = torch.where(drop, len(COLOURS), colour)
    style = torch.where(drop | (torch.rand(BATCH) < 0.05), styles, style)
    clean = torch.cat([data.shape[drawing], data.paint[drawing, picked % len(COLOURS)]], -1)
    return clean / data.scale, words, colour, style


def loss_of(net: FlowNet, data: Data, styles: int, weight: Tensor) -> Tensor:
    x, words, colour, style = batch_of(data, styles)
    t = torch.sigmoid(torch.randn(BATCH) - 0.2)
    noisy = t[:, None] * x + (1 - t[:, None]) * torch.randn_like(x)
    found = net(noisy, t, words, colour, style)
    return (weight * (1 / (1 - t).clamp(min=0.12))[:, None] * (found - x) ** 2).mean()


def rate_at(step: int, steps: int) -> float:
    """Share of the peak learning rate: a short warm-up, then half a cosine to a fiftieth."""
    return min(1, step / 200) * (0.49 * (1 + math.cos(math.pi * step / steps)) + 0.02)


def save(average: dict[str, Tensor], scale: Tensor) -> None:
    torch.save({"net": average, "scale": scale}, CACHE / "flow_net.pt")


def train(net: FlowNet, data: Data, steps: int, peak: float) -> dict[str, Tensor]:
    """Train for a number of steps; returns the running average of the weights."""
    styles = int(data.rows[:, 1].max()) + 1
    weight = data.scale / data.scale.square().mean().sqrt()
    average = {k: v.clone() for k, v in net.state_dict().items()}
    optimizer = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=0.01)
    began, losses = time.time(), []
    for step in range(1, steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = peak * rate_at(step, steps)
        loss = loss_of(net, data, styles, weight)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
        if step % 10 == 0:
            pull = max(0.005, 1 / (step / 10 + 1))
            for name, value in net.state_dict().items():
                average[name].lerp_(value, pull)
        if step % 250 == 0:
            mean = float(np.mean(losses[-250:]))
            print(step, round(time.time() - began), "s", round(mean, 4), flush=True)
            save(average, data.scale)
    return average


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=12600)
    parser.add_argument("--peak", type=float, default=1.3e-3, help="highest learning rate")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(args.threads)
    data = load_data()
    net = FlowNet(SHAPE + PAINT, len(COLOURS), int(data.rows[:, 1].max()) + 1)
    print("parameters", sum(p.numel() for p in net.parameters()) / 1e6, "M", flush=True)
    save(train(net, data, args.steps, args.peak), data.scale)


if __name__ == "__main__":
    main()
