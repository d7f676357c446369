"""The names of what is drawn, in English and Chinese, with their kinds."""

from __future__ import annotations

Named = tuple[tuple[str, ...], tuple[str, ...], str]


def _table(text: str) -> tuple[Named, ...]:
    """Read lines of `kind: english, names | 中文, 名字`."""
    return tuple(_row(line) for line in text.strip().splitlines())


def _row(line: str) -> Named:
    kind, _, names = line.partition(": ")
    en, zh = names.split("|")
    return _cells(en), _cells(zh), kind


def _cells(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(","))


NAMES = _table("""
plant: tree | 树, 大树
plant: pine tree, pine, fir tree | 松树
plant: birch tree, birch | 白桦树, 桦树
plant: willow, willow tree, weeping willow | 柳树
plant: bare tree, leafless tree, winter tree | 枯树, 光秃秃的树
plant: cherry tree, cherry blossom tree | 樱花树, 樱树
plant: bush, shrub | 灌木, 灌木丛
plant: fern | 蕨类, 蕨
plant: daisy | 雏菊
plant: poppy | 罂粟花, 虞美人
plant: lily | 百合, 百合花
plant: lotus, lotus flower, water lily | 莲花, 荷花
plant: rose | 玫瑰, 玫瑰花
nature: rock, boulder, stone | 岩石, 石头
nature: island, desert island | 岛, 岛屿
nature: iceberg | 冰山
nature: mountain, mountain peak | 山, 山峰
nature: volcano, erupting volcano | 火山
building: house | 房子, 房屋
building: cottage, thatched cottage | 小屋, 茅屋
building: skyscraper, high-rise | 摩天大楼, 摩天楼
building: apartment building, block of flats | 公寓楼, 公寓
building: barn | 谷仓
building: hut, straw hut | 棚屋, 草棚
building: greenhouse, glasshouse | 温室
building: tower, stone tower | 塔, 塔楼
building: castle | 城堡
building: pagoda | 宝塔, 佛塔
building: windmill | 风车
building: lighthouse | 灯塔
building: bridge | 桥, 桥梁
building: gate | 大门, 门楼
building: fountain | 喷泉
building: well, stone well | 井, 水井
vehicle: sailboat, sailing boat | 帆船
vehicle: fishing boat, trawler | 渔船
vehicle: ship | 船, 轮船
vehicle: hot air balloon | 热气球
vehicle: submarine | 潜水艇, 潜艇
vehicle: airship, zeppelin, blimp | 飞艇
vehicle: steam train, steam locomotive | 蒸汽火车, 蒸汽机车
vehicle: bicycle, bike | 自行车, 单车
vehicle: cart, wooden cart | 推车, 木车
sky: sun | 太阳
sky: moon, full moon | 月亮, 满月
sky: crescent moon, crescent | 弯月, 新月
sky: star | 星星, 星
sky: planet | 行星, 星球
sky: comet | 彗星
sky: cloud | 云, 云朵
object: gear, cogwheel, cog | 齿轮
object: gears, cogs, gearwork | 齿轮组, 一组齿轮
object: mechanical watch, wristwatch, skeleton watch | 机械表, 手表
object: pocket watch | 怀表
object: clock | 时钟, 钟
object: lantern | 灯笼, 提灯
object: street lamp, streetlight, lamp post | 路灯, 街灯
object: statue, sculpture | 雕像, 雕塑
object: fence | 栅栏, 篱笆
object: vase | 花瓶
object: chair, armchair | 椅子
object: table | 桌子
object: bookshelf, bookcase | 书架, 书柜
object: window | 窗户, 窗
object: door | 门
object: candle, candles | 蜡烛
object: teapot | 茶壶
object: bottle | 瓶子
object: lamp, table lamp | 台灯, 灯
object: crystal, crystals, gem | 水晶, 宝石
object: sword | 剑
object: shield | 盾牌, 盾
object: treasure chest, chest | 宝箱, 藏宝箱
object: key | 钥匙
person: girl | 女孩, 小女孩
person: boy | 男孩, 小男孩
person: princess | 公主
person: wizard, mage | 巫师, 魔法师
person: knight | 骑士
person: astronaut | 宇航员, 航天员
person: ninja | 忍者
person: pirate | 海盗
person: robot | 机器人
animal: cat | 猫, 小猫
animal: dog, puppy | 狗, 小狗
animal: bear | 熊, 小熊
""")
