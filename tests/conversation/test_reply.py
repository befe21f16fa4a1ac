import re
import statistics
from typing import get_args

import pytest
import toy

from bot.catalogue.figures import chosen_figure, shown_value
from bot.catalogue.lookup import Lookup
from bot.catalogue.model import QuestionKind, Service
from bot.conversation.knowledge import Knowledge
from bot.conversation.outcome import answered, domain_menu, domain_services, several_answered, unknown
from bot.conversation.reply import FALLBACK, phones_in, phones_of, service_text
from bot.conversation.state import State
from bot.messages import Reply
from bot.text.normalise import normalise
from bot.text.numerals import plain

KINDS: tuple[str, ...] = get_args(QuestionKind)
GAPS = ("how", "where", "when", "eligibility", "cost")
LONGEST, MEDIAN = 320, 140
LOOKUP = toy.knowledge().lookup


def lines(service: Service, kind: str, question: str = "") -> list[str]:
    return service_text(service, kind, question, LOOKUP).split("\n")


def test_the_whole_of_a_reply() -> None:
    assert lines(toy.DIBAO, "contact") == [
        "请打12345(便民热线)。",
        "低保标准到2025年要到14000元/年。城里、乡下一个标准。",
        "2025年的目标,眼下的请问市民政局。",
        "☎ 市民政局:12345",
        "出处:规划(2021—2025年)第6部分",
    ]


@pytest.mark.parametrize("kind", ["howmany", "cost"])
def test_how_much_is_answered_by_the_figure_first(kind: str) -> None:
    assert "14000元/年" in lines(toy.DIBAO, kind)[0]


def test_a_figure_that_the_first_line_does_not_hold_goes_before_it() -> None:
    assert lines(toy.SCHOOL, "howmany")[:2] == ["公办幼儿园在园幼儿占比:60%以上。", toy.SCHOOL.summary]


def test_a_figure_that_the_first_line_holds_is_not_said_twice() -> None:
    assert lines(toy.DIBAO, "howmany")[0] == toy.DIBAO.answer
    assert lines(toy.LIBRARY, "howmany", "有多少书")[0] == toy.LIBRARY.answer


def test_a_figure_within_a_longer_number_does_not_count_as_said() -> None:
    five = toy.figure("新建场馆", "=", "5", "个")
    service = toy.service("halls", "场馆", 9, "全市有15个场馆。", figures=(five,))
    assert lines(service, "howmany")[0] == "新建场馆:5个。"


def test_the_figure_that_is_asked_for_is_the_one_shown() -> None:
    assert lines(toy.LIBRARY, "howmany", "图书馆建筑面积多大")[0] == "图书馆建筑面积:约5万平方米。"


@pytest.mark.parametrize("service", toy.CATALOGUE.services, ids=lambda s: s.id)
def test_whom_to_call_is_answered_by_the_phone_first(service: Service) -> None:
    first = phones_of(service, LOOKUP)[0]
    assert lines(service, "contact")[0] == f"请打{first.phone}({first.name})。"


@pytest.mark.parametrize("kind", GAPS)
def test_what_the_catalogue_does_not_hold_is_said_with_the_phone(kind: str) -> None:
    first = lines(toy.SCHOOL, kind)[0]
    assert first == LOOKUP.say(f"gap-{kind}", phone="12345")


def test_a_service_without_a_figure_says_so_when_asked_how_many() -> None:
    assert lines(toy.CANTEEN, "howmany")[0] == "多少没写,请打12333。"


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("how", "how=到社区登记；领饭卡"),
        ("where", "where=各社区"),
        ("when", "when=每天中午"),
        ("eligibility", "eligibility=年满60岁；户口在本市"),
        ("cost", "cost=一顿8元"),
    ],
)
def test_what_staff_filled_in_is_the_answer(kind: str, first: str) -> None:
    assert lines(toy.CANTEEN, kind)[0] == first


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("how", ["how=到社区登记；领饭卡", "documents=身份证；照片", "lasts=三天"]),
        ("when", ["when=每天中午", "lasts=三天"]),
    ],
)
def test_what_to_bring_and_how_long_it_takes_is_told_too(kind: str, told: list[str]) -> None:
    filled = {"documents": ("身份证", "照片"), "processing_time": "三天"}
    assert lines(toy.CANTEEN.model_copy(update=filled), kind)[: len(told)] == told


def test_what_it_costs_is_told_before_what_it_pays() -> None:
    charged = toy.DIBAO.model_copy(update={"fees": "不收费"})
    first, then, *_ = lines(charged, "cost")
    assert (first, then) == ("cost=不收费", toy.DIBAO.answer)


def test_what_is_free_is_not_said_to_be_unknown() -> None:
    assert lines(toy.LIBRARY, "cost")[0] == toy.LIBRARY.answer


@pytest.mark.parametrize("kind", ["policy", "yesno"])
@pytest.mark.parametrize("service", toy.CATALOGUE.services, ids=lambda s: s.id)
def test_else_the_policy_comes_first(service: Service, kind: str) -> None:
    assert lines(service, kind)[0] == service.answer


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("service", toy.CATALOGUE.services, ids=lambda s: s.id)
def test_the_caveat_stands_only_beside_a_figure(service: Service, kind: str) -> None:
    caveat = LOOKUP.say("caveat", year="2025", organization="市民政局")
    text = service_text(service, kind, "", LOOKUP)
    shown = any(shown_value(f).strip("至少约以上") in text for f in service.figures)
    assert (caveat in text) is shown


def test_every_line_to_ring_has_12345_with_it() -> None:
    assert [c.phone for c in phones_of(toy.CANTEEN, LOOKUP)] == ["12333", FALLBACK]
    assert [c.phone for c in phones_of(toy.DIBAO, LOOKUP)] == [FALLBACK]
    assert lines(toy.CANTEEN, "policy")[-2] == "☎ 市民政局:12333,也可打12345"


def test_phones_are_found_whole_and_in_the_contacts_order() -> None:
    contacts = LOOKUP.contacts.values()
    assert phones_in("打120或12345,别打1190或0120", contacts) == ("12345", "120")
    assert phones_in("14000元", contacts) == ()


def test_several_answers_share_one_list_of_phones() -> None:
    found = [(toy.CANTEEN, "where", "食堂在哪", 0.9), (toy.DIBAO, "cost", "低保多少钱", 0.7)]
    outcome = several_answered(found, State(), LOOKUP)
    assert outcome.reply.text.count("【") == 2
    assert outcome.reply.phones == ("12333", "12345")
    assert outcome.reply.confidence == 0.7
    assert outcome.state.topics == ("dibao", "canteen")


# ---- the real catalogue ----


def real_replies(knowledge: Knowledge) -> list[tuple[Service, str, Reply]]:
    """The reply about every service to every kind of question."""
    lookup = knowledge.lookup
    found = [
        (service, kind, answered(service, kind, service.name, 0.9, State(), lookup).reply)
        for service in lookup.services.values()
        for kind in KINDS
    ]
    assert len(found) > 500
    return found


def listed_phones(text: str, lookup: Lookup) -> set[str]:
    known = {c.phone for c in lookup.contacts.values()}
    return known & set(re.findall(r"(?<!\d)\d{3,12}(?!\d)", text))


def test_replies_are_short_enough_for_a_small_phone(knowledge: Knowledge) -> None:
    lengths = {(s.id, kind): len(reply.text) for s, kind, reply in real_replies(knowledge)}
    assert not {key: n for key, n in lengths.items() if n > LONGEST}
    assert statistics.median(lengths.values()) <= MEDIAN


def test_no_blank_is_left_unfilled(knowledge: Knowledge) -> None:
    assert not [
        (s.id, kind) for s, kind, reply in real_replies(knowledge) if re.search(r"[{}]|None", reply.text)
    ]


def test_phones_are_exactly_those_in_the_text(knowledge: Knowledge) -> None:
    lookup = knowledge.lookup
    for service, kind, reply in real_replies(knowledge):
        assert reply.phones
        assert set(reply.phones) == listed_phones(reply.text, lookup), (service.id, kind)
    fixed = [
        domain_menu(key, "smalltalk", State(), lookup).reply for key in ("identity", "human", "capability")
    ]
    for reply in (*fixed, unknown(0.0, State(), lookup).reply):
        assert set(reply.phones) == listed_phones(reply.text, lookup)


def test_a_domain_lists_all_its_services_those_of_its_menu_first(knowledge: Knowledge) -> None:
    assert {menu.id for menu in knowledge.catalogue.menus} == {d.id for d in knowledge.catalogue.domains}
    for menu in knowledge.catalogue.menus:
        listed = [m.service for m in domain_services(menu.id, State(), knowledge.lookup).reply.matches]
        number = next(d.number for d in knowledge.catalogue.domains if d.id == menu.id)
        assert listed[: len(menu.services)] == [*menu.services]
        assert sorted(listed) == sorted(
            s.id for s in knowledge.catalogue.services if s.source.section == number
        )


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", normalise(text)))


def test_how_many_is_answered_in_the_first_line(knowledge: Knowledge) -> None:
    """By the figure asked for, or the phone where there is none."""
    asked = [(service, reply) for service, kind, reply in real_replies(knowledge) if kind == "howmany"]
    assert len(asked) == len(knowledge.lookup.services)
    for service, reply in asked:
        figure = chosen_figure(service, service.name)
        wanted = plain(float(figure.value)) if figure else phones_of(service, knowledge.lookup)[0].phone
        assert wanted in numbers(reply.text.split("\n")[0]), service.id


def test_every_reply_names_unit_phone_and_source(knowledge: Knowledge) -> None:
    for service, _, reply in real_replies(knowledge):
        *_, contact, source = reply.text.split("\n")
        assert knowledge.lookup.organizations[service.organization].name in contact
        assert phones_of(service, knowledge.lookup)[0].phone in contact
        assert str(service.source.section) in source


def test_a_caveat_stands_just_where_a_figure_is_shown(knowledge: Knowledge) -> None:
    for service, kind, reply in real_replies(knowledge):
        *above, below = re.split(_caveat_pattern(service, knowledge.lookup), reply.text, maxsplit=1)
        shown = {plain(float(f.value)) for f in service.figures} & numbers(above[0] if above else below)
        assert bool(shown) is bool(above), (service.id, kind)


def _caveat_pattern(service: Service, lookup: Lookup) -> str:
    organization = lookup.organizations[service.organization].name
    return re.escape(lookup.say("caveat", year="2025", organization=organization))


def test_an_emergency_reply_begins_with_its_first_number(knowledge: Knowledge) -> None:
    lookup = knowledge.lookup
    assert lookup.emergencies
    for emergency in lookup.emergencies.values():
        first = lookup.contacts[emergency.contacts[0]].phone
        assert re.findall(r"\d{3,}", emergency.reply)[0] == first
        assert emergency.reply.index(first) < 10
        assert len(emergency.reply) <= 60
