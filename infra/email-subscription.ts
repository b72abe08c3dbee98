import { CfnCondition, Fn, Token } from 'aws-cdk-lib';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface EmailSubscriptionProps {
  /** An address, or a CloudFormation parameter that may be empty. */
  readonly address: string;
  readonly topics: readonly sns.ITopic[];
}

/** Subscribes one address to topics. SNS sends an email for each, and delivers nothing until its link is opened. */
export class EmailSubscription extends Construct {
  /** Holds at deployment where an address was given; undefined where the address is known now. */
  readonly given: CfnCondition | undefined;
  /** The opposite of `given`, for what is to be said to those who gave none. */
  readonly missing: CfnCondition | undefined;

  constructor(scope: Construct, id: string, props: EmailSubscriptionProps) {
    super(scope, id);
    if (Token.isUnresolved(props.address)) {
      this.missing = new CfnCondition(this, 'Missing', { expression: Fn.conditionEquals(props.address, '') });
      this.given = new CfnCondition(this, 'Given', { expression: Fn.conditionNot(this.missing) });
    }
    props.topics.forEach(({ topicArn }, index) => {
      const subscription = new sns.CfnSubscription(this, `Topic${String(index)}`, { topicArn, protocol: 'email', endpoint: props.address });
      if (this.given !== undefined) subscription.cfnOptions.condition = this.given;
    });
  }
}
