"""The words of the demo's buyers: parts of sentences by what was bought and how it pleased, Chinese and English apart,
because people do not write translations of each other. `{n}` is a small number; a part that begins with codes of leaves
and a colon fits only goods of those."""

from __future__ import annotations

Parts = dict[str, tuple[str, ...]]

GOOD_ZH: Parts = {
    "tea": ("teaware:出水很顺，收水也利落", "teaware:手感比图上好，釉面很润", "teaware:每天下午都要用它泡一壶", "大小正合适，一个人用不嫌大", "teaware,drinkware:盖子合得很严，不晃", "teaware:倒的时候不挂水，桌上干干净净", "洗起来方便，没有死角", "teaware:泡岩茶、泡白茶都试过，不串味", "摆在桌上就好看，客人都问在哪儿买的", "drinkware:杯壁不烫手，端着舒服", "drinkware:保温够用，早上灌的水下班还是热的", "重量合适，拿在手里踏实", "coffee-gear:研磨均匀，细粉很少", "coffee-gear:水流好控制，新手也能冲", "coffee-gear:拆开冲一冲就干净"),
    "wear": ("clothes,accessories:面料很软，贴身穿也不扎", "clothes:版型正，平时穿 M 就拍 M", "clothes:洗了{n}次，没起球也没变形", "颜色和图片一样，没有色差", "走线很密，线头都剪干净了", "shoes:走了一天脚也不累", "bags:轻，背一天肩膀不酸", "bags,clothes:口袋多，东西放得下", "clothes,shoes:尺码表很准，照着量就行", "clothes,accessories:风大的天试过了，真的挡风", "配什么都好搭", "clothes,shoes:给我爸也买了一件，他天天穿"),
    "tech": ("audio,gadgets:配对很快，换设备不用重新来", "audio,gadgets:续航比写的还多一点", "audio:声音干净，人声很近", "computing:按键手感清脆，不吵同事", "computing:插上就认，没装驱动", "audio,computing:用了{n}周，没断过", "做工扎实，没有缝隙", "gadgets:发热控制得好，充一晚上也只是温的", "说明书写得明白，老人也会用", "体积比想的小，塞包里就走", "computing:接口给得够，不用再买扩展", "computing:屏幕不刺眼，晚上看也舒服"),
    "home": ("decor,lighting:放在客厅一下子就不一样了", "textiles:材质摸着就舒服", "decor:安装不难，{n}分钟搞定", "没有味道，拆开就能用", "灯光很柔，看书不累", "textiles,decor:尺寸量得准，严丝合缝", "kitchen:锅底受热均匀，煎蛋不粘", "textiles:洗过以后更软了", "decor,kitchen:收纳空间比看起来大", "颜色耐看，不挑家里的风格", "lighting:晚上点上，屋子里的味道淡淡的", "用料厚实，一看就能用很多年", "lighting:光很柔，看久了也不累", "kitchen:上手第一天就离不开了"),
    "baby": ("toys:宝宝抓在手里不肯放", "toys:边角都磨圆了，放心", "没有味道，拆开先闻了", "feeding:好拆好洗，每天消毒也没变形", "toys:玩了{n}周，漆一点没掉", "nursery:折起来一只手就行", "feeding:吸盘很牢，扔不下来了", "toys:大小刚好是孩子的手", "toys:孩子每天睡前都要它", "nursery:面料软，贴着脸也没起红点", "说明写得细，第一次当妈也看得懂", "送朋友的，人家专门打电话来谢", "feeding:孩子肯自己吃饭了"),
    "books": ("纸很厚，翻着有声音", "reading:排版舒服，不挤", "reading:孩子自己翻了{n}遍", "reading:印刷颜色正，没有重影", "装订能摊平，不用压着", "reading:内容比目录还好看", "stationery:写字不洇，钢笔也行", "适合送人，封面就很好看", "reading:一个晚上就读完了，又从头翻", "reading:附的小册子有心", "stationery:笔尖顺，不刮纸", "reading:注释不多不少，刚好"),
    "food": ("一打开就有香味", "日期很新", "snacks,pantry:甜度刚好，不腻", "leaf-tea:泡到第{n}泡还有味道", "leaf-tea:干净，没有碎末", "snacks,pantry:全家都爱吃，一周就见底了", "分量足，包装也密封", "snacks,pantry:和小时候吃的一个味", "leaf-tea:喝完嗓子不干", "snacks,coffee:独立小包，带去办公室方便", "coffee:烘得不焦，果酸明亮", "leaf-tea,pantry:送长辈很合适，他们懂的人都说好"),
    "pets": ("cats:我家猫一来就躺进去了", "dogs:狗子吃得比以前慢多了", "味道不大，铲屎官友好", "dogs:牵着不勒脖子，也不会打转", "颗粒大小合适，没有剩的", "dogs:耐咬，拆家选手玩了{n}周还在", "清洗方便，冲一冲就行", "闻了闻就开始吃，平时很挑", "cats:稳，跳上去不晃", "毛发亮了一点，可能是心理作用", "大小选对了，能转身", "dogs:扣子结实，爆冲也没开", "cats:挠了{n}周还是好好的"),
    "outdoor": ("camping:第一次搭也没看说明书", "camping:下了一夜雨，里面是干的", "camping:轻，塞进侧袋就走", "用了{n}次，没有松动", "fitness:防滑做得好，出汗也不打滑", "camping:收起来比水壶大一点点", "cycling,camping:夜里照得远，也不晃眼", "cycling:骑了一百多公里，屁股没意见", "fitness:弹性合适，新手也能用", "camping:拉链顺，不卡布", "结实，摔过一次没事", "性价比高，同样的东西专柜贵一倍"),
    "care": ("洗完不紧绷", "味道很淡，不刺鼻", "敏感肌用着没事", "按压头好用，一下刚好", "skin:吸收快，不黏", "skin:用了{n}周，手没再裂", "bath:泡沫细，冲得干净", "bath:瓶子能补充装，环保", "bath:头发不干涩了", "skin:质地轻，夏天也能用", "成分表很短，看得懂", "出差带小瓶很方便"),
    "": ("包装很用心，没有磕碰", "发货快，第二天就到了", "客服回得快，说得也清楚", "和描述一样", "这个价格很值", "第二次买了", "盒子拿来送人也不丢面子", "快递小哥送到门口"),
}  # fmt: skip
BAD_ZH: Parts = {
    "tea": ("teaware:盖子有一点晃，倒水要扶着", "drinkware,teaware:容量比写的小，差不多少了{n}毫升", "teaware:釉面有个小黑点", "teaware:壶嘴滴水，桌上总有一圈", "drinkware:密封圈有味道，洗了好几遍才淡", "coffee-gear:说明书太简单，摸索了{n}次才顺手"),
    "wear": ("clothes,shoes:偏小一码，换了大的才合适", "clothes:洗一次就缩了", "clothes,accessories:掉毛，深色衣服上全是", "bags,clothes:拉链不太顺，要慢慢拉", "灯光下颜色有点发灰"),
    "tech": ("audio:连两个设备的时候偶尔会断", "充电线太短", "audio:低音弱，听流行乐差点意思", "用了{n}天指示灯不亮了", "computing:键帽有点松"),
    "home": ("textiles:有点味道，放了{n}天才散", "decor:螺丝孔对不上，自己又钻了一下", "textiles,kitchen:比图片薄", "lighting:灯光偏黄，看久了不习惯", "kitchen,decor:边上有一道划痕", "lighting:线有点短，要接插排"),
    "baby": ("feeding:吸盘在木桌上吸不住", "feeding:刻度印得太浅", "toys:贴纸难撕，留了胶", "nursery,toys:玩了{n}天轮子就响", "比想的小，大孩子玩不久"),
    "books": ("书角磕了一下", "reading:字太小，老人看不了", "reading:有{n}页印歪了", "胶味重，晾了两天", "reading:内容有点浅"),
    "food": ("leaf-tea,snacks:碎的比整的多", "snacks,pantry:太甜了，吃两口就腻", "到手只剩{n}个月保质期", "leaf-tea,coffee:香味淡，和上次买的不一样", "snacks,pantry:包装鼓了一角，没敢吃"),
    "pets": ("我家的不感兴趣，闻了就走", "dogs,cats:玩了{n}天就破了", "掉屑，地上要天天扫", "dogs:尺寸偏小，中型犬套不上", "味道有点大"),
    "outdoor": ("camping:收纳袋太紧，每次都塞半天", "camping:地钉软，硬地打弯了两根", "camping:说是防水，缝线处还是渗", "fitness:气味大，晾了{n}天", "camping:偏重，长线不推荐", "cycling:装的时候说明书看了{n}遍", "fitness:表面沾灰，要常擦", "颜色比想的亮"),
    "care": ("skin:用了脸上起小红点", "泵头用到一半就不出了", "香味比想的浓", "瓶口漏了一点，盒子是湿的", "没感觉有什么不同，用了{n}周"),
    "": ("物流慢，等了{n}天", "盒子压扁了", "客服半天才回", "对这个价格来说一般", "少发了一件配件，补寄了"),
}  # fmt: skip
OPEN_ZH = ("", "", "", "", "回购了，", "等了一周才来评价。", "朋友推荐来的，", "犹豫了好久才买，", "收到当天就用上了。", "说实话，", "先说结论：值得。", "给家里人买的，", "用了一段时间来说说，", "双十一囤的，", "生日收到的礼物，自己又补了一份。")  # fmt: skip
CLOSE_GOOD_ZH = (
    "",
    "",
    "",
    "会再来。",
    "推荐。",
    "满意！",
    "好评。",
    "下次还选这家。",
    "已经推荐给同事了。",
    "希望一直保持这个质量。",
)
CLOSE_BAD_ZH = (
    "",
    "",
    "希望改进。",
    "暂时不会回购。",
    "退的话嫌麻烦，就这样吧。",
    "有点失望。",
)
MIXED_ZH = ("不过", "就是", "美中不足：", "唯一的问题是")
AFTER_ZH = ("用了一个月来追评：还是很好用，没有新问题。", "追评：过了两个月，颜色没变，手感更好了。", "三周后补充：之前说的小毛病习惯了，也不影响用。", "追评，坏了一次，商家二话不说补发了新的，加一分。", "又买了一份送人，质量一样稳定。", "追评：天天用，没想到这么耐用。", "补充一句：冬天用比夏天更合适。")  # fmt: skip
REPLY_GOOD_ZH = (
    "谢谢您的喜欢，使用中有任何问题随时找我们。",
    "感谢这么认真的评价，已经念给做它的师傅听了。",
    "谢谢支持，下次来记得领会员券。",
    "您喜欢就好，我们继续把它做好。",
)
REPLY_BAD_ZH = (
    "很抱歉没让您满意，已经私信您，换新或退款都可以。",
    "对不起，这一批我们已经复检，您的这件我们承担来回运费更换。",
    "谢谢指出，说明页已经把尺寸写得更清楚。给您添麻烦了。",
    "抱歉让您久等，当时仓库爆仓，已补偿一张运费券。",
)

GOOD_EN: Parts = {
    "tea": ("teaware:It pours in a clean arc and stops without a drip", "teaware:The glaze is lovelier than in the pictures", "I use it every single afternoon", "Just the right size for one person", "teaware,drinkware:The lid sits snugly and does not rattle", "Rinses clean in seconds", "teaware:No taste carries over from one tea to the next", "Guests keep asking where it is from", "drinkware:Still warm when I leave the office", "Comfortable to hold, even when full", "coffee-gear:Grinds evenly with hardly any dust", "coffee-gear:The flow is easy to control, even for a beginner"),
    "wear": ("clothes,accessories:Soft enough to wear against the skin", "clothes,shoes:True to size", "clothes:{n} washes and not a bobble", "The colour is exactly what the page shows", "The stitching is tidy inside, too", "shoes:My feet were fine after a full day of walking", "bags:Light on the shoulders all day", "bags,clothes:Plenty of pockets where you want them", "clothes,shoes:The size guide was spot on", "clothes,accessories:It really does keep the wind out"),
    "tech": ("audio,gadgets:Pairs in a second and stays connected", "audio,gadgets:Battery lasts a bit longer than promised", "audio:Clear sound with voices right up front", "computing:The keys feel crisp and my colleagues do not complain", "computing:Plug it in and it works, no drivers", "audio,computing:{n} weeks in and not one dropout", "Solid build, no gaps", "gadgets:Stays cool even overnight", "Smaller than I expected, lives in my bag now", "computing:Enough ports that I threw out the dongle"),
    "home": ("decor,lighting:It changed the whole room", "textiles:Feels good to the touch", "decor:Took {n} minutes to put together", "No smell at all out of the box", "The light is gentle on tired eyes", "textiles,decor:Measured right, fits to the millimetre", "kitchen:Heats evenly, eggs just slide", "textiles:Softer after the first wash", "decor,kitchen:Holds more than it looks", "lighting:The scent is there without shouting", "lighting:Soft light that I can sit beside for hours", "kitchen:Part of every meal since day one"),
    "baby": ("toys:Our little one will not let go of it", "toys:Every edge is rounded, which I checked first", "No odd smell when unpacked", "feeding:Easy to take apart and boil", "toys:{n} weeks of chewing and the paint is intact", "nursery:Folds with one hand while you hold the baby", "feeding:The suction really holds", "toys:Sized for small hands", "toys:Part of bedtime now", "A gift that got us a thank-you call", "feeding:Meals are a game now"),
    "books": ("Thick paper that sounds good when you turn it", "reading:Roomy layout", "reading:My daughter has been through it {n} times", "reading:The print is crisp and the colours are true", "Lies flat by itself", "reading:Better than the contents page promises", "stationery:Fountain pen does not bleed through", "Makes a fine present", "reading:Read it in one evening and started again", "stationery:The nib is smooth and never scratches"),
    "food": ("The smell when you open it is wonderful", "Fresh date on the pack", "snacks,pantry:Sweet, but not too sweet", "leaf-tea:Still giving flavour at infusion {n}", "leaf-tea:Clean leaves, no dust", "snacks,pantry:Gone within the week in our house", "Generous and well sealed", "snacks,pantry:Tastes like home", "snacks,coffee:Single packs are handy for the office", "coffee:Bright and fruity, roasted with care"),
    "pets": ("cats:The cat moved in at once", "dogs:Dinner now takes ten minutes instead of two", "Hardly any smell", "dogs:Does not pull on the neck", "Not a crumb left in the bowl", "dogs:Survived {n} weeks of a determined chewer", "Rinses off under the tap", "My picky one actually likes it", "cats:Stable, no wobble when he jumps up", "dogs:The buckle held through a squirrel incident", "cats:{n} weeks of claws and still fine"),
    "outdoor": ("camping:Up on the first try without the instructions", "camping:A night of rain and dry inside", "camping:So light that I forget it is there", "Used it {n} times and nothing has come loose", "fitness:Good grip even with sweaty hands", "camping:Packs down to the size of a bottle", "cycling,camping:Throws light far without blinding people", "cycling:A hundred kilometres and no complaints from the saddle", "camping:Zips run smoothly", "Dropped it once, not a mark"),
    "care": ("Skin does not feel tight afterwards", "A faint scent that fades quickly", "Fine on my sensitive skin", "One pump is exactly enough", "skin:Sinks in fast and is not sticky", "skin:{n} weeks and my hands have stopped cracking", "bath:Fine lather that rinses clean", "Glad that there is a refill", "skin:Light enough for summer", "A short list of ingredients that I can read"),
    "": ("Packed with care", "Arrived sooner than promised", "Support answered the same day", "Exactly as described", "Good value", "My second one", "Nice enough to give away as it is", "Crossed half the world without a scratch"),
}  # fmt: skip
BAD_EN: Parts = {
    "tea": ("teaware:The lid wobbles a little, so I hold it when pouring", "drinkware,teaware:Holds about {n} ml less than stated", "teaware:A tiny black dot in the glaze", "teaware:It drips down the spout", "drinkware:The seal smelled for the first days", "coffee-gear:The manual says little; it took me {n} tries"),
    "wear": ("clothes,shoes:Runs a size small", "clothes:Shrank in the first wash", "clothes,accessories:Sheds on dark clothes", "bags,clothes:The zip needs patience", "Looks a little grey under lamps"),
    "tech": ("audio:Drops out now and then with two devices", "The cable is too short", "audio:Thin bass", "The light stopped working after {n} days", "computing:One keycap is loose"),
    "home": ("textiles:Smelled for {n} days", "decor:One of the holes did not line up", "textiles,kitchen:Thinner than it looks in the pictures", "lighting:Warmer light than I like", "kitchen,decor:A scratch along the edge", "lighting:The cord is a bit short"),
    "baby": ("feeding:The suction does not hold on wood", "feeding:The scale is hard to read", "toys:The sticker left glue behind", "nursery,toys:A wheel squeaks after {n} days", "Smaller than expected"),
    "books": ("A bumped corner", "reading:The type is small", "reading:{n} pages were printed askew", "Smelled of glue at first", "reading:A little shallow"),
    "food": ("leaf-tea,snacks:More broken than whole", "snacks,pantry:Too sweet for me", "Only {n} months left on the date", "leaf-tea,coffee:Weaker aroma than last time", "snacks,pantry:The bag was puffed up in one corner"),
    "pets": ("Ours sniffed it and walked off", "In pieces after {n} days", "Leaves crumbs on the floor", "dogs:Too small for a medium dog", "A strong smell"),
    "outdoor": ("camping:The bag is too tight to pack it again", "camping:The pegs bend in hard ground", "camping:A little water came in at the seam", "fitness:Aired it for {n} days before use", "camping:Heavy for a long walk", "cycling:Fitting it took {n} readings of the manual", "fitness:Dust sticks to it", "A louder colour than I expected"),
    "care": ("skin:Gave me small red spots", "The pump gave up half way", "Stronger scent than I expected", "Leaked a little in the box", "No difference after {n} weeks"),
    "": ("Took {n} days to arrive", "The box was crushed", "Support took its time", "So-so for the price", "A part was missing; they sent it on"),
}  # fmt: skip
OPEN_EN = ("", "", "", "", "Bought it again. ", "Waited a week before writing this. ", "A friend told me about it. ", "I dithered for ages. ", "Used it the day it came. ", "Honestly: ", "Short version: buy it. ", "For my mother. ", "Some weeks in: ")  # fmt: skip
CLOSE_GOOD_EN = (
    "",
    "",
    "",
    " Would buy again.",
    " Recommended.",
    " Very happy.",
    " Thank you!",
    " Ordering another for my sister.",
)
CLOSE_BAD_EN = (
    "",
    "",
    " Could be better.",
    " Not again for me.",
    " Not worth the trouble of sending back.",
    " A bit disappointed.",
)
MIXED_EN = ("Only ", "One thing: ", "My one complaint: ", "Small minus: ")
AFTER_EN = ("A month later: still good, nothing new to report.", "Two months on it has only got nicer.", "Update after three weeks: I am used to the little flaw I mentioned.", "It broke once and they sent a new one without a question. One more star from me.", "Bought a second as a present, same quality.", "Update: used daily and holding up better than I thought.")  # fmt: skip
REPLY_GOOD_EN = (
    "Thank you for the kind words. Write to us any time.",
    "We read this aloud in the workshop. Thank you!",
    "So glad that it found a good home.",
    "Thank you, we will keep making it this way.",
)
REPLY_BAD_EN = (
    "We are sorry. We have written to you: a new one or your money back, as you like.",
    "Sorry about this. The batch has been checked again, and we pay the way back of yours.",
    "Thank you for telling us. The page now gives the measures more clearly.",
    "Sorry for the wait; the warehouse was overrun that week.",
)

QUESTIONS: tuple[tuple[str, str, str, str], ...] = (
    ("请问可以开发票吗？", "可以，下单时填抬头，电子发票随发货发到邮箱。", "Can I get an invoice?", "Yes. Fill in the name when you order; it comes by e-mail with the parcel."),
    ("今天下单什么时候能到？", "下午四点前付款当天发出，多数城市第二天到。", "If I order today, when is it here?", "Paid before four it leaves the same day; most places the day after."),
    ("和上一批是同一个厂做的吗？", "是的，同一个作坊，同一批料。", "Is it made by the same workshop as the last batch?", "Yes, the same people and the same material."),
    ("收到有瑕疵怎么办？", "拍张照给我们，七天内换新，来回运费我们出。", "What if it arrives damaged?", "Send us a picture; within seven days we replace it and pay both ways."),
    ("可以送人吗，带不带礼盒？", "自带一个牛皮纸盒，也可以备注要礼品袋。", "Is it fit for a present?", "It comes in a plain card box, and we add a gift bag if you ask."),
    ("实物颜色和图片一样吗？", "自然光下拍的，显示器会有一点差别。", "Is the colour as in the pictures?", "They were taken in daylight; screens differ a little."),
    ("清洗要注意什么？", "温水软布就行，别用钢丝球。", "How do I clean it?", "Lukewarm water and a soft cloth; no steel wool."),
    ("能配到国外吗？", "可以发美国和德国，结算页会显示运费和税。", "Do you ship abroad?", "To the US and to Germany; the checkout shows freight and tax."),
)  # fmt: skip
