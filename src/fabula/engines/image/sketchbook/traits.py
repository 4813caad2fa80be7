"""How things behave in a scene: what flies, floats or swims, how large, and of what only the
head is drawn."""

from __future__ import annotations

from dataclasses import dataclass

FLIERS = frozenset({
    "airplane", "small airplane", "helicopter", "balloon", "kite", "parachute", "flying saucer",
    "satellite", "bat", "bird", "dove", "eagle", "butterfly", "honeybee", "fly", "comet", "star",
    "glowing star", "shooting star", "crescent moon", "full moon", "full moon face",
    "ringed planet",
    "sun", "sun with face", "cloud", "dragon", "phoenix", "fairy", "superhero", "alien monster",
    "suspension railway", "aerial tramway", "mountain cableway", "lady beetle", "parrot",
    "fireworks", "sparkles", "rainbow", "leaf fluttering in wind", "snowflake", "black bird",
})  # fmt: skip
BOATS = frozenset({
    "sailboat", "canoe", "speedboat", "passenger ship", "ferry", "motor boat", "ship", "duck",
    "swan", "ring buoy", "goose", "person surfing", "person rowing boat",
})  # fmt: skip
SWIMMERS = frozenset({
    "whale", "spouting whale", "dolphin", "orca", "seal", "fish", "tropical fish", "blowfish",
    "shark", "octopus", "jellyfish", "squid", "turtle", "shrimp", "otter", "crocodile", "merperson",
    "lobster", "crab", "sauropod",
})  # fmt: skip
HEADS = frozenset({
    "fox", "wolf", "lion", "bear", "polar bear", "koala", "panda", "raccoon", "hamster", "frog",
    "unicorn", "moose", "boar", "cat face", "dog face", "horse face", "cow face", "pig face",
    "mouse face", "rabbit face", "tiger face", "monkey face", "dragon face", "grinning cat",
    "zebra face", "gorilla", "chicken", "person", "man", "woman", "old man", "old woman", "teacher",
    "judge", "farmer", "cook", "mechanic", "scientist", "singer", "artist", "pilot", "astronaut",
    "firefighter", "police officer", "detective", "guard", "ninja", "construction worker", "prince",
    "princess", "person in tuxedo", "Santa Claus", "superhero", "supervillain", "mage", "vampire",
    "robot", "ogre", "goblin", "clown face", "alien", "elf",
})  # fmt: skip
LARGE = frozenset({
    "castle", "Japanese castle", "house", "house with garden", "hotel", "church", "factory",
    "school", "hospital", "office building", "elephant", "mammoth", "giraffe", "whale", "dragon",
    "ship", "passenger ship", "sailboat", "ferry", "locomotive", "train", "bus", "airplane",
    "rocket",
    "volcano", "mountain", "snow-capped mountain", "mount fuji", "ferris wheel", "roller coaster",
    "circus tent", "T-Rex", "sauropod", "evergreen tree", "deciduous tree", "palm tree",
    "classical building", "Tokyo tower", "stadium", "hut", "lighthouse", "fountain", "mosque",
    "Christmas tree", "articulated lorry", "tractor", "spouting whale", "balloon",
})  # fmt: skip
SMALL = frozenset({
    "mouse", "rat", "hedgehog", "chipmunk", "butterfly", "honeybee", "lady beetle", "ant", "bug",
    "snail", "spider", "worm", "fly", "beetle", "hatching chick", "baby chick", "shrimp", "key",
    "old key", "ring", "coin", "candle", "red apple", "green apple", "strawberry", "cherries",
    "lemon", "pencil", "feather", "egg", "cookie", "envelope", "mushroom", "bird", "frog",
})  # fmt: skip


@dataclass(frozen=True)
class Traits:
    """``size`` is the height of the drawing as a fraction of the picture's height."""

    size: float
    flies: bool
    floats: bool
    swims: bool
    head: bool


def traits_of(label: str) -> Traits:
    """The traits of the thing with this label."""
    size = 0.5 if label in LARGE else 0.34 if label in SMALL else 0.42
    return Traits(size, label in FLIERS, label in BOATS, label in SWIMMERS, label in HEADS)
