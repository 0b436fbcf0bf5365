"""The way to the malware scanner, against ClamAV's real daemon; and every way in which there can be none."""

import socket
import threading

import pytest

from meldroute.channels import scanner
from meldroute.channels.scanner import Daemon, Infected, ScannerMissing, WrongAddress, address_of, scan
from meldroute.project import environment
from tests import clamav
from tests.conftest import free_port

real = pytest.mark.skipif(not clamav.found(), reason="no clamd on this machine: apt-get install clamav-daemon")


@pytest.fixture(scope="module")
def clamd():
    with clamav.daemon() as addresses:
        yield addresses


@real
@pytest.mark.parametrize("way", [0, 1], ids=["socket", "port"])
def test_the_real_daemon_finds_what_it_knows_and_lets_the_rest_through(clamd, settings, way):
    settings.MELDROUTE_SCANNER = clamd[way]
    scanner.check()
    assert scan(b"een gewone brief") == "clean"
    assert scan(b"x" * 10 * 1024 * 1024) == "clean"  # the largest file that is taken
    with pytest.raises(Infected):
        scan(clamav.EICAR)
    with pytest.raises(Infected):
        scan(b"\0" * 3_000_000 + clamav.EICAR)


@real
def test_what_the_daemon_will_not_scan_is_not_called_clean(clamd, settings):
    settings.MELDROUTE_SCANNER = clamd[1]
    with pytest.raises(ScannerMissing):
        scan(b"x" * 13 * 1024 * 1024)


@real
def test_an_error_holds_nothing_of_the_file(clamd, settings):
    settings.MELDROUTE_SCANNER = clamd[0]
    with pytest.raises(Infected) as found:
        scan(clamav.EICAR)
    assert "EICAR" not in str(found.value)


def test_without_a_setting_nothing_is_scanned_and_it_says_what_to_do(settings):
    settings.MELDROUTE_SCANNER = ""
    with pytest.raises(ScannerMissing, match="MELDROUTE_SCANNER=off"):
        scan(b"brief")


def test_off_is_a_choice_that_is_told(settings):
    settings.MELDROUTE_SCANNER = "off"
    assert scan(b"brief") == "off"
    scanner.check()


@pytest.mark.parametrize("address", ["unix:///tmp/nobody-listens-here", f"tcp://127.0.0.1:{free_port()}"], ids=["socket", "port"])
def test_a_scanner_that_is_away_lets_nothing_through(settings, address):
    settings.MELDROUTE_SCANNER = address
    for ask in (lambda: scan(b"brief"), scanner.check):
        with pytest.raises(ScannerMissing):
            ask()


@pytest.mark.parametrize("said", [b"", b"\0", b"stream: ERROR\0", b"\xff\xfe" * 3000, b"stream: OK FOUND\0"])
def test_what_is_no_clear_word_is_not_clean(settings, said):
    """Something listens there, and is no clamd."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.MELDROUTE_SCANNER = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def answer():
            line, _ = server.accept()
            with line:
                line.settimeout(2)
                while b"brief" not in line.recv(4096):
                    pass
                line.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises((ScannerMissing, Infected)):
            scan(b"brief")
        thread.join()


def test_an_address_is_understood_or_refused_with_the_way_out():
    assert address_of("unix:///run/clamav/clamd.ctl") == Daemon(path="/run/clamav/clamd.ctl")
    assert address_of("tcp://127.0.0.1:3310") == Daemon(host="127.0.0.1", port=3310)
    assert address_of("tcp://[::1]:3310") == Daemon(host="::1", port=3310)
    assert address_of("off") is None
    for wrong in ("aan", "tcp://127.0.0.1", "tcp://scanner.example:3310", "unix://run/x", "http://127.0.0.1:3310", "tcp://127.0.0.1:x"):
        with pytest.raises(WrongAddress, match=r"Use unix:///run"):
            address_of(wrong)


def test_a_wrong_address_stops_the_start(monkeypatch):
    monkeypatch.setenv("MELDROUTE_SCANNER", "tcp://scanner.example:3310")
    with pytest.raises(environment.WrongSetting, match="another machine"):
        environment.scanner()
    monkeypatch.delenv("MELDROUTE_SCANNER")
    assert environment.scanner() == ""
