"""Why a question was understood as it was: tokens, expansions, candidates, evidence, thresholds."""

from collections.abc import Mapping
from typing import Any

from bot.conversation.context import Context
from bot.conversation.knowledge import Knowledge
from bot.conversation.state import State
from bot.conversation.turn import decided
from bot.conversation.understanding import Understood
from bot.matching.features import Parsed
from bot.matching.lexicon import found_concepts
from bot.matching.matcher import chance, zone
from bot.messages import Message
from bot.text.normalise import normalise
from bot.text.runs import syllables

_MOST_CANDIDATES = 5
_MOST_EVIDENCE = 8


def explained(question: str, knowledge: Knowledge) -> dict[str, Any]:
    """All that led to the decision on a question, as data.

    `meant`, and all that follows from it, is without courtesy and what the question excepts.
    """
    index, limits = knowledge.topics, knowledge.confidence
    context = Context(Message(question), State(), knowledge)
    text, judgement, threat = context.text, context.judgement, context.danger
    step, outcome = decided(context)
    return {
        "question": question,
        "normalised": normalise(question),
        "meant": text,
        "readings": _readings(context.understood),
        "words": index.lexicon.cut(text),
        "sounds": [s for s in syllables(text) if s],
        "expansions": [f"{alias}→{concept}" for alias, concept in found_concepts(text, index.lexicon)],
        "kind": context.kind,
        "cues": sorted(context.cued.shown),
        "danger": {
            "kind": threat.kind if threat else "",
            "chance": round(threat.chance(knowledge), 3) if threat else 0.0,
            "alarmed_from": limits.alarmed_from,
            "evidence": _added(threat.evidence, limits.alarm) if threat else {},
        },
        "candidates": [
            {
                "intent": c.intent,
                "score": round(c.score, 3),
                "because": _because(context.parsed, c.intent, knowledge),
            }
            for c in judgement.candidates[:_MOST_CANDIDATES]
        ],
        "evidence": _added(judgement.evidence, limits.weights),
        "intercept": limits.intercept,
        "confidence": round(judgement.confidence, 3),
        "zone": zone(judgement.confidence, limits),
        "named": round(chance(judgement.evidence, limits.naming), 3),
        "decided": {"step": step, "status": outcome.reply.status, "topic": outcome.reply.topic},
        "thresholds": {n: getattr(limits, n) for n in ("answer_from", "offer_from", "named_from")},
    }


def _readings(found: Understood) -> list[dict[str, Any]]:
    """What may have been meant to be typed, with the share it has in the decision before its confidence."""
    whole = sum(weight for weight, _ in found.weighed)
    return [
        {
            "text": one.parsed.text,
            "share": round(weight / whole, 3),
            "intent": one.judgement.best,
            "confidence": round(one.judgement.confidence, 3),
        }
        for weight, one in found.weighed
    ]


def _added(evidence: Mapping[str, float], weights: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Each piece of evidence with what it adds to the confidence."""
    return {
        name: {"value": round(value, 3), "adds": round(weights.get(name, 0.0) * value, 3)}
        for name, value in evidence.items()
    }


def _because(parsed: Parsed, intent: str, knowledge: Knowledge) -> list[str]:
    """The features that spoke most for (or against) an intent, with what each added."""
    index = knowledge.topics
    features = [f for f in parsed.features if f in index.features]
    vector = index.vector(features)
    column = index.numbers[intent]
    added = [
        (index.weights.row(number).get(column, 0) * value * index.weights.unit, feature)
        for feature, number, value in zip(features, vector.ids, vector.values, strict=True)
    ]
    strongest = sorted(added, key=lambda a: (-abs(a[0]), a[1]))[:_MOST_EVIDENCE]
    return [f"{feature} {amount:+.3f}" for amount, feature in strongest if amount]


def in_words(data: dict[str, Any]) -> str:
    """The explanation as lines to read."""
    lines = [
        f"question     {data['question']}",
        f"normalised   {data['normalised']}",
        *([f"meant        {data['meant']}"] if data["meant"] != data["normalised"] else []),
        *(["readings"] if data["readings"] else []),
        *("  {share:.3f}  {text} → {intent} {confidence}".format(**read) for read in data["readings"]),
        f"words        {' | '.join(data['words'])}",
        f"sounds       {' '.join(data['sounds'])}",
        f"expansions   {', '.join(data['expansions']) or '—'}",
        f"asks for     {data['kind']} ({', '.join(data['cues']) or 'no cue'})",
        "danger       {kind} {chance} (alarm from {alarmed_from})".format(**data["danger"]),
        *_evidence_lines(data["danger"]["evidence"]),
        "candidates",
    ]
    for c in data["candidates"]:
        lines += [f"  {c['score']:+.3f}  {c['intent']}", f"          {', '.join(c['because'])}"]
    lines.append("evidence for the first")
    lines += _evidence_lines(data["evidence"])
    limits = data["thresholds"]
    lines.append(
        f"confidence   {data['confidence']} → {data['zone']}"
        f" (answer from {limits['answer_from']}, offer from {limits['offer_from']})"
    )
    if data["candidates"] and data["candidates"][0]["intent"].startswith("signpost/"):
        lines.append(f"named        {data['named']} (from {limits['named_from']})")
    lines.append("decided by   {step} → {status} {topic}".format(**data["decided"]).rstrip())
    return "\n".join(lines)


def _evidence_lines(evidence: Mapping[str, Mapping[str, float]]) -> list[str]:
    return [f"  {name:22} {e['value']:+.3f}  adds {e['adds']:+.3f}" for name, e in evidence.items()]
