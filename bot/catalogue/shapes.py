"""The model of each kind of record that the knowledge files hold."""

from collections.abc import Mapping

from bot.catalogue.examples import ExampleFile, TalkFile
from bot.catalogue.model import (
    Clause,
    Concept,
    Confidence,
    Contact,
    Cues,
    Domain,
    Emergency,
    FollowUp,
    Menu,
    Organization,
    Plan,
    Record,
    Service,
    Signpost,
    SmallTalk,
    WordGroup,
)

SHAPES: Mapping[str, type[Record]] = {
    "services": Service,
    "examples": ExampleFile,
    "talk": TalkFile,
    "domains": Domain,
    "menus": Menu,
    "contacts": Contact,
    "organizations": Organization,
    "signposts": Signpost,
    "elsewhere": Signpost,
    "smalltalk": SmallTalk,
    "groups": WordGroup,
    "emergencies": Emergency,
    "followups": FollowUp,
    "clauses": Clause,
    "concepts": Concept,
    "plan": Plan,
    "cues": Cues,
    "confidence": Confidence,
}
