"""A NAT gateway that is deleted takes its network interface along and lets its address go; moto keeps both."""
from __future__ import annotations

from types import ModuleType
from typing import Any


def apply(module: ModuleType) -> None:
    from moto.ec2.models.nat_gateways import NatGatewayBackend

    plain = NatGatewayBackend.delete_nat_gateway

    def delete_nat_gateway(self: Any, nat_gateway_id: str) -> Any:
        gateway = plain(self, nat_gateway_id)
        for address in gateway.address_set:
            self.enis.pop(address["networkInterfaceId"], None)
            if allocation := address.get("allocationId"):
                for eip in self.describe_addresses(filters={"allocation-id": [allocation]}):
                    eip.eni = eip.association_id = None
        return gateway

    NatGatewayBackend.delete_nat_gateway = delete_nat_gateway


WHEN = {"moto.ec2.models": apply}
