"""Chinese measure words: by how the name of the thing ends, else by its kind."""

from __future__ import annotations

from types import MappingProxyType

from sfumato.train.world.lexicon import Thing

# Each line: a measure word, then how the names end that it goes with.
_ENDS = """
辆 车 巴士 皮卡 轿车 卡车
列 火车 列车 高铁 电车 地铁
艘 船 艇 舟 舰 飞艇
架 飞机 客机 直升机 钢琴 梯子
枚 火箭 硬币 金币 奖牌 勋章 戒指 图钉 邮票 回形针
棵 树 仙人掌 青菜 生菜 嫩芽 稻子
朵 花 玫瑰 郁金香 向日葵 云 云朵 蘑菇 莲花 芙蓉 百合 雏菊 风信子
片 叶 叶子 雪花 披萨 羽毛 三叶草 四叶草
本 书 书本 笔记本 记事本 日历 备忘录
把 刀 剑 匕首 伞 椅子 琴 吉他 钥匙 斧头 锤子 扇子 折扇 枪 水枪 扳手 螺丝刀 剪刀 勺子 扫帚 梳子 直尺
把 尺子 锁 锯子 轮椅 弓箭 茶壶 镐子
盏 灯 灯笼 油灯
顶 帽 皇冠 王冠 头盔 帐篷 钢盔 草帽
件 衬衫 外套 大褂 背心 和服 泳衣 上衣 礼物 连体泳衣 柔道服
条 鱼 蛇 龙 裙 裤子 牛仔裤 短裤 裙子 围巾 领带 锁链 链条 毛毛虫 虫子 连衣裙 铁轨 带鱼 鱿鱼 纱丽 恐龙
条 霸王龙 鲨鱼 河豚
双 鞋 袜子 手套 筷子
副 眼镜 墨镜 护目镜 耳机
台 电脑 照相机 相机 摄影机 摄像机 电视机 收音机 打印机 显微镜 电视
部 手机 智能手机 电话 老式电话
张 门票 信用卡 床 桌子 棋牌 扑克牌 麻将牌 地图 脸 创可贴 光盘
支 笔 画笔 钢笔 铅笔 蜡笔 口红 唇膏 笔刷 试管 温度计 长笛 冰淇淋 蜡烛 注射器
扇 门 窗户 窗子 大门
面 镜子 旗子 旗帜 鼓 格子旗
匹 马 斑马 骆驼
头 牛 大象 猪 鲸鱼 狮子 驴 犀牛 河马 猛犸象 熊 驼鹿 鲸 野猪 奶牛
轮 太阳 月亮 满月 圆月 弯月 月牙 半月
颗 星星 钻石 宝石 心 爱心 行星 星球 卫星 土星 流星 彗星 草莓 糖果 樱桃 花生 牙齿 水晶 珍珠 五角星 蛋
颗 螺丝
座 桥 塔 山 钟 雕像 雕塑 喷泉 岛 岛屿 风车 冰山 火山 高山 雪山 谷仓 灯塔 铁塔 水井
块 手表 腕表 牛排 石头 岩石 冰块 肥皂 饼干 机械手表 怀表 蛋糕 奶酪 芝士 拼图 墓碑 机械表
杯 咖啡 茶 绿茶 啤酒 葡萄酒 鸡尾酒 威士忌 汽水 牛奶 珍珠奶茶 热咖啡 热带饮料
串 葡萄 念珠 团子 鞭炮
位 公主 王子 国王 骑士 老人 宇航员 航天员 女士 巫师 魔法师 新娘 新郎 警察
根 香蕉 胡萝卜 黄瓜 骨头 玉米 木头 原木 魔杖 羽毛 法棍 火柴
碗 米饭 拉面 面条 意大利面
道 彩虹 闪电 栅栏 篱笆
瓶 香槟 清酒
团 火焰 火 毛线球
对 翅膀 情侣 双心
盆 盆栽
束 花束
阵 龙卷风
丛 灌木
栋 大楼 房子 小屋 木屋 公寓楼 住宅
"""
_KINDS = MappingProxyType(
    {
        "animal": "只", "plant": "株", "food": "个", "person": "个", "building": "座", "vehicle": "辆",
        "sky": "个",
        "object": "个", "nature": "块", "symbol": "个", "face": "张",
    }
)  # fmt: skip


def measure(thing: Thing, name: str) -> str:
    """The measure word that goes with this name of the thing; the longest ending decides."""
    rows = (line.split() for line in _ENDS.strip().splitlines())
    ends = ((len(end), word) for word, *listed in rows for end in listed if name.endswith(end))
    return max(ends, default=(0, _own(thing, name)))[1]


def _own(thing: Thing, name: str) -> str:
    return "个" if name.endswith(("脸", "表情", "人")) or "的手" in name else _KINDS[thing.kind]
