"""`make web-acl STACK= REGION=`: a web ACL for the site of a stack, by stacks/web_acl.yaml, in us-east-1."""

import os
from dataclasses import replace

import boto3

from deploy import stack as stacks
from deploy.alongside import small_stacks
from deploy.errors import run
from deploy.stack import Stack
from deploy.target import Target, read_target, require_credentials
from local.console import say
from local.settings import ROOT

REGION = "us-east-1"  # where CloudFront's are, whatever the region of the stack
_TEMPLATE = ROOT / "stacks" / "web_acl.yaml"
_LIMITS = {"SIGN_IN_LIMIT": "SignInLimit", "API_LIMIT": "ApiLimit"}


def make(target: Target, found: Stack, limits: dict[str, str]) -> str:
    """The ARN of the web ACL. Raises ClientError, WaiterError."""
    name = f"{found.name}-web-acl"
    own = replace(target, stack=name, region=REGION, session=boto3.Session(region_name=REGION))
    return small_stacks.apply(own, _TEMPLATE, {"StackLabel": found.name, **limits}).outputs["WebAclArn"]


def main() -> None:
    target = read_target(os.environ)
    require_credentials(target)
    limits = {name: os.environ[variable] for variable, name in _LIMITS.items() if os.environ.get(variable)}
    say("put this into the parameters file, and deploy (docs/hosts.md):")
    say(f"WebAclArn={make(target, stacks.require(target), limits)}")


if __name__ == "__main__":
    run("web-acl", main)
