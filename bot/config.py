"""Every setting, declared once. The environment is read here and nowhere else."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from bot.errors import SettingsError
from bot.messages import PERIODS, Rate

PREFIX = "YONGWEN_"
ROOT = Path(__file__).resolve().parent.parent
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

# pypinyin must not load its table of phrases: half a second and 40 MB for what nobody asks.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
# One core: numpy's linear algebra would start a thread for each otherwise, and be no sooner.
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")


class Setting(NamedTuple):
    """A setting: how its text becomes a value, its default, and what it is for."""

    parse: Callable[[str], Any]
    default: Any
    help: str


def _setting(parse: Callable[[str], Any], default: Any, help: str) -> Any:
    """A field of Settings that says itself how it is read. It has no default of its own: `load` fills it."""
    return field(metadata={"setting": Setting(parse, default, help)})


def _between(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else None
        if number is None or not least <= number <= most:
            raise ValueError(f"want a number, {least} to {most}")
        return number

    return parse


def _rate(text: str) -> Rate | None:
    if text == "off":
        return None
    found = re.fullmatch(rf"([1-9]\d{{0,8}})/({'|'.join(PERIODS)})", text, re.ASCII)
    if found is None:
        raise ValueError("want something like 30/minute, or off")
    return Rate(int(found[1]), PERIODS[found[2]])


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"one of {', '.join(choices)}")
        return text

    return parse


def _postgresql(text: str) -> str:
    scheme, found, rest = text.partition("://")
    if not found or scheme not in ("postgres", "postgresql", "postgresql+asyncpg"):
        raise ValueError("postgresql://user:password@host/name")
    return f"postgresql+asyncpg://{rest}"


def _level(text: str) -> str:
    return _one_of(*_LEVELS)(text.upper())


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("0 or 1")
    return text == "1"


def _origins(text: str) -> tuple[str, ...]:
    found = tuple(part.rstrip("/") for part in text.replace(",", " ").split())
    for origin in found:
        if not re.fullmatch(r"\*|https?://(?:\*\.)?[\w.-]+(?::\d+)?", origin, re.ASCII):
            raise ValueError(f"{origin} is no origin, like https://www.example.org")
    return found


def _networks(text: str) -> tuple[str, ...]:
    found = tuple(text.replace(",", " ").split())
    for part in found:
        ip_network(part)
    return found


def _issuer(text: str) -> str:
    if not re.fullmatch(r"https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?", text):
        raise ValueError("an address that begins with https://")
    return text


def _server(text: str) -> str:
    parts = urlsplit(text)
    well_formed = re.fullmatch(r"https?://[^\s?#]+", text, re.IGNORECASE) and parts.hostname
    if not well_formed or parts.port == 0:  # asked for, a port that is none raises a ValueError of its own
        raise ValueError("want an address like https://api.example.org")
    return text


def _state_folder(environment: Mapping[str, str]) -> Path:
    try:
        return Path(environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "yongwen"
    except RuntimeError as error:
        raise SettingsError(f"{PREFIX}RESIDENTS: {error}; name a file") from error


@dataclass(frozen=True)
class Settings:
    """The settings as values. `name` is set by YONGWEN_NAME."""

    catalogue: Path = _setting(Path, ROOT / "services.sqlite", "the catalogue's SQLite file")
    knowledge: Path = _setting(Path, ROOT / "knowledge", "the folder of knowledge files")
    residents: Path = _setting(
        Path, None, "the SQLite file of conversations; default: yongwen/residents.sqlite in the state folder"
    )
    database: str = _setting(
        _postgresql, "", "a PostgreSQL URL, for several replicas: holds all that is in those two files"
    )
    privacy_key: str = _setting(
        str, "", "the key residents are pseudonymised with; default: a file made beside their database"
    )
    keep_days: int = _setting(_between(1, 100_000), 90, "for how many days questions and feedback are kept")
    keep_minutes: int = _setting(
        _between(1, 100_000), 30, "for how many minutes a conversation is remembered"
    )
    limit_person: Rate | None = _setting(
        _rate, Rate(30, 60), "how often one person may ask, like 30/minute (second, hour); off: no limit"
    )
    limit_address: Rate | None = _setting(
        _rate, Rate(600, 60), "how often one network address may come; off: no limit"
    )
    host: str = _setting(str, "127.0.0.1", "the address the web chat listens on")
    port: int = _setting(_between(0, 65_535), 8000, "the port the web chat listens on")
    proxies: tuple[str, ...] = _setting(
        _networks,
        ("127.0.0.1", "::1"),
        "the addresses, or networks, of proxies that are believed who a visitor is; with commas between",
    )
    cors_origins: tuple[str, ...] = _setting(
        _origins, (), "the sites whose pages may call the API, with commas between; * for every site"
    )
    embed_origins: tuple[str, ...] = _setting(
        _origins, (), "the sites whose pages may hold the chat in a frame (widget); * for every site"
    )
    api_keys: Path | None = _setting(
        Path, None, "the file of keys for API and /mcp (`api-key` makes its lines); default: open to all"
    )
    mcp: bool = _setting(_switch, False, "1: tools for assistants (MCP) at /mcp; needs the extra `mcp`")
    telegram_token: str = _setting(str, "", "the Telegram bot's token; empty: no Telegram")
    telegram_api: str = _setting(_server, "", "another Bot API server, for tests or a local server")
    telegram_webhook: str = _setting(
        str, "", "the public https address Telegram sends updates to; empty: the bot fetches them"
    )
    telegram_secret: str = _setting(str, "", "the secret Telegram shows there, 16 or more letters and digits")
    telegram_reply: str = _setting(
        _one_of("call", "response"),
        "call",
        "how Telegram is replied to: by `call`, or in the `response` to its push, which no kill doubles",
    )
    wechat_token: str = _setting(
        str, "", "the token of a WeChat Official Account's server settings; empty: no WeChat"
    )
    wechat_aes_key: str = _setting(str, "", "its EncodingAESKey, for the encrypted mode")
    wechat_app_id: str = _setting(str, "", "its AppID, for the encrypted mode")
    wecom_token: str = _setting(str, "", "the token of a WeCom agent; empty: no WeCom")
    wecom_aes_key: str = _setting(str, "", "its EncodingAESKey")
    wecom_corp_id: str = _setting(str, "", "the corporation's id")
    dingtalk_secret: str = _setting(str, "", "the app secret of a DingTalk robot; empty: no DingTalk")
    dingtalk_token: str = _setting(str, "", "the token of its event callback, where events are subscribed to")
    dingtalk_aes_key: str = _setting(str, "", "its AES key")
    dingtalk_app_key: str = _setting(str, "", "its app key")
    feishu_app_id: str = _setting(str, "", "the app id of a Feishu robot; empty: no Feishu")
    feishu_app_secret: str = _setting(str, "", "its app secret")
    feishu_encrypt_key: str = _setting(str, "", "the Encrypt Key of its events")
    feishu_token: str = _setting(str, "", "their Verification Token")
    dingtalk_api: str = _setting(_server, "https://oapi.dingtalk.com", "DingTalk's server, or one for tests")
    feishu_api: str = _setting(_server, "https://open.feishu.cn", "Feishu's server, or one for tests")
    oidc_issuer: str = _setting(
        _issuer, "", "the issuer of an OpenID provider staff sign in by, beside passwords; extra `oidc`"
    )
    oidc_client_id: str = _setting(str, "", "what 甬问 is called there; its way back is /staff/sign-in/back")
    oidc_client_secret: str = _setting(str, "", "the secret it shows there")
    oidc_claim: str = _setting(
        str, "preferred_username", "the claim that names an account here: one that people cannot change"
    )
    metrics_token: str = _setting(
        str, "", "who shows it as a bearer token may read /metrics; default: only this machine may"
    )
    log_format: str = _setting(_one_of("text", "json"), "text", "text, or json for one object a line")
    log_level: str = _setting(_level, "INFO", "DEBUG, INFO, WARNING or ERROR")


SETTINGS: dict[str, Setting] = {field.name: field.metadata["setting"] for field in fields(Settings)}
"""By name, in the order in which the documentation lists them."""


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment. SettingsError names a key that is unknown or ill-typed."""
    given = os.environ if environment is None else environment
    ours = {k.removeprefix(PREFIX).lower(): v for k, v in given.items() if k.startswith(PREFIX)}
    for key in ours:
        if key not in SETTINGS:
            raise SettingsError(f"{PREFIX}{key.upper()}: no such setting; known: {_known()}")
    values = {key: _value(key, ours.get(key)) for key in SETTINGS}
    values["residents"] = values["residents"] or _state_folder(given) / "residents.sqlite"
    return Settings(**values)


def _value(key: str, text: str | None) -> Any:
    setting = SETTINGS[key]
    if text is None or text == "":
        return setting.default
    try:
        return setting.parse(text)
    except ValueError as error:
        shown = re.sub(r"//[^/@]*@", "//…@", text)  # no password into a log
        raise SettingsError(f"{PREFIX}{key.upper()}: {shown!r} does not fit: {error}") from error


def _known() -> str:
    return ", ".join(f"{PREFIX}{key.upper()}" for key in SETTINGS)
