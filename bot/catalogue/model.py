"""The catalogue's shape. How the fields are called in HSDS, CPSV-AP and schema.org: scripts/fields.json."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\n\r\t]+$")]
_MOST = 10**15  # a figure's value; beyond, programs that read it as a number would read another
Unit = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[^\n\r\t]+$")]
_PLAIN = r"[^\n\r\t+【】]+"
_PART = f"({_PLAIN}|【{_PLAIN}】)+"
SignText = Annotated[str, StringConstraints(max_length=200, pattern=rf"^{_PART}(\+{_PART})*$")]
Wording = Annotated[str, StringConstraints(max_length=50, pattern=f"^{_PLAIN}$")]
BLANK: Final = "…"
"""What the words of a frame stand for: 那…呢."""
_AROUND = rf"[^\n\r\t{BLANK}]*"
Frame = Annotated[str, StringConstraints(max_length=50, pattern=f"^{_AROUND}{BLANK}{_AROUND}$")]
Text = Annotated[str, StringConstraints(max_length=2000)]
Comparator = Literal["≥", "=", "≤", "约"]
PlaceGroup = Literal["here", "elsewhere", "lead", "passing-before", "passing-after"]
TellingGroup = Literal["need", "apart", "also", "all"]
CaseGroup = Literal["of", "self", "may", "obtain", "apart"]
WholeGroup = Literal[
    "news", "over", "declined", "heard", "age", "why", "doubt", "hurry", "hotline", "number", "compare"
]
DatedGroup = Literal["now", "beside"]
QuestionKind = Literal["policy", "yesno", "howmany", "cost", "where", "how", "eligibility", "contact", "when"]
ClauseKind = Literal["wanted", "background"]
_LIMITS_ONCE = ("alarm_from", "alarm_sentence_from")


class Record(BaseModel):
    """A part of the catalogue: immutable, and no field it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(Record):
    """One number of the plan: `metric comparator value unit`, reached in `year`."""

    metric: Line
    comparator: Comparator
    value: Decimal = Field(ge=-_MOST, le=_MOST)
    unit: Unit
    year: int = Field(ge=2000, le=2100)


class Source(Record):
    """Where the article reports it: section 1–10 (0 is the introduction) and paragraph, from 1."""

    section: int = Field(ge=0, le=10)
    paragraph: int = Field(ge=1, le=9)


class Service(Record):
    """What a resident would ask about as one thing."""

    id: Slug
    name: Line
    alternate_names: tuple[Line, ...] = ()
    summary: Line
    description: Text = ""
    figures: tuple[Figure, ...] = ()
    audience: tuple[Line, ...] = ()
    organization: Slug
    contacts: tuple[Slug, ...] = Field(min_length=1)
    source: Source
    checked_on: date
    due_on: date
    valid_from: date
    valid_through: date
    related: tuple[Slug, ...] = ()
    conditions: tuple[Line, ...] = ()
    documents: tuple[Line, ...] = ()
    steps: tuple[Line, ...] = ()
    fees: Line | None = None
    processing_time: Line | None = None
    location: Line | None = None
    opening_hours: Line | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=300)] | None = None
    phrasings: tuple[Line, ...]

    @property
    def answer(self) -> str:
        """The policy in plain words, whole."""
        return f"{self.summary}{self.description}"


class Domain(Record):
    """One of the plan's ten fields; `number` is its section in the article."""

    number: int = Field(ge=1, le=10)
    id: Slug
    name: Line
    about: Line
    phrasings: tuple[Line, ...]


class Menu(Record):
    """The services of a domain that are listed before its others, those most asked for first; `id` is the
    domain's.
    """

    id: Slug
    services: tuple[Slug, ...]


class Contact(Record):
    """A telephone line that may be shown."""

    id: Slug
    phone: Annotated[str, StringConstraints(pattern=r"^\d{3,12}$")]
    name: Line
    purpose: Line
    evidence: Line
    checked_on: date
    due_on: date


class Organization(Record):
    """A responsible department, by name only."""

    id: Slug
    name: Line


class Plan(Record):
    """The plan every answer comes from, and the article that reports it."""

    title: Line
    short_title: Line
    issuer: Line
    issued_on: date
    valid_from: date
    valid_through: date
    article_title: Line
    article_source: Line
    article_published_on: date


class Signpost(Record):
    """A topic outside the plan, recognised as such; `contacts` says whom to ask instead of 12345."""

    id: Slug
    name: Line
    contacts: tuple[Slug, ...] = ()
    phrasings: tuple[Line, ...]


class SmallTalk(Record):
    """What people say to a bot besides questions. `reply` is a key of replies.

    `stands_alone`: never meant as going on about the topic before (thanks, goodbye).
    """

    id: Slug
    reply: Slug
    stands_alone: bool = False
    phrasings: tuple[Line, ...]


class Emergency(Record):
    """A kind of danger: what people write in it, and the number that helps.

    A sign is a word, or words joined by `+`, that means this danger whatever else is said; 【要】 in it
    stands for any word of the group of this name.
    """

    id: Slug
    contacts: tuple[Slug, ...] = Field(min_length=1)
    reply: Text
    signs: tuple[SignText, ...] = ()
    phrasings: tuple[Line, ...]


class WordGroup(Record):
    """Words any of which may stand in a sign where the group is named; `id` is its name."""

    id: Wording
    words: tuple[Wording, ...] = Field(min_length=1)


class FollowUp(Record):
    """What residents say about whatever was spoken of last; `id` is the kind of question it asks."""

    id: QuestionKind
    phrasings: tuple[Line, ...]


class Clause(Record):
    """Pieces of residents' messages that by themselves ask or tell of a need (`wanted`), or only tell or go
    on about what was said before them (`background`).
    """

    id: ClauseKind
    phrasings: tuple[Line, ...]


class Concept(Record):
    """Words that residents use for the same thing."""

    id: Line
    words: tuple[Line, ...]


class Cues(Record):
    """Words that tell what is asked of a topic, that a message leans on the one before, or where it is about.

    `people`: words for those somebody asks for: 老人, 退役军人.
    `frames`: how a new topic is asked about in as few words as a follow-up; its name is for the dots: 那…呢.
    `members`: by domain that serves one group of people only, words and concepts of which one must be said.
    `domains`: by domain, what people call all of it in a word: 养老; `about`: what they put round it: …的事.
    `instead`: what they put round the next thing they ask about: 我说的是…
    `likewise`: what they put round the next thing of which they ask the same: 那…的呢.
    `distant`: what puts danger at a distance, written like its signs: a film, a drill, a dream.
    `telling`: words with which people tell what they `need` (and such as look like it, `apart`), that a piece
    of a message names one thing more (`also`), and that it asks about `all` told before.
    `cases`: words for somebody's circumstances (`of`), as for people, and for whoever asks (`self`), and with
    which it is asked whether they `may` (and such as look like it, `apart`); `obtain`: English words for
    getting what is granted, without which "can I" asks for nobody in particular.
    `dangers`: by emergency, words that are a cry for help where somebody says no more: 心梗, 我爸晕倒了;
    `dangers_apart`: longer words in which one of them stands and means none: 听不见, 早产儿;
    `befallen`: whom or what they befall, besides `people`, and where: 邻居, 我老公, 家里.
    `whole`: what is a whole message: `news` after an alarm, or that it is `over`, an offer `declined` or only
    `heard`, what asks of what year the plan is (`age`) or `why`, what says no more than `doubt`, `hurry` or
    the number of the `hotline`, what asks how those spoken of `compare`; `number`: what is asked of a number
    that stands before it (12385是什么).
    `dated`: words that hold the plan's years against today's (`now`: 2026年, 过期), and such as may stand
    `beside` them in a message that says no more: 都2026年了还说2025.
    `places`: names of places `here` and `elsewhere`, words that lead to the one asked about, and words
    `passing-before` and `passing-after` one that is only spoken of.
    """

    kinds: dict[QuestionKind, tuple[Line, ...]]
    follow: dict[Slug, tuple[Line, ...]]
    people: tuple[Line, ...] = ()
    frames: tuple[Frame, ...] = ()
    members: dict[Slug, tuple[Line, ...]] = {}
    domains: dict[Slug, tuple[Line, ...]] = {}
    about: tuple[Frame, ...] = ()
    instead: tuple[Frame, ...] = ()
    likewise: tuple[Frame, ...] = ()
    distant: tuple[SignText, ...] = ()
    telling: dict[TellingGroup, tuple[Line, ...]] = {}
    cases: dict[CaseGroup, tuple[Line, ...]] = {}
    dangers: dict[Slug, tuple[Line, ...]] = {}
    dangers_apart: tuple[Line, ...] = ()
    befallen: tuple[Line, ...] = ()
    whole: dict[WholeGroup, tuple[Line, ...]] = {}
    dated: dict[DatedGroup, tuple[Line, ...]] = {}
    places: dict[PlaceGroup, tuple[Line, ...]] = {}


class Confidence(Record):
    """How evidence becomes the chance of being right; fitted on the examples by scripts/fit.

    `naming`: the same for the topic outside the plan that it seems to be about being the one meant; without
    weights every topic recognised is named, as in older releases.
    `pieces`: the same for a message cut into pieces, which may be several questions.
    `unmarked`: the same for one without a pause that is cut in two, taken with at least `unmarked_from`.
    `leaning`: the same for what a message after an answer is about, of all that it may be about.
    `alarm`: the same for the chance that it is a cry for help.
    `answer_from`: the least chance with which a service is answered, `guessed_below` the chance below which
    it is asked beside that whether it was meant, `clarify_from` the least with which services are offered to
    choose from, `offer_from` with which a topic outside the plan is recognised, `named_from` with which such
    a topic is named, `small_talk_from` with which small talk is answered, `several_offered_from` with which
    one thing more that a message may ask about is offered beside the answer.
    """

    intercept: float
    weights: dict[str, float]
    answer_from: float = Field(ge=0, le=1)
    offer_from: float = Field(ge=0, le=1)
    guessed_below: float = Field(ge=0, le=1, default=0.0)
    clarify_from: float = Field(ge=0, le=1, default=0.0)
    named_from: float = Field(ge=0, le=1, default=0.0)
    small_talk_from: float = Field(ge=0, le=1, default=0.0)
    alarmed_from: float = Field(ge=0, le=1, default=0.4)
    several_from: float = Field(ge=0, le=1)
    several_share: float = Field(ge=0, le=1)
    several_offered_from: float = Field(ge=0, le=1, default=1.0)
    unmarked_from: float = Field(ge=0, le=1, default=1.0)
    follow_from: float = Field(ge=0, le=1, default=0.5)
    naming: dict[str, float] = {}
    pieces: dict[str, float] = {}
    unmarked: dict[str, float] = {}
    leaning: dict[str, float] = {}
    alarm: dict[str, float] = {"brevity": -1.5, "lead": 5.0, "sentence": 1.5, "sign": 1.5}

    @model_validator(mode="before")
    @classmethod
    def _as_kept_once(cls, data: Any) -> Any:
        """Without the limits that alarms had in older releases, before they had weights."""
        return {k: v for k, v in data.items() if k not in _LIMITS_ONCE} if isinstance(data, dict) else data


class Catalogue(Record):
    """All that 甬问 knows, whole and immutable; one release."""

    plan: Plan
    domains: tuple[Domain, ...]
    menus: tuple[Menu, ...] = ()
    contacts: tuple[Contact, ...]
    organizations: tuple[Organization, ...]
    services: tuple[Service, ...] = Field(min_length=1)
    signposts: tuple[Signpost, ...] = ()
    smalltalk: tuple[SmallTalk, ...] = ()
    groups: tuple[WordGroup, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    lookalikes: tuple[Line, ...] = ()
    followups: tuple[FollowUp, ...] = ()
    clauses: tuple[Clause, ...] = ()
    concepts: tuple[Concept, ...] = ()
    words: tuple[Line, ...] = ()
    cues: Cues
    confidence: Confidence
    replies: dict[Slug, Text]
