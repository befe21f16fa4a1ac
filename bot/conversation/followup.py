"""Whether a message leans on the one before, and then what it is about.

Small named rules, tried in order; each returns the service meant and a confidence, or None.
"""

from collections.abc import Callable

from bot.catalogue.model import Service
from bot.conversation.kinds import Cued, find_cues
from bot.conversation.knowledge import Knowledge
from bot.conversation.leaning import Leaning, evidence, follow_up, near_its_own, nearness
from bot.conversation.outcome import MOST_OFFERED
from bot.conversation.people import set_apart
from bot.conversation.state import State
from bot.matching.features import Parsed, parse
from bot.matching.matcher import Judgement, chance, judge, said, zone
from bot.text.normalise import normalise

_BOOST = 0.4
_MEMORY = 0.5
_SURE = 0.9
_NEIGHBOUR_LEAD = 0.25
_HINTED = 0.1
_TORN = 0.3
_NEARLY = 0.6
_ALONE_SMALL_TALK = 0.4
_LIKE_ENOUGH = -1.5
_NOT = ("不", "弗", "勿")
_BACK = {"follow-back", "follow-first"}

Found = tuple[Service, float]


def leaning(
    parsed: Parsed, cued: Cued, kind: str, judgement: Judgement, state: State, knowledge: Knowledge
) -> Leaning | None:
    """A message beside what was spoken of before it; None where nothing was."""
    services = knowledge.lookup.services
    topics = tuple(services[t] for t in (*_offered(state), *state.topics) if t in services)
    return Leaning(parsed, cued, kind, judgement, topics, state.question, knowledge) if topics else None


def resolve(c: Leaning) -> Found | None:
    """The service a leaning message is about, with a confidence; None where it stands alone."""
    return next((found for rule in RULES if (found := rule(c))), None)


def goes_on(c: Leaning) -> float:
    """The chance (0–1) that a message is about the topic before, by all that speaks for it and against."""
    if c.knowledge.leaning is None or _is_courtesy(c):
        return 0.0
    return chance(evidence(c), c.knowledge.confidence.leaning)


def _offered(state: State) -> tuple[str, ...]:
    """The first of what was offered for the last question, if the topic before was not among it."""
    offered = [c.removeprefix("service/") for c in state.choices if state.kind]
    return () if set(offered) & set(state.topics[:1]) else tuple(offered[:1])


def kind_of(kind: str, parsed: Parsed, knowledge: Knowledge) -> str:
    """What a follow-up asks: by its cue words, or else by what it is most like."""
    if kind != "policy":
        return kind
    likely, lead = follow_up(parsed, knowledge)
    return likely if lead > _LIKE_ENOUGH else kind


def _back(c: Leaning) -> Found | None:
    """前面讲的那个…: the topic that the words left speak for; where for none, the first or the one before."""
    if not c.cued.shown & _BACK:
        return None
    meant = _spoken_for(c, _HINTED)
    if meant is None and not _surely_new(c):
        meant = c.topics[-1] if "follow-first" in c.cued.shown else c.topics[min(1, len(c.topics) - 1)]
    return (meant, _SURE) if meant else None


def _that_one(c: Leaning) -> Found | None:
    """宁大那个再说下: a word that points, and words that clearly speak for one of the topics."""
    if not c.points or _surely_new(c):
        return None
    meant = _spoken_for(c, _NEIGHBOUR_LEAD)
    return (meant, _SURE) if meant else None


def _surely_new(c: Leaning) -> bool:
    """Whether the message is by itself surely about something never spoken of."""
    sure = zone(c.judgement.confidence, c.knowledge.confidence) == "answer"
    return sure and c.judgement.best not in {f"service/{t.id}" for t in c.topics}


def _spoken_for(c: Leaning, lead: float) -> Service | None:
    """The topic that what is said beside the cues speaks for, by a lead over any other topic."""
    index = c.knowledge.topics
    found = said(parse(c.cued.rest, index.lexicon), index)
    scored = [max(0.0, float(found[index.numbers[f"service/{t.id}"]])) for t in c.topics]
    most, second = sorted((*scored, 0.0), reverse=True)[:2]
    return c.topics[scored.index(most)] if most - second >= lead else None


def _named_again(c: Leaning) -> Found | None:
    """图书馆几点开, long after it: an earlier topic that the message surely names."""
    if len(c.cued.rest) <= 1 or zone(c.judgement.confidence, c.knowledge.confidence) != "answer":
        return None
    return next(((t, _SURE) for t in c.topics[1:] if f"service/{t.id}" == c.judgement.best), None)


def _corrected(c: Leaning) -> Found | None:
    """不是…,是…: what comes after the correction is meant, in the light of the question before."""
    if "follow-correction" not in c.cued.shown:
        return None
    before, _, meant = c.parsed.text.rpartition("是")
    if not c.cued.rest or not meant or before.endswith(_NOT):  # 不对 / 我不是本地人 corrects nothing
        return None
    alone = parse(meant, c.knowledge.topics.lexicon)
    asked = _of_somebody_else(meant, c)
    favoured = _faded(_joint(c, alone, {})) if asked else {}
    current = f"service/{c.topics[0].id}"
    return _service(_joint(c, asked or alone, favoured | {current: -_BOOST}), c)


def _for_others(c: Leaning) -> Found | None:
    """那老人呢: the question before, asked for somebody else; where that is nothing new, the topic stays."""
    asked = _of_somebody_else(c.parsed.text, c) if c.kind == "policy" else None
    if asked is None:
        return None
    found = _joint(c, asked, {f"service/{c.topics[0].id}": _NEIGHBOUR_LEAD})
    sure = zone(found.confidence, c.knowledge.confidence) == "answer" and found.best.startswith("service/")
    return _service(found, c) if sure else (c.topics[0], _SURE)


def _of_somebody_else(text: str, c: Leaning) -> Parsed | None:
    """The question before with other people in it, where the text names people and nothing else."""
    people = c.knowledge.people
    who, rest = set_apart(text, people)
    if not who or len(find_cues(rest, c.knowledge.cues).rest) > 1:
        return None
    _, asked = set_apart(normalise(c.question), people)
    return parse(" ".join((asked, *who)), c.knowledge.topics.lexicon)


def _bare(c: Leaning) -> Found | None:
    """电话呢 / 多少钱 / 怎么申请: nothing but what is asked."""
    if _is_courtesy(c):
        return None
    return (c.topics[0], _SURE) if (c.kind != "policy" or c.points) and len(c.cued.rest) <= 1 else None


def _is_courtesy(c: Leaning) -> bool:
    """谢谢 / 再见: small talk that is never about the topic."""
    kind, _, name = c.judgement.best.partition("/")
    if kind != "smalltalk" or not c.knowledge.lookup.smalltalk[name].stands_alone:
        return False
    nearer = nearness(c.parsed.text, c.knowledge) >= near_its_own(c.parsed.text, c.judgement, c.knowledge)
    return c.kind == "policy" and not nearer and c.judgement.confidence >= _ALONE_SMALL_TALK


def _continued(c: Leaning) -> Found | None:
    """What speaks for the topic before, weighed against what speaks for a question of its own."""
    sure = goes_on(c)
    return (_nearby(c), sure) if sure >= c.knowledge.confidence.follow_from else None


def _tipped(c: Leaning) -> Found | None:
    """Words that might mean several things mean the topic before, or what is near it, where that is one."""
    if zone(c.judgement.confidence, c.knowledge.confidence) == "offer":
        offered = [x.intent for x in c.judgement.candidates if x.intent.startswith("service/")]
        if f"service/{c.topics[0].id}" in offered[:MOST_OFFERED]:
            return c.topics[0], _SURE
    meant = _kindred(c) if c.judgement.evidence.get("lead", 0.0) < _TORN else None
    return (meant, _SURE) if meant else None


def _kindred(c: Leaning) -> Service | None:
    """有培训吗, after a question of veterans: the training of veterans, if it is nearly as likely as any."""
    near = {f"service/{s.id}": s for s in (c.topics[0], *c.knowledge.lookup.near(c.topics[0]))}
    best, least = c.judgement.best, max((_NEARLY * x.score for x in c.judgement.candidates), default=0.0)
    likely = {x.intent for x in c.judgement.candidates if x.score >= least and x.intent in near}
    joint = dict(_joint(c, c.parsed, _remembered(c)).candidates)
    found = max(likely & joint.keys(), key=lambda i: joint[i], default="")
    led = not found or best in near or joint[found] + _NEIGHBOUR_LEAD < joint.get(best, 0.0)
    return None if led or not best.startswith("service/") else near[found]


def _nearby(c: Leaning) -> Service:
    """The topic itself, or a neighbour the words speak for more, in the light of what was asked before."""
    topic = c.topics[0]
    scored = dict(_joint(c, c.parsed, _remembered(c)).candidates)
    known = [t for t in (topic, *c.knowledge.lookup.near(topic)) if f"service/{t.id}" in scored]
    best = max(known, key=lambda t: scored[f"service/{t.id}"], default=topic)
    lead = scored.get(f"service/{best.id}", 0.0) - scored.get(f"service/{topic.id}", 0.0)
    return best if lead >= _NEIGHBOUR_LEAD else topic


def _remembered(c: Leaning) -> dict[str, float]:
    """What the question before spoke for, somewhat faded, and the topic it came to."""
    faded = _faded(_joint(c, parse(c.question, c.knowledge.topics.lexicon), {}))
    current = f"service/{c.topics[0].id}"
    return faded | {current: faded.get(current, 0.0) + _BOOST}


def _faded(before: Judgement) -> dict[str, float]:
    return {x.intent: _MEMORY * max(0.0, x.score) for x in before.candidates}


def _joint(c: Leaning, parsed: Parsed, favoured: dict[str, float]) -> Judgement:
    return judge(parsed, c.knowledge.topics, c.knowledge.confidence, favoured)


def _service(judgement: Judgement, c: Leaning) -> Found | None:
    """The best service of a judgement."""
    for candidate in judgement.candidates:
        kind, _, name = candidate.intent.partition("/")
        if kind == "service":
            return c.knowledge.lookup.services[name], _SURE
    return None


RULES: tuple[Callable[[Leaning], Found | None], ...] = (
    _back,
    _that_one,
    _named_again,
    _corrected,
    _for_others,
    _bare,
    _continued,
    _tipped,
)
