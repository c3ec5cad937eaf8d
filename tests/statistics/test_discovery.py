"""q-values: the example of the paper, groups, and the false discovery rate over mixed truths."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import norm

from pipeline.statistics.discovery import q_values

# Benjamini & Hochberg 1995, section 4.1: four of fifteen hypotheses are rejected at 5 %.
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
]  # fmt: skip


def test_four_of_fifteen_are_rejected_as_published():
    q = q_values(PUBLISHED, ["a"] * 15)
    assert (q < 0.05).sum() == 4
    assert_allclose(q[:4], [0.0015, 0.003, 0.0095, 0.035625])


def test_groups_and_what_was_not_compared_do_not_count():
    p = np.array(PUBLISHED)
    mixed = np.concatenate([[np.nan], p, [np.nan], p / 10])
    labels = np.array(["a"] * 17 + ["b"] * 15)
    shuffled = np.random.default_rng(1).permutation(32)
    q = np.empty(32)
    q[shuffled] = q_values(mixed[shuffled], labels[shuffled])
    assert np.isnan(q[[0, 16]]).all()
    assert_allclose(q[1:16], q_values(p, ["x"] * 15))
    assert_allclose(q[17:], q_values(p / 10, ["x"] * 15))


def test_nothing_compared_is_no_error():
    assert q_values([], []).size == 0
    assert np.isnan(q_values([np.nan, np.nan], ["a", "b"])).all()


@pytest.mark.parametrize("share_different", [0.0, 0.1, 0.5])
def test_false_discovery_is_held_over_mixed_truths(share_different):
    random = np.random.default_rng(3)
    shares = []
    for _ in range(400):
        different = random.random(300) < share_different
        p = 2 * norm.sf(np.abs(random.normal(3.0 * different)))
        flagged = q_values(p, np.zeros(300)) < 0.05
        shares.append((flagged & ~different).sum() / max(flagged.sum(), 1))
    assert np.mean(shares) <= 0.05 + 2 * np.std(shares) / 20
