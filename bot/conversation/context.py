"""What a step of the conversation may look at: each thing is found out once, when it is first asked for."""

from dataclasses import dataclass
from functools import cached_property

from bot.catalogue.lookup import Lookup
from bot.catalogue.model import Service, Signpost
from bot.conversation import followup
from bot.conversation.cases import kind_about
from bot.conversation.courtesy import bare
from bot.conversation.followup import Followed
from bot.conversation.kinds import Cued, find_cues, inside, question_kind
from bot.conversation.knowledge import Knowledge
from bot.conversation.leaning import Leaning
from bot.conversation.people import set_apart
from bot.conversation.several import Likeliest, likeliest
from bot.conversation.state import State
from bot.conversation.understanding import Understood, understood
from bot.conversation.urgent import Danger, danger
from bot.matching.features import Parsed
from bot.matching.matcher import Judgement, zone
from bot.messages import Message
from bot.text.normalise import normalise


@dataclass(frozen=True)
class Context:
    """All that a step may look at."""

    message: Message
    state: State
    knowledge: Knowledge

    @property
    def lookup(self) -> Lookup:
        """The catalogue by id, and its sentences."""
        return self.knowledge.lookup

    @cached_property
    def said(self) -> str:
        """The message without courtesy round it and what it excepts; all of it where there is no more."""
        return bare(self.message.text, self.knowledge)

    @cached_property
    def understood(self) -> Understood:
        """What was said with its features, and what it means by itself."""
        return understood(self.said, self.knowledge)

    @property
    def parsed(self) -> Parsed:
        """What was said, normalised, with its features."""
        return self.understood.parsed

    @property
    def text(self) -> str:
        """What was said, normalised."""
        return self.parsed.text

    @cached_property
    def cued(self) -> Cued:
        """What kind of question it is, by its cue words."""
        return find_cues(self.text, self.knowledge.cues)

    @cached_property
    def kind(self) -> str:
        """The kind of question asked."""
        return question_kind(self.cued)

    def kind_about(self, service: Service, kind: str) -> str:
        """The kind of question asked of a service, where `kind` would be asked of any."""
        return kind_about(service, kind, self.text, self.knowledge)

    @property
    def judgement(self) -> Judgement:
        """What the message means by itself."""
        return self.understood.judgement

    @property
    def confidence(self) -> float:
        """The chance (0–1) that its likeliest meaning is the right one."""
        return self.judgement.confidence

    def sure(self, least: str) -> bool:
        """Whether its likeliest meaning is sure enough to `answer`, or at least to `offer`."""
        found = zone(self.confidence, self.knowledge.confidence)
        return found == "answer" or (least == "offer" and found == "offer")

    @cached_property
    def danger(self) -> Danger | None:
        """What danger the message speaks of, real or not."""
        return danger(self.said, self.parsed, self.judgement, self.knowledge)

    @cached_property
    def read(self) -> Likeliest | None:
        """The likeliest way to read the message as several questions, if there is one."""
        return likeliest(self.said, self.understood, self.knowledge)

    @cached_property
    def leaning(self) -> Leaning | None:
        """The message beside what was spoken of before, if anything was."""
        return followup.leaning(self.parsed, self.cued, self.kind, self.judgement, self.state, self.knowledge)

    @cached_property
    def followed(self) -> Followed:
        """What the message is about in the light of what was spoken of before."""
        return followup.followed(self.leaning) if self.leaning else Followed()

    @property
    def topics(self) -> list[Service]:
        """The services spoken of, newest first."""
        services = self.lookup.services
        return [services[topic] for topic in self.state.topics if topic in services]

    @property
    def topic(self) -> Service | None:
        """The service spoken of last, if any was."""
        return self.lookup.services.get(self.state.topics[0]) if self.state.topics else None

    def is_nothing_but(self, cue: str) -> bool:
        """Whether the message says only what the words of one group of cues do: 不是这个."""
        return cue in self.cued.shown and not self.cued.rest

    def named_outright(self, text: str) -> str:
        """The intent that normalised text is a name of; empty where it is none."""
        return self.lookup.named.get(text) or self.knowledge.called.get(text, "")

    @cached_property
    def named_likewise(self) -> str:
        """What the same is asked of, where the message says no more: 那公租房的呢, not 那老人呢."""
        found = next(filter(None, (inside(self.text, frame) for frame in self.knowledge.likewise)), "")
        return "" if self.kind != "policy" or self.is_somebody(found) else found

    def is_somebody(self, text: str) -> bool:
        """Whether normalised text names only people: 老人, but not 残疾人之家."""
        who, rest = set_apart(text, self.knowledge.people)
        return bool(who) and not rest.strip()

    @property
    def kind_before(self) -> str:
        """The kind of question asked before, of what was answered last."""
        return (not self.state.choices and self.state.kind) or "policy"

    @property
    def question_of_number(self) -> str:
        """The question for which things were offered, where the message is but a number."""
        return normalise(self.state.question) if self.text.isdecimal() else ""

    @property
    def answered_together(self) -> list[Service | Signpost]:
        """What the last reply answered about, where it was more than one thing."""
        found = [about for choice in self.state.choices if (about := self.about(choice))]
        told = {about.id for about in found if isinstance(about, Service)} & {*self.state.topics}
        services = sum(isinstance(about, Service) for about in found)
        return found if not self.state.kind and len(found) > 1 and 0 < services == len(told) else []

    def about(self, intent: str) -> Service | Signpost | None:
        """The service, or the topic outside the plan, of an intent that is one."""
        kind, _, name = intent.partition("/")
        return self.lookup.signposts.get(name) if kind == "signpost" else self.service(intent)

    def service(self, intent: str) -> Service | None:
        """The service of an intent, where it is one."""
        kind, _, name = intent.partition("/")
        return self.lookup.services.get(name) if kind == "service" else None
