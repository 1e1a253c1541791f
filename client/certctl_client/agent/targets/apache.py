"""Apache httpd 2.4.8 and later: `SSLCertificateFile` with the chain in it, and `SSLCertificateKeyFile`."""

from certctl_client.agent.targets.base import Assignment, Target
from certctl_client.agent.targets.served_files import certificate_and_key, served

_TEST = ("apachectl", "-t")
_RELOAD = ("systemctl", "reload", "apache2")


def apache(assignment: Assignment) -> Target:
    return served(assignment, certificate_and_key(assignment), _TEST, _RELOAD)
