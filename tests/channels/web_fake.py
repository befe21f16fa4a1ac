"""An answering function with a made-up reply of every kind."""

from bot.messages import Button, Match, Message, Reply

DOMAINS = {
    "幼有善育": "生育、托儿所、带娃",
    "学有优教": "幼儿园、中小学、大学",
    "劳有厚得": "找工作、培训、工资",
    "病有良医": "医院、防疫、医保",
    "老有颐养": "养老服务、养老金",
    "弱有众扶": "低保、救助、残疾人、慈善",
    "军有优抚": "退役军人、军属",
    "文旅乐享": "图书馆、博物馆、旅游",
    "体有强健": "健身、体育馆、比赛",
    "住有宜居": "租房、旧房改造、社区",
}
CANDIDATES = ("普惠托位", "义务教育学校新建和扩建", "公共场所母婴室")


def buttons(*names: str) -> tuple[Button, ...]:
    return tuple(Button(name, name) for name in names)


def _menu(first: str) -> Reply:
    listed = (f"{i}. {name}({about})" for i, (name, about) in enumerate(DOMAINS.items(), 1))
    return Reply("\n".join((first, *listed)), "smalltalk", buttons=buttons(*DOMAINS))


def match(title: str) -> Match:
    return Match("answer", "made-up", 6, title, "", 0.9)


def _answered(text: str, title: str) -> Reply:
    related = buttons("社会救助", "救急难")
    phones = ("0574-89188000", "12345")
    return Reply(text, "answered", 0.9, (match(title),), related, phones, answer_id=f"id-{title}")


REPLIES = {
    "/start": _menu("您好，我是甬问。宁波公共服务的事问我就行，比如：低保一年多少钱。"),
    "/domains": _menu("我能答这十方面，点一下，或把想问的直接告诉我："),
    "低保一年多少钱": _answered(
        "低保标准到2025年要到14000元/年。\n城里、乡下一个标准。\n这是规划定的2025年目标，眼下的标准请问市民政局。\n"
        "☎ 市民政局：0574-89188000，也可打12345\n出处：宁波市公共服务“十四五”规划第6部分",
        "低保标准",
    ),
    "普惠托位": _answered(
        "【普惠托位】\n每千人口拥有3岁以下托位4.6个。\n\n☎ 市卫生健康委：0574-89188000，也可打12345\n"
        "原文：https://www.ningbo.gov.cn/col/index.html?a=1&b=2。可以看。",
        "普惠托位",
    ),
    "小孩的事": Reply(
        "您想问的是哪一个？点一下，或回一个数字：\n"
        + "\n".join(f"{i}. {name}" for i, name in enumerate(CANDIDATES, 1))
        + "\n都不是的话，换个说法再问我，或打12345。",
        "clarify",
        0.5,
        buttons=buttons(*CANDIDATES),
        phones=("12345",),
        answer_id="id-clarify",
    ),
    "着火了": Reply(
        "快打119!先离开屋子，不要坐电梯。", "emergency", 1.0, phones=("119", "110"), answer_id="id-119"
    ),
    "谢谢": Reply("不客气，还有事随时问我。", "smalltalk", 1.0, phones=("12345", "119")),
    "太长": Reply("这段话太长了，请打12345。", "unanswered", phones=("12345",), answer_id="id-long"),
    "9": Reply("请回3以内的一个数字。", "clarify", answer_id="id-choose"),
    "": Reply("我没看到字。想问什么，打字告诉我就行。", "unanswered"),
}

FORGET = "/forget"
FORGOTTEN = Reply("好了，您在这里留下的记录都删掉了。", "smalltalk", topic="command/forget")


class FakeAnswer:
    """Answers from REPLIES and keeps the messages it was given; the rest it does not know."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> Reply:
        self.messages.append(message)
        known = FORGOTTEN if message.text == FORGET else REPLIES.get(message.text.strip())
        return known or self._unknown(message.text)

    def _unknown(self, text: str) -> Reply:
        if text in DOMAINS:
            names = buttons(*(f"{text}的第{i}件事" for i in range(1, 12)))
            listed = "\n".join(f"{i}. {b.label}" for i, b in enumerate(names, 1))
            return Reply(f"{text},您想看哪一条？\n{listed}", "clarify", 1.0, buttons=names)
        first = f"“{text[:50]}”我不知道，不敢乱说。请打12345问，人工会帮您。"
        lines = (first, "我能答这十方面，点一下就看：", "、".join(DOMAINS))
        return Reply("\n".join(lines), "unanswered", buttons=buttons(*DOMAINS), phones=("12345",))
