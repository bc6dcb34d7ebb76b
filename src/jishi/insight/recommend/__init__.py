"""What might please, each with its reason: learnt from trails without names, judged before it is used."""

from .face import (
    CONTEXT_MAX,
    PLACES,
    ROWS_MAX,
    BesideQuery,
    Feed,
    FeedQuery,
    Model,
    ModelList,
    ModelsQuery,
    ModelTrained,
    Quality,
    Recommend,
    Row,
    Train,
    TrainDue,
    UnknownPlace,
)

__all__ = [
    "CONTEXT_MAX",
    "PLACES",
    "ROWS_MAX",
    "BesideQuery",
    "Feed",
    "FeedQuery",
    "Model",
    "ModelList",
    "ModelTrained",
    "ModelsQuery",
    "Quality",
    "Recommend",
    "Row",
    "Train",
    "TrainDue",
    "UnknownPlace",
]
