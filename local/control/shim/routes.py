"""What a REST service calls the operation behind a method and a path, as botocore's models know it."""
from __future__ import annotations


def list_routes(service: str) -> list[dict[str, str]]:
    from botocore.exceptions import UnknownServiceError
    from moto.core.utils import get_service_model

    try:
        model = get_service_model(service)
    except (UnknownServiceError, ValueError):
        return []
    operations = [model.operation_model(name) for name in model.operation_names]
    return [{"operation": one.name, "method": one.http["method"], "uri": one.http["requestUri"]} for one in operations]
