"""Paste and recognise: name, phone, region, street and postcode out of one piece of text. Pure; it never raises.

What is not understood is not made up: a field that cannot be told apart stays empty, and what is left is the street."""

from __future__ import annotations

import re
import unicodedata

from . import western
from .regions import Regions

LONGEST = 1_000  # characters that are looked at
HAN = re.compile("[\u3400-\u9fff]")
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff]"
)
LABELS = {
    "name": "收货人姓名 收件人姓名 收货人 收件人 联系人 姓名 名字",
    "phone": "手机号码 电话号码 联系电话 联系方式 手机号 手机 电话",
    "postcode": "邮政编码 邮编",
    "region": "所在地区 所在省市 省市区 地区",
    "street": "详细地址 收货地址 收件地址 街道地址 联系地址 家庭住址 地址 街道",
    "country": "国家/地区 国家",
}  # fmt: skip
NAMED = {word: field for field, words in LABELS.items() for word in words.split()}
LABEL = re.compile(
    rf"({'|'.join(sorted(NAMED, key=len, reverse=True))})\s*[:]\s*|({'|'.join(sorted(NAMED, key=len, reverse=True))})(?=\s)"
)
MOBILE = re.compile(r"(?<![\d-])(?:\+?86[ -]?|0086[ -]?|\(\+?86\)[ -]?)?(1[3-9]\d(?:[ -]?\d{4}){2})(?!\d)")
LANDLINE = re.compile(r"(?<![\d-])(?:\+?86[ -]?)?\(?(0\d{2,3})\)?[ -]?(\d{7,8})(?!\d)")
FOREIGN = re.compile(r"(?<![\w+])\+(?!86)\d(?:[ ()-]{0,2}\d){6,13}(?!\d)")
POSTCODE = re.compile(r"(?<![\w-])(\d{6})(?![\w-])")
EMAIL = re.compile(r"[^\s@,;:<>()]{1,64}@[^\s@,;:<>()]{1,190}\.[A-Za-z]{2,24}")
HERE = "\x01"  # where the phone stood
SPLIT = re.compile(r"[\s,;|、。\x02]+")
NAME = re.compile("[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,12}[·•][\u3400-\u9fff·•]{1,12}")
POLITE = re.compile("[\u3400-\u9fff]{1,3}(?:先生|女士|小姐|太太|老师|同学|师傅|经理|总)")
NO_NAME = re.compile(
    "[省市区县旗盟州镇乡村屯组街路道巷弄里号室座幢栋层楼院园苑城厦庭府居邸湾门店铺站场馆厂所司校部局心墅阁轩庄坊港桥坡社段"
    "梯户元房库柜亭处台前后旁边内外东西南北侧口角]$|中国|大学|医院|公司|超市|驿站|代收|学院|银行|广场|中学|小学|工业"
)
GLUED = re.compile("(?<=[号室楼层座幢栋户])([\u4e00-\u9fff]{2,3})$")


def parsed(text: str, country: str, regions: Regions) -> dict[str, str]:
    """The fields of what was pasted. Text with Han in it is read as a mainland address, unless it names another country."""
    plain = UNSEEN.sub("", unicodedata.normalize("NFKC", text[:LONGEST]))[:LONGEST]
    if not re.search(r"\w", plain):
        return {}
    if country in ("", "CN", "HK", "TW", "MO", "SG") and HAN.search(plain):
        return chinese(plain, regions)
    if HAN.search(plain) and country != "JP" and regions.find(plain):
        return chinese(plain, regions)
    return western.parsed(plain, country)


def chinese(text: str, regions: Regions) -> dict[str, str]:
    """A mainland address, in whatever order it was written."""
    found: dict[str, str] = {"country": "CN"}
    rest = labelled(text.replace("：", ":"), found)
    rest = take(EMAIL, rest, found, "email", " ")
    rest = take_phone(rest, found)
    if "postcode" not in found:
        rest = take(POSTCODE, rest, found, "postcode", "\x02")
    rest = re.sub(r"^[\s,]*中国[\s,]*|(?<=[\s,\x01])中国(?:大陆)?[\s,]*", " ", rest)
    before, after = in_region(rest, found, regions)
    name_and_street(before, after, found)
    return {k: v for k, v in found.items() if v}


def labelled(text: str, found: dict[str, str]) -> str:
    """What stands behind a label is that field's (until the next label or the line's end); the rest goes on as text."""
    marks = [m for m in LABEL.finditer(text) if m[1] or m.start() == 0 or text[m.start() - 1] in "\n ,;"]
    if not any(m[1] for m in marks):
        return text
    marks = [m for m in marks if m[1]]
    rest = [text[: marks[0].start()]]
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        value = text[mark.end() : following.start() if following else len(text)]
        line, _, more = value.partition("\n")
        field, line = NAMED[mark[1]], line.strip(" ,;。")
        if field == "name" and not found.get("name") and 0 < len(line) <= 40 and not re.search(r"\d", line):
            found["name"] = line
            rest.append("\n" + more)
        elif field == "postcode" and re.fullmatch(r"\d{6}", line):
            found["postcode"] = line
            rest.append("\n" + more)
        elif field == "country":
            rest.append("\n" + more)
        else:
            rest.append("\n" + line + "\n" + more)
    return "\n".join(rest)


def take(shape: re.Pattern[str], text: str, found: dict[str, str], field: str, mark: str) -> str:
    """The first that fits is the field's, and a mark stands in its place."""
    m = shape.search(text)
    if m is None:
        return text
    found[field] = m[1] if m.lastindex else m[0]
    return text[: m.start()] + mark + text[m.end() :]


def take_phone(text: str, found: dict[str, str]) -> str:
    for shape in (MOBILE, FOREIGN, LANDLINE):
        if m := shape.search(text):
            number = m[0] if shape is FOREIGN else "-".join(m.groups()) if shape is LANDLINE else m[1]
            found["phone"] = number if shape is LANDLINE else re.sub(r"[ ()-]", "", number)
            return f"{text[: m.start()]} {HERE} {text[m.end() :]}"
    return text


def in_region(text: str, found: dict[str, str], regions: Regions) -> tuple[str, str]:
    """What stands before the region and behind it; both parts of the text are free of it, be it named twice."""
    match = regions.find(text)
    if match is None:
        return "", text
    found |= {f: v for f, v in zip(("province", "city", "district"), match.place, strict=True) if v}
    before, after = text[: match.start], text[match.end :]
    again = regions.find(after)  # 所在地区 and 详细地址 often both name it
    if again and not after[: again.start].strip(" ,\n\x01\x02") and again.place[:1] == match.place[:1]:
        if len([p for p in again.place if p]) >= len([p for p in match.place if p]):
            found |= {f: v for f, v in zip(("province", "city", "district"), again.place, strict=True) if v}
        after = after[again.end :]
    return before, after


def name_and_street(before: str, after: str, found: dict[str, str]) -> None:
    """The name is what is labelled, else what stands at the phone, before the address, or at its end; the rest is the street."""
    head, tail = words_of(before), words_of(after)
    if "name" not in found:
        name = beside_phone([*head, "\x03", *tail]) or first_name(head) or last_name(tail)
        if not name and (glued := GLUED.search(before_phone(tail))):
            name = glued[1]
            tail = [w.removesuffix(name) for w in tail]
        if name:
            found["name"] = name
            for words in (head, tail):
                if name in words:
                    words.remove(name)
                    break
    street = [w for w in (tail + head if head and not tail else head + tail) if w != HERE]
    found["street"] = tidy(" ".join(street))


def words_of(text: str) -> list[str]:
    return [w for w in SPLIT.split(text) if w.strip("-:/'\"()[]")]


def before_phone(words: list[str]) -> str:
    """The word right before the phone, or the last one."""
    at = words.index(HERE) if HERE in words else len(words)
    return words[at - 1] if at else ""


def beside_phone(words: list[str]) -> str:
    """林晓雨 138…, 138… 林晓雨: a name next to the phone."""
    if HERE not in words:
        return ""
    at = words.index(HERE)
    beside = [words[i] for i in (at - 1, at + 1) if 0 <= i < len(words)]
    return next((w for w in beside if is_name(w)), "")


def first_name(words: list[str]) -> str:
    return next((w for w in words if is_name(w)), "")


def last_name(words: list[str]) -> str:
    """At the end, never the only word: that is the street."""
    plain = [w for w in words if w != HERE]
    if len(plain) > 1 and is_name(plain[-1]):
        return plain[-1]
    return plain[0] if len(plain) > 1 and is_name(plain[0]) else ""


def is_name(word: str) -> bool:
    if POLITE.fullmatch(word):
        return True
    return bool(NAME.fullmatch(word)) and not NO_NAME.search(word)


def tidy(text: str) -> str:
    """张江路 88 号 keeps its spaces; none stand at the ends, and none beside a closing mark."""
    return re.sub(r"\s+", " ", text).strip(" ,;:-/")[:200].strip()
