"""False discovery among many comparisons: q-values by Benjamini and Hochberg.

Of all areas flagged at q < 0.05, at most 5 % are expected to be no different from their reference, however
many areas there are.

Reference: Benjamini & Hochberg, Journal of the Royal Statistical Society B 57, 1995.
"""

import numpy as np
from numpy.typing import ArrayLike
from statsmodels.stats.multitest import multipletests


def q_values(p_values: ArrayLike, groups: ArrayLike) -> np.ndarray:
    """The least false discovery rate at which each comparison is still flagged, within its own group.

    `p_values` and `groups` (any labels) are of one shape (n,). A comparison that was not made, NaN, stays NaN
    and counts for nothing.
    """
    p_values = np.asarray(p_values, dtype=float)
    _, group = np.unique(np.asarray(groups), return_inverse=True)
    result = np.full(p_values.shape, np.nan)
    made = np.flatnonzero(~np.isnan(p_values))
    made = made[np.argsort(group[made], kind="stable")]
    starts = np.flatnonzero(np.diff(group[made])) + 1
    for members in np.split(made, starts):
        if members.size:
            result[members] = multipletests(p_values[members], method="fdr_bh")[1]
    return result
