"""Errors in the shape that each AWS protocol expects. SDKs choke on anything else, and retry it."""
from __future__ import annotations

import json
from xml.sax.saxutils import escape

from .request import Call

Answer = tuple[int, list[tuple[str, str]], bytes]

# 507 and 501 are retried by no SDK; 500, 502, 503 and 504 are.
NOT_SAVED = 507
NOT_IMPLEMENTED = 501

XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def error_answer(call: Call, status: int, code: str, message: str, request_id: str = "local-target") -> Answer:
    body, content_type = _render(call, code, message, request_id)
    if call.method == "HEAD":
        body = b""
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("x-amzn-RequestId", request_id), ("x-amzn-ErrorType", code)]
    return status, headers, body


def _render(call: Call, code: str, message: str, request_id: str) -> tuple[bytes, str]:
    c, m, r = escape(code), escape(message), escape(request_id)
    if call.style == "json":
        content_type = call.content_type if "json" in call.content_type else "application/x-amz-json-1.1"
        return json.dumps({"__type": code, "message": message, "Message": message}).encode(), content_type
    if call.style == "rest-json":
        return json.dumps({"__type": code, "code": code, "message": message}).encode(), "application/json"
    if call.style == "ec2":
        text = f"<Response><Errors><Error><Code>{c}</Code><Message>{m}</Message></Error></Errors><RequestID>{r}</RequestID></Response>"
    elif call.style == "query":
        text = f"<ErrorResponse><Error><Type>Receiver</Type><Code>{c}</Code><Message>{m}</Message></Error><RequestId>{r}</RequestId></ErrorResponse>"
    else:
        text = f"<Error><Code>{c}</Code><Message>{m}</Message><RequestId>{r}</RequestId></Error>"
    return (XML + text).encode(), "application/xml" if call.style == "s3" else "text/xml;charset=UTF-8"
