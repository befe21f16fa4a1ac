"""Signing in by an OpenID provider: authorization code with PKCE, its ID token checked.

After OpenID Connect Core 1.0 (section 3.1) and Discovery 1.0.
"""

import hmac
import logging
import secrets
import time
from collections.abc import Mapping
from typing import Any

import httpx
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from bot.errors import AccessError

log = logging.getLogger("yongwen.console")

_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Signatures by a private key. What anybody can make (`none`), or whoever knows our secret, is no proof."""
_NEEDED = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
_TIMEOUT_SECONDS = 10
_LEEWAY_SECONDS = 60  # by which its clock and ours may differ
_KNOWN_SECONDS = 3600  # after which the provider's metadata and keys are fetched again
_SEPARATOR = "."


class Provider:
    """One provider, found by its issuer; `claim` is what names an account here."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, claim: str) -> None:
        self._issuer = issuer.rstrip("/")
        self._id, self._secret, self._claim = client_id, client_secret, claim
        self._metadata: dict[str, Any] = {}
        self._known_until = 0.0

    async def leave(self, back: str) -> tuple[str, str]:
        """Where to send a browser that shall come `back`, and the ticket it must still hold then.

        AccessError `provider-down` where the provider cannot be reached.
        """
        found = await self._found()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        async with self._client(found, back) as client:
            url, _ = client.create_authorization_url(
                found["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        return url, _SEPARATOR.join((state, nonce, verifier))

    async def who(self, ticket: str, back: str, said: Mapping[str, str]) -> str:
        """Who came back with `said` in the address: the claim's value.

        AccessError `provider-stale` where it is not the browser that left, `provider-refused` where the
        provider says no, `provider-unsound` where what it says proves nothing, `provider-down`.
        """
        state, nonce, verifier = (*ticket.split(_SEPARATOR), "", "", "")[:3]
        if not state or not hmac.compare_digest(state.encode(), said.get("state", "").encode()):
            raise AccessError("the browser that came back is not the one that left", "provider-stale")
        if "error" in said or "code" not in said:
            raise _noted("provider-refused", said.get("error", "no code"))
        found = await self._found()
        try:
            async with self._client(found, back) as client:
                token = await client.fetch_token(
                    found["token_endpoint"], code=said["code"], code_verifier=verifier
                )
                claims = await self._proven(found, token, nonce)
                return _named(await self._more(client, found, claims), self._claim)
        except OAuthError as error:
            raise _noted("provider-refused", f"{error}") from error
        except (JoseError, LookupError, TypeError, ValueError) as error:
            raise _noted("provider-unsound", f"{error!r}") from error
        except httpx.HTTPError as error:
            raise _noted("provider-down", f"{error!r}") from error

    def _client(self, found: Mapping[str, Any], back: str) -> Any:
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return AsyncOAuth2Client(
            self._id,
            self._secret,
            scope="openid profile email",
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method=(
                "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
            ),
            timeout=_TIMEOUT_SECONDS,
        )

    async def _found(self) -> dict[str, Any]:
        """What the provider says of itself, and its keys; asked anew every hour."""
        if time.monotonic() > self._known_until:
            found = await _fetched(f"{self._issuer}/.well-known/openid-configuration")
            if str(found.get("issuer")).rstrip("/") != self._issuer:
                raise _noted("provider-unsound", f"it calls itself {found.get('issuer')}")
            if missing := _NEEDED - found.keys():
                raise _noted("provider-unsound", f"it does not tell its {', '.join(sorted(missing))}")
            found["keys"] = await _fetched(str(found["jwks_uri"]))
            self._metadata, self._known_until = found, time.monotonic() + _KNOWN_SECONDS
        return self._metadata

    async def _proven(self, found: dict[str, Any], token: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """The ID token's claims: signed by the provider, for us, for this sign-in, now."""
        try:
            decoded = _decoded(found, token["id_token"])
        except InvalidKeyIdError:  # it may have changed its keys since
            found["keys"] = await _fetched(str(found["jwks_uri"]))
            decoded = _decoded(found, token["id_token"])
        options: Any = {
            "iss": {"essential": True, "value": found["issuer"]},
            "aud": {"essential": True, "value": self._id},
            "nonce": {"essential": True, "value": nonce},
        }
        params = {"client_id": self._id, "nonce": nonce, "access_token": token.get("access_token")}
        claims = CodeIDToken(decoded.claims, decoded.header, options, params)
        claims.validate(leeway=_LEEWAY_SECONDS)
        return dict(claims)

    async def _more(self, client: Any, found: Mapping[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        """The claims, with those that the provider tells only who asks for them."""
        if self._claim in claims or "userinfo_endpoint" not in found:
            return claims
        answer = await client.get(found["userinfo_endpoint"])
        answer.raise_for_status()
        more: dict[str, Any] = answer.json()
        if more["sub"] != claims["sub"]:
            raise ValueError("the user info is about somebody else")
        return {**more, **claims}


def _decoded(found: Mapping[str, Any], id_token: str) -> jwt.Token:
    registry = JWSRegistry(algorithms=list(_SIGNED), strict_check_header=False)
    return jwt.decode(id_token, KeySet.import_key_set(found["keys"]), registry=registry)


def _named(claims: Mapping[str, Any], claim: str) -> str:
    """Whom the claims name. An address of e-mail that nobody verified could be anybody's."""
    if claim == "email" and claims.get("email_verified") is not True:
        raise ValueError("the e-mail address is not verified")
    name = claims[claim]
    if not isinstance(name, str) or not name:
        raise ValueError(f"{claim} is no text")
    return name


async def _fetched(url: str) -> dict[str, Any]:
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
            answer = await client.get(url)
            answer.raise_for_status()
            return dict(answer.json())
    except (httpx.HTTPError, httpx.InvalidURL, TypeError, ValueError) as error:
        raise _noted("provider-down", f"{url}: {error!r}") from error


def _noted(code: str, why: str) -> AccessError:
    """An error whose cause an operator finds in the log."""
    log.warning("signing in by the OpenID provider: %s: %s", code, why)
    return AccessError(why, code)
