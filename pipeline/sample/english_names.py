"""English names of the fictional places: each character by its sound, the kind of place by its word."""

MARK = "示例"
_KINDS = {
    "街道": "Subdistrict",
    "省": "Province",
    "市": "City",
    "县": "County",
    "区": "District",
    "镇": "Town",
    "乡": "Township",
}
_SOUNDS = """
青 qing 云 yun 龙 long 凤 feng 金 jin 银 yin 玉 yu 石 shi 松 song 柏 bai 桃 tao 梅 mei 兰 lan 竹 zhu 菊 ju 荷 he
杏 xing 槐 huai 枫 feng 桐 tong 柳 liu 杨 yang 白 bai 鹭 lu 鹤 he 雁 yan 鹰 ying 燕 yan 朝 chao 晨 chen 晓 xiao 霞 xia
虹 hong 雪 xue 霜 shuang 露 lu 清 qing 澄 cheng 碧 bi 翠 cui 丹 dan 紫 zi 苍 cang 长 chang 永 yong 安 an 宁 ning 和 he
平 ping 顺 shun 康 kang 泰 tai 福 fu 瑞 rui 嘉 jia 文 wen 武 wu 山 shan 溪 xi 川 chuan 河 he 湖 hu 岭 ling 峰 feng
原 yuan 林 lin 泉 quan 江 jiang 海 hai 洲 zhou 滩 tan 湾 wan 谷 gu 坡 po 冈 gang 台 tai 城 cheng 关 guan 门 men 桥 qiao
渡 du 塘 tang 池 chi 井 jing 阳 yang 阴 yin 源 yuan 水 shui 丰 feng 禾 he 田 tian 园 yuan 庄 zhuang 屏 ping 峡 xia 峪 yu
陵 ling 岗 gang 浦 pu 淮 huai 涧 jian 洋 yang 潭 tan 岛 dao 沙 sha 垣 yuan 东 dong 南 nan 西 xi 北 bei 上 shang 下 xia
大 da 小 xiao 红 hong 黄 huang 黑 hei 马 ma 牛 niu 羊 yang 鹿 lu 双 shuang 三 san 九 jiu 高 gao 太 tai 沟 gou 坝 ba
坪 ping 庙 miao 店 dian 集 ji 营 ying 堡 bao 寨 zhai 口 kou 新 xin 华 hua 旗 qi 胜 sheng 利 li 风 feng 团 tuan 结 jie
光 guang 明 ming 前 qian 进 jin 州 zhou 中 zhong 雾 wu 麦 mai 浪 lang 涛 tao 都 du 空 kong 设 she
"""
_PINYIN = dict(zip(_SOUNDS.split()[::2], _SOUNDS.split()[1::2], strict=True))


def english_name(name: str) -> str:
    """`示例青禾县` as `Example Qinghe County`, `城关镇` as `Chengguan Town`."""
    stem, mark = name.removeprefix(MARK), "Example " if name.startswith(MARK) else ""
    kind = next(ending for ending in _KINDS if stem.endswith(ending))
    sound = _apart([_PINYIN[character] for character in stem.removesuffix(kind)])
    return f"{mark}{sound} {_KINDS[kind]}".replace("  ", " ")


def _apart(sounds: list[str]) -> str:
    """One word; an apostrophe before a later syllable that begins with a vowel, as in `Chang'an`."""
    return "".join(
        f"'{sound}" if place and sound[0] in "aeo" else sound for place, sound in enumerate(sounds)
    ).capitalize()
