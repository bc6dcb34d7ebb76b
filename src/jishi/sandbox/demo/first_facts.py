"""Brands, facts and measures of the goods on the first three shelves."""

from __future__ import annotations

from msgspec import Struct


class Told(Struct, frozen=True):
    brand: str
    facts: dict[str, str | int | bool]
    measure: tuple[int, str] | None = None


FACTS: dict[str, Told] = {
    "travel-flask": Told("pomelo", {"material": "steel", "capacity": 350, "insulated": True, "dishwasher": False}),
    "cup-saucer": Told("lanxi", {"material": "ceramic", "capacity": 300, "dishwasher": True}),
    "indigo-mugs": Told("lanxi", {"material": "ceramic", "capacity": 350, "handmade": True, "dishwasher": True}),
    "straw-tumbler": Told("pomelo", {"material": "glass", "capacity": 500, "dishwasher": True}),
    "walnut-lamp": Told("lumen", {"material": "wood", "power": 9, "dimmable": True, "room": "study"}),
    "cypress-candle": Told("qinghe", {"material": "wax", "room": "bedroom"}, (180, "g")),
    "linen-pillow": Told("mianmian", {"material": "linen", "room": "living", "season": "any"}),
    "cotton-towels": Told("mianmian", {"material": "cotton", "room": "bathroom", "season": "any"}, (4, "pcs")),
    "oat-soap": Told("dewdrop", {"skin": "sensitive", "scent-free": True, "vegan": True}, (2, "pcs")),
    "fig-hand-wash": Told("dewdrop", {"skin": "all", "capacity": 480, "scent-free": False, "vegan": True}, (480, "ml")),
    "slow-bowl": Told("barkley", {"material": "plastic", "pet-size": "any", "pet-age": "any"}),
    "baby-bottle": Told("xiaoshan", {"material": "ppsu", "capacity": 240, "age": "0m", "dishwasher": True}),
    "stacking-rings": Told("roundabout", {"material": "wood", "age": "6m"}),
    "plush-bear": Told("roundabout", {"material": "polyester", "age": "0m"}),
    "letter-blocks": Told("roundabout", {"material": "wood", "age": "12m"}, (12, "pcs")),
    "canvas-backpack": Told("farroad", {"material": "nylon", "volume": 18, "water": "splash", "for-whom": "all"}),
    "walking-shoes": Told("farroad", {"material": "polyester", "for-whom": "all", "season": "spring"}),
    "wool-scarf": Told("wooly", {"material": "wool", "for-whom": "all", "season": "winter"}),
    "knit-beanie": Told("wooly", {"material": "wool", "for-whom": "all", "season": "winter"}),
    "straw-hat": Told("farroad", {"material": "polyester", "for-whom": "all", "season": "summer"}),
    "hiking-socks": Told("wooly", {"material": "wool", "for-whom": "all", "season": "any"}, (2, "pcs")),
    "folding-headphones": Told("echo", {"wireless": True, "noise-cancelling": True, "battery": 38, "port": "usb-c"}),
    "mini-speaker": Told(
        "echo", {"wireless": True, "noise-cancelling": False, "battery": 14, "water": "ip67", "port": "usb-c"}
    ),
    "power-bank": Told("tideline", {"power": 65, "port": "usb-c", "wireless": False}),
    "low-keyboard": Told("keel", {"wireless": True, "battery": 300, "port": "usb-c"}),
    "travel-camera": Told("tideline", {"water": "none", "wireless": False}),
    "field-watch": Told("keel", {"water": "dive", "for-whom": "all", "season": "any"}),
    "wind-umbrella": Told("farroad", {"material": "polyester", "water": "rain", "for-whom": "all", "season": "any"}),
    "ridge-tent": Told("ridge", {"material": "nylon", "persons": 2, "water": "rain"}),
    "desk-plant": Told("banmu", {"material": "clay", "room": "study"}),
    "clay-teapot": Told("shanyin", {"material": "clay", "capacity": 220, "handmade": True, "dishwasher": False}),
    "iron-kyusu": Told("shanyin", {"material": "iron", "capacity": 600, "handmade": True, "dishwasher": False}),
    "celadon-gaiwan": Told("lanxi", {"material": "ceramic", "capacity": 150, "dishwasher": True}),
    "white-peony": Told("yunwu", {"tea-kind": "white", "region": "fujian", "organic": False}),
    "puer-cake": Told("yunwu", {"tea-kind": "dark", "region": "yunnan", "organic": False}, (357, "g")),
    "jasmine-tin": Told("yunwu", {"tea-kind": "scented", "region": "fujian", "organic": False}, (80, "g")),
    "sun-coffee": Told("harbour", {"roast": "light", "region": "yunnan", "taste": "fruity"}, (250, "g")),
    "linden-honey": Told("banmu", {"region": "jilin", "taste": "sweet", "organic": True}, (500, "g")),
    "day-in-the-hills": Told("inkstone", {"pages": 216, "language": "zh", "binding": "hard", "subject": "picture"}),
    "tea-year": Told("inkstone", {"pages": 104, "language": "zh", "binding": "soft", "subject": "food"}),
    "spiral-notebook": Told("paperboat", {"pages": 160, "binding": "coil", "material": "paper"}),
    "green-jar": Told("shanyin", {"material": "pewter", "handmade": True}),
}
