"""This server's own AWS API: added CloudFormation types go through it, so bad values are refused as the service does."""

import json
from collections.abc import Callable
from typing import Any

import boto3
import botocore.session
from botocore.config import Config

port = 0

Clients = Callable[[str], Any]


def clients(account: str, region: str) -> Clients:
    """A function from a service's name to a client in this account and region."""

    def client(service: str) -> Any:
        made = boto3.client(
            service,
            region_name=region,
            endpoint_url=f"http://localhost:{port}",
            aws_access_key_id="cfn",
            aws_secret_access_key="cfn",
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}),
        )
        made.meta.events.register("before-sign.*.*", lambda request, **_: request.headers.add_header("x-moto-account-id", account))
        return made

    return client


def coerce(service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Templates hold "300" and "true" where the API wants 300 and True."""
    model = botocore.session.get_session().get_service_model(service)
    return _fit(model.operation_model(operation).input_shape, parameters)


def _fit(shape: Any, value: Any) -> Any:
    if shape is None:
        return value
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        return {key: _fit(shape.members.get(key), item) for key, item in value.items()}
    if kind == "list" and isinstance(value, list):
        return [_fit(shape.member, item) for item in value]
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("double", "float"):
        return float(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind == "string" and not isinstance(value, str):
        return json.dumps(value) if isinstance(value, (dict, list, bool)) else str(value)
    return value
