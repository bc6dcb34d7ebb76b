"""The objects of the demo's pictures that we did not draw ourselves: MIT-licensed 3-D renderings, 256 px, fetched and
checked by `tools/vendor.py` (fluent-emoji-3d). A shelf names one by its Unicode name in kebab-case:

    thing("teapot", "#f3e7dd")                              in its own colours, on this ground
    thing("teapot", "#f3e7dd", tint="clay")                 its main colour exchanged for one of `PALETTE`
    thing("bone", "#f8f1dd", count=3, props=("paw-prints",))  three of them, and a paw print lying beside

and our own drawings (names in `drawings*.py`, told in `tree.py`) by `look(...)`; those with a label, a cover or a front
bear the picture of a thing when they are told one:

    look("pouch", "brick", "#f7e6e2", motif="chestnut", props=("maple-leaf",))

Where the objects were not fetched, a plain box stands in their place."""

from __future__ import annotations

_NAMES = """
eating and drinking: teapot teacup-without-handle hot-beverage sake-bottle-and-cup wine-glass cocktail-glass tropical-drink
 beer-mug tumbler-glass glass-of-milk cup-with-straw bubble-tea mate-drink beverage-box baby-bottle bowl-with-spoon
 fork-and-knife fork-and-knife-with-plate spoon chopsticks hocho pot-of-food shallow-pan-of-food cooking takeout-box
 bento-box amphora jar salt-shaker ice-cube canned-food pouring-liquid bottle-with-popping-cork
sweet: cookie chocolate-bar candy lollipop custard honey-pot shortcake doughnut cupcake moon-cake waffle pancakes pie
 soft-ice-cream shaved-ice ice-cream birthday-cake fortune-cookie dango croissant bagel pretzel bread baguette-bread
savoury: rice-cracker rice-ball cooked-rice curry-and-rice steaming-bowl spaghetti popcorn french-fries cheese-wedge
 dumpling sushi fried-shrimp bacon cut-of-meat meat-on-bone poultry-leg egg sandwich butter oden fondue green-salad
fruit and field: chestnut peanuts coconut banana pineapple red-apple green-apple pear peach cherries strawberry grapes
 melon watermelon tangerine lemon mango kiwifruit blueberries avocado olive tomato aubergine cucumber carrot potato
 roasted-sweet-potato broccoli leafy-green bell-pepper hot-pepper ear-of-maize ear-of-rice garlic onion mushroom beans
plants: seedling evergreen-tree deciduous-tree palm-tree cactus tulip cherry-blossom rose hibiscus sunflower blossom
 herb four-leaf-clover maple-leaf fallen-leaf leaf-fluttering-in-wind potted-plant lotus bouquet white-flower
 pine-decoration christmas-tree coral feather wood
to wear: running-shirt-with-sash t-shirt jeans dress kimono bikini womans-clothes one-piece-swimsuit briefs shorts coat
 lab-coat safety-vest necktie scarf gloves socks billed-cap womans-hat top-hat crown eyeglasses dark-sunglasses goggles
 purse handbag pouch school-satchel briefcase luggage shopping-bags closed-umbrella umbrella umbrella-with-rain-drops
 mans-shoe athletic-shoe hiking-boot flat-shoe high-heeled-shoe womans-sandal womans-boots ballet-shoes thong-sandal
 ring watch ribbon martial-arts-uniform prayer-beads gem-stone
machines: headphone microphone studio-microphone radio speaker speaker-with-three-sound-waves musical-keyboard guitar
 violin trumpet saxophone accordion banjo drum-with-drumsticks long-drum mobile-phone telephone-receiver black-telephone
 personal-computer desktop-computer keyboard three-button-mouse trackball printer joystick video-game camera
 camera-with-flash video-camera movie-camera film-projector television battery electric-plug floppy-disk optical-disc
 satellite-antenna microscope telescope magnet level-slider control-knobs robot-face
at home: electric-light-bulb electric-torch candle diya-lamp izakaya-lantern mantelpiece-clock alarm-clock timer-clock
 stopwatch hourglass hourglass-with-flowing-sand chair couch-and-lamp bed mirror window door bucket basket broom
 plunger roll-of-paper sponge toothbrush razor bar-of-soap lotion-bottle bathtub shower bubbles frame-with-picture
 wind-chime bell bellhop-bell key old-key lock umbrella-on-ground wastebasket thermometer scales crystal-ball
tools and paper: hammer wrench screwdriver carpentry-saw axe hammer-and-wrench toolbox nut-and-bolt hook ladder
 sewing-needle spool-of-thread ball-of-yarn safety-pin knot black-scissors artist-palette lower-left-paintbrush
 lower-left-crayon lower-left-fountain-pen lower-left-ballpoint-pen pencil memo notebook
 notebook-with-decorative-cover ledger closed-book open-book green-book blue-book orange-book books bookmark
 spiral-note-pad spiral-calendar-pad calendar clipboard file-folder card-file-box scroll world-map compass
 paperclip linked-paperclips pushpin round-pushpin straight-ruler triangular-ruler abacus newspaper love-letter label
 wrapped-present package envelope
body: lipstick nail-polish syringe pill adhesive-bandage stethoscope test-tube droplet sparkles tooth
play: teddy-bear jigsaw-puzzle-piece nesting-dolls yo-yo kite balloon magic-wand pinata game-die mahjong-tile-red-dragon
 flower-playing-cards carousel-horse playground-slide rocket racing-car automobile fire-engine tractor
 steam-locomotive railway-car train bus ambulance delivery-truck helicopter small-airplane sailboat flying-saucer
 sauropod t-rex unicorn-face trophy sports-medal first-place-medal party-popper confetti-ball jack-o-lantern snowman
 carp-streamer japanese-dolls ringed-planet
sport and away: tent camping ring-buoy bicycle scooter skateboard roller-skate ice-skate sled canoe ski-and-ski-boot
 surfer parachute boomerang fishing-pole-and-fish diving-mask boxing-glove soccer-ball basketball-and-hoop baseball
 softball volleyball american-football rugby-football tennis-racquet-and-ball badminton-racquet-and-shuttlecock
 table-tennis-paddle-and-ball cricket-bat-and-ball field-hockey-stick-and-ball lacrosse-stick-and-ball golfer
 flying-disc curling-stone bow-and-arrow direct-hit bowling billiards goal-net helmet-with-white-cross rock
 snow-capped-mountain mount-fuji desert-island white-medium-star glowing-star crescent-moon sun-with-face rainbow
 cloud snowflake fire high-voltage-sign water-wave motor-scooter wheel
animals: dog-face cat-face poodle dog cat rabbit-face rabbit hamster-face bear-face panda-face fox-face mouse-face
 lion-face tiger-face monkey-face cow-face pig-face frog-face penguin baby-chick bird parrot owl duck swan flamingo
 fish tropical-fish blowfish shrimp crab octopus turtle whale dolphin seal otter sloth koala elephant giraffe-face
 llama horse sheep deer hedgehog butterfly honeybee lady-beetle snail spiral-shell paw-prints bone
"""
NAMES: tuple[str, ...] = tuple(
    sorted({word for line in _NAMES.split("\n") for word in line.rpartition(":")[2].split()})
)
