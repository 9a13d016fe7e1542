"""AWS::S3::BucketPolicy as a resource of CloudFormation; moto does not know it and skips it silently."""
from __future__ import annotations

import json
from typing import Any

from moto.core.common_models import CloudFormationModel


class BucketPolicy(CloudFormationModel):
    def __init__(self, bucket: str, logical_id: str):
        self.bucket, self.name = bucket, f"{bucket}-{logical_id}"

    @property
    def physical_resource_id(self) -> str:
        return self.bucket

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::S3::BucketPolicy"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return False

    @classmethod
    def create_from_cloudformation_json(cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **kwargs: Any) -> "BucketPolicy":
        from moto.cloudformation.exceptions import ValidationError

        from . import bucket_properties

        bucket = cloudformation_json["Properties"]["Bucket"]
        if bucket in bucket_properties.adopting:
            return cls(bucket, kwargs.get("LogicalId", resource_name))
        if _backend(account_id).get_bucket(bucket).policy:
            raise ValidationError(message=f"The bucket policy already exists on bucket {bucket}.")
        return cls.put(resource_name, cloudformation_json["Properties"], account_id, **kwargs)

    @classmethod
    def put(cls, resource_name: str, properties: Any, account_id: str, **kwargs: Any) -> "BucketPolicy":
        document = properties["PolicyDocument"]
        text = document if isinstance(document, str) else json.dumps(document, default=str)
        _backend(account_id).put_bucket_policy(properties["Bucket"], text.encode())
        return cls(properties["Bucket"], kwargs.get("LogicalId", resource_name))

    @classmethod
    def update_from_cloudformation_json(cls, original_resource: Any, new_resource_name: str, cloudformation_json: Any, account_id: str, region_name: str) -> "BucketPolicy":
        if original_resource.bucket != cloudformation_json["Properties"]["Bucket"]:
            original_resource.delete(account_id, region_name)
        return cls.put(new_resource_name, cloudformation_json["Properties"], account_id)

    @classmethod
    def delete_from_cloudformation_json(cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str) -> None:
        cls(resource_name, "").delete(account_id, region_name)

    def delete(self, account_id: str, _region: str) -> None:
        backend = _backend(account_id)
        if self.bucket in backend.buckets:
            backend.delete_bucket_policy(self.bucket)


def _backend(account_id: str) -> Any:
    from moto.s3.models import s3_backends

    return s3_backends[account_id]["aws"]
