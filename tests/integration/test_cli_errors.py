"""The errors of bad input: one sentence, an exit code, no traceback, and nothing sent."""

import os
import socket
import subprocess
import sys

import pytest

from sunco_async.cli import main
from sunco_async.sandbox import Sandbox

SETTINGS = ("APP_ID", "KEY_ID", "KEY_SECRET", "SUBDOMAIN", "REGION", "BASE_URL")


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch, tmp_path):
    for name in SETTINGS:
        monkeypatch.delenv(f"SUNCO_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "people.csv").write_text("external_id,name\njane,Jane\njoe,%[Joe](reply:Y)\n")


@pytest.fixture
def sandbox(monkeypatch):
    sandbox = Sandbox()
    with sandbox.serve_in_thread() as server:
        monkeypatch.setenv("SUNCO_BASE_URL", server.url)
        monkeypatch.setenv("SUNCO_APP_ID", sandbox.app_id)
        monkeypatch.setenv("SUNCO_KEY_ID", sandbox.key_id)
        monkeypatch.setenv("SUNCO_KEY_SECRET", sandbox.secret)
        sandbox.url = server.url
        yield sandbox


def sentence(capsys, *arguments):
    code = main(arguments)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("sunco: ")
    assert err.count("\n") == 1
    return code, err.removeprefix("sunco: ").removesuffix("\n")


SEND = ("bulk", "send", "people.csv")
HI = (*SEND, "--text", "Hi")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            SEND,
            (
                "there is nothing to send: pass --text, --template-file, --text-column, "
                "--content-file, --content-column, --image-column, or --templates with "
                "--language-column"
            ),
        ),
        (
            (*HI, "--text-column", "name"),
            "--text and --text-column contradict each other; pass one of them",
        ),
        ((*SEND, "--templates", "."), "--templates and --language-column must be passed together"),
        (
            (*HI, "--content-column", "name"),
            "--text and --content-column contradict each other; pass one of them",
        ),
        (
            (*SEND, "--image-column", "a", "--content-column", "name"),
            "--image-column and --content-column contradict each other; pass one of them",
        ),
        (
            (*HI, "--schema", "whatsapp"),
            "--schema whatsapp needs --content-file, --content-column or JSON Lines",
        ),
        (
            (*HI, "--integration-id", "x", "--destination-column", "y"),
            "--integration-id and --destination-column contradict each other",
        ),
        ((*HI, "--to", "phone"), "--to phone needs --integration-id: the integration to send with"),
        (
            (*HI, "--to", "phone", "--integration-id", "x", "--metadata-column", "name"),
            "--metadata-column cannot be used with --to phone",
        ),
        (
            (*HI, "--encoding", "latin-99"),
            (
                "there is no encoding 'latin-99'; use one such as utf-8, utf-16, cp1252, mac_roman "
                "or shift_jis"
            ),
        ),
        (
            (*HI, "--delimiter", "ab"),
            "the delimiter must be one character, such as ';', or 'tab', not 'ab'",
        ),
        (
            ("bulk", "send", "people.xlsx", "--text", "Hi"),
            'people.xlsx: this is a workbook, not text; in a spreadsheet, save it as "CSV UTF-8"',
        ),
        (("bulk", "send", "none.csv", "--text", "Hi"), "none.csv: No such file or directory"),
        (
            ("bulk", "send", "people.txt", "--text", "Hi"),
            "people.txt: the suffix is neither that of CSV nor of JSON Lines; pass --format csv, or jsonl",
        ),
        (
            (*SEND, "--text", "Hi {nme}"),
            "people.csv:2: there is no column 'nme' (there are: external_id, name)",
        ),
        (
            (*SEND, "--text", "Hi {name.x}"),
            (
                "--text: braces hold the name of a column and nothing else, such as {name}; "
                "found {name.x}"
            ),
        ),
        (
            (*SEND, "--text", "Hi {name}"),
            (
                "people.csv:3: column 'name' contains '%[', which the API reads as shorthand for "
                "buttons and templates; pass --allow-shorthand to send it"
            ),
        ),
        (
            (*HI, "--to", "user_id"),
            "people.csv:2: there is no column 'user_id' (there are: external_id, name)",
        ),
        (
            (*HI, "--metadata-column", "x"),
            "people.csv:2: there is no column 'x' (there are: external_id, name)",
        ),
        (HI, "app_id is missing: pass --app-id or set SUNCO_APP_ID"),
        (("demo", "--recipients", "2001"), "--recipients must be at most 2,000, not 2,001"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence_and_exit_code_2(
    arguments, text, capsys, monkeypatch
):
    monkeypatch.setenv("SUNCO_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SUNCO_KEY_ID", "app_test")
    monkeypatch.setenv("SUNCO_KEY_SECRET", "not-a-secret")
    assert sentence(capsys, *arguments) == (2, text)


@pytest.mark.parametrize(
    ("arguments", "named", "problem"),
    [
        (("nope",), '"nope"', "Unknown command"),
        (("bulk", "send"), "FILE", "requires an argument"),
        ((*HI, "--nope"), "--nope", "Unknown option"),
        ((*HI, "--rate-limit", "0"), "--rate-limit", "It must be above 0."),
        ((*HI, "--rate-limit", "nan"), "--rate-limit", "It must be above 0."),
        ((*HI, "--timeout", "inf"), "--timeout", "It must be above 0."),
        ((*HI, "--concurrency", "0"), "--concurrency", "It must be above 0."),
        ((*HI, "--concurrency", "x"), "--concurrency", "unable to convert"),
        ((*HI, "--format", "xml"), "--format", '"csv", "jsonl"'),
        ((*HI, "--secret", "not-a-secret"), "--secret", "Unknown option"),
        (("sandbox", "--allow-host", "dev:80"), "'dev:80'", "hosts takes names and addresses"),
        (("sandbox", "--port", "70000"), "--port", "A port is from 0 to 65535."),
        (("sandbox", "--latency", "-1"), "--latency", "It must not be negative."),
    ],
)
def test_a_wrong_option_is_named_in_one_sentence(arguments, named, problem, capsys):
    code, text = sentence(capsys, *arguments)
    assert code == 2
    assert named in text
    assert problem in text


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("f.csv", "external_id\na\n\n\n", None),
        ("f.csv", "external_id,x\na\n", "f.csv:2: 1 fields where the header has 2"),
        ("f.csv", "external_id,x\na,1\n,2\n", "f.csv:3: the row has no external_id"),
        ("f.csv", "", "f.csv: the file is empty; it needs a header"),
        (
            "f.csv",
            "name\nx\n",
            (
                "f.csv: a row names its target in a column conversation_id, user_id or external_id; "
                "there are: name"
            ),
        ),
        (
            "f.csv",
            "user_id,external_id\nx,y\n",
            (
                "f.csv: user_id and external_id are columns, and each can name the target; "
                "pass --to user_id or another"
            ),
        ),
        (
            "f.jsonl",
            '{"external_id": "a"}\n{"external_id": \n',
            "f.jsonl:2: this is not JSON: Expecting value at column 16",
        ),
    ],
)
def test_a_broken_file_is_refused_before_anything_is_sent(sandbox, name, content, text, capsys):
    with open(name, "w") as file:  # noqa: PTH123 - in the test's own directory
        file.write(content)
    if text is None:
        assert main(["bulk", "send", name, "--text", "Hi", "--create-users"]) == 0
        return
    assert sentence(capsys, "bulk", "send", name, "--text", "Hi") == (2, text)
    assert sandbox.statistics().requests == 0


def test_users_are_created_by_external_id_alone(sandbox, tmp_path, capsys):
    (tmp_path / "f.csv").write_text("user_id\nx\n")
    assert sentence(capsys, "bulk", "send", "f.csv", "--text", "Hi", "--create-users") == (
        2,
        "--create-users creates users by external_id, and the rows name their user_id",
    )


def test_a_wrong_key_is_one_call_and_names_the_host(sandbox, monkeypatch, capsys):
    monkeypatch.setenv("SUNCO_KEY_SECRET", "not-a-secret")
    assert sentence(capsys, *HI) == (
        1,
        (
            f"{sandbox.url} refuses: 401 unauthorized: Authorization is required "
            "(127.0.0.1 refused the key: a key of another host or region gets this response as "
            "well as a wrong secret)"
        ),
    )
    assert sandbox.statistics().requests == 1


def test_an_app_that_does_not_exist_is_one_call(sandbox, monkeypatch, capsys):
    monkeypatch.setenv("SUNCO_APP_ID", "0" * 24)
    code, text = sentence(capsys, *HI)
    assert code == 1
    assert text == f"{sandbox.url} does not know the app: 404 app_not_found: App not found"
    assert sandbox.statistics().requests == 1


def test_a_host_that_does_not_respond_is_named(sandbox, monkeypatch, capsys):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        code, text = sentence(capsys, *HI, "--base-url", url)
    assert code == 3
    assert text.startswith(f"{url} does not respond: ")


def test_a_host_that_accepts_connections_and_sends_nothing_is_named(sandbox, capsys):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        code, text = sentence(capsys, *HI, "--base-url", url, "--timeout", "0.2")
    assert code == 3
    assert text.startswith(f"{url} does not respond: timed out")


def test_an_output_file_of_an_earlier_run_is_kept(sandbox, tmp_path, capsys):
    (tmp_path / "r.jsonl").write_text("{}\n")
    code, text = sentence(capsys, *HI, "--no-ledger", "--output", "r.jsonl")
    assert (code, text) == (2, "r.jsonl: the file is not empty; pass the name of a new file")
    assert sandbox.statistics().messages == 0


def test_a_port_in_use_is_one_sentence(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert sentence(capsys, "sandbox", "--port", str(port)) == (
            1,
            f"cannot listen on 127.0.0.1:{port}: Address already in use",
        )


def run(*arguments, code=None, **environment):
    source = code or "import sys; from sunco_async.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", source, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_the_extra_it_says_what_to_install():
    hide = "import sys; sys.modules['cyclopts'] = None; import sunco_async.cli as c; "
    done = run(code=hide + "sys.exit(c.main(['demo']))")
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        'sunco: sunco needs packages that are not installed: pip install "sunco-async[cli]"\n',
    )


@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_without_the_packages_of_the_sandbox_it_says_what_to_install(command, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert sentence(capsys, command) == (
        2,
        'the sandbox needs packages that are not installed: pip install "sunco-async[cli]"',
    )


def test_a_process_prints_the_sentence_and_no_traceback():
    done = run("bulk", "send", "people.csv", "--text", "Hi {nme}", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "sunco: people.csv:2: there is no column 'nme' (there are: external_id, name)\n"
    )


@pytest.mark.parametrize("sink", ["a closed pipe", "/dev/full"])
def test_a_report_that_cannot_be_written_is_no_traceback(sink):
    if sink == "/dev/full":
        writer = os.open(sink, os.O_WRONLY)
        problem = "No space left on device"
    else:
        reader, writer = os.pipe()
        os.close(reader)
        problem = "Broken pipe"
    try:
        done = subprocess.run(
            [sys.executable, "-m", "sunco_async.cli", *SEND, "--text", "Hi", "--dry-run"],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (
        1,
        f"sunco: the report could not be written: {problem}\n",
    )


def test_a_report_keeps_its_form_on_a_terminal_without_the_characters(tmp_path):
    (tmp_path / "people.csv").write_text("external_id,name\njane,Jürgen\n", encoding="utf-8")
    done = run(*SEND, "--text", "Hi {name}", "--dry-run", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "Hi J\\xfcrgen" in done.stdout
