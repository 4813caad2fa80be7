"""The prompt book: what is remembered, lists, snippets, combinations."""

from uuid import UUID

from fabula.prompting.book import service
from studio import Studio

B = "/api/prompt-book"


async def _remember(studio: Studio, *prompts: str, owner: UUID | None = None) -> None:
    for prompt in prompts:
        async with studio.database.system() as session:
            owner_id = owner or studio.caller.user_id
            await service.remember(session, owner_id, prompt, "", "image")


async def test_a_prompt_is_remembered_once(studio: Studio) -> None:
    await _remember(studio, "a fox", "an owl", "a fox")
    items = (await studio.client.get(f"{B}/history")).json()["items"]
    assert [(item["prompt"], item["uses"]) for item in items] == [("a fox", 2), ("an owl", 1)]
    page = (await studio.client.get(f"{B}/history", params={"limit": 1})).json()
    rest = await studio.client.get(f"{B}/history", params={"cursor": page["next_cursor"]})
    assert [item["prompt"] for item in rest.json()["items"]] == ["an owl"]
    found = await studio.client.get(f"{B}/history", params={"search": "OW"})
    assert [item["prompt"] for item in found.json()["items"]] == ["an owl"]


async def test_favourites_outlive_a_clearing(studio: Studio) -> None:
    await _remember(studio, "a fox", "an owl", "a hare")
    items = (await studio.client.get(f"{B}/history")).json()["items"]
    marked = await studio.client.patch(f"{B}/history/{items[0]['id']}", json={"is_favorite": True})
    assert marked.json()["is_favorite"]
    await studio.client.delete(f"{B}/history/{items[1]['id']}")
    assert (await studio.client.delete(f"{B}/history")).json() == {"forgotten": 1}
    left = await studio.client.get(f"{B}/history", params={"favorites": True})
    assert [item["prompt"] for item in left.json()["items"]] == ["a hare"]


async def test_the_book_is_its_owners(studio: Studio) -> None:
    await _remember(studio, "a fox")
    await studio.client.put(f"{B}/lists/animals", json={"entries": ["a fox"]})
    prompt_id = (await studio.client.get(f"{B}/history")).json()["items"][0]["id"]
    async with await studio.person("bob") as bob:
        assert (await bob.get(f"{B}/history")).json()["items"] == []
        assert (await bob.delete(f"{B}/history/{prompt_id}")).status_code == 404
        assert (await bob.delete(f"{B}/lists/animals")).status_code == 404
        refused = await bob.post(f"{B}/expand", json={"prompt": "__animals__"})
        assert refused.status_code == 422


async def test_lists_and_combinations(studio: Studio) -> None:
    made = await studio.client.put(f"{B}/lists/animals", json={"entries": ["a fox", "an owl"]})
    assert made.json()["entries"] == ["a fox", "an owl"]
    await studio.client.put(f"{B}/lists/animals", json={"entries": ["a fox", "an owl", "a hare"]})
    body = {"prompt": "__animals__ in {snow|rain}, ${light}", "values": {"light": "dusk"}}
    found = (await studio.client.post(f"{B}/expand", json={**body, "count": 2})).json()
    assert found["total"] == 6
    assert found["prompts"] == ["a fox in snow, dusk", "a fox in rain, dusk"]
    assert (found["lists"], found["variables"]) == (["animals"], ["light"])
    drawn = (await studio.client.post(f"{B}/expand", json={**body, "mode": "random"})).json()
    again = {**body, "mode": "random", "seed": drawn["seed"]}
    assert (await studio.client.post(f"{B}/expand", json=again)).json() == drawn
    huge = (await studio.client.post(f"{B}/expand", json={"prompt": "{a|b|c|d}" * 60})).json()
    assert huge["total"] == str(4**60)
    broken = await studio.client.put(f"{B}/lists/animals", json={"entries": ["{a|b"]})
    assert broken.status_code == 422
    assert (await studio.client.delete(f"{B}/lists/animals")).status_code == 204


async def test_snippets(studio: Studio) -> None:
    await studio.client.put(f"{B}/snippets/film look", json={"text": "35 mm, soft grain"})
    await studio.client.put(f"{B}/snippets/film look", json={"text": "16 mm"})
    items = (await studio.client.get(f"{B}/snippets")).json()["items"]
    assert [(item["name"], item["text"]) for item in items] == [("film look", "16 mm")]
    assert (await studio.client.delete(f"{B}/snippets/film look")).status_code == 204
    assert (await studio.client.delete(f"{B}/snippets/film look")).status_code == 404
