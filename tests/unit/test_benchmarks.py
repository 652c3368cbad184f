"""The benchmarks are there, the cheap ones run, and what they draw and write is well formed."""

import importlib
import inspect
from xml.etree import ElementTree as ET

import _bodies
import codec
import limiter_cost
import pytest
import run
from _load import Absent, Load, best, in_turn
from _plots import Chart, PlottedTable
from _tables import Table

from sunco_async import webhooks
from sunco_async.models import MessageListResponse, MessagePostResponse, UserResponse
from sunco_async.models._codec import decoder


@pytest.mark.parametrize("name", [n for n in run.NAMES if n != "limiter_simulation"])
def test_each_benchmark_has_run_with_a_quick_mode(name):
    quick = inspect.signature(importlib.import_module(name).run).parameters["quick"]
    assert quick.kind is inspect.Parameter.KEYWORD_ONLY
    assert quick.default is False


def test_the_bodies_are_decoded_without_loss():
    for body, struct in (
        (_bodies.messages_page(), MessageListResponse),
        (_bodies.posted(), MessagePostResponse),
        (_bodies.user(), UserResponse),
    ):
        read = decoder(struct).decode(_bodies.dumps(body)).to_dict()
        assert _without_times(read) == _without_times(body)
    events = webhooks.parse(_bodies.dumps(_bodies.webhook())).events
    assert len(events) == 10
    assert not any(isinstance(event, webhooks.UnknownEvent) for event in events)


def _without_times(value):
    """Leave out timestamps, which have several spellings, and nulls, which say nothing."""
    if isinstance(value, dict):
        times = ("received", "originalMessageTimestamp", "signedUpAt")
        return {k: _without_times(v) for k, v in value.items() if v is not None and k not in times}
    return [_without_times(item) for item in value] if isinstance(value, list) else value


def test_decoding_is_timed_against_the_others():
    title, size, sides = codec.decoding("a body", b'{"a": 1}', decoder(dict).decode, None)
    assert (title, size) == ("Decoding a body", 8)
    for name in (codec.OURS, "json.loads"):
        assert 0 < sides[name](3) < 1


async def test_many_waiters_leave_at_the_rate():
    share, cpu = await limiter_cost.crowd(limiter_cost.fixed, 2200)
    assert 0 < share <= 1.0001
    assert cpu > 0


def test_sides_take_turns_and_one_that_fails_does_not_stop_the_others():
    order = []

    def good():
        order.append("good")
        return len(order)

    def bad():
        order.append("bad")
        raise ZeroDivisionError("none")

    def absent():
        raise Absent("not installed")

    results, failed = in_turn({"a": good, "b": bad, "c": absent, "d": good}, 2)
    assert results == {"a": [1, 5], "d": [3, 4]}  # another side begins each round
    assert order.count("bad") == 1
    assert failed == {"b": "failed: ZeroDivisionError: none", "c": "not installed"}


def test_best():
    assert best([Load(10, 5), Load(12, 7)]) == Load(12, 5)


def test_a_chart_is_an_svg_with_every_line_and_label():
    series = {"ours": [(1, 10.0), (100, 900.0)], "a < b": [(1, 5.0)]}
    drawn = Chart("name", "Title", "tasks", "per second", series).svg()
    picture = ET.fromstring(drawn)  # noqa: S314 - it was written a line above
    texts = [element.text for element in picture.iter() if element.tag.endswith("text")]
    assert {"Title", "tasks", "per second", "ours", "a < b", "1", "100"} <= set(texts)
    lines = [element for element in picture.iter() if element.tag.endswith("polyline")]
    assert len(lines) == 2


def test_the_readme_takes_figures_between_its_markers(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "HERE", tmp_path)
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{run.BEGIN}\nold\n{run.END}\nafter\n")
    chart = Chart("speed", "Speed", "x", "y", {"ours": [(1, 2.0)]})
    table = PlottedTable("Speed", ["a", "b"], rows=[["x", 1]], chart=chart)
    results = {"one": [table], "two": "`two` has no figures"}
    run.write("\n".join(map(run.markdown, results.values())), results)
    text = readme.read_text()
    assert text.startswith(f"before\n{run.BEGIN}\n\n![Speed](plots/speed.svg)\n\n### Speed")
    assert text.endswith(f"`two` has no figures\n\n{run.END}\nafter\n")
    assert "old" not in text
    assert (tmp_path / "plots/speed.svg").read_text() == chart.svg()


def test_a_benchmark_that_fails_is_named():
    class Pipe:
        def send(self, value):
            self.value = value

    pipe = Pipe()
    run._work(pipe, "no_such_benchmark", quick=True)
    assert "`no_such_benchmark` has no figures: ModuleNotFoundError" in pipe.value


def test_a_plain_table_is_markdown():
    assert run.markdown([Table("T", ["a"], rows=[[1]])]).startswith("### T")


def test_benchmarks_of_a_busy_machine_run_alone():
    groups = run.batches(run.NAMES)
    assert sorted(name for group in groups for name in group) == sorted(run.NAMES)
    assert [group for group in groups if len(group) > 1] == [
        [n for n in run.NAMES if n in run.UNTIMED]
    ]
    assert run.batches(["codec"]) == [["codec"]]
