"""Exports, each read back by somebody else's tool."""

import csv
import io
import json
import re
import zipfile
from datetime import date
from typing import Any
from xml.etree import ElementTree

import html5lib
import openpyxl
import pytest
from pyld import jsonld
from pypdf import PdfReader
from staff.nasty import FORMULA, HTML, nasty, plain

from bot import config
from bot.catalogue.check import Checked
from bot.catalogue.model import Catalogue
from bot.errors import InputError
from bot.staff.exports.faq import Stamp, items
from bot.staff.exports.formats import FORMATS, made, packed
from bot.staff.exports.jsonld import government_service

STAMP = Stamp(7, date(2026, 11, 28))
TEXTS = (HTML, FORMULA, "普通")


def file(name: str, catalogue: Catalogue) -> bytes:
    (content,) = made(name, catalogue, STAMP).values()
    return content


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "pdf"])
def test_the_same_release_gives_the_same_bytes(name: str) -> None:
    assert packed(name, plain(), STAMP) == packed(name, plain(), STAMP)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(InputError, match="known: md, csv"):
        made("doc", plain(), STAMP)


def test_markdown_has_every_answer_and_no_markup_of_the_text() -> None:
    text = file("md", nasty(HTML)).decode()
    assert text.count("\n### ") == len(plain().services)
    assert "<script>" not in text.replace("\\<script\\>", "")
    assert all(line in file("md", plain()).decode() for s in plain().services for line in (s.summary, s.name))


def test_lists_in_markdown_stand_apart_as_older_readers_need_it() -> None:
    text = file("md", plain()).decode()
    assert "\n\n- " in text
    assert not re.search(r"\n(?!- )[^\n]+\n- ", text)


@pytest.mark.parametrize("text", TEXTS)
def test_csv_reads_back_and_runs_nothing(text: str) -> None:
    raw = file("csv", nasty(text)).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(raw))
    assert len(rows) == len(plain().services)
    assert all(len(row) == len(header) for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_json_reads_back_whole() -> None:
    for text in TEXTS:
        whole = json.loads(file("json", nasty(text)))
        assert Catalogue.model_validate(whole["catalogue"]) == nasty(text)
        assert (whole["release"], whole["exported_on"]) == (7, "2026-11-28")


def test_a_name_with_quotation_marks_is_quoted_as_one_writes_it() -> None:
    assert {i.question for i in items(nasty("“工匠”培育"), STAMP.day)} == {"“‘工匠’培育”是怎么规定的？"}


def expanded(document: dict[str, Any]) -> list[dict[str, Any]]:
    """A document as a JSON-LD processor sees it, the context taken from here instead of the net."""
    found = jsonld.expand(document | {"@context": {"@vocab": "https://schema.org/"}})
    return [node for top in found for node in top.get("@graph", [top])]


def test_json_ld_says_the_same_to_a_processor() -> None:
    nodes = expanded(json.loads(file("jsonld", plain())))
    of_type = {n["@type"][0].removeprefix("https://schema.org/"): n for n in nodes}
    assert set(of_type) == {"FAQPage", "GovernmentService"}
    questions = of_type["FAQPage"]["https://schema.org/mainEntity"]
    answers = [
        q["https://schema.org/acceptedAnswer"][0]["https://schema.org/text"][0]["@value"] for q in questions
    ]
    assert [a.splitlines() for a in answers] == [list(item.answer) for item in items(plain(), STAMP.day)]
    services = [n for n in nodes if n["@type"] == ["https://schema.org/GovernmentService"]]
    about = [q["https://schema.org/about"][0]["@id"] for q in questions]
    assert about == [s["@id"] for s in services]
    phones = str([s["https://schema.org/availableChannel"] for s in services])
    assert len(services) == len(plain().services)
    assert "12345" in phones and "12333" in phones
    assert "https://schema.org/hoursAvailable" not in services[0], "an empty field is not shown"


WITH_ALL = {
    "alternate_names": ["别名"],
    "summary": "一句话。",
    "description": "补一句。",
    "audience": ["老人"],
    "fees": "每月十元",
    "processing_time": "二十个工作日",
    "location": "某路一号",
    "opening_hours": "工作日九点到五点",
    "url": "https://example.org/service",
}
OF_THE_SERVICES_KIND = {"@id", "@type", "areaServed", "availableLanguage", "category", "serviceType"}


def text_at(node: dict[str, Any], path: str) -> str:
    """What stands at a path like `availableChannel.serviceUrl`, whole; empty where nothing does."""
    for name in path.split("."):
        node = node.get(name, {})
    return json.dumps(node, ensure_ascii=False) if node else ""


def test_json_ld_says_every_field_where_the_table_of_fields_says_and_nothing_else() -> None:
    columns = json.loads((config.ROOT / "scripts" / "fields.json").read_text("utf-8"))
    paths = {field: column["schema"] for field, column in columns.items() if column["schema"]}
    whole = plain().model_dump(mode="json")
    whole["services"][0] |= WITH_ALL | {"related": [whole["services"][1]["id"]]}
    catalogue = Catalogue.model_validate(whole)
    item = next(i for i in items(catalogue, STAMP.day) if i.service.id == whole["services"][0]["id"])
    node = government_service(item, catalogue)
    said = WITH_ALL | {
        "id": item.service.id,
        "name": item.service.name,
        "organization": item.organization,
        "contacts": item.phones[0].phone,
        "source": catalogue.plan.title,
        "related": item.service.related,
    }
    assert set(said) == set(paths)
    for field, path in paths.items():
        for text in [said[field]] if isinstance(said[field], str) else said[field]:
            assert text in text_at(node, path), (field, path)
    channel = node.pop("availableChannel")
    named = {part for path in paths.values() for part in path.split(".")} | OF_THE_SERVICES_KIND
    assert {*node, *channel} <= named
    assert channel["processingTime"]["@type"] == "Duration", "as schema.org has it, not a text"


def site(catalogue: Catalogue) -> dict[str, str]:
    return {path: content.decode() for path, content in made("site", catalogue, STAMP).items()}


@pytest.mark.parametrize("text", TEXTS)
def test_the_site_is_valid_html_and_runs_nothing_of_the_text(text: str) -> None:
    pages = {path: page for path, page in site(nasty(text)).items() if path.endswith(".html")}
    assert len(pages) == 1 + len(plain().services)
    for page in pages.values():
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        tree = parser.parse(page)
        assert [s.get("type") or s.get("src") for s in tree.iter("script")][0] == "application/ld+json"
        assert not [s for s in tree.iter("script") if s.text and "alert" in s.text and not s.get("type")]
        (linked,) = [s.text for s in tree.iter("script") if s.get("type")]
        assert json.loads(linked or "")["@graph"]
        assert tree.find(".//h1") is not None and tree.find(".").get("lang") == "zh-Hans"


def test_the_sites_links_lead_somewhere() -> None:
    found = site(plain())
    links = [
        (path, href) for path, page in found.items() for href in re.findall(r'(?:href|src)="([^"]+)"', page)
    ]
    local = [(path, href) for path, href in links if not href.startswith(("tel:", "#"))]
    assert len(local) > 10
    for path, href in local:
        target = (
            href.removeprefix("../") if href.startswith("../") else "/".join([*path.split("/")[:-1], href])
        )
        assert target.lstrip("/") in found, (path, href)
    urls = [
        e.text or "" for e in ElementTree.fromstring(found["sitemap.xml"]).iter() if e.tag.endswith("loc")
    ]
    assert {u.removeprefix("https://SITE/") or "index.html" for u in urls} <= set(found)
    assert len(urls) == 1 + len(plain().services)


def test_no_line_of_a_leaflet_begins_with_what_closes_a_clause(real: Checked) -> None:
    assert real.catalogue is not None
    (content, *_) = made("pdf", real.catalogue, STAMP).values()
    pages = [page.extract_text().replace("\0", "") for page in PdfReader(io.BytesIO(content)).pages]
    lines = [line for page in pages for line in page.splitlines() if line.strip()]
    assert len(lines) > 20
    assert [line for line in lines if line[0] in "，。、；：？！）”》】"] == []


def test_leaflets_can_be_read_out_of_the_pdf() -> None:
    files = made("pdf", plain(), STAMP)
    assert list(files) == [f"{i.domain.number:02}-{i.domain.id}.pdf" for i in items(plain(), STAMP.day)]
    for item, content in zip(items(plain(), STAMP.day), files.values(), strict=True):
        pdf = PdfReader(io.BytesIO(content))
        # pypdf puts a NUL before each glyph of a two-byte font; poppler and browsers do not.
        text = re.sub(r"[\s\0]", "", "".join(page.extract_text() for page in pdf.pages))
        for line in (*item.answer, item.domain.name, "12345"):
            assert re.sub(r"\s", "", line) in text
        fonts = str(pdf.pages[0]["/Resources"]["/Font"])  # type: ignore[index]
        assert fonts and pdf.metadata is not None and item.domain.name in (pdf.metadata.title or "")


def test_the_hotlines_form_is_one_sheet_of_text() -> None:
    (page,) = openpyxl.load_workbook(io.BytesIO(file("12345", nasty(FORMULA)))).worksheets
    header, *rows = page.iter_rows(values_only=True)
    assert header == ("类目", "标题", "内容", "发文单位", "材料性质", "关键字")
    assert len(rows) == len(plain().services)
    assert all(cell.data_type == "s" and not str(cell.value).startswith("=") for row in page for cell in row)


@pytest.mark.parametrize("name", [n for n, f in FORMATS.items() if f.filename.endswith(".zip")])
def test_an_archive_holds_every_file(name: str) -> None:
    content = packed(name, plain(), STAMP)
    assert set(zipfile.ZipFile(io.BytesIO(content)).namelist()) == set(made(name, plain(), STAMP))


TOLD = "老年食堂到2025年要有130家。"
SECRETS = (TOLD, "老人去社区吃饭", "130", "只给老人", "一顿8元", "带身份证")


def lapsing() -> Catalogue:
    """The tiny catalogue with a service that ended the day before the stamp, and another that did not."""
    whole: dict[str, Any] = plain().model_dump(mode="json")
    kitchen = next(s for s in whole["services"] if s["id"] == "kitchen")
    kitchen |= {"valid_through": "2026-11-27", "audience": ["只给老人"], "fees": "一顿8元"}
    kitchen |= {"conditions": ["只给老人"], "documents": ["带身份证"], "steps": ["带身份证"]}
    return Catalogue.model_validate(whole)


def read(name: str, catalogue: Catalogue, stamp: Stamp = STAMP) -> str:
    """Everything of a format that can be read."""
    read = []
    for path, content in made(name, catalogue, stamp).items():
        if path.endswith(".xlsx"):
            pages = openpyxl.load_workbook(io.BytesIO(content)).worksheets
            read += [str(cell) for page in pages for row in page.iter_rows(values_only=True) for cell in row]
        elif path.endswith(".pdf"):
            pdf = PdfReader(io.BytesIO(content))
            read.append(re.sub(r"[\s\0]", "", "".join(page.extract_text() for page in pdf.pages)))
        elif not path.endswith((".css", ".js")) or path == "search-data.js":
            read.append(content.decode())
    return "\n".join(read)


@pytest.mark.parametrize("name", [n for n in FORMATS if n not in ("xlsx", "json")])
def test_what_is_past_its_date_is_withheld_as_in_the_chat(name: str) -> None:
    text = read(name, lapsing())
    assert "lapsed-expired" in text and "看书免费" in text
    said = text.replace("lapsed-expired", "").replace("lapsed-overdue", "")
    assert [secret for secret in SECRETS if secret in said] == []
    before = read(name, lapsing(), Stamp(7, date(2026, 11, 27)))
    assert "lapsed-expired" not in before and TOLD in before


@pytest.mark.parametrize("name", ["xlsx", "json"])
def test_what_comes_back_to_be_edited_is_whole(name: str) -> None:
    assert [secret for secret in SECRETS if secret not in read(name, lapsing())] == []
