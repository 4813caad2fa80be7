"""Every table, actor and verb, by SQL: what comes out is what ``tables.txt`` says."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from access_samples import (
    ADMIN_ROWS,
    PERSONAL,
    ROWS,
    Connection,
    Person,
    acting,
    add_person,
    become,
    become_machine,
    insert,
    of,
)
from psycopg.conninfo import make_conninfo
from psycopg.errors import InsufficientPrivilege

FILE = Path(__file__).with_name("tables.txt")
ACTORS = ("nobody", "guest", "guest-own", "owner", "other", "moderator", "admin")
VERBS = ("R", "C", "U", "D")
# The same table in another state, which the machine makes first.
STATES = {
    "characters(public)": "UPDATE characters SET is_public = true WHERE id = %(character)s",
    "characters(public,nsfw)": "UPDATE characters SET is_public = true, content_rating = 'nsfw' "
    "WHERE id = %(character)s",
    "studio.job_runs(adult)": "UPDATE studio.job_runs SET rating = 'adult' WHERE job_id = %(job)s",
    "studio.job_previews(adult)": "UPDATE studio.job_runs SET rating = 'adult' "
    "WHERE job_id = %(job)s",
    "studio.workspace_files(adult)": "UPDATE studio.workspace_files SET rating = 'adult' "
    "WHERE asset_id = %(asset)s",
    "studio.library_files(adult)": "UPDATE studio.library_files SET rating = 'adult' "
    "WHERE asset_id = %(kept)s",
}
_MACHINE_ROWS = (
    "INSERT INTO studio.fair_share (user_id) VALUES (%(user)s)",
    "INSERT INTO studio.erasures (user_id) VALUES (%(user)s)",
    """INSERT INTO studio.engine_servers (engine_id, kind, name, address)
       VALUES ('a1111-a', 'a1111', 'A', 'http://127.0.0.1:9')""",
    """INSERT INTO studio.workers (id, name, role, machine, version, cores, ram_bytes,
           ram_free_bytes) VALUES (gen_random_uuid(), 'w', 'worker', 'm', '1', 1, 1, 1)""",
    "INSERT INTO studio.engine_measurements (machine, engine_id, model) VALUES ('m', 'e', '')",
    "INSERT INTO studio.trail_chain (seq, entry_id, mac) SELECT 1, %(deed)s, sha256('')",
)
_TABLES = """
SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'studio') AND c.relkind IN ('r', 'p')
"""
_COLUMNS = """
SELECT attname, has_column_privilege('fabula_app', attrelid, attnum, 'UPDATE')
FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = ''
ORDER BY attnum
"""
Cells = dict[str, dict[str, str]]


class Walk:
    """The database with people and rows, and what each actor can do there."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        for table, row in ADMIN_ROWS.items():
            connection.execute(f"INSERT INTO {table} {row}".encode())
        self.ada = add_person(connection, "ada")
        self.guest = add_person(connection, "gast")
        connection.execute(
            "UPDATE user_roles SET role = 'guest' WHERE user_id = %s", [self.guest.user]
        )
        for statement in _MACHINE_ROWS:
            connection.execute(statement.encode(), self.ada.ids)
        self.people: dict[str, Person | None] = {
            "nobody": None,
            "guest": self.guest,
            "guest-own": self.guest,
            "owner": self.ada,
            "other": add_person(connection, "bob"),
            "moderator": add_person(connection, "mod", role="moderator", rows=False),
            "admin": add_person(connection, "root", role="admin", rows=False),
        }

    def tables(self) -> list[str]:
        return [str(row[0]) for row in self.connection.execute(_TABLES)]

    def cell(self, entry: str, actor: str) -> str:
        """The verbs that work on the owner's rows, as letters; ``u`` is a part of the columns."""
        letters = [self._outcome(entry, actor, verb) for verb in VERBS]
        return "".join(letters).replace("-", "") or "-"

    def _outcome(self, entry: str, actor: str, verb: str) -> str:
        table = entry.split("(", maxsplit=1)[0]
        target = self.guest if actor == "guest-own" else self.ada
        with acting(self.connection, None) as connection:
            become_machine(connection)
            if entry in STATES:
                connection.execute(STATES[entry].encode(), self.ada.ids)
            if verb == "C":
                self._take_out(table, target)
            become(connection, self.people[actor])
            try:
                return self._attempt(table, target, verb)
            except InsufficientPrivilege:
                return "-"

    def _take_out(self, table: str, target: Person) -> None:
        """The owner's row, so that it can be added again."""
        self.connection.execute("SET LOCAL session_replication_role = replica")
        delete = f"DELETE FROM {table} {self._where(table)}"  # noqa: S608 - names of ours
        self.connection.execute(delete.encode(), target.ids)
        self.connection.execute("SET LOCAL session_replication_role = origin")

    def _attempt(self, table: str, target: Person, verb: str) -> str:
        where = self._where(table)
        if verb == "R":
            statement = f"SELECT FROM {table} {where}"
        elif verb == "D":
            statement = f"DELETE FROM {table} {where}"  # noqa: S608 - names of ours
        elif verb == "U":
            return self._change(table, where, target)
        else:
            self._add(table, target)
            return "C"
        found = self.connection.execute(statement.encode(), target.ids).rowcount
        return verb if found else "-"

    def _change(self, table: str, where: str, target: Person) -> str:
        columns = self.connection.execute(_COLUMNS, [table]).fetchall()
        allowed = [name for name, may in columns if may]
        name = allowed[0] if allowed else columns[0][0]
        change = f"UPDATE {table} SET {name} = {name} {where}"  # noqa: S608 - names of ours
        if not self.connection.execute(change.encode(), target.ids).rowcount:
            return "-"
        return "U" if len(allowed) == len(columns) else "u"

    def _add(self, table: str, target: Person) -> None:
        if table in ROWS:
            insert(self.connection, table, target)
        elif table in ADMIN_ROWS:
            self.connection.execute(f"INSERT INTO {table} {ADMIN_ROWS[table]}".encode())
        else:
            self.connection.execute(f"INSERT INTO {table} DEFAULT VALUES".encode())

    @staticmethod
    def _where(table: str) -> str:
        return f"WHERE {of(table)}" if table in PERSONAL else ""

    def differences(self, wanted: Cells) -> list[str]:
        """What is not as the file says, and tables that it does not know."""
        live = self.tables()
        found = [f"{name}: has no line in {FILE.name}" for name in live if name not in wanted]
        found += [f"{name}: is no table" for name in wanted if name.split("(")[0] not in live]
        for entry in (name for name in wanted if name.split("(")[0] in live):
            for actor in ACTORS:
                cell = self.cell(entry, actor)
                if cell != wanted[entry][actor]:
                    found.append(f"{entry} {actor}: {cell} and not {wanted[entry][actor]}")
        return found


def read_file() -> Cells:
    lines = [line for line in FILE.read_text().splitlines() if line and not line.startswith("#")]
    assert tuple(lines[0].split()[1:]) == ACTORS
    cells = {}
    for line in lines[1:]:
        table, *outcomes = line.split()
        assert table not in cells, f"{table} has two lines"
        cells[table] = dict(zip(ACTORS, outcomes, strict=True))
    return cells


@pytest.fixture
def walk(dsn: str) -> Iterator[Walk]:
    superuser = make_conninfo(dsn, user="postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        yield Walk(connection)


def test_every_table_actor_and_verb(walk: Walk, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = read_file()
    found = walk.differences(wanted)
    cells = len(wanted) * len(ACTORS) * len(VERBS)
    with capsys.disabled():
        print(f"\naccess by SQL: {cells} cells of {len(wanted)} tables and states")  # noqa: T201
    assert found == []
    assert cells > 600


@pytest.mark.parametrize(
    ("table", "policy", "told"),
    [
        ("jobs", "read_own", "jobs owner"),
        ("user_library", "change_own", "user_library owner"),
        ("messages", "through_conversation", "messages owner"),
        ("user_library", "no_guest_adds", "user_library guest-own"),
        ("prompt_templates", "admin_all", "prompt_templates admin"),
        ("studio.uploads", "read_own", "studio.uploads owner"),
    ],
)
def test_a_dropped_policy_shows(walk: Walk, table: str, policy: str, told: str) -> None:
    walk.connection.execute(f"DROP POLICY {policy} ON {table}".encode())
    part = {name: cells for name, cells in read_file().items() if name == table}
    found = [line for line in walk.differences(part) if "has no line" not in line]
    assert any(line.startswith(told) for line in found)


def test_row_security_that_is_off_shows(walk: Walk) -> None:
    walk.connection.execute("ALTER TABLE jobs DISABLE ROW LEVEL SECURITY")
    found = walk.differences({"jobs": read_file()["jobs"]})
    assert {"jobs nobody", "jobs other"} <= {line.split(":")[0] for line in found}


def test_a_new_table_without_a_line_shows(walk: Walk) -> None:
    walk.connection.execute("CREATE TABLE studio.novelty (id integer)")
    found = walk.differences(read_file())
    assert found == [f"studio.novelty: has no line in {FILE.name}"]
