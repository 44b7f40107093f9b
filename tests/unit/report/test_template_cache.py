import sys

from jinja2 import Environment, FileSystemLoader

from koppeling_harness.report.template_cache import TemplateCache


def rendered(folder):
    environment = Environment(
        loader=FileSystemLoader(folder), bytecode_cache=TemplateCache(), autoescape=True
    )
    return environment.get_template("page.html.jinja").render(name="x")


def test_a_compiled_template_is_kept_and_used_only_for_the_same_text(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    template = tmp_path / "page.html.jinja"
    template.write_text("one {{ name }}", encoding="utf-8")
    assert rendered(tmp_path) == "one x"
    kept = list((tmp_path / "__pycache__").iterdir())

    assert len(kept) == 1
    assert rendered(tmp_path) == "one x"
    template.write_text("two {{ name }}", encoding="utf-8")
    assert rendered(tmp_path) == "two x"


def test_a_damaged_or_missing_cache_is_no_problem(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "page.html.jinja").write_text("one {{ name }}", encoding="utf-8")
    rendered(tmp_path)
    kept = next((tmp_path / "__pycache__").iterdir())
    kept.write_bytes(b"half")

    assert rendered(tmp_path) == "one x"


def test_nothing_is_written_where_python_writes_no_bytecode(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "page.html.jinja").write_text("one {{ name }}", encoding="utf-8")

    assert rendered(tmp_path) == "one x"
    assert not (tmp_path / "__pycache__").exists()
