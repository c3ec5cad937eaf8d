"""Kalman filter and smoother for many areas at once: one shared process, each area's own weights.

All areas of a level follow the same small state process and differ only in their data, so a step of the
recursion is one vector operation over areas (the last axis of every array), and a level of hundreds of areas
costs little more than one area. Notation and recursions: Durbin & Koopman, Time Series Analysis by State
Space Methods, 2nd ed. 2012, sections 4.3–4.7, with a scalar observation whose variance is 1/weight.

    α₁ ~ N(0, initial_cov),  αₜ₊₁ = transition·αₜ + N(0, state_cov),
    uₜ = αₜ[0],  zₜ = uₜ + N(0, irregular_var + 1/wₜ)

The filter is linear in z, so several columns (the data and the regressors) pass through it together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Process:
    """The state process: matrices (states, states); the first state is what is observed.

    `irregular_var` is the variance of an independent deviation of each month, which the observations contain
    and u does not.
    """

    transition: np.ndarray
    state_cov: np.ndarray
    initial_cov: np.ndarray
    irregular_var: float = 0.0

    def irregular_share(self, weights: np.ndarray) -> np.ndarray:
        """The part of a month's residual that is the irregular's, the rest being sampling error."""
        return weights * self.irregular_var / (1 + weights * self.irregular_var)


@dataclass(frozen=True)
class Filtered:
    """What the forward pass leaves, with months T, columns C, states m and areas A."""

    process: Process
    innovations: np.ndarray  # (T, C, A) one-step errors of each column
    predicted: np.ndarray  # (T, C, A) one-step predictions of u
    precision: np.ndarray  # (T, A) 1 / innovation variance; 0 where missing
    gain: np.ndarray  # (T, m, A) of the filtered state
    cov: np.ndarray  # (T, m, m, A) predicted state covariance
    log_variance: np.ndarray  # (A,) sum of log(1 + w·(P + irregular)): the log-determinant but for the data

    def products(self) -> np.ndarray:
        """Σₜ of innovation products over their variance, (A, C, C): the quadratic form of the likelihood."""
        scaled = (self.innovations * np.sqrt(self.precision)[:, None]).transpose(2, 1, 0)
        return scaled @ scaled.transpose(0, 2, 1)


def run_filter(process: Process, weights: np.ndarray, columns: np.ndarray) -> Filtered:
    """Forward pass over `columns` (T, C, A) with precisions `weights` (T, A), the irregular apart."""
    months, width, areas = columns.shape
    states = len(process.transition)
    both_sides = np.kron(process.transition, process.transition)
    state_cov = process.state_cov[:, :, None]
    innovations, predicted = np.empty(columns.shape), np.empty(columns.shape)
    precision, determinant = np.empty((months, areas)), np.empty((months, areas))
    gains, covs = np.empty((months, states, areas)), np.empty((months, states, states, areas))
    mean = np.zeros((states, width, areas))
    cov = np.repeat(process.initial_cov[:, :, None], areas, axis=2)
    dispersion = 1 + weights * process.irregular_var
    weights = weights / dispersion
    for t in range(months):
        determinant[t] = 1 + weights[t] * cov[0, 0]
        precision[t] = weights[t] / determinant[t]
        gain = cov[:, 0] * precision[t]
        predicted[t] = mean[0]
        innovations[t] = columns[t] - mean[0]
        covs[t], gains[t] = cov, gain
        mean = (process.transition @ (mean + gain[:, None] * innovations[t]).reshape(states, -1)).reshape(
            mean.shape
        )
        updated = cov - gain[:, None] * cov[0]
        cov = (both_sides @ updated.reshape(states * states, -1)).reshape(cov.shape) + state_cov
    log_variance = np.log(determinant * dispersion).sum(axis=0)
    return Filtered(process, innovations, predicted, precision, gains, covs, log_variance)


def smooth_mean(filtered: Filtered, combine: np.ndarray | None = None) -> np.ndarray:
    """E(u | z) of each column, (T, C, A); with `combine` (C, A), of that mix of columns alone, (T, 1, A)."""
    innovations, predicted = filtered.innovations, filtered.predicted
    if combine is not None:
        innovations = np.einsum("tca,ca->ta", innovations, combine)[:, None]
        predicted = np.einsum("tca,ca->ta", predicted, combine)[:, None]
    months, width, areas = innovations.shape
    scaled = innovations * filtered.precision[:, None]
    smoothed = np.empty(innovations.shape)
    back = filtered.process.transition.T
    ahead = np.zeros((len(back), width, areas))
    for t in range(months - 1, -1, -1):
        carried = (back @ ahead.reshape(len(back), -1)).reshape(ahead.shape)
        carried[0] += scaled[t] - (filtered.gain[t][:, None] * carried).sum(axis=0)
        ahead = carried
        smoothed[t] = predicted[t] + (filtered.cov[t, 0][:, None] * ahead).sum(axis=0)
    return smoothed


def smooth_cov(filtered: Filtered, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Var(uₜ | z), (T, A), and Cov(uₛ, uₜ | z) with s = t − lag, (T − lag, A) by the month t, for lag > 0.

    Variance P − P·N·P; autocovariance Pₛ·L′ₛ·…·L′ₜ₋₁·(I − Nₜ₋₁·Pₜ), with L = transition·(I − K·Z).
    """
    transition, cov = filtered.process.transition, filtered.cov
    months, states, _, areas = cov.shape
    step = np.repeat(transition[None, :, :, None], months, axis=0) - np.zeros((1, 1, 1, areas))
    step[:, :, 0] -= np.einsum("ij,tja->tia", transition, filtered.gain)
    first = np.empty((months, states, areas))  # column 0 of I − N·P
    variance = np.empty((months, areas))
    information = np.zeros((states, states, areas))
    for t in range(months - 1, -1, -1):
        information = np.einsum("jia,jka,kla->ila", step[t], information, step[t])
        information[0, 0] += filtered.precision[t]
        first[t] = -np.einsum("ija,ja->ia", information, cov[t, 0])
        first[t, 0] += 1
        variance[t] = np.einsum("ia,ia->a", cov[t, 0], first[t])
    carried = cov[: max(months - lag, 0), 0]
    for ahead in range(lag if months > lag else 0):
        carried = np.einsum("tija,tja->tia", step[ahead : months - lag + ahead], carried)
    return variance, np.einsum("tia,tia->ta", carried, first[lag:])
