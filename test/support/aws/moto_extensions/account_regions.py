"""account:ListRegions, EnableRegion and DisableRegion, which moto does not know."""

from collections import defaultdict
from typing import Any

import boto3
from moto.account import urls
from moto.account.responses import AccountResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.utilities.utils import get_partition

# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html: these need no opt-in.
_ENABLED_BY_DEFAULT = frozenset(
    "ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 "
    "eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2 "
    "cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1".split()
)
_switched: dict[str, dict[str, str]] = defaultdict(dict)


def _status(account: str, region: str) -> str:
    return _switched[account].get(region) or ("ENABLED_BY_DEFAULT" if region in _ENABLED_BY_DEFAULT else "DISABLED")


def _list_regions(self: AccountResponse) -> ActionResult:
    wanted = self._get_param("RegionOptStatusContains") or []
    start, size = int(self._get_param("NextToken") or 0), int(self._get_param("MaxResults") or 50)
    names = sorted(boto3.Session().get_available_regions("eks", partition_name=get_partition(self.region)))
    regions = [{"RegionName": name, "RegionOptStatus": _status(self.current_account, name)} for name in names]
    regions = [region for region in regions if not wanted or region["RegionOptStatus"] in wanted]
    answer: dict[str, Any] = {"Regions": regions[start : start + size]}
    if start + size < len(regions):
        answer["NextToken"] = str(start + size)
    return ActionResult(answer)


def _enable_region(self: AccountResponse) -> EmptyResult:
    _switched[self.current_account][self._get_param("RegionName")] = "ENABLED"
    return EmptyResult()


def _disable_region(self: AccountResponse) -> EmptyResult:
    _switched[self.current_account][self._get_param("RegionName")] = "DISABLED"
    return EmptyResult()


def install() -> None:
    AccountResponse.list_regions = _list_regions
    AccountResponse.enable_region = _enable_region
    AccountResponse.disable_region = _disable_region
    for path in ("listRegions", "enableRegion", "disableRegion"):
        urls.url_paths["{0}/" + path + "$"] = AccountResponse.dispatch
