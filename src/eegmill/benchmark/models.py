"""What learns: a table of models, each with its parameters."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationError

from ..config.models import explain
from ..errors import ConfigurationError
from ..models import Written
from .metrics import Kind

Takes = Literal["features", "signal"]
"""``features``: (n_items, n_features); ``signal``: (n_items, n_channels, n_times)."""


class Model(Written):
    """One model and its parameters.

    ``estimator`` makes a fresh one for scikit-learn, which learns all that it learns from the items that it is fitted
    to: scaling and filters too.
    """

    name: ClassVar[str]
    takes: ClassVar[tuple[Takes, ...]] = ("features",)
    kinds: ClassVar[tuple[Kind, ...]] = ("classification", "regression")

    def estimator(self, kind: Kind, seed: int) -> Any:
        """A fresh estimator for scikit-learn; ``seed`` is of what is random in it."""
        raise NotImplementedError


class Dummy(Model):
    """Predict the most frequent class, or the mean, whatever the signal is."""

    name: ClassVar[str] = "dummy"
    takes: ClassVar[tuple[Takes, ...]] = ("features", "signal")

    def estimator(self, kind: Kind, seed: int) -> Any:  # noqa: ARG002 - nothing is random
        """See `Model`."""
        from sklearn.dummy import DummyClassifier, DummyRegressor

        return DummyClassifier(strategy="prior") if kind == "classification" else DummyRegressor()


class Logistic(Model):
    """Logistic regression of standardised features."""

    name: ClassVar[str] = "logistic"
    kinds: ClassVar[tuple[Kind, ...]] = ("classification",)
    penalty: float = Field(default=1.0, gt=0, description="strength of the penalty on the weights")

    def estimator(self, kind: Kind, seed: int) -> Any:  # noqa: ARG002 - nothing is random
        """See `Model`."""
        from sklearn.linear_model import LogisticRegression

        return _standardised(LogisticRegression(C=1.0 / self.penalty, max_iter=1000, class_weight="balanced"))


class Ridge(Model):
    """Ridge regression of standardised features."""

    name: ClassVar[str] = "ridge"
    penalty: float = Field(default=1.0, gt=0, description="strength of the penalty on the weights")

    def estimator(self, kind: Kind, seed: int) -> Any:  # noqa: ARG002 - nothing is random
        """See `Model`."""
        from sklearn.linear_model import Ridge as Regressor
        from sklearn.linear_model import RidgeClassifier

        classifier = RidgeClassifier(self.penalty, class_weight="balanced")
        return _standardised(classifier if kind == "classification" else Regressor(self.penalty))


class RandomForest(Model):
    """Random forest."""

    name: ClassVar[str] = "random_forest"
    n_trees: int = Field(default=100, gt=0, description="number of trees")
    min_leaf: int = Field(default=1, gt=0, description="items that a leaf must have")

    def estimator(self, kind: Kind, seed: int) -> Any:
        """See `Model`."""
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        given = {"n_estimators": self.n_trees, "min_samples_leaf": self.min_leaf, "random_state": seed}
        classifier = RandomForestClassifier(class_weight="balanced", **given)
        return _imputed(classifier if kind == "classification" else RandomForestRegressor(**given))


class GradientBoosting(Model):
    """Gradient boosting of trees on histograms of the features."""

    name: ClassVar[str] = "gradient_boosting"
    n_trees: int = Field(default=50, gt=0, description="number of trees")
    learning_rate: float = Field(default=0.1, gt=0, description="share of each tree's prediction that is taken")
    max_leaves: int = Field(default=15, gt=1, description="leaves that a tree may have")
    min_leaf: int = Field(default=5, gt=0, description="items that a leaf must have")

    def estimator(self, kind: Kind, seed: int) -> Any:
        """See `Model`."""
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        given = {
            "max_iter": self.n_trees,
            "learning_rate": self.learning_rate,
            "max_leaf_nodes": self.max_leaves,
            "min_samples_leaf": self.min_leaf,
            "early_stopping": False,  # it would take items at random for validation, whoever they belong to
            "random_state": seed,
        }
        classifier = HistGradientBoostingClassifier(class_weight="balanced", **given)
        return _imputed(classifier if kind == "classification" else HistGradientBoostingRegressor(**given))


class Riemann(Model):
    """Covariances of the channels, mapped to the tangent space at their mean, and a linear model there.

    ``covariance: xdawn`` puts the mean response to each class beside the signal, for responses locked to an event.
    Source: Barachant et al. 2012; Rivet et al. 2009.
    """

    name: ClassVar[str] = "riemann"
    takes: ClassVar[tuple[Takes, ...]] = ("signal",)
    covariance: Literal["spatial", "xdawn"] = Field(default="spatial", description="spatial, or xdawn")
    n_filters: int = Field(default=4, gt=0, description="xDAWN filters a class")
    penalty: float = Field(default=1.0, gt=0, description="strength of the penalty on the weights")

    def estimator(self, kind: Kind, seed: int) -> Any:  # noqa: ARG002 - nothing is random
        """See `Model`."""
        from pyriemann.estimation import Covariances, XdawnCovariances
        from pyriemann.tangentspace import TangentSpace
        from sklearn.linear_model import LogisticRegression
        from sklearn.linear_model import Ridge as Regressor
        from sklearn.pipeline import make_pipeline

        first = Covariances("oas")
        if self.covariance == "xdawn":
            _refuse_numbers(self.name, kind)
            first = XdawnCovariances(self.n_filters, estimator="oas", xdawn_estimator="oas")
        last = LogisticRegression(C=1.0 / self.penalty, max_iter=1000, class_weight="balanced")
        return make_pipeline(first, TangentSpace(), last if kind == "classification" else Regressor(self.penalty))


class CspLda(Model):
    """Common spatial patterns, and linear discriminant analysis of the logarithm of their power.

    Source: Blankertz et al. 2008.
    """

    name: ClassVar[str] = "csp_lda"
    takes: ClassVar[tuple[Takes, ...]] = ("signal",)
    kinds: ClassVar[tuple[Kind, ...]] = ("classification",)
    n_components: int = Field(default=4, gt=0, description="number of patterns")

    def estimator(self, kind: Kind, seed: int) -> Any:  # noqa: ARG002 - nothing is random
        """See `Model`."""
        from pyriemann.estimation import Covariances
        from pyriemann.spatialfilters import CSP
        from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
        from sklearn.pipeline import make_pipeline

        patterns = CSP(self.n_components, metric="euclid", log=True)
        return make_pipeline(Covariances("oas"), patterns, LinearDiscriminantAnalysis())


MODELS: Mapping[str, type[Model]] = {
    model.name: model for model in (Dummy, Logistic, Ridge, RandomForest, GradientBoosting, Riemann, CspLda)
}


def model_of(given: Model | str | Mapping[str, Any]) -> Model:
    """A model by its name, or by its name with parameters (``{"logistic": {"penalty": 10}}``).

    Raises
    ------
    ConfigurationError
        If the name or a parameter is unknown: names the nearest known one.

    Examples
    --------
    >>> model_of({"logistic": {"penalty": 10}})
    Logistic(penalty=10.0)
    """
    if isinstance(given, Model):
        return given
    named = {given: {}} if isinstance(given, str) else dict(given)
    if len(named) != 1:
        msg = f"A model is one name, or one name with parameters, such as {{logistic: {{penalty: 10}}}}; not {given!r}."
        raise ConfigurationError(msg)
    ((name, parameters),) = named.items()
    if name not in MODELS:
        near = difflib.get_close_matches(name, MODELS, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(MODELS)}."
        msg = f"There is no model '{name}'; {hint}"
        raise ConfigurationError(msg)
    try:
        return MODELS[name].model_validate(parameters or {})
    except ValidationError as error:
        raise ConfigurationError("\n".join(explain(dict(one), MODELS[name]) for one in error.errors())) from None


def _imputed(*steps: Any) -> Any:
    """Missing values replaced by the median of the training items, by 0 where all are missing, then ``steps``."""
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline

    return make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), *steps)


def _standardised(last: Any) -> Any:
    """Features brought to one scale, as the training items have them."""
    from sklearn.preprocessing import StandardScaler

    return _imputed(StandardScaler(), last)


def _refuse_numbers(name: str, kind: Kind) -> None:
    if kind == "regression":
        msg = f"The model '{name}' with 'covariance: xdawn' tells classes apart, and the target is a number."
        raise ConfigurationError(msg)
