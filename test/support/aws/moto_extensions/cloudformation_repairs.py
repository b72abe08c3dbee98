"""Where moto's CloudFormation answers otherwise than AWS for the stacks that the CDK makes."""

from typing import Any

from moto.cloudformation.models import CloudFormationBackend
from moto.iam.models import Role
from moto.s3.models import FakeBucket

from .own_api import clients, coerce


def _outputs_after_create_change_set() -> None:
    """moto leaves Outputs empty after a change set of type CREATE."""
    execute = CloudFormationBackend.execute_change_set

    def execute_change_set(self, change_set_name, stack_name=None):
        execute(self, change_set_name, stack_name)
        for stack in self.stacks.values():
            if stack.template and not stack.output_map._output_json_map:
                stack._parse_template()
                stack.output_map = stack._create_output_map()

    CloudFormationBackend.execute_change_set = execute_change_set


def _deleting_an_absent_change_set() -> None:
    """The CDK deletes one that does not exist: success on AWS, HTTP 500 in moto."""
    delete = CloudFormationBackend.delete_change_set

    def delete_change_set(self, change_set_name):
        try:
            delete(self, change_set_name)
        except (UnboundLocalError, KeyError):
            return

    CloudFormationBackend.delete_change_set = delete_change_set


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_null(item) for item in value if item is not None]
    return value


def _no_value_in_roles() -> None:
    """moto leaves null in lists where AWS drops {"Ref": "AWS::NoValue"}, as in the trust of the CDK's bootstrap roles."""
    create = Role.create_from_cloudformation_json.__func__

    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, *rest, **named):
        if "Properties" in cloudformation_json:
            cloudformation_json = {**cloudformation_json, "Properties": _without_null(dict(cloudformation_json["Properties"]))}
        return create(cls, resource_name, cloudformation_json, *rest, **named)

    Role.create_from_cloudformation_json = classmethod(create_from_cloudformation_json)


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        made["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        made["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "NoncurrentVersionExpiration" in rule:
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": int(rule["NoncurrentVersionExpiration"]["NoncurrentDays"])}
    if "AbortIncompleteMultipartUpload" in rule:
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": int(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])}
    return made


def _bucket_settings() -> None:
    """moto drops a bucket's lifecycle and its block of public access."""
    create = FakeBucket.create_from_cloudformation_json.__func__

    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **named):
        bucket = create(cls, resource_name, cloudformation_json, account_id, region_name, **named)
        properties, s3 = cloudformation_json.get("Properties", {}), clients(account_id, region_name)("s3")
        block = properties.get("PublicAccessBlockConfiguration")
        if block is not None:
            s3.put_public_access_block(**coerce("s3", "PutPublicAccessBlock", {"Bucket": bucket.name, "PublicAccessBlockConfiguration": block}))
        rules = [_lifecycle_rule(rule) for rule in properties.get("LifecycleConfiguration", {}).get("Rules", [])]
        if rules:
            s3.put_bucket_lifecycle_configuration(Bucket=bucket.name, LifecycleConfiguration={"Rules": rules})
        return bucket

    FakeBucket.create_from_cloudformation_json = classmethod(create_from_cloudformation_json)


def install() -> None:
    _outputs_after_create_change_set()
    _deleting_an_absent_change_set()
    _no_value_in_roles()
    _bucket_settings()
