"""Services for a question, ranked: what a search shows where a conversation would decide."""

from bot.catalogue.model import Service
from bot.conversation.knowledge import Knowledge
from bot.conversation.understanding import at_a_glance
from bot.matching.matcher import scores

_SERVICE = "service/"


def find(question: str, knowledge: Knowledge) -> list[tuple[Service, float]]:
    """(service, score 0–1) for all that the question's words speak for, best first."""
    index = knowledge.topics
    vector = index.vector(at_a_glance(question, knowledge).parsed.features)
    if not vector:
        return []
    found = [
        (knowledge.lookup.services[intent.removeprefix(_SERVICE)], score)
        for intent, score in zip(index.intents, scores(vector, index).tolist(), strict=True)
        if score > 0 and intent.startswith(_SERVICE)
    ]
    found.sort(key=lambda pair: (-pair[1], pair[0].id))
    return [(service, min(1.0, score)) for service, score in found]
