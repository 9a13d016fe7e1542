"""What a request is, as far as the shim has to know: parsed once, at the edge."""
from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

READS = re.compile(r"^(Describe|List|Get|Head|Lookup|Search|Simulate|Validate|Test|GET$|HEAD$|OPTIONS$)", re.IGNORECASE)
# Calls that read by name and write by nature.
WRITES = {("sts", "GetSessionToken"), ("sts", "GetFederationToken"), ("iam", "GenerateCredentialReport")}

# The services whose calls touch a known set of backends; for every other one all of them are looked at.
TOUCHES: dict[str, set[str]] = {
    "ec2": {"ec2", "kms"},  # an encrypted volume makes the default key
    "iam": {"iam"},
    "s3": {"s3"},
    "ssm": {"ssm"},
    "sts": {"sts", "iam"},  # a session is an access key too
    "kms": {"kms"},
    "logs": {"logs"},
    "route53resolver": {"route53resolver"},
}


@dataclass(frozen=True)
class Call:
    service: str
    operation: str
    id: str | None
    mutating: bool
    style: str  # how errors look: ec2, query, json, rest-json, s3
    content_type: str
    method: str
    path: str = ""

    @property
    def touches(self) -> set[str] | None:
        return TOUCHES.get(self.service)


def read_body(environ: dict[str, Any]) -> bytes:
    """Takes the whole body, so that the work itself never waits for the network."""
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH")
    body = stream.read(int(length)) if length else (stream.read() if environ.get("wsgi.input_terminated") else b"")
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def scope_service(environ: dict[str, Any]) -> str:
    found = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request", environ.get("HTTP_AUTHORIZATION", ""))
    return found.group(1) if found else ""


def form_action(environ: dict[str, Any], body: bytes) -> str:
    query = parse_qs(environ.get("QUERY_STRING", ""))
    if "Action" in query:
        return query["Action"][0]
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        return parse_qs(body[:4096].decode("utf-8", "replace")).get("Action", [""])[0]
    return ""


def parse_call(environ: dict[str, Any], body: bytes) -> Call:
    header = environ.get("HTTP_X_LOCAL_CALL", "")
    service, _, operation = header.partition("/")
    service = service or scope_service(environ)
    target, action = environ.get("HTTP_X_AMZ_TARGET", ""), form_action(environ, body)
    if not operation:
        operation = target.rpartition(".")[2] or action or environ["REQUEST_METHOD"]
    style = "json" if target else "ec2" if service == "ec2" else "query" if action else "s3" if service in ("s3", "") else "rest-json"
    if service == "s3":
        mutating = environ["REQUEST_METHOD"] not in ("GET", "HEAD")
    else:
        mutating = not header or (service, operation) in WRITES or not READS.match(operation)
    return Call(service, operation, environ.get("HTTP_X_LOCAL_REQUEST_ID"), mutating, style, environ.get("CONTENT_TYPE", ""), environ["REQUEST_METHOD"],
                environ.get("PATH_INFO", ""))
