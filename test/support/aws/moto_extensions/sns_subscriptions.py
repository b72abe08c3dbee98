"""How many subscriptions of a topic are confirmed: moto always answers none. An address has to follow a link first, a queue has not."""

from typing import Any

from moto.sns import models
from moto.sns.models import Topic

PENDING = ("email", "email-json")


def _subscriptions(topic: Topic) -> list[Any]:
    backend = models.sns_backends[topic.account_id][topic.arn.split(":")[3]]
    return [one for one in backend.subscriptions.values() if one.topic_arn == topic.arn]


def install() -> None:
    def confirmed(self: Topic) -> int:
        return sum(one.protocol not in PENDING for one in _subscriptions(self))

    def pending(self: Topic) -> int:
        return sum(one.protocol in PENDING for one in _subscriptions(self))

    def ignore(self: Topic, value: int) -> None:
        """moto's constructor sets both to nought."""

    Topic.subscriptions_confimed = property(confirmed, ignore)  # moto's spelling
    Topic.subscriptions_pending = property(pending, ignore)
