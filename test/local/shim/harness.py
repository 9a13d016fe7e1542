"""Starts the real shim as its parent does, and talks to it."""
from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

SHIM = Path(__file__).resolve().parents[3] / "local" / "control" / "shim"
REGION = "us-west-2"
ACCOUNT = "111122223333"


def temporary_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="shim-test-"))


class Shim:
    def __init__(self, state: Path, arguments: tuple[str, ...] = (), **environment: str):
        self.process = subprocess.Popen(
            [sys.executable, str(SHIM), "--state", str(state), *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=None if os.environ.get("KIRO_SANDBOX_SHIM_STORY") else subprocess.DEVNULL,
            env={**os.environ, **environment})
        line = self.process.stdout.readline()  # type: ignore[union-attr]
        self.said: dict[str, Any] = json.loads(line) if line else {}

    @property
    def operator(self) -> dict[str, str]:
        return self.said["operator"]

    def client(self, service: str, region: str = REGION, guests: bool = False) -> Any:
        """With guests it says, as the gateway does, that there are real machines."""
        client = boto3.client(
            service, region_name=region, endpoint_url=f"http://127.0.0.1:{self.said['port']}", aws_access_key_id=self.operator["accessKeyId"],
            aws_secret_access_key=self.operator["secretAccessKey"], config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}))
        if guests:
            client.meta.events.register("before-send", lambda request, **_: request.headers.__setitem__("x-local-guests", "1"))
        return client

    def ask(self, path: str) -> Any:
        status, _headers, body = self.raw("GET", f"/_shim/{path}")
        assert status == 200, body
        return json.loads(body)

    def tell(self, path: str, request: str = "", **body: Any) -> tuple[int, Any]:
        headers = {"x_local_request_id": request} if request else {}
        status, _headers, answer = self.raw("POST", f"/_shim/{path}", json.dumps(body), **headers)
        return status, json.loads(answer)

    def raw(self, method: str, path: str, body: str = "", service: str = "ec2", **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.said["port"], timeout=30)
        scope = f"AWS4-HMAC-SHA256 Credential={self.operator['accessKeyId']}/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, {"Authorization": scope, **named})
            response = connection.getresponse()
            return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        finally:
            connection.close()

    def form(self, service: str, body: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self.raw("POST", "/", body, service, Content_Type="application/x-www-form-urlencoded", **headers)

    def kill(self) -> None:
        self.process.kill()
        self.close()

    def stop(self) -> int:
        """As when the parent dies: its end of the pipe goes away."""
        self.process.stdin.close()  # type: ignore[union-attr]
        code = self.process.wait(30)
        self.close()
        return code

    def close(self) -> None:
        self.process.wait(30)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream and not stream.closed:
                stream.close()


class WithShim(unittest.TestCase):
    """One shim for all tests of a class."""

    shim: Shim
    state: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.state = temporary_folder()
        cls.addClassCleanup(shutil.rmtree, cls.state, True)
        cls.shim = Shim(cls.state, KIRO_SANDBOX_SHIM_COLD="1")
        cls.addClassCleanup(lambda: cls.shim.kill())

    def fails(self, code: str, call: Any, **arguments: Any) -> str:
        from botocore.exceptions import ClientError

        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def image(self, architecture: str = "arm64") -> str:
        name = f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-{architecture}"
        return self.shim.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]

    def network(self, ec2: Any) -> tuple[str, str]:
        vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        return vpc, ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]

    def launch(self, ec2: Any, **arguments: Any) -> dict[str, Any]:
        asked = {"ImageId": self.image(), "InstanceType": "t4g.medium", "MinCount": 1, "MaxCount": 1, **arguments}
        return ec2.run_instances(**asked)["Instances"][0]
