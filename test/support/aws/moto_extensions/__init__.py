"""Additions and repairs to moto 5.2.1, one file each; `install` puts them all in place."""

from . import account_regions, cloudformation_repairs, cloudformation_types, eks_calls, iam_access, iam_details, own_api, sns_subscriptions


def install(port: int) -> None:
    own_api.port = port
    iam_access.install()
    iam_details.install()
    account_regions.install()
    eks_calls.install()
    sns_subscriptions.install()
    cloudformation_types.install()
    cloudformation_repairs.install()
