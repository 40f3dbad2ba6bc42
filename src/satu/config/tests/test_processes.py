import http.server
import sys
import threading

import pytest

from satu.config.processes import Processes, StartError, port_is_free

FOREVER = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_children_end_with_the_block(tmp_path):
    with Processes(logs=tmp_path) as processes:
        processes.start("sleeper", FOREVER)
        child = processes._children["sleeper"]
        assert child.poll() is None
    assert child.poll() is not None


def test_a_child_that_fell_is_named_and_its_last_words_are_shown(tmp_path):
    with Processes(logs=tmp_path) as processes:
        processes.start("faller", [sys.executable, "-c", "import sys; sys.exit('the disk is full')"])
        with pytest.raises(StartError, match="the disk is full"):
            processes.wait_for("http://127.0.0.1:9/", "faller", seconds=20)
        assert processes.fallen() == "faller"


def test_a_taken_port_is_seen():
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    try:
        assert not port_is_free("127.0.0.1", server.server_port)
    finally:
        server.server_close()
    assert port_is_free("127.0.0.1", server.server_port)


def test_a_child_that_answers_is_waited_for(tmp_path):
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with Processes(logs=tmp_path) as processes:
            processes.start("web", FOREVER)
            processes.wait_for(f"http://127.0.0.1:{server.server_port}/nothing-here", "web", seconds=5)
            assert processes.fallen() is None
    finally:
        server.shutdown()
        server.server_close()


def test_a_passing_child_that_has_done_has_not_fallen(tmp_path):
    with Processes(logs=tmp_path) as processes:
        processes.start("lasting", FOREVER)
        processes.start("passing", [sys.executable, "-c", "raise SystemExit(3)"], passing=True)
        processes._children["passing"].wait(20)
        assert processes.fallen() is None
        assert processes.take_passed() == ("passing", 3)
        assert processes.take_passed() is None
