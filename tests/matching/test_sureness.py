import numpy as np
import pytest

from bot.matching.index import Utterance
from bot.matching.ranking import Ranking, build
from bot.matching.sureness import Evidence, fitted
from scripts.benchmark.sureness import fit

FAQ = {
    "refund": ["怎么申请退款", "钱什么时候退回来", "退款多久到账"],
    "hours": ["图书馆几点开门", "几点闭馆", "开放时间"],
}


@pytest.fixture(scope="module")
def ranking() -> Ranking:
    return build(Utterance(intent, text) for intent, texts in FAQ.items() for text in texts)


def evidence(ranking: Ranking, text: str) -> Evidence:
    found = ranking.evidence(text)
    assert found is not None
    return found


def test_what_speaks_for_an_intent_makes_it_surer() -> None:
    little = Evidence(0.4, 0.1, 0.2, 0.1, 0.3, 0.0)
    greater = {"best": 0.9, "ahead": 0.5, "written": 0.5, "spelt": 1.0, "narrow": 0.1, "latin": 1.0}
    assert greater.keys() == set(Evidence._fields)
    for name, more in greater.items():
        assert 0 < fitted().of(little) < fitted().of(little._replace(**{name: more})) < 1


def test_the_first_score_is_how_sure_its_evidence_is(ranking: Ranking) -> None:
    for text in ("退款", "tuikuan", "几点关门"):
        assert ranking.rank(text)[0].score == round(fitted().of(evidence(ranking, text)), 4)


def test_evidence_is_what_it_says(ranking: Ranking) -> None:
    verbatim, stranger = evidence(ranking, "怎么申请退款"), evidence(ranking, "怎么养猫")
    assert verbatim.spelt == 1 > stranger.spelt
    assert verbatim.best > stranger.best
    assert verbatim.ahead > stranger.ahead
    meant_alone = evidence(ranking, "repayment")
    assert verbatim.best > verbatim.written > 0.5
    assert meant_alone.best > meant_alone.written == pytest.approx(0, abs=1e-9)
    assert (evidence(ranking, "tuikuan").latin, verbatim.latin) == (1, 0)
    assert ranking.evidence("?!") is None


def test_the_fit_finds_the_constants_that_questions_were_drawn_by() -> None:
    chance = np.random.default_rng(1)
    rows = chance.normal(size=(4_000, 2))
    belongs = (chance.random(4_000) < 1 / (1 + np.exp(-(2 * rows[:, 0] - 1)))).astype(float)
    one, none, bias = fit(rows, belongs, np.ones(4_000))
    assert one > 0.5
    assert abs(none) < 0.05
    assert -1 < bias < -0.5
