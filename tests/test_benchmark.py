from pathlib import Path

from scripts.benchmark import table
from scripts.benchmark.work import written

FAQS = Path(table.__file__).parent
MEASURED = {
    "hit@1": 0.5,
    "hit@3": 0.75,
    "mrr": 0.6,
    "refused": 0.2,
    "auroc": 0.7,
    "build": 1.0,
    "median": 0.3,
    "p99": 0.9,
    "memory": 90.0,
}


def tables(one: table.Figures, other: table.Figures) -> str:
    return "\n\n".join(
        f"{heading}: {n} intents:\n\n{table.accuracy({'ours': one, 'theirs': other})}"
        for n, heading in enumerate(("FAQs", "Services"))
    )


def test_what_was_not_measured_stays_as_it_was_under_its_heading(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"# Us\n<!-- bench -->\n{tables(MEASURED, MEASURED)}\n<!-- /bench -->\nEnd\n", "utf-8")
    better = MEASURED | {"hit@1": 0.9}
    text = table.kept(tables(better, table.NOT_MEASURED), readme)
    assert text == tables(better, MEASURED)
    table.put(readme, text)
    assert readme.read_text("utf-8") == f"# Us\n<!-- bench -->\n{text}\n<!-- /bench -->\nEnd\n"


def test_no_question_is_learnt_and_no_stranger_has_an_intent() -> None:
    for folder in ("faqs", "held_out"):
        for work in written(FAQS / folder, "zh", 1):
            learnt = {text for _, text in work.faq}
            assert work.questions
            assert {intent for intent, _ in work.questions} <= {intent for intent, _ in work.faq}
            assert learnt.isdisjoint(work.strangers)
            assert sum(text in learnt for _, text in work.questions) == 0
