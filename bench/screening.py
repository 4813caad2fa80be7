"""What the content policy costs for a text.

python -m bench.screening [--rounds 200]
"""

import argparse
import statistics
import time

from fabula.moderation.terms import signs_in

LENGTH = 2000
TEXTS = {
    "a plain prompt": "a lighthouse on a cliff above the sea at dawn, gulls, warm light, ",
    "digits for letters": "l33t w0rds ev3rywh3re n0w ",
    "split words": "l-i-g-h-t-h-0-u-s-e ",
    "letters apart": "l i g h t 5 ",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    signs_in("the vocabulary is read once")
    for name, piece in TEXTS.items():
        text = (piece * LENGTH)[:LENGTH]
        seconds = []
        for _ in range(rounds):
            began = time.perf_counter()
            signs_in(text)
            seconds.append(time.perf_counter() - began)
        middle, most = statistics.median(seconds) * 1000, max(seconds) * 1000
        print(f"{name:<20} {LENGTH} characters: {middle:.2f} ms, at most {most:.2f} ms")


if __name__ == "__main__":
    main()
