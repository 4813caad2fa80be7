"""Signing in with a browser: at an OpenID provider, and by password with a code."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from identity_provider import SECRET, IdentityProvider, serving
from real_browser import Visit, context_of, watched
from real_studio import RealStudio, running

pytestmark = pytest.mark.browser
PATIENCE = 30_000
CLIENT = "fabula"
PASSWORD = "a long enough secret"
_FETCH = """async ([method, path, body]) => {
  const answer = await fetch(path, {
    method,
    headers: { 'X-Fabula-CSRF': '1', 'Content-Type': 'application/json' },
    body: body ? JSON.stringify(body) : undefined,
  })
  return { status: answer.status, body: answer.status === 204 ? null : await answer.json() }
}"""


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with serving() as found:
        found.tell("u-1", preferred_username="grace", email="grace@example.org")
        yield found


@pytest.fixture(scope="module")
def open_studio(provider: IdentityProvider) -> Iterator[RealStudio]:
    """A studio that knows the provider and lets guests in."""
    known = {
        "issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET,
        "label": "Home", "create_accounts": True,
    }  # fmt: skip
    env = {
        "FABULA_OIDC_PROVIDERS": json.dumps({"home": known}),
        "FABULA_GUEST_ACCESS": "true",
        "FABULA_CREDITS_ENABLED": "true",
    }
    with running("--workers", "0", **env) as found:
        provider.know(CLIENT, f"{found.base}/api/auth/oidc/home/callback")
        yield found


@pytest.fixture
def visit(open_studio: RealStudio, browser: Browser) -> Iterator[Visit]:
    """Somebody who is not signed in, and whom the console tells so."""
    with context_of(browser) as context:
        found = watched(open_studio, context.new_page())
        yield found
        assert all("401" in fault or "403" in fault for fault in found.faults), found.faults


def asked(page: Page, method: str, path: str, body: object = None) -> dict[str, object]:
    """What the page itself would be answered, with the cookie that it has."""
    found: dict[str, object] = page.evaluate(_FETCH, [method, path, body])
    return found


def sees_the_own_ledger_and_no_people(visit: Visit, username: str) -> None:
    page = visit.page
    me = asked(page, "GET", "/api/me")["body"]
    assert isinstance(me, dict)
    assert me["username"] == username
    ledger = asked(page, "GET", "/api/me/ledger")
    assert ledger["status"] == 200
    assert isinstance(ledger["body"], dict)
    assert [entry["amount"] for entry in ledger["body"]["items"]] == [100]
    visit.open("/account/credits")
    expect(page.get_by_text("To begin with")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("+100")).to_be_visible()
    assert asked(page, "GET", "/api/people")["status"] == 403
    for place in ("/admin", "/admin/people", "/admin/ledger", "/admin/activity", "/admin/access"):
        visit.open(place)
        expect(page.get_by_text("This page is for admins")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)


def shot(page: Page, folder: Path | None, name: str) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{name}.png")


def at_the_provider(page: Page, login: str) -> None:
    page.get_by_label("Login").fill(login)
    page.get_by_role("button", name="Continue").click()


def test_at_a_provider_and_back_to_where_one_was(visit: Visit, shots: Path | None) -> None:
    page = visit.page
    visit.open("/library?q=fox")
    expect(page).to_have_url(re.compile("/sign-in"), timeout=PATIENCE)
    button = page.get_by_role("link", name="Sign in with Home")
    button.wait_for()
    shot(page, shots, "sign-in-provider")
    button.click()
    at_the_provider(page, "u-1")
    expect(page).to_have_url(re.compile(r"/library\?q=fox"), timeout=PATIENCE)
    page.reload()  # the session stays, and no code is in the history
    expect(page).to_have_url(re.compile(r"/library\?q=fox"), timeout=PATIENCE)
    sees_the_own_ledger_and_no_people(visit, "grace")
    visit.open("/account/sign-in")
    expect(page.get_by_text("grace@example.org")).to_be_visible(timeout=PATIENCE)
    shot(page, shots, "settings-provider")


def test_who_gives_up_at_the_provider_reads_why(visit: Visit, shots: Path | None) -> None:
    page = visit.page
    visit.open("/sign-in")
    page.get_by_role("link", name="Sign in with Home").click()
    page.get_by_role("button", name="Deny").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The provider did not let you in.", timeout=PATIENCE)
    expect(page.get_by_role("link", name="Sign in with Home")).to_be_visible()
    shot(page, shots, "sign-in-problem")


def test_by_password_and_a_code(visit: Visit, shots: Path | None) -> None:
    studio, page = visit.studio, visit.page
    key = studio.command("user", "create", "walker", "--role", "basic_user", "--api-key").strip()
    with studio.client(key) as client:
        client.put("/api/me/password", json={"new_password": PASSWORD}).raise_for_status()
    visit.open("/sign-in")
    give_password(page, "walker")
    expect(page).to_have_url(re.compile("/workspace"), timeout=PATIENCE)
    codes = set_up_a_second_factor(visit, shots)
    assert asked(page, "POST", "/api/auth/logout")["status"] == 200
    visit.open("/sign-in")
    give_password(page, "walker")
    # The code of just now was used up; a clock that is ahead shows the next one already.
    page.get_by_label("Code", exact=True).fill(codes.at(datetime.now(UTC) + timedelta(seconds=30)))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile("/workspace"), timeout=PATIENCE)
    sees_the_own_ledger_and_no_people(visit, "walker")


def give_password(page: Page, username: str) -> None:
    page.get_by_role("textbox", name="User name").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def set_up_a_second_factor(visit: Visit, shots: Path | None) -> pyotp.TOTP:
    """On the page, with the secret that it shows; the codes of the app from then on."""
    page = visit.page
    visit.open("/account/sign-in")
    page.get_by_role("button", name="Set it up").click()
    secret = page.locator("code").inner_text(timeout=PATIENCE).replace(" ", "")
    expect(page.get_by_label("QR code for your authenticator app")).to_be_visible(timeout=PATIENCE)
    shot(page, shots, "two-factor")
    codes = pyotp.TOTP(secret)
    page.get_by_label("Code", exact=True).fill(codes.now())
    page.get_by_role("button", name="Turn it on").click()
    group = page.get_by_role("group", name="Recovery codes")
    expect(group.get_by_role("listitem")).to_have_count(10, timeout=PATIENCE)
    page.get_by_label("I kept them").check()
    page.get_by_role("button", name="Done").click()
    expect(group).to_have_count(0)
    return codes


def test_guests_look_around_and_find_no_way_to_change_things(
    visit: Visit, shots: Path | None
) -> None:
    page = visit.page
    visit.open("/sign-in")
    page.get_by_role("button", name="Look around as a guest").click()
    expect(page).to_have_url(re.compile("/workspace"), timeout=PATIENCE)
    shot(page, shots, "guest-workspace")
    assert asked(page, "POST", "/api/jobs", {"prompt": "a fox"})["status"] == 403
    assert asked(page, "GET", "/api/people")["status"] == 403
    visit.open("/account/keys")
    expect(page.get_by_text("All guests share this account")).to_be_visible(timeout=PATIENCE)
    shot(page, shots, "guest-settings")
