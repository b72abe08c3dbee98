"""CloudFormation types that moto ignores in silence (or fails on, once something takes an attribute of them)."""

import json
from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

from .own_api import Clients, clients, coerce

Properties = dict[str, Any]
Create = Callable[[str, Properties, Clients], str | None]
Delete = Callable[[str, Properties, Clients], Any]

# Python keeps a class's subclasses by weak reference, and moto finds its models by that list alone.
_kept: list[type] = []


def _define(cfn_type: str, create: Create, delete: Delete | None = None, name_property: str | None = None, arn: str | None = None) -> None:
    """`arn`, where given, is what every GetAtt answers; else the physical id."""

    class Model(CloudFormationModel):
        __module__ = "moto.plus.models"  # moto's metaclass reads a service's name from the module path

        def __init__(self, physical_id: str, properties: Properties, account: str, region: str) -> None:
            self.physical_id, self.properties, self.account, self.region = physical_id, properties, account, region

        @property
        def physical_resource_id(self) -> str:
            return self.physical_id

        @staticmethod
        def cloudformation_name_type() -> str | None:
            return name_property

        @staticmethod
        def cloudformation_type() -> str:
            return cfn_type

        @classmethod
        def has_cfn_attr(cls, attr: str) -> bool:
            return True

        def get_cfn_attribute(self, attribute_name: str) -> str:
            if arn is None:
                return self.physical_id
            group = self.properties.get("GroupName", "default")
            return arn.format(region=self.region, account=self.account, id=self.physical_id, group=group)

        @classmethod
        def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **_: Any):
            properties = cloudformation_json.get("Properties", {})
            physical_id = create(resource_name, properties, clients(account_id, region_name)) or resource_name
            return cls(physical_id, properties, account_id, region_name)

        @classmethod
        def update_from_cloudformation_json(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
            if delete:
                delete(original_resource.physical_id, original_resource.properties, clients(account_id, region_name))
            name = new_resource_name
            if name_property:
                name = cloudformation_json.get("Properties", {}).get(name_property) or original_resource.physical_id.split("/")[-1]
            return cls.create_from_cloudformation_json(name, cloudformation_json, account_id, region_name)

        @classmethod
        def delete_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name):
            if delete:
                delete(resource_name, cloudformation_json.get("Properties", {}), clients(account_id, region_name))

        @classmethod
        def is_created(cls, *_: Any) -> bool:
            return True

    Model.__name__ = cfn_type.replace("::", "_")
    _kept.append(Model)


def _alarm(name: str, properties: Properties, client: Clients) -> str:
    wanted = coerce("cloudwatch", "PutMetricAlarm", {"AlarmName": name, **properties})
    client("cloudwatch").put_metric_alarm(**wanted)
    return wanted["AlarmName"]


def _schedule(name: str, properties: Properties, client: Clients) -> str:
    wanted = coerce("scheduler", "CreateSchedule", {"Name": name[:64], **properties})
    client("scheduler").create_schedule(**wanted)
    return wanted["Name"]


def _bucket_policy(name: str, properties: Properties, client: Clients) -> str:
    # moto enforces bucket policies and reads no Condition: "deny unless TLS" would refuse every request. Such
    # statements are left out.
    document = properties["PolicyDocument"]
    statements = [statement for statement in document["Statement"] if not statement.get("Condition")]
    if statements:
        client("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=json.dumps({**document, "Statement": statements}))
    return properties["Bucket"]


def _topic_policy(name: str, properties: Properties, client: Clients) -> None:
    for topic in properties["Topics"]:
        client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(properties["PolicyDocument"]))


def _queue_policy(name: str, properties: Properties, client: Clients) -> None:
    for queue in properties["Queues"]:
        client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(properties["PolicyDocument"])})


_SUBSCRIPTION_ATTRIBUTES = ("DeliveryPolicy", "FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy", "SubscriptionRoleArn")


def _subscription(name: str, properties: Properties, client: Clients) -> str:
    attributes = {
        key: value if isinstance(value, str) else json.dumps(value) for key, value in properties.items() if key in _SUBSCRIPTION_ATTRIBUTES
    }
    answer = client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    return answer["SubscriptionArn"]


def install() -> None:
    _define(
        "AWS::CloudWatch::Alarm",
        _alarm,
        lambda name, _, client: client("cloudwatch").delete_alarms(AlarmNames=[name]),
        "AlarmName",
        "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
    )
    _define(
        "AWS::Scheduler::Schedule",
        _schedule,
        lambda name, properties, client: client("scheduler").delete_schedule(Name=name, GroupName=properties.get("GroupName", "default")),
        "Name",
        "arn:aws:scheduler:{region}:{account}:schedule/{group}/{id}",
    )
    _define("AWS::SNS::Subscription", _subscription, lambda arn, _, client: client("sns").unsubscribe(SubscriptionArn=arn))
    _define("AWS::S3::BucketPolicy", _bucket_policy)
    _define("AWS::SNS::TopicPolicy", _topic_policy)
    _define("AWS::SQS::QueuePolicy", _queue_policy)
    _define("AWS::CDK::Metadata", lambda name, properties, client: name)
    for cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        cached.cache_clear()
