"""The flow network as trained; ``fabula.engines.image.sketchbook.flow`` runs it without torch."""

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import Tensor, nn

WIDTH, LAYERS, CONDITION, WAVES = 896, 4, 256, 32
COLOUR_SIZE, STYLE_SIZE, WORDS_SIZE = 64, 16, 384


class Block(nn.Module):
    """A residual layer whose normalised input is scaled and shifted by the conditions."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH, elementwise_affine=False)
        self.inner = nn.Linear(WIDTH, WIDTH)
        self.outer = nn.Linear(WIDTH, WIDTH)
        self.modulation = nn.Linear(CONDITION, 2 * WIDTH)
        for weight in (self.modulation.weight, self.modulation.bias, self.outer.weight):
            nn.init.zeros_(weight)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        gain, shift = self.modulation(c).chunk(2, -1)
        return x + self.outer(F.silu(self.inner(self.norm(x) * (1 + gain) + shift)))


class FlowNet(nn.Module):
    """Predicts the clean components from noisy ones, a time, words, a colour and a style.

    The last index of each embedding stands for "not given".
    """

    def __init__(self, size: int, colours: int, styles: int) -> None:
        super().__init__()
        self.colour = nn.Embedding(colours + 1, COLOUR_SIZE)
        self.style = nn.Embedding(styles + 1, STYLE_SIZE)
        given = WORDS_SIZE + COLOUR_SIZE + STYLE_SIZE + 2 * WAVES
        self.mix = nn.Linear(given, 640)
        self.condense = nn.Linear(640, CONDITION)
        self.enter = nn.Linear(size, WIDTH)
        self.blocks = nn.ModuleList([Block() for _ in range(LAYERS)])
        self.leave = nn.Linear(WIDTH, size)
        nn.init.zeros_(self.leave.weight)
        self.register_buffer("waves", torch.exp(torch.linspace(0, 6, WAVES)))

    def forward(self, z: Tensor, t: Tensor, words: Tensor, colour: Tensor, style: Tensor) -> Tensor:
        angle = t[:, None] * self.waves
        parts = [words * 8, self.colour(colour), self.style(style), angle.sin(), angle.cos()]
        c = F.silu(self.condense(F.silu(self.mix(torch.cat(parts, -1)))))
        x = self.enter(z)
        for block in self.blocks:
            x = block(x, c)
        return self.leave(x)
