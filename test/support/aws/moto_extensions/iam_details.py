"""GetAccountAuthorizationDetails as AWS answers it: in pages, and also for roles that CloudFormation made."""

import json
from typing import Any
from urllib.parse import quote

from moto.core.responses import ActionResult
from moto.iam.models import Role
from moto.iam.responses import IamResponse

# One page holds at most MaxItems of everything together, in this order.
_LISTS = {"UserDetailList": "users", "GroupDetailList": "groups", "RoleDetailList": "roles", "Policies": "managed_policies"}


def _inline_policies(role: Role) -> list[dict[str, str]]:
    """CloudFormation's inline policies are kept as objects, on which moto's own property crashes (HTTP 500)."""
    return [
        {"PolicyName": name, "PolicyDocument": quote(document if isinstance(document, str) else json.dumps(document))}
        for name, document in role.policies.items()
    ]


def _in_pages(self: IamResponse) -> ActionResult:
    """moto sends everything at once; Marker is the number of things already sent."""
    details = self.backend.get_account_authorization_details(self._get_param("Filter", []))
    start, size = int(self._get_param("Marker", 0)), int(self._get_param("MaxItems", 100))
    everything = [(name, item) for name, key in _LISTS.items() for item in details[key]]
    end = start + size
    page: dict[str, Any] = {name: [item for kind, item in everything[start:end] if kind == name] for name in _LISTS}
    more = {"IsTruncated": True, "Marker": str(end)} if end < len(everything) else {"IsTruncated": False}
    return ActionResult({**page, **more})


def install() -> None:
    Role.role_policy_list = property(_inline_policies)
    IamResponse.get_account_authorization_details = _in_pages
