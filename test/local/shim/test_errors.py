"""What moto cannot do is said in the protocol of the caller, with a status that no SDK retries."""
from __future__ import annotations

import json
import unittest

from harness import WithShim


class Errors(WithShim):
    def test_ec2(self) -> None:
        status, headers, body = self.shim.form("ec2", "Action=GetConsoleScreenshot&Version=2016-11-15&InstanceId=i-1", x_local_call="ec2/GetConsoleScreenshot")
        self.assertEqual(status, 501)
        self.assertIn("text/xml", headers["content-type"])
        self.assertIn(b"<Response><Errors><Error><Code>UnsupportedOperation</Code><Message>GetConsoleScreenshot is not implemented by the local target", body)

    def test_query(self) -> None:
        status, _headers, body = self.shim.form("iam", "Action=GenerateServiceLastAccessedDetails&Version=2010-05-08&Arn=x")
        self.assertEqual(status, 501)
        self.assertIn(b"<ErrorResponse><Error><Type>Receiver</Type><Code>UnsupportedOperation</Code>", body)

    def test_json(self) -> None:
        self.fails("UnsupportedOperation", self.shim.client("ssm").start_session, Target="i-1")
        status, headers, body = self.shim.raw("POST", "/", "{}", "ssm", X_Amz_Target="AmazonSSM.StartSession", Content_Type="application/x-amz-json-1.1")
        self.assertEqual((status, headers["content-type"]), (501, "application/x-amz-json-1.1"))
        self.assertEqual(json.loads(body)["__type"], "UnsupportedOperation")
        status, headers, _body = self.shim.raw("POST", "/", "{}", "dynamodb", X_Amz_Target="DynamoDB_20120810.NoSuchThing", Content_Type="application/x-amz-json-1.0")
        self.assertEqual((status, headers["content-type"]), (501, "application/x-amz-json-1.0"))

    def test_rest_json(self) -> None:
        status, _headers, body = self.shim.raw("GET", "/policies", "", "dlm", x_local_call="dlm/GetLifecyclePolicies")
        self.assertEqual(status, 501)
        self.assertEqual(json.loads(body)["message"], "GetLifecyclePolicies is not implemented by the local target")

    def test_s3(self) -> None:
        status, headers, body = self.shim.raw("PATCH", "/some-bucket", "", "s3")
        self.assertEqual((status, headers["content-type"]), (501, "application/xml"))
        self.assertIn(b"<Error><Code>UnsupportedOperation</Code>", body)

    def test_a_missing_object_is_still_a_plain_404(self) -> None:
        s3 = self.shim.client("s3")
        s3.create_bucket(Bucket="there", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        self.fails("404", s3.head_object, Bucket="there", Key="nothing")
        self.fails("404", s3.head_bucket, Bucket="not-there")
        self.fails("NoSuchKey", s3.get_object, Bucket="there", Key="nothing")

    def test_an_accident_inside_moto_is_no_page_and_leaves_nothing_behind(self) -> None:
        ec2 = self.shim.client("ec2")
        before = ec2.describe_volumes()["Volumes"]
        status, _headers, body = self.shim.form("ec2", "Action=CreateVolume&Version=2016-11-15&AvailabilityZone=us-west-2a&Size=ten", x_local_call="ec2/CreateVolume")
        self.assertEqual(status, 500)
        self.assertIn(b"<Code>InternalError</Code>", body)
        self.assertNotIn(b"<html", body.lower())
        self.assertEqual(ec2.describe_volumes()["Volumes"], before)

    def test_connections_stay_open(self) -> None:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.shim.said["port"])
        for _ in range(3):
            connection.request("GET", "/_shim/health")
            socket = connection.sock
            response = connection.getresponse()
            self.assertEqual(json.loads(response.read()), {"ok": True})
            self.assertIs(connection.sock, socket)
        connection.close()

    def test_the_reset_of_moto_is_closed(self) -> None:
        self.assertEqual(self.shim.raw("POST", "/moto-api/reset")[0], 501)


if __name__ == "__main__":
    unittest.main()
