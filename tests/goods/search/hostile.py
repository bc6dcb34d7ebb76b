"""Strings that break searches elsewhere: SQL, query languages, patterns, controls, scripts, very long ones."""

from itertools import product

SQL = [
    "' OR '1'='1", "'; DROP TABLE products; --", '" OR ""="', "1; SELECT pg_sleep(10)", "' UNION SELECT null, null --",
    "admin'--", "') OR ('a'='a", "1' AND SLEEP(5)#", "'; EXEC xp_cmdshell('dir'); --", "%' AND 1=1 --", "\\' OR 1=1 --",
    "0x27204f5220313d31", "' || (SELECT 1) || '", "1/**/OR/**/1=1", "`; DROP TABLE x; `",
]  # fmt: skip
QUERIES = [
    "name:*", "*", "*:*", "name:[a TO z]", "(cup", "cup)", "((((((((((", "cup AND", "OR", "NOT", "AND OR NOT", "+cup -mug",
    "cup~", "cup~99", "cup^9999999999", "cup^-1", "^", "~", '"unclosed', '""', '"cup mug"~5', "{a TO b}", "[a TO", "cup\\",
    "\\", "\\\\", "id:5", "card:x", "_all:x", "cup && mug", "cup || mug", "!cup", "field.sub:x", "/regex/", "/(a+)+$/",
    "name:/.*/", "IN [a b]", "<script>", "${jndi:ldap://x}", "{{7*7}}", "{% raw %}", "#{7*7}", "<%= 7 %>", "$(sleep 9)",
    "`sleep 9`", "| sleep 9", "; sleep 9", "&& sleep 9",
]  # fmt: skip
PATTERNS = [
    "(a+)+$", "(.*)*", "[", "]", "[^", "(?:", "(?P<x>", "\\d{1000000}", "a{99999}", ".*.*.*.*.*=", "^(a|a)*$", "\\p{Han}",
    "(?=", "(?!", "\\1", "[a-z]+*", "x*" * 30, "(" * 50, "[" * 50,
]  # fmt: skip
FORMATS = [
    "%s",
    "%n%n%n",
    "%d" * 20,
    "{0}",
    "{}",
    "{name}",
    "{0.__class__}",
    "%(x)s",
    "%%",
    "%00",
    "%0a",
    "%ff%fe",
    "$1",
    "\\x41",
]
CONTROLS = [chr(c) + "cup" for c in range(32)] + ["cup" + chr(c) for c in range(127, 160)]
UNICODE = [
    "\u202ecup\u202c", "\u200b\u200b", "\ufeffcup", "c\u0301u\u0301p\u0301" * 10, "\U0001f600" * 30, "👩‍👩‍👧‍👦", "مرحبا", "שלום", "ไทย",
    "ｃｕｐ", "𝒸𝓊𝓅", "ﷺ" * 20, "İ", "ß", "ﬃ", "\u0000", "\ud7ff", "\ue000", "\uffff", "\U0010ffff", "ü" * 100, "é" * 100,
    "龘" * 100, "保" * 100, "保温杯" * 33, "々", "〇", "ㄅㄆㄇ", "한국어", "ひらがな", "カタカナ", "Ω≈ç√∫", "１２３", "½", "™", "\u2028", "\u2029",
    "\u0300" * 100, "a\u0300" * 50, "🏳️‍🌈", "\u200d" * 50,
]  # fmt: skip
LONG = ["a" * n for n in (99, 100, 101, 1_000, 100_000)] + [
    "a " * 5_000,
    "1" * 10_000,
    "杯" * 10_000,
    "a-" * 1_000,
    "'" * 1_000,
]
PATHS = [
    "../../etc/passwd",
    "..\\..\\",
    "/etc/passwd\x00.jpg",
    "file:///etc/passwd",
    "//evil.example",
    "C:\\",
    "con",
    "nul",
]
XSS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "'onmouseover='alert(1)",
    "<svg/onload=alert(1)>", "&lt;script&gt;", "<!--", "]]>", "</title><script>x</script>", "<iframe src=//x>",
]  # fmt: skip
NUMBERS = [
    "0",
    "-0",
    "-1",
    "9" * 30,
    "1e309",
    "NaN",
    "Infinity",
    "-Infinity",
    "0x7fffffff",
    "1_000",
    "١٢٣",
    "4006381333931",
    "1.1.1.1",
]
MIXED = [
    f"{a}{b}{c}"
    for a, b, c in product(("'", '"', "("), ("cup", "保温杯", "%", "*"), (")", "--", "~2", "^5", ":", "\\"))
]
STRINGS = ["", " ", *SQL, *QUERIES, *PATTERNS, *FORMATS, *CONTROLS, *UNICODE, *LONG, *PATHS, *XSS, *NUMBERS, *MIXED]
