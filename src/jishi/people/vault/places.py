"""What countries ask of an address. Postcodes as the Universal Postal Union lists them, checked by form alone."""

import re

_FORMS = {
    r"\d{6}": "CN IN SG RU KZ RO VN",
    r"\d{5}": "DE FR IT ES FI EE HR KR TH MY ID MX TR UA SA EG MA PK RS",
    r"\d{4}": "BE AT CH DK NO LU HU BG SI AU NZ PH ZA CY LI BD",
    r"\d{5}(-\d{4})?": "US PR",
    r"[A-Z]\d[A-Z] ?\d[A-Z]\d": "CA",
    r"(GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})": "GB",
    r"\d{4} ?[A-Z]{2}": "NL",
    r"\d{3} ?\d{2}": "SE CZ SK GR",
    r"\d{2}-?\d{3}": "PL",
    r"\d{4}-?\d{3}": "PT",
    r"[A-Z]\d[\dW] ?[A-Z\d]{4}": "IE",
    r"\d{3}-?\d{4}": "JP",
    r"\d{3}(\d{2,3})?": "TW",
    r"\d{5}-?\d{3}": "BR",
    r"\d{7}|\d{5}": "IL",
    r"(LV-)?\d{4}": "LV",
    r"(LT-)?\d{5}": "LT",
}
POSTCODES = {c: re.compile(form, re.ASCII) for form, countries in _FORMS.items() for c in countries.split()}
POSTCODES[""] = re.compile(r"[A-Z0-9][A-Z0-9 -]{0,14}", re.ASCII)  # elsewhere: a short code
# Where mail does not arrive without one. In China it is out of use, in Ireland and Taiwan often unknown.
POSTCODE_NEEDED = frozenset(
    [
        "DE",
        "FR",
        "IT",
        "ES",
        "FI",
        "EE",
        "BE",
        "AT",
        "CH",
        "DK",
        "NO",
        "LU",
        "US",
        "CA",
        "GB",
        "NL",
        "SE",
        "CZ",
        "SK",
        "GR",
        "PL",
        "PT",
        "JP",
        "KR",
        "SG",
        "AU",
        "NZ",
        "BR",
        "MX",
        "HU",
        "LV",
        "LT",
        "SI",
        "HR",
        "IN",
    ]
)
PROVINCE_NEEDED = frozenset(["CN", "US", "CA", "AU", "BR", "MX", "IN", "JP"])
NO_CITY = frozenset(["SG", "HK", "MO", "MC", "VA", "GI"])
