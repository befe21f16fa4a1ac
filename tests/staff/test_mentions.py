"""What names a service that was taken away goes with it, and nothing else."""

from typing import Any

from bot.catalogue.records import Address
from bot.staff.mentions import taken_away, without_mentions

LIBRARY, PASSPORT = Address("services", "library"), Address("signposts", "passport")
TURN = {"q": "看书要钱吗", "lands": "library"}
NAMED = {"q": "补护照", "lands": "outside", "topics": ["passport"]}
STAYS = {"q": "饭几点", "lands": "kitchen"}
RECORDS: dict[Address, dict[str, Any]] = {
    Address("services", "kitchen"): {
        "id": "kitchen",
        "related": ["library", "park"],
        "phrasings": ["library"],
    },
    Address("services", "park"): {"id": "park", "related": []},
    Address("examples", "kitchen"): {
        "service": "kitchen",
        "examples": [{"q": "library"}],
        "near_misses": [TURN, STAYS, NAMED],
    },
    Address("examples", "library"): {"service": "library", "examples": [{"q": "看书"}]},
    Address("talk", "dialogues"): {"dialogues": [[STAYS, TURN], [STAYS, {"q": "谢谢"}]]},
    Address("talk", "several"): {"several": [{"q": "书和饭", "lands": ["kitchen", "library"]}]},
    Address("talk", "followups"): {
        "openings": [TURN, STAYS],
        "continued": {"cost": ["多少钱"]},
        "outside": ["library", {"q": "换护照", "topics": ["passport"]}],
    },
    Address("known", "kitchen+library"): {"questions": ["书和饭"]},
    Address("known", "kitchen"): {"questions": ["饭"]},
    Address("menus", "elderly"): {"id": "elderly", "services": ["library", "kitchen"]},
    Address("menus", "culture"): {"id": "culture", "services": ["library"]},
    Address("menus", "childhood"): {"id": "childhood", "services": []},
    Address("menus", "sports"): {"id": "sports", "services": ["park"]},
    Address("replies", "thanks"): {"text": "library"},
    PASSPORT: {"id": "passport", "phrasings": ["补护照"]},
}


def test_whatever_names_the_service_is_as_it_would_be_without() -> None:
    edits = without_mentions(RECORDS, [LIBRARY])
    assert edits == {
        Address("services", "kitchen"): RECORDS[Address("services", "kitchen")] | {"related": ["park"]},
        Address("examples", "kitchen"): RECORDS[Address("examples", "kitchen")]
        | {"near_misses": [STAYS, NAMED]},
        Address("examples", "library"): None,
        Address("talk", "dialogues"): {"dialogues": [[STAYS, {"q": "谢谢"}]]},
        Address("talk", "several"): None,
        Address("talk", "followups"): RECORDS[Address("talk", "followups")] | {"openings": [STAYS]},
        Address("known", "kitchen+library"): None,
        Address("menus", "elderly"): {"id": "elderly", "services": ["kitchen"]},
        Address("menus", "culture"): None,
    }


def test_of_what_names_a_topic_only_the_name_goes() -> None:
    assert without_mentions(RECORDS, [PASSPORT]) == {
        Address("examples", "kitchen"): RECORDS[Address("examples", "kitchen")]
        | {"near_misses": [TURN, STAYS, {"q": "补护照", "lands": "outside"}]},
        Address("talk", "followups"): RECORDS[Address("talk", "followups")]
        | {"outside": ["library", {"q": "换护照"}]},
    }


def test_where_no_service_went_nothing_changes() -> None:
    assert without_mentions(RECORDS, []) == {}
    assert taken_away(RECORDS, RECORDS) == ()
    assert taken_away(RECORDS, {}) == (Address("services", "kitchen"), Address("services", "park"), PASSPORT)
