"""Questions and what answers them, judged by reading the demo's goods: 3 = that is it, 2 = that would do, 1 = kin to it.

One line a question: class | words | handle=grade …; a handle that is not named is no answer."""

from __future__ import annotations

from typing import NamedTuple


class Judgement(NamedTuple):
    kind: str
    words: str
    grades: dict[str, int]


TABLE = """
word_zh | 保温杯 | travel-flask=3 hip-thermos-1l=2 office-tea-flask=2 insulated-food-jar=1
word_zh | 紫砂壶 | clay-teapot=3
word_zh | 盖碗 | celadon-gaiwan=3
word_zh | 马克杯 | enamel-camp-mug=3 indigo-mugs=3 beer-mugs-pair=1
word_zh | 台灯 | walnut-lamp=3 desk-lamp-bar=1 reading-clip-light=1
word_zh | 落地灯 | paper-floor-lamp=3
word_zh | 抱枕 | linen-pillow=3
word_zh | 毛巾 | cotton-towels=3
word_zh | 洗手液 | fig-hand-wash=3
word_zh | 奶瓶 | baby-bottle=3 bottle-warmer=1
word_zh | 积木 | letter-blocks=3
word_zh | 小熊 | plush-bear=3 bear-and-snow=2 suction-plate=2
word_zh | 睡袋 | down-sleeping-bag=3 swaddle-sack=3
word_zh | 帐篷 | ridge-tent=3
word_zh | 双人帐 | ridge-tent=3
word_zh | 登山杖 | trekking-poles=3
word_zh | 瑜伽垫 | cork-yoga-mat=3
word_zh | 跳绳 | jump-rope-bearing=3
word_zh | 哑铃 | adjustable-dumbbells=3
word_zh | 羽毛球拍 | badminton-pair=3
word_zh | 泳镜 | swim-goggles=3
word_zh | 机械键盘 | low-keyboard=3 mechanical-numpad=2
word_zh | 显示器 | monitor-27=3
word_zh | 打印机 | laser-printer=3
word_zh | 移动电源 | power-bank=3 camp-lantern=2
word_zh | 拍立得 | instant-camera=3 travel-camera=3
word_zh | 降噪耳机 | folding-headphones=3
word_zh | 收音机 | kitchen-radio=3
word_zh | 猫爬架 | cat-tree-oak=3
word_zh | 猫砂 | tofu-litter=3 litter-box-top=2
word_zh | 狗窝 | orthopaedic-bed=3
word_zh | 牵引绳 | rope-leash=3
word_zh | 龙井 | longjing-spring=3
word_zh | 普洱 | puer-cake=3 tangerine-puer=3 yunnan-honey-process=1 tea-needle-set=1
word_zh | 茉莉 | jasmine-tin=3
word_zh | 乌龙茶 | high-mountain-oolong=3 rock-oolong=3
word_zh | 咖啡豆 | sun-coffee=3 yunnan-honey-process=3 decaf-swiss-water=3 house-espresso=2 yirgacheffe-washed=2
word_zh | 黑巧克力 | dark-chocolate-72=3
word_zh | 牛肉干 | beef-jerky-spiced=3
word_zh | 橄榄油 | olive-oil-tin=3
word_zh | 酱油 | aged-soy-sauce=3
word_zh | 面霜 | ceramide-cream=3
word_zh | 防晒 | sun-milk-50=3
word_zh | 剃须刀 | safety-razor=3
word_zh | 钢笔 | brass-fountain-pen=3
word_zh | 笔记本 | spiral-notebook=3 linen-journal-365=1 laptop-stand=1
word_zh | 绘本 | bear-and-snow=3
word_zh | 羊毛围巾 | wool-scarf=3
word_zh | 徒步靴 | trail-boots=3
word_zh | 双肩包 | canvas-backpack=3 diaper-bag=1 school-satchel-kids=1
word_zh | 登机箱 | cabin-suitcase=3
word_zh | 牛仔裤 | wide-denim=3
word_zh | 连衣裙 | wrap-dress=3
word_zh | 羽绒服 | down-parka=3
word_zh | 儿童 水壶 | kids-straw-bottle=3
word_zh | 陶瓷 咖啡杯 | cup-saucer=3
word_zh | 不锈钢保温杯 | travel-flask=3 hip-thermos-1l=2
word_zh | 铸铁锅 | enamel-casserole=3
word_zh | 骑行头盔 | road-helmet=3
word_zh | 车前灯 | front-light-800=3
word_zh | 打气筒 | floor-pump=3
word_en | teapot | clay-teapot=3 iron-kyusu=2 travel-tea-set=1
word_en | yoga mat | cork-yoga-mat=3
word_en | sleeping bag | down-sleeping-bag=3
word_en | dog bed | orthopaedic-bed=3
word_en | cat tree | cat-tree-oak=3
word_en | fountain pen | brass-fountain-pen=3
word_en | olive oil | olive-oil-tin=3
word_en | soy sauce | aged-soy-sauce=3
word_en | wall clock | wall-clock-beech=3
word_en | floor mirror | entry-mirror=3
word_en | cutting board acacia | end-grain-board=3
word_en | mechanical keyboard | low-keyboard=3 mechanical-numpad=1
word_en | noise cancelling headphones | folding-headphones=3
word_en | power bank | power-bank=3 camp-lantern=2
word_en | instant camera | instant-camera=3 travel-camera=3
word_en | baby bottle | baby-bottle=3 bottle-warmer=1
word_en | chef knife | chef-knife=3
word_en | merino | merino-base-layer=3
word_en | linen shirt | linen-shirt=3
word_en | rain jacket kids | kids-rain-jacket=3
word_en | dark chocolate | dark-chocolate-72=3
word_en | vitamin c serum | vitamin-c-serum=3
word_en | desk lamp | walnut-lamp=3 desk-lamp-bar=1
word_en | camping mug | enamel-camp-mug=3
word_en | water jug | glass-water-jug=3
word_en | novel | river-crossing=3
word_en | cold brew | cold-brew-bottle=3 cold-brew-concentrate=3
word_en | pomelo flask | travel-flask=3 office-tea-flask=2
pinyin | baowenbei | travel-flask=3
pinyin | zishahu | clay-teapot=3
pinyin | bao wen bei | travel-flask=3
pinyin | maojin | cotton-towels=3
pinyin | xishouye | fig-hand-wash=3
pinyin | erji | folding-headphones=3 studio-headphones=3 open-earbuds=3 kids-headphones=3
pinyin | jianpan | low-keyboard=3 mechanical-numpad=2
pinyin | longjing | longjing-spring=3
pinyin | naiping | baby-bottle=3
pinyin | shuidai | down-sleeping-bag=3 swaddle-sack=3
pinyin | yujiadian | cork-yoga-mat=3
pinyin | maosha | tofu-litter=3 litter-box-top=2
pinyin | qiaokeli | dark-chocolate-72=3
pinyin | gangbi | brass-fountain-pen=3
pinyin | weijin | wool-scarf=3
pinyin | kafeidou | sun-coffee=3 yunnan-honey-process=3 decaf-swiss-water=3
pinyin | dayinji | laser-printer=3 label-printer=1
pinyin | taideng | walnut-lamp=3
pinyin | tiaosheng | jump-rope-bearing=3
pinyin | fengmi | linden-honey=3
initials | bwb | travel-flask=3
initials | zsh | clay-teapot=3
initials | yjd | cork-yoga-mat=3
initials | xsy | fig-hand-wash=3
initials | nzk | wide-denim=3
initials | dyj | laser-printer=3 label-printer=1
initials | qkl | dark-chocolate-72=3
initials | syj | kitchen-radio=3
initials | mpj | cat-tree-oak=3
initials | xsq | monitor-27=3
initials | lyq | wrap-dress=3
initials | kfd | sun-coffee=3 yunnan-honey-process=3 decaf-swiss-water=3
initials | gly | olive-oil-tin=3
typo | headphnes | folding-headphones=3 studio-headphones=3 kids-headphones=3
typo | keybord | low-keyboard=3
typo | teapto | clay-teapot=3
typo | umbrela | wind-umbrella=3
typo | chocolat | dark-chocolate-72=3
typo | sleping bag | down-sleeping-bag=3
typo | mechancal keyboard | low-keyboard=3
typo | baowenbie | travel-flask=3
typo | yujiadain | cork-yoga-mat=3
typo | 保文杯 | travel-flask=3
typo | 紫沙壶 | clay-teapot=3
typo | 奶平 | baby-bottle=3
typo | 耳机降燥 | folding-headphones=3
typo | 瑜珈垫 | cork-yoga-mat=3
typo | 键盆 | low-keyboard=1
typo | dumbells | adjustable-dumbbells=3
typo | sunglases | polarised-sunglasses=3
typo | suitcse | cabin-suitcase=3
typo | bagpack | canvas-backpack=3 cat-backpack=2 diaper-bag=1
typo | badmington | badminton-pair=3
synonym | thermos | travel-flask=3 hip-thermos-1l=3 insulated-food-jar=1
synonym | rucksack | canvas-backpack=3 diaper-bag=1 cat-backpack=1
synonym | 书包 | school-satchel-kids=3 canvas-backpack=2
synonym | 充电宝 | power-bank=3 camp-lantern=2
synonym | 靠垫 | linen-pillow=3
synonym | 香皂 | oat-soap=3
synonym | 手账 | linen-journal-365=3 spiral-notebook=2
synonym | sofa cushion | linen-pillow=1
synonym | hand soap | fig-hand-wash=3 oat-soap=1
synonym | notepad | spiral-notebook=3 linen-journal-365=1
synonym | throw pillow | linen-pillow=3
synonym | reading light | reading-clip-light=3 walnut-lamp=2
synonym | 保暖杯 | travel-flask=3
synonym | portable charger | power-bank=3
synonym | infant bottle | baby-bottle=3 bottle-warmer=1
traditional | 保溫杯 | travel-flask=3 hip-thermos-1l=2 office-tea-flask=2
traditional | 紫砂壺 | clay-teapot=3
traditional | 耳機 | folding-headphones=3 studio-headphones=3 open-earbuds=3 kids-headphones=3
traditional | 鍵盤 | low-keyboard=3 mechanical-numpad=2
traditional | 貓砂 | tofu-litter=3 litter-box-top=2
traditional | 顯示器 | monitor-27=3
traditional | 圍巾 | wool-scarf=3
traditional | 洗髮皂 | shampoo-bar-pine=3
traditional | 連衣裙 | wrap-dress=3
traditional | 橄欖油 | olive-oil-tin=3
traditional | 筆記本 | spiral-notebook=3 linen-journal-365=1 laptop-stand=1
traditional | 登機箱 | cabin-suitcase=3
stem | teapots | clay-teapot=3 iron-kyusu=2 travel-tea-set=1
stem | flasks | travel-flask=3 hip-thermos-1l=3 office-tea-flask=3
stem | candle | cypress-candle=3 beeswax-tapers=2
stem | walking shoe | walking-shoes=3
stem | boots | trail-boots=3 rain-boots-short=3
stem | hiking boot | trail-boots=3
stem | sock | hiking-socks=3 bamboo-crew-socks=3
stem | camped mugs | enamel-camp-mug=3
stem | curtain | blackout-curtains=3
stem | stacking ring | stacking-rings=3
stem | picture block | letter-blocks=3
stem | cushions | linen-pillow=3 high-chair-cushion=2
stem | washable bears | plush-bear=3
stem | dumbbell | adjustable-dumbbells=3
stem | printers | laser-printer=3 label-printer=2
mixed | 480ml | travel-flask=3 fig-hand-wash=3
mixed | 480 毫升 | travel-flask=3 fig-hand-wash=3
mixed | usb-c hub | usb-c-hub=3
mixed | T恤 | heavy-cotton-tee=3 mountain-tee-print=3
mixed | spf 50 | sun-milk-50=3 straw-hat=1
mixed | 4K 显示器 | monitor-27=3
mixed | wifi 路由 | wifi-router-mesh=3
mixed | 316不锈钢 | travel-flask=3
mixed | TRAVEL-FLASK | travel-flask=3
mixed | ＹＯＧＡ mat | cork-yoga-mat=3
mixed | café cup | cup-saucer=2
mixed | 5 kg 大米 | jilin-rice=3
"""


def judgements() -> list[Judgement]:
    """Those that have an answer among the goods."""
    found = list[Judgement]()
    for line in TABLE.strip().splitlines():
        kind, words, grades = (part.strip() for part in line.split("|"))
        told = {handle: int(n) for handle, n in (g.split("=") for g in grades.split())}
        if told:
            found.append(Judgement(kind, words, told))
    return found
