"""Past its date a record is withheld: the reply says so and points to the unit."""

from datetime import date, timedelta

import pytest
import tiny_knowledge
from tiny_knowledge import TODAY, Files, tiny

from bot.conversation.expiry import as_of
from bot.conversation.knowledge import Knowledge
from bot.conversation.learning import prepare
from bot.conversation.outcome import several_answered
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.messages import Message, Reply

DUE = date(2127, 2, 21)
KITCHEN, LIBRARY = "services/elderly/kitchen.yaml", "services/culture/library.yaml"

SAID = {
    "lapsed-overdue": "'{name} 核对于{year}-{month}-{day} {organization} {phone}'",
    "lapsed-expired": "'{name} 到{year}-{month}-{day} {organization} {phone}'",
    "contact-extra": "'{organization} {phone} {other}'",
    "contact": "'{organization} {phone}'",
    "answer-contact": "'{phone} {phone_name}'",
}


def made(files: Files) -> Knowledge:
    lines = dict(line.split(": ", 1) for line in files["replies.yaml"].splitlines())
    replies = "".join(f"{key}: {line}\n" for key, line in (lines | SAID).items())
    checked = tiny_knowledge.checked(files | {"replies.yaml": replies})
    assert checked.catalogue is not None
    return prepare(checked.catalogue)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return made(tiny())


def ask(knowledge: Knowledge, text: str, today: date) -> Reply:
    return turn(Message(text), State(), as_of(knowledge, today)).reply


def test_until_its_due_day_a_service_is_told_though_the_plans_period_is_over(knowledge: Knowledge) -> None:
    for day in (TODAY, DUE):
        reply = ask(knowledge, "老年食堂", day)
        assert reply.status == "answered"
        assert "老年食堂到2025年要有130家。" in reply.text
        assert "caveat:某局2025" in reply.text


def test_the_day_after_it_is_withheld_and_the_unit_named(knowledge: Knowledge) -> None:
    reply = ask(knowledge, "老年食堂", DUE + timedelta(days=1))
    assert reply.status == "unanswered"
    assert reply.topic == "service/kitchen"
    assert reply.text == "老年食堂 核对于2026-11-23 某局 12345"
    assert reply.phones == ("12345",)
    assert (reply.matches[0].answer, reply.matches[0].figures) == ("", ())


@pytest.mark.parametrize("question", ["老年食堂有多少家", "食堂天地多少", "老年食堂电话"])
def test_however_it_is_asked_no_old_text_and_no_old_figure_comes_out(
    knowledge: Knowledge, question: str
) -> None:
    assert "130" in ask(knowledge, question, DUE).text
    reply = ask(knowledge, question, DUE + timedelta(days=1))
    assert "130" not in reply.text
    assert "吃饭" not in reply.text


def test_of_several_withheld_together_nothing_is_answered(knowledge: Knowledge) -> None:
    def both(today: date) -> Reply:
        lookup = as_of(knowledge, today).lookup
        found = [(service, "policy", service.name, 0.9) for service in lookup.services.values()]
        assert len(found) == 2
        return several_answered(found, State(), lookup).reply

    assert both(DUE).status == "answered"
    late = both(DUE + timedelta(days=1))
    assert late.status == "unanswered"
    assert late.text.count("核对于2026-11-23") == 2


def test_a_service_with_an_end_of_its_own_has_ended_then() -> None:
    files = tiny()
    files[KITCHEN] = files[KITCHEN].replace("valid_through: 2025-12-31", "valid_through: 2027-01-15")
    knowledge = made(files)
    assert ask(knowledge, "老年食堂", date(2027, 1, 15)).status == "answered"
    reply = ask(knowledge, "老年食堂", date(2027, 1, 16))
    assert reply.text == "老年食堂 到2027-1-15 某局 12345"


def test_an_overdue_line_is_no_longer_shown_but_12345_is() -> None:
    files = tiny()
    files["contacts.yaml"] = files["contacts.yaml"].replace("due_on: 2127-02-21", "due_on: 2026-12-31")
    knowledge = made(files)
    before = ask(knowledge, "图书馆", date(2026, 12, 31))
    assert "12333" in before.phones
    after = ask(knowledge, "图书馆", date(2027, 1, 1))
    assert after.status == "answered"
    assert after.phones == ("12345",)
    assert [c["phone"] for c in after.matches[0].contacts] == ["12345"]
    assert "12333" not in after.text
    urgent = ask(knowledge, "有人晕倒了", date(2027, 1, 1))
    assert (urgent.status, urgent.phones) == ("emergency", ("120",))


def test_an_overdue_line_is_nobodys_but_numbers_for_emergencies_stay(knowledge: Knowledge) -> None:
    late = DUE + timedelta(days=1)
    assert ask(knowledge, "12333", DUE).phones == ("12333",)
    reply = ask(knowledge, "12333", late)
    assert (reply.status, reply.phones) == ("unanswered", ("12345",))
    assert "人社热线" not in reply.text


def test_a_topic_outside_the_plan_keeps_an_emergency_number_past_its_date() -> None:
    files = tiny()
    files["signposts.yaml"] = files["signposts.yaml"].replace("- '12345'", "- '120'")
    assert ask(made(files), "护照怎么办", DUE + timedelta(days=1)).phones == ("120",)


def test_what_was_found_out_before_is_not_found_out_again_on_another_day(knowledge: Knowledge) -> None:
    assert as_of(knowledge, TODAY) is knowledge
    known = knowledge.cries, knowledge.restorer
    lapsed = as_of(knowledge, DUE + timedelta(days=1))
    assert lapsed.lookup.lapsed
    assert (lapsed.cries, lapsed.restorer) == known
    assert not knowledge.lookup.lapsed
