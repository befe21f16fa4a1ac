"""The replies a record goes into, made from a catalogue as it would be released. Pure."""

from collections.abc import Collection, Iterator, Mapping

from bot.catalogue.lookup import Lookup
from bot.catalogue.model import Service
from bot.catalogue.sentences import FALLBACK, blanks_of
from bot.conversation.outcome import alarmed, answered, domain_services, said, signposted
from bot.conversation.reply import DETAILS
from bot.conversation.state import State
from bot.messages import Reply

_ASKED: Mapping[str, str] = {
    "figures": "howmany",
    **{field: kind for kind, fields in DETAILS.items() for field in fields},
}
"""Field of a service → the kind of question that it answers, where that is not the policy."""


def sample_replies(
    known: Lookup, kind: str, id_: str, fields: Collection[str] = tuple(_ASKED)
) -> list[Reply]:
    """What residents would read of a record; empty where no reply shows it.

    Of a service: the policy, and what is said to whoever asks about one of these fields that is filled in.
    Also empty where the record names another that is not there: the check says so.
    """
    try:
        return list({reply.text: reply for reply in _replies(known, kind, id_, fields)}.values())
    except (KeyError, IndexError, ValueError):
        return []


def _replies(known: Lookup, kind: str, id_: str, fields: Collection[str]) -> Iterator[Reply]:
    if kind == "services" and id_ in known.services:
        yield from _of_service(known.services[id_], fields, known)
    elif kind in ("signposts", "elsewhere") and id_ in known.signposts:
        yield signposted(known.signposts[id_], 1.0, State(), known).reply
    elif kind == "emergencies" and id_ in known.emergencies:
        yield alarmed(known.emergencies[id_], 1.0, State(), known).reply
    elif kind == "domains" and any(d.id == id_ for d in known.domains.values()):
        yield domain_services(id_, State(), known).reply
    elif kind == "contacts":
        using = (s for s in known.services.values() if id_ in s.contacts)
        yield from (_answered(s, "contact", known) for s in list(using)[:1])
    elif kind == "organizations":
        using = (s for s in known.services.values() if s.organization == id_)
        yield from (_answered(s, "policy", known) for s in list(using)[:1])
    elif kind == "replies" and id_ in known.replies:
        yield _sentence(id_, known)


def _of_service(service: Service, fields: Collection[str], known: Lookup) -> Iterator[Reply]:
    yield _answered(service, "policy", known)
    for field, kind in _ASKED.items():
        if field in fields and getattr(service, field):
            yield _answered(service, kind, known)


def _answered(service: Service, kind: str, known: Lookup) -> Reply:
    return answered(service, kind, service.name, 1.0, State(), known).reply


def _sentence(key: str, known: Lookup) -> Reply:
    """A fixed sentence; blanks that need a case to fill them show their names."""
    if blanks_of(known.replies[key]) <= {"phone"}:
        return said(key, "smalltalk", State(), known).reply
    shown = {name: f"【{name}】" for name in blanks_of(known.replies[key])} | {"phone": FALLBACK}
    return Reply(known.say(key, **shown), "smalltalk", phones=(FALLBACK,))
