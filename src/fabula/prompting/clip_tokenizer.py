"""The tokenizer of CLIP's text encoder, which reads SDXL's prompts.

Built from its merges alone (see ``data/README.md``): byte-level BPE over lower-cased words, each
ending in ``</w>``, after NFC and with white space squeezed.
"""

import gzip
from functools import lru_cache
from importlib import resources

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

START = "<|startoftext|>"
END = "<|endoftext|>"
_WORD_END = "</w>"
_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


@lru_cache
def clip_tokenizer() -> Tokenizer:
    """The tokenizer, made once a process. It adds neither start nor end."""
    merges = _merges()
    vocabulary = {token: number for number, token in enumerate(_tokens(merges))}
    model = models.BPE(vocab=vocabulary, merges=merges, end_of_word_suffix=_WORD_END, unk_token=END)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.add_special_tokens(
        [AddedToken(START, normalized=False), AddedToken(END, normalized=False)]
    )
    return tokenizer


def _merges() -> list[tuple[str, str]]:
    packed = resources.files("fabula.prompting").joinpath("data/clip_merges.txt.gz").read_bytes()
    pairs = (line.partition(" ") for line in gzip.decompress(packed).decode().splitlines())
    return [(left, right) for left, _, right in pairs]


def _tokens(merges: list[tuple[str, str]]) -> list[str]:
    """All tokens in the order of their ids."""
    letters = _byte_letters()
    ended = [letter + _WORD_END for letter in letters]
    return [*letters, *ended, *(left + right for left, right in merges), START, END]


def _byte_letters() -> list[str]:
    """A visible character for each of the 256 bytes: printable ones stand for themselves, the
    others follow from U+0100 on."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = sorted(set(range(256)) - set(visible))
    return [chr(byte) for byte in visible] + [chr(0x100 + n) for n in range(len(hidden))]
