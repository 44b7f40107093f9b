"""A mapping whose values are made when they are asked for."""

from koppeling_harness.emulator.lazy_mapping import MadeWhenAsked


def test_only_what_is_asked_for_is_made_and_only_once():
    made: list[str] = []

    def maker(name: str):
        return lambda: made.append(name) or name.upper()

    values = MadeWhenAsked({name: maker(name) for name in ("a", "b", "c")})

    assert (len(values), list(values)) == (3, ["a", "b", "c"])
    assert "c" in values
    assert "d" not in values
    assert made == []
    assert (values["b"], values["b"], values.get("d")) == ("B", "B", None)
    assert made == ["b"]
    assert values == {"a": "A", "b": "B", "c": "C"}
