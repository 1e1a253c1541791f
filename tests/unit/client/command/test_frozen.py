"""What the frozen program does before the command."""

from distribution.program.entry import prepare


def test_the_program_is_named_by_the_file_that_was_started() -> None:
    words, environment = ["certctl", "status"], {"CERTCTL_PROGRAM": "/usr/local/bin/certctl", "HOME": "/root"}

    prepare(environment, words, "/root/.cache/certctl/x/certctl")

    assert words == ["/usr/local/bin/certctl", "status"]
    assert environment == {"HOME": "/root"}


def test_child_processes_get_the_libraries_of_the_system() -> None:
    words = ["certctl"]
    environment = {"LD_LIBRARY_PATH": "/usr/lib/certctl/lib", "LD_LIBRARY_PATH_ORIG": "/opt/lib"}

    prepare(environment, words, "/usr/lib/certctl/certctl")

    assert words == ["/usr/lib/certctl/certctl"]
    assert environment == {"LD_LIBRARY_PATH": "/opt/lib"}
