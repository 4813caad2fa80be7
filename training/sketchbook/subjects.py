"""Which pictograms Sketchbook learns, and under which words."""

import json
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "sketchbook"
EMOJIBASE = CACHE / "emojibase-data/package/en/data.json"

SMILEYS, PEOPLE, PARTS, SYMBOLS, FLAGS = 0, 1, 2, 8, 9
KEPT_SMILEYS = {
    "robot", "ghost", "alien", "alien monster", "ogre", "goblin", "grinning cat",
    "red heart", "clown face",
}  # fmt: skip
KEPT_PEOPLE = {
    "mage", "fairy", "vampire", "merperson", "elf", "genie", "zombie", "ninja", "prince", "troll",
    "superhero", "supervillain", "detective", "guard", "astronaut", "firefighter", "pilot",
    "farmer", "cook", "artist", "singer", "scientist", "mechanic", "judge", "teacher",
    "Santa Claus", "princess", "person in tuxedo", "old man", "old woman", "man", "woman",
    "person", "police officer", "construction worker", "person walking", "person running",
    "person surfing", "person biking", "person rowing boat",
}  # fmt: skip
# Beginnings of words that mark body parts, signs, clocks, whole scenes, paperwork, weapons and
# medicine: nothing that a story picture needs as its subject.
LEFT_OUT = (
    "hand", "finger", "fist", "palm", "leg", "foot", "ear", "nose", "tooth", "tongue", "mouth",
    "bone", "eye", "kiss", "bust", "cigarette", "pistol", "syringe", "bomb", "coffin", "button",
    "clock", "o\u2019clock", "brain", "lungs", "wheelchair", "sign", "symbol", "lip", "pill",
    "anatomical", "drop of blood", "adhesive", "crutch", "stethoscope", "x-ray", "razor", "toilet",
    "love hotel", "one-piece", "bikini", "brief", "underwear", "lotion", "dagger", "kaaba",
    "funeral", "headstone", "slot", "muted", "speaker", "loudspeaker", "low battery", "battery",
    "pager", "fax", "tray", "mailbox", "ballot", "file", "card index", "chart", "bar chart",
    "calendar", "spiral", "tear-off", "linked", "paperclip", "clipboard", "page", "bookmark",
    "label", "receipt", "banknote", "credit", "identification", "placard", "locked", "unlocked",
    "e-mail", "incoming", "envelope with", "mobile phone with", "level slider", "control knobs",
    "hair pick", "prayer", "thong", "nazar", "microbe", "petri", "dna", "test tube", "plunger",
    "roll of", "mouse trap", "no ", "non-", "joker", "mahjong", "flower playing", "suit",
    "admission", "reminder", "1st", "2nd", "3rd", "safety", "white cane", "drum, oil", "oil drum",
    "motorway", "railway track", "construction", "bus stop", "police car light", "barber",
    "landslide", "map of", "globe with", "night with", "cityscape", "sunrise", "sunset", "foggy",
    "bridge at", "hot springs", "milky way", "wedding", "houses", "building construction",
    "waxing", "waning", "first quarter", "last quarter", "new moon", "thermometer", "red envelope",
    "wilted", "cockroach", "mosquito", "skull", "musical score", "menorah", "wastebasket",
    "video", "broken", "link", "boxing", "martial", "field hockey", "cricket game", "lacrosse",
    "disc", "dvd", "floppy", "computer disk", "optical", "trackball", "magnifying glass tilted r",
    "camera with", "closed mail", "open mail", "memo", "pushpin", "round push", "straight ruler",
    "triangular", "film frames", "elevator", "moon viewing", "tanabata", "pine decoration",
    "Japanese dolls", "carp", "fish cake", "oden", "dango", "tamale", "mate", "hamsa", "ID",
    "running shirt", "shorts", "socks", "spade", "club", "diamond s", "heart s", "hole",
    "station", "oncoming", "baby", "front-facing", "kitchen", "high voltage", "woman\u2019s",
    "man\u2019s", "person", "bell with", "airplane a", "airplane d", "Statue",
)  # fmt: skip
# Words that people use and the labels do not.
ALSO = {
    "mage": ["wizard", "sorcerer", "magician"], "automobile": ["car"],
    "sailboat": ["boat", "sailing boat", "sailing ship", "yacht"],
    "guard": ["soldier", "royal guard", "knight"], "house": ["cottage", "home", "cabin"],
    "house with garden": ["garden house", "villa"], "airplane": ["plane", "aeroplane", "jet"],
    "racing car": ["race car", "sports car"], "ship": ["ocean liner", "steamship"],
    "passenger ship": ["steamer", "cruise ship"], "evergreen tree": ["pine", "fir tree"],
    "deciduous tree": ["tree", "oak"], "teacup without handle": ["cup of tea"],
    "hot beverage": ["cup of coffee", "coffee", "mug", "cup"], "person": ["someone"],
    "crystal ball": ["glass ball"], "merperson": ["mermaid"], "steaming bowl": ["ramen", "noodles"],
    "flying saucer": ["spaceship", "ufo"], "rocket": ["spacecraft", "rocket ship"],
    "T-Rex": ["dinosaur", "tyrannosaurus"], "person in tuxedo": ["gentleman"],
    "old man": ["grandfather", "old sailor", "keeper", "fisherman", "captain"],
    "old woman": ["grandmother"],
    "motor boat": ["motorboat"], "Tokyo tower": ["tower"], "doughnut": ["donut"],
    "locomotive": ["steam train", "steam engine"], "train": ["railway train"],
    "books": ["pile of books"], "red heart": ["heart"], "honeybee": ["bee"],
    "lady beetle": ["ladybug", "ladybird"], "red apple": ["apple"], "wrapped gift": ["present"],
    "spouting whale": ["whale spouting water"], "tropical fish": ["colourful fish"],
    "red paper lantern": ["lantern"], "candle": ["candlelight"], "hut": ["shack"],
    "motorcycle": ["motorbike"], "articulated lorry": ["lorry", "truck"], "bicycle": ["bike"],
    "gem stone": ["gem", "diamond", "jewel"], "eagle": ["hawk", "falcon"], "dove": ["pigeon"],
    "snowman without snow": ["happy snowman"], "alien monster": ["space invader"],
    "soft ice cream": ["ice cream cone"], "chess pawn": ["chess piece"], "rat": ["big mouse"],
    "closed book": ["book"], "old key": ["antique key"], "open book": ["opened book"],
    "tangerine": ["orange"], "blossom": ["flower"], "crescent moon": ["moon"],
    "bottle with popping cork": ["bottle"],
}  # fmt: skip
COLOURS = {
    "natural": None, "red": (0.85, 0.12, 0.13), "orange": (0.97, 0.5, 0.08),
    "yellow": (0.99, 0.83, 0.13), "green": (0.2, 0.64, 0.25), "teal": (0.07, 0.62, 0.62),
    "blue": (0.14, 0.4, 0.92), "purple": (0.52, 0.23, 0.8), "pink": (0.98, 0.48, 0.7),
    "brown": (0.52, 0.31, 0.17), "black": (0.15, 0.15, 0.18), "white": (0.97, 0.97, 0.96),
    "grey": (0.55, 0.56, 0.59), "gold": (0.95, 0.7, 0.15), "silver": (0.76, 0.79, 0.85),
}  # fmt: skip


@dataclass(frozen=True)
class Subject:
    """A thing that can be drawn: its label, what else it is called, and its code points."""

    label: str
    words: tuple[str, ...]
    code: str


def load_subjects() -> list[Subject]:
    """All subjects, in the order of the data."""
    found = []
    for entry in json.loads(EMOJIBASE.read_text()):
        label, group = entry["label"], entry.get("group")
        if _wanted(label, group):
            tags = [t for t in entry.get("tags", []) if len(t) > 2 and t not in label][:5]
            words = tuple(dict.fromkeys([label, *ALSO.get(label, []), *tags]))
            found.append(Subject(label, words, entry["hexcode"].lower()))
    return found


def _wanted(label: str, group: int | None) -> bool:
    if group in (None, SYMBOLS, FLAGS, PARTS):
        return False
    if group == SMILEYS:
        return label in KEPT_SMILEYS
    if group == PEOPLE or label in KEPT_PEOPLE:
        return label in KEPT_PEOPLE
    padded = f" {label}"
    return "thirty" not in label and not any(f" {word}" in padded for word in LEFT_OUT)
