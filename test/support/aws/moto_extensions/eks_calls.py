"""EKS as an auditor sees it: an issuer of its own for every cluster, pod identity associations, add-ons, access entries."""

import secrets
from datetime import datetime, timezone
from typing import Any

from moto.core.responses import ActionResult
from moto.eks import models, urls
from moto.eks.exceptions import ResourceNotFoundException
from moto.eks.responses import EKSResponse


def _own_issuer() -> None:
    """In moto all clusters of a process share one issuer, with an id of ten characters; EKS gives 32 hex digits to each."""
    make = models.Cluster.__init__

    def make_cluster(self, *positional: Any, **named: Any) -> None:
        make(self, *positional, **named)
        region = self.arn.split(":")[3]
        self.identity = {"oidc": {"issuer": f"https://oidc.eks.{region}.amazonaws.com/id/{secrets.token_hex(16).upper()}"}}
        self.associations: dict[str, dict[str, Any]] = {}
        self.addons: dict[str, dict[str, Any]] = {}
        self.access_entries: dict[str, dict[str, Any]] = {}

    models.Cluster.__init__ = make_cluster


def _cluster(request: EKSResponse) -> models.Cluster:
    name = request._get_param("name") or request._get_param("clusterName")
    return request.eks_backend.describe_cluster(name=name)


def _from(things: dict[str, dict[str, Any]], key: str, what: str) -> dict[str, Any]:
    if key not in things:
        raise ResourceNotFoundException(message=f"No {what} found for: {key}.")
    return things[key]


def _arn(cluster: models.Cluster, kind: str, name: str) -> str:
    return f"{cluster.arn.replace(':cluster/', f':{kind}/')}/{name}"


def _dates() -> dict[str, datetime]:
    now = datetime.now(timezone.utc)
    return {"createdAt": now, "modifiedAt": now}


def create_pod_identity_association(self: EKSResponse) -> ActionResult:
    cluster, identifier = _cluster(self), "a-" + secrets.token_hex(9)[:17]
    association = {
        "clusterName": cluster.name,
        "namespace": self._get_param("namespace"),
        "serviceAccount": self._get_param("serviceAccount"),
        "roleArn": self._get_param("roleArn"),
        "targetRoleArn": self._get_param("targetRoleArn"),
        "disableSessionTags": self._get_param("disableSessionTags"),
        "associationId": identifier,
        "associationArn": _arn(cluster, "podidentityassociation", identifier),
        "tags": self._get_param("tags") or {},
        **_dates(),
    }
    cluster.associations[identifier] = association
    return ActionResult({"association": association})


def list_pod_identity_associations(self: EKSResponse) -> ActionResult:
    namespace, service_account = self._get_param("namespace"), self._get_param("serviceAccount")
    keys = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId")
    listed = [
        {key: association[key] for key in keys}
        for association in _cluster(self).associations.values()
        if namespace in (None, association["namespace"]) and service_account in (None, association["serviceAccount"])
    ]
    start = int(self._get_param("nextToken") or 0)
    end = start + int(self._get_param("maxResults") or 100)
    return ActionResult({"associations": listed[start:end], **({"nextToken": str(end)} if end < len(listed) else {})})


def describe_pod_identity_association(self: EKSResponse) -> ActionResult:
    return ActionResult({"association": _from(_cluster(self).associations, self.uri_match.group("associationId"), "association")})


def create_addon(self: EKSResponse) -> ActionResult:
    cluster, name = _cluster(self), self._get_param("addonName")
    addon = {
        "addonName": name,
        "clusterName": cluster.name,
        "status": "ACTIVE",
        "addonVersion": self._get_param("addonVersion") or "v1.3.10-eksbuild.1",
        "addonArn": _arn(cluster, "addon", name),
        "serviceAccountRoleArn": self._get_param("serviceAccountRoleArn"),
        "podIdentityAssociations": [],
        **_dates(),
    }
    cluster.addons[name] = addon
    return ActionResult({"addon": addon})


def list_addons(self: EKSResponse) -> ActionResult:
    names = list(_cluster(self).addons)
    start = int(self._get_param("nextToken") or 0)
    end = start + int(self._get_param("maxResults") or 100)
    return ActionResult({"addons": names[start:end], **({"nextToken": str(end)} if end < len(names) else {})})


def describe_addon(self: EKSResponse) -> ActionResult:
    return ActionResult({"addon": _from(_cluster(self).addons, self.uri_match.group("addonName"), "add-on")})


_WANTS = {
    "aws-ebs-csi-driver": ("ebs-csi-controller-sa", "AmazonEBSCSIDriverPolicy"),
    "vpc-cni": ("aws-node", "AmazonEKS_CNI_Policy"),
}


def describe_addon_configuration(self: EKSResponse) -> ActionResult:
    name, version = self._get_param("addonName"), self._get_param("addonVersion")
    wanted = [_WANTS[name]] if name in _WANTS else []
    return ActionResult(
        {
            "addonName": name,
            "addonVersion": version,
            "podIdentityConfiguration": [
                {"serviceAccount": account, "recommendedManagedPolicies": [f"arn:aws:iam::aws:policy/{policy}"]}
                for account, policy in wanted
            ],
        }
    )


def create_access_entry(self: EKSResponse) -> ActionResult:
    cluster, principal = _cluster(self), self._get_param("principalArn")
    entry = {
        "clusterName": cluster.name,
        "principalArn": principal,
        "kubernetesGroups": self._get_param("kubernetesGroups") or [],
        "accessEntryArn": _arn(cluster, "access-entry", principal.split(":")[-1]),
        "type": self._get_param("type") or "STANDARD",
        **_dates(),
    }
    cluster.access_entries[principal] = entry
    return ActionResult({"accessEntry": entry})


def list_access_entries(self: EKSResponse) -> ActionResult:
    return ActionResult({"accessEntries": list(_cluster(self).access_entries)})


_CALLS = (
    create_pod_identity_association,
    list_pod_identity_associations,
    describe_pod_identity_association,
    create_addon,
    list_addons,
    describe_addon,
    describe_addon_configuration,
    create_access_entry,
    list_access_entries,
)
_PATHS = (
    "pod-identity-associations$",
    r"pod-identity-associations/(?P<associationId>[^/]+)$",
    "addons$",
    r"addons/(?P<addonName>[^/]+)$",
    "access-entries$",
)


def install() -> None:
    _own_issuer()
    urls.url_paths["{0}/addons/configuration-schemas$"] = urls.response.dispatch
    for call in _CALLS:
        setattr(EKSResponse, call.__name__, call)
    for path in _PATHS:
        urls.url_paths["{0}/clusters/(?P<name>[^/]+)/" + path] = urls.response.dispatch
