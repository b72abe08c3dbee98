"""Who calls: accounts named by the access key, and IAM enforcement that knows actions."""

import re
from typing import Any

from moto.iam import access_control, models

_NAMES_ITS_ACCOUNT = re.compile(r"AKIATEST(\d{12})")


def _account_by_key() -> None:
    """The key AKIATEST111122223333 belongs to account 111122223333: parallel tests share one server and not one account."""
    ask_moto = models.get_account_id_from

    def get_account_id_from(access_key: str) -> str:
        named = _NAMES_ITS_ACCOUNT.fullmatch(access_key)
        return named.group(1) if named else ask_moto(access_key)

    models.get_account_id_from = get_account_id_from


def _enforcement_by_action() -> None:
    """Enforcement (POST /moto-api/reset-auth, body 0, Content-Type text/plain) at the level of actions.

    Outside S3 and IAM moto passes "*" as the resource, which matches no statement that names one: false denials. It
    cannot verify every SDK's signature either. So Allow statements count for their actions alone, signatures are
    not checked, and what a test proves under enforcement is the list of actions, no more.
    """
    access_control.IAMRequestBase.check_signature = lambda self: None
    permitted = access_control.IAMPolicyStatement.is_action_permitted

    def is_action_permitted(self, action: str, resource: str = "*", *rest: Any, **named: Any):
        statement = self._statement
        if resource == "*" and statement.get("Effect") == "Allow" and "Resource" in statement:
            kept = {key: value for key, value in statement.items() if key not in ("Condition", "NotResource")}
            self = access_control.IAMPolicyStatement({**kept, "Resource": "*"})
        return permitted(self, action, resource, *rest, **named)

    access_control.IAMPolicyStatement.is_action_permitted = is_action_permitted


def install() -> None:
    _account_by_key()
    _enforcement_by_action()
