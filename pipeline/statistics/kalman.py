"""Kalman filter and smoother for many areas at once: a small process, each area with its own scale and weights.

All areas follow a process of the same few states and differ only in its scale and in their data, so a step of
the recursion is one vector operation over areas (the last axis of every array), and a level of hundreds of
areas costs little more than one area. Notation and recursions: Durbin & Koopman, Time Series Analysis by State
Space Methods, 2nd ed. 2012, sections 4.3–4.7, with a scalar observation whose variance is 1/weight.

    α₁ ~ N(0, initial_cov),  αₜ₊₁ = transition·αₜ + N(0, state_cov),
    uₜ = αₜ[0],  zₜ = uₜ + N(0, irregular_var + 1/wₜ)

The filter is linear in z, so several columns (the data and the regressors) pass through it together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipeline.statistics.by_area import ByArea


@dataclass(frozen=True)
class Process(ByArea):
    """The state process: matrices (states, states, areas); the first state is what is observed.

    `irregular_var` (1 or months, areas) is the variance of an independent deviation of each month, which the
    observations contain and u does not. `shift_var` (months, areas), where given, is added to that of u between a
    month and the next: it lets the level jump there. A last axis of length 1 serves all areas.
    """

    transition: np.ndarray
    state_cov: np.ndarray
    initial_cov: np.ndarray
    irregular_var: np.ndarray
    shift_var: np.ndarray | None = None

    @classmethod
    def shared(
        cls,
        transition: ArrayLike,
        state_cov: ArrayLike,
        initial_cov: ArrayLike,
        irregular_var: float = 0.0,
    ) -> Process:
        """One process for all areas, from matrices (states, states)."""
        of_areas = [np.asarray(matrix)[:, :, None] for matrix in (transition, state_cov, initial_cov)]
        return cls(of_areas[0], of_areas[1], of_areas[2], np.full((1, 1), irregular_var))


@dataclass(frozen=True)
class Filtered:
    """What the forward pass leaves, with months T, columns C, states m and areas A."""

    transition: np.ndarray  # (m, m, A or 1)
    innovations: np.ndarray  # (T, C, A) one-step errors of each column
    predicted: np.ndarray  # (T, C, A) one-step predictions of u
    precision: np.ndarray  # (T, A) 1 / innovation variance; 0 where missing
    gain: np.ndarray  # (T, m, A) of the filtered state
    cov: np.ndarray  # (T, m, m, A) predicted state covariance
    log_variance: np.ndarray  # (A,) sum of log(1 + w·(P + irregular)): the log-determinant but for the data

    def products(self, months: slice = slice(None)) -> np.ndarray:
        """Σₜ of innovation products over their variance, (A, C, C): the quadratic form of the likelihood."""
        scaled = self.innovations[months] * np.sqrt(self.precision[months])[:, None]
        scaled = np.ascontiguousarray(scaled.transpose(2, 1, 0))
        return scaled @ scaled.transpose(0, 2, 1)


def run_filter(process: Process, weights: np.ndarray, columns: np.ndarray) -> Filtered:
    """Forward pass over `columns` (T, C, A) with precisions `weights` (T, A), the irregular apart."""
    months, width, areas = columns.shape
    transition, state_cov = process.transition, process.state_cov
    states = len(transition)
    errors, predicted = np.empty((months, width + states, areas)), np.empty(columns.shape)
    precision, determinant = np.empty((months, areas)), np.empty((months, areas))
    gains, covs = np.empty((months, states, areas)), np.empty((months, states, states, areas))
    # mean and covariance are updated and carried on together: the covariance as if its own first row were the error
    state = np.zeros((states, width + states, areas))
    mean, cov = state[:, :width], state[:, width:]
    cov[:] = process.initial_cov
    dispersion = 1 + weights * process.irregular_var
    weights = weights / dispersion
    for t in range(months):
        np.add(1, weights[t] * cov[0, 0], out=determinant[t])
        np.divide(weights[t], determinant[t], out=precision[t])
        gain = np.multiply(cov[:, 0], precision[t], out=gains[t])
        predicted[t], covs[t] = mean[0], cov
        np.subtract(columns[t], mean[0], out=errors[t, :width])
        np.negative(cov[0], out=errors[t, width:])
        state += gain[:, None] * errors[t]
        state[:] = _times(transition, state)
        cov[:] = _times(transition, cov.swapaxes(0, 1)) + state_cov
        if process.shift_var is not None:
            cov[0, 0] += process.shift_var[t]
    innovations = errors[:, :width]
    log_variance = np.log(determinant * dispersion).sum(axis=0)
    return Filtered(transition, innovations, predicted, precision, gains, covs, log_variance)


def smooth_mean(filtered: Filtered, combine: np.ndarray | None = None) -> np.ndarray:
    """E(u | z) of each column, (T, C, A); with `combine` (C, A), of that mix of columns alone, (T, 1, A)."""
    innovations, predicted = filtered.innovations, filtered.predicted
    if combine is not None:
        innovations, predicted = _mixed(innovations, combine), _mixed(predicted, combine)
    return predicted + (filtered.cov[:, 0, :, None] * _to_come(filtered, innovations)[:-1]).sum(axis=1)


def smooth_cov(filtered: Filtered, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Var(uₜ | z), (T, A), and Cov(uₛ, uₜ | z) with s = t − lag, (T − lag, A) by the month t, for lag > 0.

    Variance P − P·N·P; autocovariance Pₛ·L′ₛ·…·L′ₜ₋₁·(I − Nₜ₋₁·Pₜ), with L = transition·(I − K·Z).
    """
    cov, months = filtered.cov[:, 0], len(filtered.cov)
    step, information = _information(filtered)
    first = -(information[:-1] * cov[:, None]).sum(axis=2)  # column 0 of I − N·P
    first[:, 0] += 1
    carried = cov[: max(months - lag, 0)]
    for ahead in range(lag if months > lag else 0):
        carried = np.einsum("tija,tja->tia", step[ahead : months - lag + ahead], carried)
    return (cov * first).sum(axis=1), np.einsum("tia,tia->ta", carried, first[lag:])


def shift_scores(filtered: Filtered, combine: np.ndarray) -> np.ndarray:
    """How much each step of u, from a month to the next, asks to be larger than the process allows, (T, A).

    The auxiliary residual r/√Var(r) of the disturbance of the level (Harvey & Koopman, Journal of Business &
    Economic Statistics 10, 1992): standard normal where the process is right, large where the level has jumped.
    `combine` (C, A) as in `smooth_mean`.
    """
    residual = _to_come(filtered, _mixed(filtered.innovations, combine))[1:, 0, 0]
    variance = _information(filtered)[1][1:, 0, 0]
    return np.divide(residual, np.sqrt(variance), out=np.zeros_like(residual), where=variance > 0)


def _to_come(filtered: Filtered, innovations: np.ndarray) -> np.ndarray:
    """r: what the innovations (T, C, A) of each month and those after it tell of its state, (T + 1, m, C, A)."""
    months, width, areas = innovations.shape
    scaled = innovations * filtered.precision[:, None]
    back = filtered.transition.swapaxes(0, 1)
    result = np.zeros((months + 1, len(back), width, areas))
    for t in range(months - 1, -1, -1):
        carried = _times(back, result[t + 1])
        carried[0] += scaled[t] - (filtered.gain[t][:, None] * carried).sum(axis=0)
        result[t] = carried
    return result


def _information(filtered: Filtered) -> tuple[np.ndarray, np.ndarray]:
    """L (T, m, m, A), and N, the variance of r, (T + 1, m, m, A)."""
    transition, gain = filtered.transition, filtered.gain
    months, states, areas = gain.shape
    step = np.repeat(transition[None], months, axis=0) - np.zeros((1, 1, 1, areas))
    of_areas = np.broadcast_to(transition, (states, states, areas))
    step[:, :, 0] -= np.einsum("ija,tja->tia", of_areas, gain)
    information = np.zeros((months + 1, states, states, areas))
    for t in range(months - 1, -1, -1):
        across = step[t].swapaxes(0, 1)
        information[t] = _times(across, _times(across, information[t + 1]).swapaxes(0, 1))
        information[t, 0, 0] += filtered.precision[t]
    return step, information


def predicted_cov(filtered: Filtered, months: slice) -> np.ndarray:
    """Cov(uₛ, uₜ) of months after the last figure, (A, H, H): Pₛ carried to t ≥ s, with no data between."""
    cov = filtered.cov[months]
    horizon, _, _, areas = cov.shape
    result = np.empty((areas, horizon, horizon))
    for start in range(horizon):
        row = cov[start, 0][:, None]  # (m, 1, A): Cov(αₛ, uₛ)
        for end in range(start, horizon):
            result[:, start, end] = result[:, end, start] = row[0, 0]
            row = _times(filtered.transition, row)
    return result


def _times(matrix: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """matrix (m, m, A or 1) times columns (m, C, A), area by area."""
    result = matrix[:, 0, None] * columns[0]
    for state in range(1, len(matrix)):
        result += matrix[:, state, None] * columns[state]
    return result


def _mixed(columns: np.ndarray, combine: np.ndarray) -> np.ndarray:
    """One column, (T, 1, A), of many (T, C, A), in the mix `combine` (C, A)."""
    return np.einsum("tca,ca->ta", columns, combine)[:, None]
