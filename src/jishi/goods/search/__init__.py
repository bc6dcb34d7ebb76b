"""What buyers look for and find: ranked goods, the facets that narrow them, suggestions, and what was asked."""

from .face import (
    MAX_CHOSEN,
    RANKED,
    SORTS,
    Asked,
    Day,
    Facet,
    FindQuery,
    Found,
    Hit,
    Log,
    LogQuery,
    PutRules,
    Rebuild,
    Rule,
    RuleList,
    RulesQuery,
    Search,
    State,
    StateQuery,
    Suggestion,
    SuggestionList,
    SuggestQuery,
    Value,
    WrongRule,
)

__all__ = [
    "MAX_CHOSEN", "RANKED", "SORTS", "Asked", "Day", "Facet", "FindQuery", "Found", "Hit", "Log", "LogQuery", "PutRules",
    "Rebuild", "Rule", "RuleList", "RulesQuery", "Search", "State", "StateQuery", "SuggestQuery", "Suggestion",
    "SuggestionList", "Value", "WrongRule",
]  # fmt: skip
