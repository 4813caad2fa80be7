"""What the API tells of the policies is what every role was seen to do in ``tables.txt``."""

from test_matrix import Cells, read_file

from fabula.models import ROLES
from studio import Studio

LETTERS = {"read": "R", "create": "C", "update": "U", "delete": "D"}
# Which actor of the file stands for a role at others' rows; at their own rows all but guests are
# like the owner.
OTHERS = {
    "admin": "admin", "moderator": "moderator", "premium_user": "other", "basic_user": "other",
    "guest": "guest",
}  # fmt: skip


def expected(cells: Cells, table: str, role: str, verb: str) -> str:
    letter, of_others = LETTERS[verb], OTHERS[role]
    own = cells[table]["guest-own" if role == "guest" else "owner"]
    shown = cells.get(f"{table}(public)", {}).get(of_others, "")
    if letter in cells[table][of_others]:
        return "all"
    if letter in shown:
        return "public"
    if letter in own:
        return "own"
    return "own_fields" if letter.lower() in own else "none"


async def test_the_access_table_is_what_the_walk_has_seen(studio: Studio) -> None:
    cells = read_file()
    async with await studio.person("root", "admin") as root:
        answer = await root.get("/api/access")
    found = {table["name"]: table["cells"] for table in answer.json()["tables"]}
    assert set(found) == {name for name in cells if "(" not in name}
    wanted = {
        name: {
            role: {verb: expected(cells, name, role, verb) for verb in LETTERS} for role in ROLES
        }
        for name in found
    }
    assert found == wanted
