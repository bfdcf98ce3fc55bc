"""Both databases are tested at once, and a failure on either is one of the whole."""

import subprocess
import sys

import pytest

SAYS = "import sys; on = sys.argv[-1]; print('tried on', on); sys.exit(on == {!r})"
BOTH = "import sys; from tools.suites import run_both; sys.exit(run_both([sys.executable, '-c', {!r}, '--']))"


@pytest.mark.parametrize(("fails", "code"), [("neither", 0), ("postgres", 1), ("--", 1)])
def test_a_failure_on_either_is_one_of_both_and_each_is_heard(fails: str, code: int) -> None:
    script = BOTH.format(SAYS.format(fails))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    heard = done.stdout.splitlines()
    assert heard.index("tried on --") < heard.index("On PostgreSQL:") < heard.index("tried on postgres")
