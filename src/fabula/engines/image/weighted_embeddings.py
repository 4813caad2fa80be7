"""Weighted prompts as embeddings for a Stable Diffusion pipeline, by the library compel.

compel parses a dialect of its own and reads another one's brackets as words; here it gets the spans
of a prompt as its fragments, so that no text is parsed again.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, TypeAlias

from fabula.engines.base import ImageRequest, WeightedChunk, WeightedSpan, WeightedText

Pipeline: TypeAlias = Any
Tensor: TypeAlias = Any
Provider: TypeAlias = Any
Device: TypeAlias = Any
"""Objects of diffusers, torch and compel, which have no types where they are not installed."""


class WeightedEmbeddings:
    """Encodes texts with the text encoders of one pipeline."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._torch = import_module("torch")
        compel = import_module("compel")
        self._both = hasattr(pipeline, "text_encoder_2")
        kinds = compel.ReturnedEmbeddingsType
        if self._both:
            kind = kinds.PENULTIMATE_HIDDEN_STATES_NON_NORMALIZED
            parts = [
                (pipeline.tokenizer, pipeline.text_encoder),
                (pipeline.tokenizer_2, pipeline.text_encoder_2),
            ]
        else:
            kind = kinds.LAST_HIDDEN_STATES_NORMALIZED
            parts = [(pipeline.tokenizer, pipeline.text_encoder)]
        provider = import_module("compel.embeddings_provider").EmbeddingsProvider
        self._providers: list[Provider] = [
            provider(tokenizer=tokenizer, text_encoder=encoder, returned_embeddings_type=kind)
            for tokenizer, encoder in parts
        ]

    def arguments_for(self, request: ImageRequest) -> dict[str, Tensor]:
        """What a pipeline takes in place of the two prompts of a request.

        Embeddings have the shape (1, chunks x tokens, width); both prompts have as many chunks. The
        pooled ones of the second encoder stand for a whole text and know no weights.
        """
        texts = (
            request.weighted_prompt or _even(request.prompt),
            request.weighted_negative or _even(request.negative_prompt),
        )
        with self._torch.no_grad():
            positive, negative = self._of_one_length([self._encoded(text) for text in texts])
            found = {"prompt_embeds": positive, "negative_prompt_embeds": negative}
            if self._both:
                found["pooled_prompt_embeds"] = self._pooled(request.prompt)
                found["negative_pooled_prompt_embeds"] = self._pooled(request.negative_prompt)
        return found

    def _encoded(self, text: WeightedText) -> Tensor:
        chunks = [self._chunk(chunk) for chunk in text.chunks]
        weights = [chunk.weight for chunk in text.chunks]
        if text.blended:
            whole = sum(weights) if text.normalized else 1.0
            return sum(
                chunk * (weight / (whole or 1.0))
                for chunk, weight in zip(chunks, weights, strict=True)
            )
        return self._torch.cat(
            [
                chunk if weight == 1 else self._empty() + (chunk - self._empty()) * weight
                for chunk, weight in zip(chunks, weights, strict=True)
            ],
            dim=1,
        )

    def _chunk(self, chunk: WeightedChunk) -> Tensor:
        fragments = [span.text for span in chunk.spans]
        weights = [span.weight for span in chunk.spans]
        return self._torch.cat(
            [
                provider.get_embeddings_for_weighted_prompt_fragments(
                    text_batch=[fragments],
                    fragment_weights_batch=[weights],
                    device=self._device,
                ).to(self._device)
                for provider in self._providers
            ],
            dim=-1,
        )

    def _empty(self) -> Tensor:
        return self._chunk(WeightedChunk((WeightedSpan(""),)))

    def _pooled(self, text: str) -> Tensor:
        pooled = self._providers[1].get_pooled_embeddings([text], device=self._device)
        return pooled.to(self._device)

    def _of_one_length(self, texts: list[Tensor]) -> list[Tensor]:
        """The shorter ones go on with empty chunks."""
        longest = max(text.shape[1] for text in texts)
        empty = self._empty()
        return [
            self._torch.cat([text, *[empty] * ((longest - text.shape[1]) // empty.shape[1])], dim=1)
            for text in texts
        ]

    @property
    def _device(self) -> Device:
        """Where the pipeline works, which is not where a part of it waits when offloaded."""
        return self._pipeline._execution_device  # noqa: SLF001 - diffusers has no public name for it


def _even(text: str) -> WeightedText:
    return WeightedText((WeightedChunk((WeightedSpan(text),)),))
