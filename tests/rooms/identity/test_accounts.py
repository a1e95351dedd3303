"""Accounts, passwords, sessions and tokens on a real database."""

from datetime import timedelta
from time import perf_counter

import pytest
from sqlmodel import Session, select

from services.bootstrap import House
from services.identity import (
    Attempt,
    Audit,
    LoginGuard,
    NewUser,
    SessionShown,
    Token,
    User,
    UserSession,
    actor_by_session,
    actor_by_token,
    add_user,
    create_token,
    ensure_setup_link,
    hash_password,
    make_first_account,
    revoke_token,
    set_password,
    setup_link_valid,
    sign_in,
    touch,
)
from services.kernel.errors import Conflict, Gone, Invalid, TooMany, Unauthenticated

PASSWORD = "correct horse"
HASHED = hash_password(PASSWORD)


@pytest.fixture
def user(house: House) -> User:
    with house.db.write() as session:
        return add_user(session, NewUser("Song.Lan@example.org", "宋岚", HASHED))


def attempt(email: str = "song.lan@example.org", password: str = PASSWORD) -> Attempt:
    return Attempt(email, password, "192.0.2.1", "Firefox")


class TestAccounts:
    def test_keep_one_address_in_one_writing(self, house: House, user: User) -> None:
        assert user.email == "song.lan@example.org"
        with pytest.raises(Conflict, match="email_taken"), house.db.write() as session:
            add_user(session, NewUser("SONG.LAN@example.org ", "别人"))

    @pytest.mark.parametrize("email", ["", "song", "@", "a b@c.d", "x" * 200 + "@y.z"])
    def test_refuse_what_is_no_address(self, house: House, email: str) -> None:
        with pytest.raises(Invalid, match="email_invalid"), house.db.write() as session:
            add_user(session, NewUser(email, "某人"))

    def test_keep_no_secret_in_the_clear(self, house: House, user: User) -> None:
        signed = sign_in(house.db, LoginGuard(), attempt(), now=house.clock.now())
        with house.db.write() as session:
            token, _ = create_token(session, user.id, name="脚本")
        with house.db.read() as session:
            kept = [
                row.model_dump_json()
                for kind in (User, UserSession, Token)
                for row in session.exec(select(kind))
            ]
        for secret in (PASSWORD, signed.secret, token):
            assert not any(secret in row for row in kept)
        assert any("$argon2id$" in row for row in kept)


@pytest.mark.usefixtures("user")
class TestSigningIn:
    def test_takes_any_writing_of_the_address(self, house: House, user: User) -> None:
        signed = sign_in(
            house.db, LoginGuard(), attempt(" Song.LAN@Example.org"), now=house.clock.now()
        )
        assert signed.user.id == user.id

    def test_takes_about_as_long_for_an_address_that_nobody_has(
        self, house: House, user: User
    ) -> None:
        def seconds(email: str) -> float:
            started = perf_counter()
            with pytest.raises(Unauthenticated, match="wrong_credentials"):
                sign_in(house.db, LoginGuard(), attempt(email, "wrong"), now=house.clock.now())
            return perf_counter() - started

        seconds("nobody@example.org")
        unknown = min(seconds("nobody@example.org") for _ in range(3))
        known = min(seconds(user.email) for _ in range(3))
        assert unknown > known / 3

    def test_ends_after_too_many_wrong_passwords_and_says_when_to_come_back(
        self, house: House
    ) -> None:
        guard = LoginGuard(per_account="2/15minutes")
        now = house.clock.now()
        for _ in range(2):
            with pytest.raises(Unauthenticated):
                sign_in(house.db, guard, attempt(password="wrong"), now=now)
        with pytest.raises(TooMany, match="too_many_attempts") as caught:
            sign_in(house.db, guard, attempt(), now=now)
        assert 0 < caught.value.extra["retry_after"] <= 900

    def test_is_counted_per_address_of_the_network_too(self, house: House) -> None:
        guard = LoginGuard(per_address="2/15minutes")
        now = house.clock.now()
        for number in range(2):
            with pytest.raises(Unauthenticated):
                sign_in(house.db, guard, attempt(f"guess{number}@example.org"), now=now)
        with pytest.raises(TooMany):
            sign_in(house.db, guard, attempt("guess3@example.org"), now=now)

    def test_is_not_slowed_by_those_who_succeed(self, house: House) -> None:
        guard = LoginGuard(per_account="1/15minutes", per_address="1/15minutes")
        for _ in range(3):
            sign_in(house.db, guard, attempt(), now=house.clock.now())

    def test_leaves_a_line_in_the_audit_log_either_way(self, house: House) -> None:
        sign_in(house.db, LoginGuard(), attempt(), now=house.clock.now())
        with pytest.raises(Unauthenticated):
            sign_in(house.db, LoginGuard(), attempt(password="wrong"), now=house.clock.now())
        with house.db.read() as session:
            actions = [line.action for line in session.exec(select(Audit))]
        assert {"user_added", "signed_in", "sign_in_failed"} <= set(actions)


@pytest.mark.usefixtures("user")
class TestSessions:
    def test_live_ninety_days_from_their_last_use(self, house: House) -> None:
        start = house.clock.now()
        signed = sign_in(house.db, LoginGuard(), attempt(), now=start)
        with house.db.write() as session:
            later = start + timedelta(days=80)
            found = actor_by_session(session, signed.secret, later)
            assert found is not None
            assert found.stale
            touch(session, found, later)
            assert _is_in(session, signed.secret, start + timedelta(days=169))
            assert not _is_in(session, signed.secret, start + timedelta(days=171))

    def test_end_with_a_new_password(self, house: House, user: User) -> None:
        now = house.clock.now()
        signed = sign_in(house.db, LoginGuard(), attempt(), now=now)
        with house.db.write() as session:
            set_password(session, user.id, hash_password("another horse"), now=now)
            assert not _is_in(session, signed.secret, now)
        with pytest.raises(Unauthenticated):
            sign_in(house.db, LoginGuard(), attempt(), now=now)

    def test_and_tokens_end_for_a_disabled_account(self, house: House, user: User) -> None:
        now = house.clock.now()
        signed = sign_in(house.db, LoginGuard(), attempt(), now=now)
        with house.db.write() as session:
            token, _ = create_token(session, user.id, name="t")
            session.get_one(User, user.id).disabled_at = now
            session.flush()
            assert not _is_in(session, signed.secret, now)
            assert actor_by_token(session, token, now) is None


class TestTokens:
    def test_sign_in_until_they_are_revoked(self, house: House, user: User) -> None:
        now = house.clock.now()
        with house.db.write() as session:
            text, token = create_token(session, user.id, name="脚本", now=now)
            found = actor_by_token(session, text, now)
            assert found is not None
            assert (found.actor.user, found.csrf) == (user.id, None)
            revoke_token(session, user.id, token.id, now=now)
            assert actor_by_token(session, text, now) is None
            assert actor_by_token(session, "sx_guess", now) is None


class TestFirstAccount:
    def link(self, house: House) -> str:
        with house.db.write() as session:
            link = ensure_setup_link(session, "https://suixing.example/", now=house.clock.now())
        assert link is not None
        assert link.startswith("https://suixing.example/setup?token=")
        return link.partition("token=")[2]

    def test_is_made_once_by_the_link_and_administers(self, house: House) -> None:
        secret, now = self.link(house), house.clock.now()
        signed = make_first_account(house.db, secret, attempt(), name="宋岚", now=now)
        assert signed.user.admin
        with pytest.raises(Gone, match="setup_link_used"):
            make_first_account(house.db, secret, attempt("b@example.org"), name="乙", now=now)
        with house.db.write() as session:
            assert ensure_setup_link(session, "https://suixing.example", now=now) is None

    def test_is_not_made_by_an_old_a_guessed_or_an_expired_link(self, house: House) -> None:
        old, new = self.link(house), self.link(house)
        now = house.clock.now()
        with house.db.read() as session:
            assert setup_link_valid(session, new, now)
            assert not setup_link_valid(session, old, now)
            assert not setup_link_valid(session, "guess", now)
            assert not setup_link_valid(session, new, now + timedelta(days=8))

    def test_closes_the_link_when_it_was_made_otherwise(self, house: House) -> None:
        secret = self.link(house)
        with house.db.write() as session:
            add_user(session, NewUser("cli@example.org", "命令行"))
            assert not setup_link_valid(session, secret, house.clock.now())


def test_what_is_told_of_a_session_holds_no_hash(user: User) -> None:
    assert "hash" not in str(SessionShown.model_json_schema())


def _is_in(session: Session, secret: str, now: object) -> bool:
    return actor_by_session(session, secret, now) is not None  # type: ignore[arg-type] # datetime
