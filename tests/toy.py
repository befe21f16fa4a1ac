"""A town small enough to see through: four services, two signposts, small talk, two emergencies."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from bot.catalogue.model import Catalogue, Service
from bot.conversation.knowledge import Knowledge
from bot.conversation.learning import prepare
from bot.conversation.outcome import Outcome
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.messages import Message

TODAY, PLAN_END = date(2026, 11, 23), date(2025, 12, 31)


def service(id_: str, name: str, section: int, summary: str, **more: Any) -> Service:
    """A service with all that must be there."""
    needed = {
        "description": "",
        "organization": "bureau",
        "contacts": ("12345",),
        "source": {"section": section, "paragraph": 1},
        "checked_on": TODAY,
        "due_on": TODAY,
        "valid_from": date(2021, 1, 1),
        "valid_through": PLAN_END,
        "phrasings": (),
    }
    return Service.model_validate({"id": id_, "name": name, "summary": summary} | needed | more)


def figure(metric: str, comparator: str, value: str, unit: str) -> dict[str, Any]:
    """A figure of the plan for 2025."""
    return {"metric": metric, "comparator": comparator, "value": Decimal(value), "unit": unit, "year": 2025}


DIBAO = service(
    "dibao",
    "低保标准",
    6,
    "低保标准到2025年要到14000元/年。",
    description="城里、乡下一个标准。",
    alternate_names=("低保",),
    figures=(figure("低保标准", "=", "14000", "元/年"),),
    related=("canteen",),
    phrasings=(
        "低保多少钱",
        "低保一年多少钱",
        "低保怎么申请",
        "低保金每月几号发",
        "低保的电话多少",
        "农村低保和城里一样吗",
        "没有收入能吃低保吗",
        "dibao duoshao qian",
        "最低生活保障标准是多少",
        "穷人每月的保障金",
        "minimum living allowance",
    ),
)
CANTEEN = service(
    "canteen",
    "老年食堂",
    5,
    "老人可以去社区食堂吃饭。",
    description="走不动的有人送到家。",
    contacts=("12333",),
    related=("dibao", "library"),
    conditions=("年满60岁", "户口在本市"),
    steps=("到社区登记", "领饭卡"),
    fees="一顿8元",
    location="各社区",
    opening_hours="每天中午",
    phrasings=(
        "老年食堂在哪里",
        "老人去哪里吃饭",
        "社区食堂吃饭多少钱",
        "助餐点有没有",
        "爷爷奶奶中午没人做饭",
        "老人送餐上门",
        "食堂几点开门",
        "laonian shitang",
        "老人吃饭的地方",
        "canteen for the elderly",
    ),
)
LIBRARY = service(
    "library",
    "公共图书馆",
    8,
    "公共图书馆人均藏书到2025年达到1.9册。",
    description="看书借书免费。",
    figures=(
        figure("人均藏书量", "≥", "1.9", "册"),
        figure("图书馆建筑面积", "约", "50000", "平方米"),
    ),
    phrasings=(
        "图书馆有多少书",
        "图书馆借书要钱吗",
        "在哪里看书",
        "人均藏书量多少",
        "图书馆面积多大",
        "孩子看书的地方",
        "借书证怎么办",
        "tushuguan jieshu",
        "图书馆晚上开吗",
        "public library books",
    ),
)
SCHOOL = service(
    "school",
    "公办幼儿园",
    2,
    "公办幼儿园要让更多孩子上。",
    figures=(figure("公办幼儿园在园幼儿占比", "≥", "60", "%"),),
    phrasings=(
        "公办幼儿园怎么报名",
        "幼儿园公办的多吗",
        "幼儿园学费多少",
        "孩子三岁上幼儿园",
        "公办幼儿园占比多少",
        "家门口的幼儿园够不够",
        "幼儿园入学条件",
        "youeryuan baoming",
        "便宜的幼儿园",
        "public kindergarten",
    ),
)
REPLIES = {
    "answer-contact": "请打{phone}({phone_name})。",
    "answer-figure": "{metric}:{value}。",
    **{f"gap-{kind}": f"没写({kind}),请打{{phone}}。" for kind in ("how", "where", "when", "eligibility")},
    "gap-cost": "多少钱没写,请打{phone}。",
    "gap-howmany": "多少没写,请打{phone}。",
    **{
        f"field-{kind}": f"{kind}={{value}}"
        for kind in ("how", "documents", "lasts", "where", "when", "eligibility", "cost")
    },
    "caveat": "{year}年的目标,眼下的请问{organization}。",
    "contact": "☎ {organization}:{phone}",
    "contact-extra": "☎ {organization}:{phone},也可打{other}",
    "source": "出处:{plan}({first}—{last}年)第{section}部分",
    "heading": "【{name}】",
    "clarify": "哪一个?",
    "clarify-one": "是{name}吗?是就回{number}。不是请打{phone}。",
    "clarify-option": "{number}. {name}",
    "clarify-none": "都不是请打{phone}。",
    "unknown": "不知道,请打{phone}。",
    "unknown-offer": "我能答:",
    "signpost": "{name}不归这里,请打{phone}({phone_name})。",
    "other-place": "{place}的不知道,{name}可以看,别的打{phone}。",
    "empty": "没看到字。",
    "too-long": "太长了,请打{phone}。",
    "domain": "{name}({about}):",
    "domains": "十方面:",
    "again": "哪件事?",
    "guess": "是{name}吗?",
    "choose": "{most}以内。",
    "none-of-these": "都不是,打{phone}。",
    "plan-age": "{plan},{issued}年的,管{first}到{last}。{phone}",
    "no-reason": "没写为什么,请打{phone}。",
    "number-of": "{phone}是{phone_name}。",
    "still-there": "还急就打{phone}。",
    "also": "还问{name}?回{number}。",
    "error": "出错了,请打{phone}。",
    "greeting": "您好。",
    "english": "I answer in Chinese.",
    "shorter": "不明白就打{phone}。",
    "shorter-whole": "就这一句,打{phone}。",
    "ring-doubt": "不信就打{phone}。",
    "ring-hurry": "急就打{phone}。",
    "ring-hotline": "是热线{phone}。",
    "english-about": "About {names}, call {phone}.",
    "english-gap": "No such detail of {names}.",
    "english-which": "Which of {names}?",
    "english-unknown": "I do not know, call {phone}.",
    "english-urgent": "Call {phone} now.",
    "thanks": "不客气。",
    "capability": "我会这些:",
    "acknowledge": "好的。",
    "command-forget": "删掉我的记录",
    "command-privacy": "我的话怎么用",
    "privacy-line": "到期就删。",
    "privacy-notice": "留存{days}天。",
    "forget-done": "删掉了。",
    "channel-off": "停用了,请打{phone}。",
    "too-often": "太快了。",
    "feedback-ask": "对吗?",
    "verdict-right": "对",
    "verdict-wrong": "不对",
    "feedback-noted": "谢谢。",
    "feedback-none": "没找到。",
}


def contact(number: str, name: str) -> dict[str, Any]:
    """A telephone line under its own number."""
    return {
        "id": number,
        "phone": number,
        "name": name,
        "purpose": "—",
        "evidence": "—",
        "checked_on": TODAY,
        "due_on": TODAY,
    }


def domain(number: int, id_: str, name: str, phrasing: str) -> dict[str, Any]:
    """A domain with one phrasing."""
    return {"number": number, "id": id_, "name": name, "about": name[0], "phrasings": [phrasing]}


def spoken(id_: str, phrasings: str, **more: Any) -> dict[str, Any]:
    """A record with phrasings, parted by spaces."""
    return {"id": id_, "phrasings": phrasings.split()} | more


CUES = {
    "kinds": {
        "howmany": ("多少", "几个", "面积多大"),
        "cost": ("多少钱", "要钱吗", "how much"),
        "where": ("哪里", "在哪"),
        "how": ("怎么申请", "怎么办", "怎么报名"),
        "eligibility": ("什么条件", "谁能"),
        "contact": ("电话", "电话多少", "phone"),
        "when": ("什么时候", "几点"),
        "yesno": ("有没有", "是不是"),
    },
    "telling": {"need": ("想", "没", "缺"), "apart": ("不缺",), "also": ("也", "还"), "all": ("都", "这些")},
    "follow": {
        "follow-pronoun": ("这个", "那个"),
        "follow-also": ("那", "还有"),
        "follow-correction": ("不是",),
        "follow-back": ("前面讲的", "前面那个"),
        "follow-first": ("第一个问题",),
        "follow-more": ("详细点",),
        "follow-shorter": ("太长了", "听不懂"),
        "follow-another": ("换一个",),
        "follow-courtesy": ("请问", "你好", "您好", "谢谢", "多谢"),
        "follow-filler": ("呢", "吗"),
    },
    "people": ("老人", "老兵", "kids"),
    "domains": {"culture": ("看书", "文艺")},
    "dangers": {"fire": ("火警", "alarm")},
    "befallen": ("邻居", "家里"),
    "whole": {
        "news": ("没人接", "还没来"),
        "declined": ("不用", "算了"),
        "heard": ("知道了",),
        "age": ("哪年的", "过期了吧"),
        "why": ("为什么",),
        "doubt": ("我不信",),
        "hurry": ("我很急",),
        "compare": ("哪个便宜",),
        "number": ("是什么",),
    },
    "dated": {"now": ("2026年", "过期"), "beside": ("都", "了", "还", "说", "2025", "这规划", "吗", "不是")},
    "about": ("…的事", "想问…方面"),
    "instead": ("那…的呢",),
    "places": {
        "here": ("某市", "杭州湾", "转过来"),
        "elsewhere": ("杭州", "上海"),
        "lead": ("那", "在"),
        "passing-before": ("从", "比"),
        "passing-after": ("人", "户口", "来"),
    },
}
CATALOGUE = Catalogue.model_validate(
    {
        "plan": {
            "title": "某市公共服务规划",
            "short_title": "规划",
            "issuer": "某市",
            "issued_on": date(2021, 12, 28),
            "valid_from": date(2021, 1, 1),
            "valid_through": PLAN_END,
            "article_title": "规划发布",
            "article_source": "某报",
            "article_published_on": date(2022, 1, 6),
        },
        "domains": [
            domain(2, "education", "学有优教", "教育的事"),
            domain(5, "elderly", "老有颐养", "养老的事"),
            domain(6, "assistance", "弱有众扶", "救助的事"),
            domain(8, "culture", "文旅乐享", "文化的事"),
        ],
        "contacts": [
            contact("12345", "便民热线"),
            contact("12333", "人社热线"),
            contact("12329", "公积金热线"),
            contact("119", "火警"),
            contact("120", "急救"),
        ],
        "organizations": [{"id": "bureau", "name": "市民政局"}],
        "services": [DIBAO, CANTEEN, LIBRARY, SCHOOL],
        "signposts": [
            spoken("id-card", "身份证丢了怎么补 补办身份证 身份证换新", name="身份证", contacts=["12345"]),
            spoken("fund", "公积金怎么提取 公积金贷款利率 提取公积金", name="公积金", contacts=["12329"]),
        ],
        "smalltalk": [
            spoken("greeting", "你好 您好 hello", reply="greeting", stands_alone=True),
            spoken("thanks", "谢谢 多谢你了 thanks", reply="thanks", stands_alone=True),
            spoken("acknowledge", "好的", reply="acknowledge", stands_alone=True),
            spoken("capability", "你会什么 你能做什么 有哪些功能", reply="capability"),
        ],
        "emergencies": [
            spoken(
                "fire",
                "着火了 家里着火了怎么办 厨房起火了快来人 楼道里全是浓烟 房子烧起来了",
                contacts=["119"],
                signs=["浓烟+出不去"],
                reply="请马上打119,弯腰离开。",
            ),
            spoken(
                "medical",
                "我爸晕倒了 老人昏过去没呼吸了 快叫救护车 心脏病发作了 胸口痛得喘不上气 ambulance",
                contacts=["120"],
                reply="请马上打120,别挂断。",
            ),
        ],
        "lookalikes": [
            "消防员退伍怎么安置",
            "累死我了",
            "急救知识培训",
            "今天天气怎么样",
            "火星移民",
            "电话多少",
        ],
        "followups": [
            spoken("cost", "要交多少钱 贵不贵 一个月要多少"),
            spoken("eligibility", "我妈可以吗 外地人行不行 我是外地的"),
            spoken("policy", "说详细点 什么意思 为什么"),
        ],
        "clauses": [
            spoken("wanted", "老人没饭吃 没人做饭 孩子想借书 想看书 开到几点 缺个食堂"),
            spoken("background", "老人在家吃饭 家里有老人 我是老师 孩子上学了 谢谢 住在城里"),
        ],
        "concepts": [
            {"id": "老人", "words": ["老年人", "爷爷奶奶", "爷爷", "elderly"]},
            {"id": "书", "words": ["书本", "图书", "book"]},
            {"id": "穷", "words": ["没钱", "困难"]},
        ],
        "words": ["老年食堂"],
        "cues": CUES,
        "confidence": {
            "intercept": -6.0,
            "weights": {"known": 6.0, "lead": 4.0, "score": 2.0},
            "answer_from": 0.6,
            "offer_from": 0.3,
            "alarmed_from": 0.4,
            "several_from": 0.4,
            "several_share": 0.1,
            "pieces": {
                "intercept": -3.2,
                "also": 2.1,
                "gain": 2.6,
                "lead_on_average": 4.3,
                "outside": -1.2,
                "support": 2.4,
                "only_told_before": -0.8,
                "unasked": -2.3,
                "wanted": 2.0,
                "whole_lead": -4.0,
            },
            "leaning": {
                "topic": 7.0,
                "topic_bare": 8.0,
                "topic_strange": -2.0,
                "topic_unexplained": -1.0,
                "topic_like_a_follow_up": 2.0,
                "topic_corrected": -2.0,
                "topic_back": -2.0,
                "alone": 7.0,
                "own": 4.0,
                "together": 2.0,
                "near": 2.0,
                "earlier": 1.0,
                "earlier_back": 6.0,
                "earlier_hinted": 2.0,
                "earlier_first": 1.0,
                "earlier_next": 1.0,
                "intercept": -1.0,
                "none_lead": 3.0,
                "none_score": 2.0,
                "none_strange": 3.0,
                "none_like_a_follow_up": -2.0,
            },
        },
        "replies": REPLIES,
    }
)


@cache
def knowledge() -> Knowledge:
    """The toy catalogue, learnt once."""
    return prepare(CATALOGUE)


def knowledge_with(**limits: float | dict[str, float]) -> Knowledge:
    """The same, with other limits of confidence."""
    known = knowledge()
    return replace(known, confidence=known.confidence.model_copy(update=limits))


def talk(*messages: str, state: State | None = None, knowing: Knowledge | None = None) -> list[Outcome]:
    """What comes of each message of one conversation."""
    outcomes: list[Outcome] = []
    for text in messages:
        before = outcomes[-1].state if outcomes else state or State()
        outcomes.append(turn(Message(text), before, knowing or knowledge()))
    return outcomes
