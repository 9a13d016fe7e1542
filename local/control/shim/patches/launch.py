"""RunInstances. What was asked is completed first (template, image, defaults of the account) and moto
works on the complete request; afterwards the details that moto drops are put in place."""
from __future__ import annotations

from types import ModuleType
from typing import Any

from .ec2_common import fail, fingerprint, shelf, tag, tags_for
from .image_states import check_launch
from .settings_of_account import switches

# Members of a launch template that mean the same in RunInstances; the request wins.
FROM_TEMPLATE = (
    "IamInstanceProfile", "Monitoring", "Placement", "EbsOptimized", "DisableApiTermination", "DisableApiStop", "NetworkInterfaces",
    "InstanceInitiatedShutdownBehavior", "CreditSpecification", "CpuOptions", "ImageId", "InstanceType", "KeyName", "HibernationOptions",
)
UNLIMITED = ("t3.", "t3a.", "t4g.")
BURSTABLE = (*UNLIMITED, "t2.")


def complete(response: Any) -> None:
    params, backend = response.params, response.ec2_backend
    template = backend._get_template_from_args(params["LaunchTemplate"]).data if params.get("LaunchTemplate") else {}
    for name in FROM_TEMPLATE:
        if template.get(name) is not None and params.get(name) is None:
            params[name] = template[name]
    image = find_image(backend, params.get("ImageId"))
    params["MetadataOptions"] = metadata_options(backend, image, template.get("MetadataOptions"), params.get("MetadataOptions"))
    params["BlockDeviceMappings"] = block_devices(image, template.get("BlockDeviceMappings"), params.get("BlockDeviceMappings"))
    given = {spec["ResourceType"] for spec in params.get("TagSpecifications") or []}
    # moto takes the instance tags of a template by itself, and the template's own tags lie in the same list.
    more = [s for s in template.get("TagSpecifications") or [] if s["ResourceType"] in ("volume", "network-interface") and s["ResourceType"] not in given]
    if more:
        params["TagSpecifications"] = [*(params.get("TagSpecifications") or []), *more]
    params["MinCount"] = params.get("MaxCount") or params.get("MinCount") or 1
    if not (params.get("SecurityGroupIds") or params.get("SecurityGroups") or params.get("NetworkInterfaces") or template.get("SecurityGroupIds") or template.get("SecurityGroups")):
        vpc_id = backend.get_subnet(params["SubnetId"]).vpc_id if params.get("SubnetId") else None
        params["SecurityGroupIds"] = [group.id for group in [backend.get_default_security_group(vpc_id)] if group]
    check_architecture(image, params.get("InstanceType"))
    check_profile(response)


def find_image(backend: Any, image_id: str | None) -> Any:
    if not image_id:
        raise fail("MissingParameter", "The request must contain the parameter ImageId")
    found = backend.describe_images(ami_ids=[image_id])
    if not found:
        raise fail("InvalidAMIID.Unavailable", f"The image ID '{image_id}' is no longer available")
    check_launch(backend, found[0])
    return found[0]


def metadata_options(backend: Any, image: Any, template: Any, asked: Any) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if getattr(image, "imds_support", None) == "v2.0":
        options.update(HttpTokens="required", HttpPutResponseHopLimit=2)
    for layer in (switches(backend).get("metadata"), template, asked):
        options.update({k: v for k, v in (layer or {}).items() if v is not None})
    return options


def block_devices(image: Any, template: Any, asked: Any) -> list[dict[str, Any]]:
    """The image says what there is, template and request change it device by device."""
    devices: dict[str, dict[str, Any]] = {m["DeviceName"]: {"DeviceName": m["DeviceName"], "Ebs": dict(m["Ebs"])} for m in image.mappings if "Ebs" in m}
    for mapping in [*(template or []), *(asked or [])]:
        name = mapping["DeviceName"]
        if "NoDevice" in mapping:
            devices.pop(name, None)
        elif "Ebs" in mapping:
            known = devices.setdefault(name, {"DeviceName": name, "Ebs": {"DeleteOnTermination": True}})
            ebs = {k: v for k, v in mapping["Ebs"].items() if v is not None}
            if "VolumeType" in ebs and ebs["VolumeType"] != known["Ebs"].get("VolumeType"):
                known["Ebs"].pop("Iops", None)
                known["Ebs"].pop("Throughput", None)
            # "Encrypted = false" cannot undo the encryption of a snapshot.
            known["Ebs"] = {**known["Ebs"], **ebs, "Encrypted": bool(ebs.get("Encrypted")) or bool(known["Ebs"].get("Encrypted"))}
    return list(devices.values())


def check_architecture(image: Any, instance_type: str | None) -> None:
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    known = INSTANCE_TYPES.get(instance_type or "")
    supported = (known or {}).get("ProcessorInfo", {}).get("SupportedArchitectures")
    if supported and image.architecture and image.architecture not in supported:
        raise fail("InvalidParameterValue", (
            f"The architecture '{','.join(supported)}' of the specified instance type does not match the architecture '{image.architecture}' of the "
            "specified AMI. Specify an instance type and an AMI that have matching architectures, and try again. You can use "
            "'describe-instance-types' or 'describe-images' to discover the architecture of the instance type or AMI."))


def check_profile(response: Any) -> None:
    from moto.iam.models import iam_backends

    asked = response.params.get("IamInstanceProfile") or {}
    profiles = iam_backends[response.current_account][response.partition].instance_profiles.values()
    # The provider of Terraform waits for a new profile by looking for exactly these words.
    if (name := asked.get("Name")) and name not in {p.name for p in profiles}:
        raise fail("InvalidParameterValue", f"Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name")
    if (arn := asked.get("Arn")) and arn not in {p.arn for p in profiles}:
        raise fail("InvalidParameterValue", f"Value ({arn}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN")


def finish(response: Any, instance: Any, index: int) -> None:
    params, backend = response.params, response.ec2_backend
    for mapping in params["BlockDeviceMappings"]:
        attached = instance.block_device_mapping.get(mapping["DeviceName"])
        if attached is None:
            continue
        volume, ebs = backend.get_volume(attached.volume_id), mapping["Ebs"]
        if volume.volume_type == "gp3":
            volume.iops, volume.throughput = int(ebs.get("Iops") or 3000), int(ebs.get("Throughput") or 125)
        elif ebs.get("Iops"):
            volume.iops = int(ebs["Iops"])
        elif volume.volume_type == "gp2":
            volume.iops = max(100, min(16000, 3 * int(volume.size)))
    asked = {int(n.get("DeviceIndex") or 0): n for n in params.get("NetworkInterfaces") or []}
    for position, interface in instance.nics.items():
        spec = asked.get(position, {})
        if "NetworkInterfaceId" not in spec:
            # EC2 deletes what it made itself; moto would leave it, and its security groups could never go.
            interface.delete_on_termination = spec.get("DeleteOnTermination", True) is not False
            tag(backend, interface.id, tags_for(response, "network-interface"))
    if not instance.security_groups and 0 in instance.nics:
        # Groups given with the interface are those of the instance; moto leaves them on the interface alone.
        instance.security_groups = list(instance.nics[0].group_set)
    instance.disable_api_termination = bool(params.get("DisableApiTermination", False))
    instance.cpu_credits = (params.get("CreditSpecification") or {}).get("CpuCredits") or ("unlimited" if instance.instance_type.startswith(UNLIMITED) else "standard")
    # An image may go while its instances run.
    image = backend.amis[instance.image_id]
    instance.image_name, instance.image_owner = image.name, image.owner_id
    give_profile(response, instance, index)


def give_profile(response: Any, instance: Any, index: int) -> None:
    asked, backend = response.params.get("IamInstanceProfile") or {}, response.ec2_backend
    if not asked:
        return
    if index > 0:  # moto serves the first instance only
        backend.associate_iam_instance_profile(instance_id=instance.id, iam_instance_profile_name=asked.get("Name"), iam_instance_profile_arn=asked.get("Arn"))
    show_profile(backend.iam_instance_profile_associations[instance.id])


def show_profile(association: Any) -> Any:
    """moto shows the id of the association, and after a replacement the profile of before."""
    profile = association.iam_instance_profile
    association.instance.iam_instance_profile = {"Arn": profile.arn, "Id": profile.id}
    return association


def shows_profile(plain: Any) -> Any:
    return lambda self, *args, **kwargs: show_profile(plain(self, *args, **kwargs))


def run_instances(plain: Any) -> Any:
    def run(self: Any) -> Any:
        from moto.core.responses import ActionResult

        backend, token, asked = self.ec2_backend, self._get_param("ClientToken"), fingerprint(self.params)
        tokens = shelf(backend, "client_tokens")
        if token and (known := tokens.get(("RunInstances", token))):
            if known[0] != asked:
                raise fail("IdempotentParameterMismatch", "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).")
            return ActionResult(backend.reservations[known[1]])
        complete(self)
        answer = plain(self)
        reservation = answer.result
        for index, instance in enumerate(reservation.instances):
            finish(self, instance, index)
        if token:
            tokens["RunInstances", token] = (asked, reservation.id)
        return answer

    return run


def apply_models(module: ModuleType) -> None:
    from moto.ec2.models.iam_instance_profile import IamInstanceProfileAssociationBackend as Associations

    Associations.associate_iam_instance_profile = shows_profile(Associations.associate_iam_instance_profile)
    Associations.replace_iam_instance_profile_association = shows_profile(Associations.replace_iam_instance_profile_association)


def apply_responses(module: ModuleType) -> None:
    instances = module.InstanceResponse
    instances.run_instances = run_instances(instances.run_instances)


WHEN = {"moto.ec2.models": apply_models, "moto.ec2.responses": apply_responses}
