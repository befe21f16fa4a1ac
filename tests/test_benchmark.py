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
NOTHING = table.NOT_MEASURED


def tables(*measured: tuple[str, table.Figures, table.Figures]) -> str:
    return "\n\n".join(
        f"{heading}:\n\n{table.accuracy({'ours': one, 'theirs': other})}" for heading, one, other in measured
    )


def readme_with(tmp_path: Path, text: str) -> Path:
    readme = tmp_path / "README.md"
    readme.write_text(f"# Us\n<!-- bench -->\n{text}\n<!-- /bench -->\nEnd\n", "utf-8")
    return readme


def test_what_was_not_measured_stays_as_it_was_under_its_heading(tmp_path: Path) -> None:
    faqs, services = "FAQs: 7 intents", "Services: 3 intents"
    readme = readme_with(tmp_path, tables((faqs, MEASURED, MEASURED), (services, MEASURED, MEASURED)))
    better = MEASURED | {"hit@1": 0.9}
    text = table.kept(tables((faqs, better, NOTHING), (services, better, NOTHING)) + "\n\nToday.", readme)
    assert text == tables((faqs, better, MEASURED), (services, better, MEASURED)) + "\n\nToday."
    table.put(readme, text)
    assert readme.read_text("utf-8") == f"# Us\n<!-- bench -->\n{text}\n<!-- /bench -->\nEnd\n"


def test_no_heading_says_other_work_than_its_rows_were_measured_on(tmp_path: Path) -> None:
    older, newer, better = "Services: 3 intents", "Services: 4 intents", MEASURED | {"hit@1": 0.9}
    readme = readme_with(tmp_path, tables((older, MEASURED, MEASURED)))
    assert table.kept(tables((newer, NOTHING, NOTHING)), readme) == tables((older, MEASURED, MEASURED))
    assert table.kept(tables((newer, better, NOTHING)), readme) == tables((newer, better, NOTHING))


def test_growth_that_was_not_measured_stays_as_it_was(tmp_path: Path) -> None:
    def grown(one: table.Figures, other: table.Figures) -> str:
        return f"Growth:\n\n{table.growth({1_000: {'ours': one, 'theirs': other}})}"

    readme = readme_with(tmp_path, grown(MEASURED, MEASURED))
    faster = MEASURED | {"median": 0.1}
    assert table.kept(grown(faster, NOTHING), readme) == grown(faster, MEASURED)
    assert table.kept(grown(NOTHING, NOTHING), readme) == grown(MEASURED, MEASURED)


def test_no_question_is_learnt_and_no_stranger_has_an_intent() -> None:
    for folder in ("faqs", "held_out"):
        for work in written(FAQS / folder, "zh", 1):
            learnt = {text for _, text in work.faq}
            assert work.questions
            assert {intent for intent, _ in work.questions} <= {intent for intent, _ in work.faq}
            assert learnt.isdisjoint(work.strangers)
            assert sum(text in learnt for _, text in work.questions) == 0
