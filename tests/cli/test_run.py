"""One command starts the whole site, on this machine only, and leaves nothing running."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from meldroute.cli.main import main
from tests.conftest import free_port


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_listening_to_the_outside_is_refused_with_every_reason(host, installation):
    done = subprocess.run([sys.executable, "-m", "meldroute.cli.main", "run", "--host", host, "--port", str(free_port())],
                          env=installation, capture_output=True, text=True)
    assert done.returncode == 2
    for cause in ("is plain HTTP", "no proxy is named", "not recorded as adopted", "use --host 127.0.0.1"):
        assert cause in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_refused_with_a_way_out(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["run", "--port", str(taken.getsockname()[1])]) == 2
    assert "Choose another with --port" in capsys.readouterr().err


def test_missing_style_sheets_say_how_to_build_them(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("meldroute.cli.startup.VENDOR_CSS", tmp_path / "nlds.css")
    assert main(["run", "--port", str(free_port())]) == 1
    assert "make assets" in capsys.readouterr().err


def test_wrong_words_end_with_2():
    with pytest.raises(SystemExit) as ended:
        main(["no-such-word"])
    assert ended.value.code == 2


@pytest.fixture
def installation(tmp_path):
    """A data folder that does not exist yet, and an environment that names nothing else."""
    return {"MELDROUTE_DATA": str(tmp_path / "data"), "PATH": os.environ["PATH"], "HOME": str(tmp_path),
            "PYTHONPATH": os.environ.get("PYTHONPATH", "")}


def test_the_site_starts_in_an_empty_folder_and_stops_whole(installation, tmp_path):
    port = free_port()
    site = subprocess.Popen(
        [sys.executable, "-m", "meldroute.cli.main", "run", "--port", str(port)],
        env=installation, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert site.stdout.readline() == f"Meldroute: http://localhost:{port}/  (Ctrl-C to stop)\n"
        page = urllib.request.urlopen(f"http://localhost:{port}/", timeout=5).read().decode()
        [styles] = re.findall(r'href="(/static/vendor/nlds\.\w+\.css)"', page)
        answer = urllib.request.urlopen(f"http://localhost:{port}{styles}", timeout=5)
        assert answer.headers["Cache-Control"].endswith("immutable")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    finally:
        site.send_signal(signal.SIGINT)
        ended = site.wait(timeout=30)
    assert ended == 0
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://localhost:{port}/", timeout=2)
    for name in ("data", "data/keys", "data/keys/keyring.json", "data/secret_key", "data/meldroute.sqlite3"):
        assert not stat.S_IMODE((tmp_path / name).stat().st_mode) & 0o077, f"others can reach {name}"


def test_a_database_without_its_keyring_does_not_start(installation, tmp_path):
    run = [sys.executable, "-m", "meldroute.cli.main", "migrate"]
    subprocess.run(run, env=installation, check=True, capture_output=True)
    (tmp_path / "data/keys/keyring.json").unlink()
    again = subprocess.run(run, env=installation, capture_output=True, text=True)
    assert again.returncode == 2
    assert "Put back the keyring that belongs to this database" in again.stderr
    assert "Traceback" not in again.stderr
