"""The engines, each as its own documentation would have it used, a few lines each.

An engine is a function from phrasings to a function from a question to (intent, score) pairs, best first.
"""

import itertools
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Phrasing = tuple[str, str]
Ranked = list[tuple[str, float]]
Answer = Callable[[str], Ranked]
Engine = Callable[[Sequence[Phrasing]], Answer]
_HITS = 30


def yongwen(phrasings: Sequence[Phrasing]) -> Answer:
    """This repository's engine, as `python -m bot rank` runs it."""
    from bot.matching.index import Utterance
    from bot.matching.ranking import build

    ranking = build(itertools.starmap(Utterance, phrasings))
    return lambda text: [(r.intent, r.score) for r in ranking.rank(text)]


def bm25s_words(phrasings: Sequence[Phrasing]) -> Answer:
    """bm25s over jieba's words."""
    import bm25s
    import numpy as np

    cut = _jieba()
    index = bm25s.BM25()
    index.index([cut(text) for _, text in phrasings], show_progress=False)

    def answer(text: str) -> Ranked:
        scores = index.get_scores(cut(text))
        return _by_score(phrasings, scores, np.argpartition(-scores, min(_HITS, len(scores) - 1))[:_HITS])

    return answer


def fts5_trigrams(phrasings: Sequence[Phrasing]) -> Answer:
    """SQLite FTS5 with its trigram tokenizer."""
    return _fts5(phrasings, "trigram", lambda text: [text[i : i + 3] for i in range(len(text) - 2)], str)


def fts5_words(phrasings: Sequence[Phrasing]) -> Answer:
    """SQLite FTS5 over jieba's words, joined by spaces."""
    cut = _jieba()
    return _fts5(phrasings, "unicode61", cut, lambda text: " ".join(cut(text)))


def tfidf_logistic(phrasings: Sequence[Phrasing]) -> Answer:
    """scikit-learn: TF-IDF of characters and their pairs, logistic regression."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    matrix = vectors.fit_transform([text for _, text in phrasings])
    model = LogisticRegression(C=50, max_iter=100).fit(matrix, [intent for intent, _ in phrasings])

    def answer(text: str) -> Ranked:
        chances = model.predict_proba(vectors.transform([text]))[0]
        return [(str(model.classes_[i]), float(chances[i])) for i in np.argsort(-chances)[:10]]

    return answer


def tfidf_nearest(phrasings: Sequence[Phrasing]) -> Answer:
    """scikit-learn: the phrasing with the nearest TF-IDF vector."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
    matrix = vectors.fit_transform([text for _, text in phrasings])

    def answer(text: str) -> Ranked:
        scores = (matrix @ vectors.transform([text]).T).toarray().ravel()
        return _by_score(phrasings, scores, np.argpartition(-scores, min(_HITS, len(scores) - 1))[:_HITS])

    return answer


def rapidfuzz_alone(phrasings: Sequence[Phrasing]) -> Answer:
    """rapidfuzz: the phrasing with the highest ratio."""
    from rapidfuzz import fuzz, process

    texts = [text for _, text in phrasings]

    def answer(text: str) -> Ranked:
        found = process.extract(text, texts, scorer=fuzz.ratio, limit=_HITS)
        return _first_of_each((phrasings[i][0], score) for _, score, i in found)

    return answer


def tantivy_words(phrasings: Sequence[Phrasing]) -> Answer:
    """tantivy over jieba's words."""
    import tantivy

    cut = _jieba()
    schema = (
        tantivy.SchemaBuilder()
        .add_text_field("text", tokenizer_name="whitespace")
        .add_unsigned_field("row", stored=True)
        .build()
    )
    index = tantivy.Index(schema)
    writer = index.writer(100_000_000)
    for row, (_, text) in enumerate(phrasings):
        writer.add_document(tantivy.Document(text=" ".join(cut(text)), row=row))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def answer(text: str) -> Ranked:
        terms = [tantivy.Query.term_query(schema, "text", word) for word in cut(text)]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        hits = searcher.search(query, _HITS).hits
        return _first_of_each((phrasings[searcher.doc(at)["row"][0]][0], score) for score, at in hits)

    return answer


ENGINES: dict[str, Engine] = {
    "甬问": yongwen,
    "TF-IDF + logistic regression": tfidf_logistic,
    "TF-IDF nearest": tfidf_nearest,
    "bm25s, jieba words": bm25s_words,
    "tantivy, jieba words": tantivy_words,
    "SQLite FTS5, jieba words": fts5_words,
    "SQLite FTS5, trigrams": fts5_trigrams,
    "rapidfuzz ratio": rapidfuzz_alone,
}


def _jieba() -> Callable[[str], list[str]]:
    from bot.text.cut import cutter

    return cutter()


def _fts5(
    phrasings: Sequence[Phrasing],
    tokenizer: str,
    terms: Callable[[str], list[str]],
    stored: Callable[[str], str],
) -> Answer:
    database = sqlite3.connect(":memory:")
    database.execute(f"create virtual table faq using fts5 (text, tokenize = '{tokenizer}')")
    rows = ((number, stored(text)) for number, (_, text) in enumerate(phrasings))
    database.executemany("insert into faq (rowid, text) values (?, ?)", rows)
    select = "select rowid, -rank from faq where faq match ? order by rank limit ?"

    def answer(text: str) -> Ranked:
        quoted = ['"{}"'.format(term.replace('"', '""')) for term in terms(text)]
        if not quoted:
            return []
        found = database.execute(select, (" OR ".join(quoted), _HITS))
        return _first_of_each((phrasings[row][0], score) for row, score in found)

    return answer


def _by_score(phrasings: Sequence[Phrasing], scores: Any, rows: Any) -> Ranked:
    best = sorted((-float(scores[row]), int(row)) for row in rows)
    return _first_of_each((phrasings[row][0], -score) for score, row in best if score < 0)


def _first_of_each(found: Iterable[tuple[str, float]]) -> Ranked:
    """Phrasings' hits, best first, as intents: each once."""
    best: dict[str, float] = {}
    for intent, score in found:
        best.setdefault(intent, score)
    return list(best.items())
