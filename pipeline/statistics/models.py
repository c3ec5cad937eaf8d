"""The state-space form of a series of counts, as a model of statsmodels.

The months of one area, linearised at the posterior mode into pseudo-observations z with known variances v
(`likelihoods`), follow

    zₜ = oₜ + xₜ′β + uₜ + εₜ + N(0, φ·vₜ),     εₜ ~ N(0, irregular_var)
    u₁.. the first of a few states,  αₜ₊₁ = transition·αₜ + N(0, state_cov),  α₁ ~ N(0, initial_cov)
    β ~ N(prior mean, prior covariance)

with o the offset taken over from the siblings and x the regressors (a constant, and the pattern of the year).
A series (`sex_ratio_trend.SexRatioAtBirth`, `growth_trend.VitalRate`, and those of `task_trend`) says once what
its process, effects and hyperparameters are. From there `kalman` takes the matrices to run thousands of areas side by
side, and statsmodels to smooth, forecast, simulate and summarise one:

    model = SexRatioAtBirth.of_counts(males, births)
    result = model.smooth(model.start_params)
    level, sd = model.level(result)

Latent series are logs: of the ratio of males to females, of a rate per person-year, or the logit of a share.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import block_diag
from statsmodels.tsa.statespace.mlemodel import MLEModel, MLEResults

from pipeline.statistics.by_area import ByArea
from pipeline.statistics.kalman import Process
from pipeline.statistics.posterior import Mode, Model, Prior, find_mode

Hyperparameters = dict[str, float]


@dataclass(frozen=True)
class Anchor:
    """A positive hyperparameter's prior: log-normal with this median and standard deviation of the log."""

    median: float
    log_sd: float


class LatentSeries(MLEModel, ABC):
    """One area of a series; a subclass is the form of a series, and its class methods need no data.

    `anchors` are the hyperparameters in the order of statsmodels' parameters, with their priors; the last,
    `excess_dispersion`, is the dispersion of counts less one. The top of the hierarchy has effects
    N(top_mean, top_sd²), (k,) each; `top_may_shift` says whether a sudden change of all areas together is a new level.
    `states` names the states of the process.
    """

    anchors: ClassVar[dict[str, Anchor]]
    likelihood: ClassVar[type]
    states: ClassVar[tuple[str, ...]]
    top_mean: ClassVar[np.ndarray]
    top_sd: ClassVar[np.ndarray]
    top_may_shift: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def process(cls, hyperparameters: Hyperparameters) -> Process:
        """The process of u and the variance of the irregular."""

    @classmethod
    def spread(cls, hyperparameters: Hyperparameters) -> np.ndarray:
        """Standard deviations of the effects between siblings, of the level and of the pattern of the year, (k,)."""
        of_pattern = [hyperparameters["seasonal_sd"]] * (len(cls.top_mean) - 1)
        return np.array([hyperparameters["between_sd"], *of_pattern])

    @classmethod
    @abstractmethod
    def regressors(cls, months: int) -> np.ndarray:
        """x of so many months from the first, (T, k): a constant, then the pattern of the year."""

    @classmethod
    def level_regressors(cls, months: int) -> np.ndarray:
        """The same, all but the constant zero, (T, k)."""
        regressors = cls.regressors(months)
        return np.hstack([regressors[:, :1], np.zeros_like(regressors[:, 1:])])

    @classmethod
    def medians(cls) -> Hyperparameters:
        return {name: float(anchor.median) for name, anchor in cls.anchors.items()}

    @classmethod
    def dispersion(cls, hyperparameters: Hyperparameters) -> float:
        """φ: how many times as much counts vary as binomial or Poisson ones."""
        return 1.0 + hyperparameters["excess_dispersion"]

    @classmethod
    def of_counts(
        cls, events: ArrayLike, exposure: ArrayLike, hyperparameters: Hyperparameters | None = None
    ) -> Self:
        """The model of one area on its own, from its counts (T,): successes and trials, or events and person-years.

        NaN is a month without a figure. The counts are linearised at the posterior mode under the hyperparameters
        (unless given, the medians of their anchors); under others it is an approximation.
        """
        events, exposure = (np.asarray(counts, dtype=float)[:, None] for counts in (events, exposure))
        chosen = hyperparameters or cls.medians()
        model = Inherited.nothing(cls, len(events)).model(cls, chosen)
        return cls.of_mode(find_mode(cls.likelihood(events, exposure), model), 0)

    @classmethod
    def of_mode(cls, mode: Mode, area: int, inherited: Inherited | None = None) -> Self:
        """The model of the area at this position, linearised at its mode."""
        with np.errstate(divide="ignore"):
            variance = 1 / (mode.model.dispersion * mode.weights[:, area])
        return cls(mode.pseudo[:, area], variance, inherited)

    def __init__(
        self,
        pseudo: ArrayLike,
        variance: ArrayLike,
        inherited: Inherited | None = None,
        first_month: int = 0,
    ) -> None:
        """Pseudo-observations and their variances (T,), infinite where a month has no figure.

        `inherited` is what the area takes over from its siblings, `first_month` the position of the first month
        in the pattern of the year.
        """
        self.variance = np.asarray(variance, dtype=float)
        is_known = np.isfinite(self.variance)
        self.first_month = first_month
        self.inherited = inherited or Inherited.nothing(type(self), len(is_known))
        regressors = self.regressors(first_month + len(is_known))[first_month:]
        moving, effects = len(self.states), regressors.shape[1]
        pseudo = np.where(is_known, np.asarray(pseudo, dtype=float).reshape(-1), np.nan)
        super().__init__(pseudo, k_states=moving + effects, k_posdef=moving)
        constant_row = np.zeros((len(regressors), moving))
        constant_row[:, 0] = 1
        self["design"] = np.hstack([constant_row, regressors]).T[None]
        self["selection"] = np.eye(moving + effects, moving)

    @property
    def param_names(self) -> list[str]:
        return list(self.anchors)

    @property
    def state_names(self) -> list[str]:
        return [*self.states, *(f"effect.{number}" for number in range(self.k_states - len(self.states)))]

    @property
    def start_params(self) -> np.ndarray:
        return np.array(list(self.medians().values()))

    def transform_params(self, unconstrained: np.ndarray) -> np.ndarray:
        return np.exp(unconstrained)

    def untransform_params(self, constrained: np.ndarray) -> np.ndarray:
        return np.log(constrained)

    def update(self, params: ArrayLike, **options: bool) -> None:
        """Write the matrices of these hyperparameters into the model."""
        params = np.asarray(super().update(params, **options))
        hyperparameters = dict(zip(self.anchors, params.tolist(), strict=True))
        model = self.inherited.model(type(self), hyperparameters)
        process, prior = model.process, model.prior
        state_cov = process.state_cov
        if process.shift_var is not None:
            state_cov = np.repeat(state_cov, self.nobs, axis=2)
            state_cov[0, 0] += process.shift_var[:, 0]
        counting = np.where(np.isfinite(self.variance), self.variance, 1)
        effects = prior.mean.shape[1]
        self["transition"] = block_diag(process.transition[..., 0], np.eye(effects))
        self["state_cov"] = state_cov
        self["obs_intercept"] = prior.offset.T
        self["obs_cov"] = (model.dispersion * counting + process.irregular_var[:, 0])[None, None]
        self.ssm.initialize_known(
            np.concatenate([np.zeros(len(self.states)), prior.mean[0]]),
            block_diag(process.initial_cov[..., 0], prior.cov[0]),
        )

    def level(self, result: MLEResults) -> tuple[np.ndarray, np.ndarray]:
        """Smoothed level free of season and irregular, o + β₀ + u, and its standard deviation, (T,) each."""
        states = [0, len(self.states)]
        mean = result.smoothed_state[states].sum(axis=0) + self["obs_intercept"][0]
        cov = result.smoothed_state_cov[np.ix_(states, states)]
        return mean, np.sqrt(cov.sum(axis=(0, 1)))

    def clone(self, endog: ArrayLike, exog: None = None, **changed: ArrayLike) -> Self:
        """So many months after the last, which is what statsmodels asks for to forecast and to simulate ahead.

        Their latent series is forecast, without the error of counting, unless a `variance` is given; the offset
        stays as it was last.
        """
        if np.any(endog) or exog is not None:
            raise ValueError("pseudo-observations belong to one series: begin anew with of_counts")
        months, prior = len(np.asarray(endog)), self.inherited.prior
        ahead = replace(
            self.inherited,
            prior=replace(prior, offset=np.repeat(prior.offset[-1:], months, axis=0)),
            irregular_var=self.inherited.irregular_var[-1:],
            shift_var=None if self.inherited.shift_var is None else np.zeros((months, 1)),
        )
        settings = {
            "variance": np.zeros(months),
            "inherited": ahead,
            "first_month": self.first_month + self.nobs,
        }
        return type(self)(endog, **(settings | changed))


@dataclass(frozen=True)
class Inherited(ByArea):
    """What areas take over: the prior of their effects and offset, and what is open in the process above.

    The process covariances (m, m, A or 1) and the irregular's variance (T, A or 1) add to the area's own, which
    is that of its level times 1 + `concentration` (A or 1,): few siblings, or one that outweighs the others, are
    themselves off the middle of the family. `may_shift` says whether a sudden new level is looked for, `shift_var`
    (T, A) where one was found (see `Process`).
    """

    prior: Prior
    state_cov: np.ndarray
    initial_cov: np.ndarray
    irregular_var: np.ndarray
    concentration: np.ndarray
    may_shift: bool = True
    shift_var: np.ndarray | None = None

    @classmethod
    def nothing(cls, model: type[LatentSeries], months: int) -> Inherited:
        """That of an area without siblings and parent: the anchors as prior of its effects."""
        prior = Prior(model.top_mean[None], np.diag(model.top_sd**2)[None], np.zeros((months, 1)))
        none = np.zeros((1, 1, 1))
        return cls(prior, none, none, np.zeros((1, 1)), np.zeros(1), model.top_may_shift)

    def model(self, series: type[LatentSeries], hyperparameters: Hyperparameters) -> Model:
        """Process and prior of these areas: the level's own, widened by what is taken over."""
        own, scale = series.process(hyperparameters), 1 + self.concentration
        process = Process(
            own.transition,
            own.state_cov * scale + self.state_cov,
            own.initial_cov * scale + self.initial_cov,
            own.irregular_var * scale + self.irregular_var,
            self.shift_var,
        )
        spread = np.diag(series.spread(hyperparameters) ** 2) * scale[:, None, None]
        prior = replace(self.prior, cov=self.prior.cov + spread)
        design = series.regressors(len(prior.offset))
        return Model(process, prior, design, np.array([series.dispersion(hyperparameters)]))
