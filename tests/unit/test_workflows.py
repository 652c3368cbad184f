"""CI and the release: the workflows parse, are pinned, may do little, and run the sessions of nox."""

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import nox_sessions
import pytest
import yaml

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text("utf-8"))
    for path in (GITHUB / "workflows").glob("*.yml")
}
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config")
each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=WORKFLOWS)


def steps_of(workflow):
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


def sessions_of(workflow):
    """Return the nox sessions that a workflow runs, those named by its matrix as well."""
    for job in workflow["jobs"].values():
        matrix = job.get("strategy", {}).get("matrix", {})
        for step in job.get("steps", []):
            for name in re.findall(r"nox -s (\$\{\{.*?\}\}|\S+)", step.get("run", "")):
                yield from matrix["session"] if "matrix.session" in name else [name]


def test_there_are_two_workflows():
    assert set(WORKFLOWS) == {"ci", "release"}


@each_workflow
def test_actions_are_pinned_to_a_release(workflow):
    used = [step["uses"] for step in steps_of(workflow) if "uses" in step]
    assert used
    assert not [action for action in used if not re.fullmatch(r"[\w./-]+@v\d+\.\d+\.\d+", action)]


@each_workflow
def test_every_job_ends_in_time(workflow):
    # A job that calls another workflow has the time-outs of that workflow's jobs.
    assert all("uses" in job or job["timeout-minutes"] for job in workflow["jobs"].values())


@each_workflow
@pytest.mark.slow
def test_every_session_that_is_run_exists(workflow):
    run = [*sessions_of(workflow)]
    assert run
    assert set(run) <= {session["name"] for session in nox_sessions.listed()}


@pytest.mark.slow
def test_ci_runs_what_a_plain_nox_runs():
    default = {session["name"] for session in nox_sessions.listed(default=True)}
    assert default | {"build", "search"} == set(sessions_of(WORKFLOWS["ci"]))


def test_ci_runs_the_tests_on_the_versions_of_the_classifiers():
    matrix = WORKFLOWS["ci"]["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python-version"] == nox_sessions.classified_versions()


@each_workflow
def test_a_workflow_may_only_read(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    more = {
        name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job
    }
    assert more in ({}, {"publish": {"id-token": "write"}})


@each_workflow
def test_a_checkout_leaves_no_credentials_behind(workflow):
    checkouts = [each for each in steps_of(workflow) if "checkout" in each.get("uses", "")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_nothing_is_published_with_a_secret_or_before_ci_passed():
    release = WORKFLOWS["release"]
    jobs = release["jobs"]
    assert release[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads `on` as true
    assert (jobs["publish"]["needs"], jobs["build"]["needs"]) == ("build", "ci")
    assert jobs["ci"] == {"uses": "./.github/workflows/ci.yml"}
    assert jobs["publish"]["environment"]["name"] == "pypi"
    assert steps_of(release)[-1]["with"] == {"attestations": True}
    assert not [path for path in (GITHUB / "workflows").iterdir() if "secrets." in path.read_text()]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_has_what_github_requires(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    assert form["name"]
    assert form["description"]
    inputs = [part for part in form["body"] if part["type"] != "markdown"]
    ids = [part["id"] for part in inputs]
    assert len(ids) == len(set(ids))
    assert all(part["attributes"]["label"] for part in inputs)
    assert any(part.get("validations", {}).get("required") for part in inputs)


def test_there_is_a_form_for_each_kind_of_issue():
    assert [path.stem for path in FORMS] == ["api_drift", "bug", "feature"]


# --- .ci/run


@pytest.fixture
def clone(tmp_path):
    """A clone with the script and a README whose command prints the variable."""
    clone = tmp_path / "clone"
    (clone / ".ci").mkdir(parents=True)
    script = clone / ".ci" / "run"
    shutil.copy(ROOT / ".ci" / "run", script)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    command = 'echo "openapi=${SUNCO_OPENAPI-unset}"'
    (clone / "README.md").write_text(
        f"<!-- command: demo -->\n```sh\nexit 9\n```\n<!-- command: tests -->\n```sh\n{command}\n```\n"
    )
    return clone


def run_ci(clone, **environment):
    done = subprocess.run(
        [clone / ".ci" / "run"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


@needs_bash
def test_ci_run_works_where_nothing_is_beside_the_clone(clone):
    assert run_ci(clone) == ['+ echo "openapi=${SUNCO_OPENAPI-unset}"', "openapi=unset"]


@needs_bash
def test_ci_run_uses_the_official_file_where_it_is_beside_the_clone(clone):
    spec = clone.parent / "shared" / "spec"
    spec.mkdir(parents=True)
    (spec / "openapi.yaml").touch()
    assert run_ci(clone)[-1] == "openapi=../shared/spec/openapi.yaml"
    assert run_ci(clone, SUNCO_OPENAPI="/mine.yaml")[-1] == "openapi=/mine.yaml"
