"""Sign-in by the council's own identity provider (OpenID Connect); roles stay with people.csv."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jwt
from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.oauth2 import OAuthCallbackHandler, OAuthLogoutHandler
from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError
from traitlets import Unicode

from digital_council.hub import provider
from digital_council.hub.authenticator import groups_of, refreshed
from digital_council.people import Directory
from digital_council.settings import Settings

STALE = "That sign-in was not begun in this browser, or not just now. Sign in again."


class SignedOut(OAuthLogoutHandler):  # type: ignore[misc]
    """Says that one is signed out here, and offers to be signed out at the provider: others may use this computer."""

    async def render_logout_page(self) -> None:
        self.finish(await self.render_template("logout.html"))


class CameBack(OAuthCallbackHandler):  # type: ignore[misc]
    """Takes whoever comes back from the provider."""

    def check_error(self) -> None:
        """Whoever refused there, or was refused, is told so in our words; the log has the provider's."""
        if error := self.get_argument("error", ""):
            self.log.warning("the identity provider answered %s: %s", error, self.get_argument("error_description", ""))
            raise HTTPError(403, "The sign-in was stopped at your work account. Go back and try again.")

    def check_code(self) -> None:
        if not self.get_argument("code", ""):
            raise HTTPError(400, STALE)

    def check_state(self) -> None:
        """Refuses an old page, and a sign-in that was begun in another browser."""
        try:
            super().check_state()
        except HTTPError:
            raise HTTPError(
                400, "That sign-in was not begun in this browser, or not just now. Sign in again."
            ) from None


class OpenIDAuthenticator(GenericOAuthenticator):  # type: ignore[misc]
    """Whom the provider vouches for and people.csv names may sign in."""

    logout_handler = SignedOut
    callback_handler = CameBack
    contact = Unicode("the operator", config=True, help="Whom to ask who is not let in.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.directory = Directory()

    async def check_allowed(self, username: str, auth_model: dict[str, Any] | None) -> bool:
        if self.directory.read().person(username) is None:
            raise HTTPError(403, f"{username} has no account here. Ask {self.contact} for one.")
        return True

    async def token_to_user(self, token_info: dict[str, Any]) -> dict[str, Any]:
        """What the provider says of somebody; some name the account in the token alone."""
        said: dict[str, Any] = await super().token_to_user(token_info)
        if said.get(self.username_claim):
            return said
        inside = self._inside(token_info.get("id_token"))
        return {**inside, **said} if inside.get("sub") == said.get("sub") else said

    def _inside(self, token: str | None) -> dict[str, Any]:
        # Its signature need not be looked at: it came from the provider itself, not by way of the browser.
        checks: Any = {"verify_signature": False, "verify_aud": True, "verify_exp": True}
        try:
            found: dict[str, Any] = jwt.decode(token or "", audience=self.client_id, options=checks)
        except jwt.PyJWTError:
            return {}
        return found

    def user_info_to_username(self, user_info: dict[str, Any]) -> str:
        account = user_info.get(self.username_claim)
        if not account or not isinstance(account, str):
            self.log.error(
                "the identity provider gives no %s; set openid_connect.account_claim in council.toml to one of: %s",
                self.username_claim, ", ".join(sorted(user_info)),
            )  # fmt: skip
            raise HTTPError(403, f"Your work account came without the name it has here. Tell {self.contact}.")
        return account

    def get_user_groups(self, auth_state: dict[str, Any]) -> set[str]:
        """The groups of people.csv, whatever the provider says."""
        account = self.normalize_username(self.user_info_to_username(auth_state[self.user_auth_state_key]))
        return set(groups_of(self.directory.read(), account))

    async def httpfetch(self, *words: Any, **named: Any) -> Any:
        """Ask the provider. If it does not answer, or refuses our secret, that is not for whoever signs in to mend."""
        try:
            return await super().httpfetch(*words, **named)
        except (HTTPClientError, OSError, ValueError) as error:
            self.log.error("the identity provider could not be asked: %s", error)
            said = f"Work accounts cannot be looked up just now. Try again; if it stays so, tell {self.contact}."
            raise HTTPError(503, said) from None

    async def refresh_user(self, user: Any, handler: Any = None, **kwargs: Any) -> dict[str, Any] | bool:
        return refreshed(self, user.name)


def configure(c: Any, settings: Settings, origin: str) -> str:
    """Point the authenticator at the provider; gives where one signs out there, if anywhere. Raises OperatorError."""
    chosen = settings.openid_connect
    described = provider.require(chosen)
    ours = c.OpenIDAuthenticator
    ours.client_id = chosen.client_id
    ours.client_secret = provider.secret(Path(chosen.secret_file))
    ours.login_service = "your work account"
    ours.contact = settings.council.contact
    ours.username_claim = chosen.account_claim
    ours.scope = ["openid", "profile", *(["email"] if chosen.account_claim == "email" else [])]
    ours.oauth_callback_url = f"{origin}/hub/oauth_callback"
    ours.authorize_url, ours.token_url, ours.userdata_url = (described[name] for name in provider.NEEDED)
    ours.basic_auth = provider.wants_header(described)
    ours.enable_auth_state = False
    return provider.sign_out(described, chosen.client_id, origin)
