import { Aws, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { AccessEntries, checkClusterAccess, type ClusterAccessProps } from './access-entries.js';
import { makeAlarms } from './alarms.js';
import { builtLambda, PROGRAM } from './built-lambda.js';
import { EmailSubscription } from './email-subscription.js';
import { auditAfterDeployment } from './first-audit.js';
import { functionEnvironment, type AuditSettings } from './function-environment.js';
import { MEMORY_MB, TIMEOUT } from './function-size.js';
import {
  acknowledge,
  invokesAnyVersion,
  IS_A_DEAD_LETTER_QUEUE,
  PUBLISHER_DATA_KEYS,
  READS_EVERYTHING,
  READS_EVERYTHING_FROM_A_VPC,
} from './nag-acknowledgements.js';
import { networkOf, networkStatements, type NetworkProps } from './network.js';
import { readStatement } from './read-permissions.js';
import { grantReports, reportsBucket, type ReportsBucket, type ReportsBucketProps } from './reports-bucket.js';
import { checkNoOverlap, gapOf, silenceWindow } from './missed-run-alarm-window.js';
import { alarmTopic, findingsTopic, grantPublish } from './topics.js';

export type { AcceptedGap, AuditSettings, Threshold } from './function-environment.js';

/** How the auditor is deployed. Everything has a default that works. */
export interface IrsaAuditorProps extends AuditSettings, ReportsBucketProps, ClusterAccessProps, NetworkProps {
  /** When to audit, with its time zone. Default: once a day. Schedules that leave more than three and a half days between runs are refused, and those that leave less than a run may take. */
  readonly schedule?: scheduler.ScheduleExpression;
  /** The longest time between two runs. Default: computed; needed only where the expression cannot be computed (`L`, `W`, `#`, a year). */
  readonly longestGap?: Duration;
  /** An existing topic for the findings. Default: a new one. */
  readonly topic?: sns.ITopic;
  /** The customer managed key of the existing topic: the function is allowed to use it. Default: none. */
  readonly topicKey?: kms.IKey;
  /**
   * The key of the topics made here: a key of yours, or `new` for a new one (about a dollar a month). The policy of an
   * imported key must already let cloudwatch.amazonaws.com use it, or alarms are lost. Default: AWS's own key, free of charge.
   */
  readonly topicEncryptionKey?: kms.IKey | 'new';
  /** An existing role for the function; what the audit needs is added to it, unless it is imported as immutable. Default: a new one. */
  readonly role?: iam.IRole;
  /** Who gets findings and alarms by mail. May be a CloudFormation parameter: empty then means nobody. Default: nobody. */
  readonly email?: string;
  /** More addresses that get the same, known when the template is made. Default: none. */
  readonly emails?: readonly string[];
  /** How long the function's logs are kept. Default: three months. */
  readonly logRetention?: logs.RetentionDays;
  /** Memory of the function in MB. Default: as measured. */
  readonly memorySize?: number;
  /** When a run is ended by force. Default: 15 minutes, the most that Lambda has. */
  readonly timeout?: Duration;
}

/**
 * The scheduled audit of one account: put it into one region, it reads them all. Nothing gets a fixed name, so it can
 * appear twice; tags and permissions boundaries of the scope reach everything.
 */
export class IrsaAuditor extends Construct {
  /** The topic that gets the findings. */
  readonly findingsTopic: sns.ITopic;
  /** The topic that gets the alarms. */
  readonly alarmTopic: sns.ITopic;
  /** Holds the audit's memory, its settings and its reports. */
  readonly reportsBucket: ReportsBucket;
  readonly function: lambda.Function;
  /** Runs that failed in the end, each with its error. */
  readonly failedRuns: sqs.Queue;
  /** Runs that neither the schedule nor the event of a deployment could hand over to the function. */
  readonly undelivered: sqs.Queue;
  readonly failedAlarm: cloudwatch.Alarm;
  readonly notRunningAlarm: cloudwatch.Alarm;
  readonly incompleteAlarm: cloudwatch.Alarm;
  readonly deliveryFailingAlarm: cloudwatch.Alarm;
  readonly deadLettersAlarm: cloudwatch.Alarm;
  /** The subscriptions of `email`; undefined where no address was given. */
  readonly subscription: EmailSubscription | undefined;
  /** A command that runs an audit now and prints its outcome. */
  readonly auditNowCommand: string;
  /** Commands that subscribe an address to both topics. */
  readonly subscribeCommand: string;
  /** A command that prints the latest report, for the folder that it is deployed from or an app that has the program. */
  readonly latestReportCommand: string;
  /** Prints the commands that let the function's role into the clusters; undefined where it does not scan inside them. */
  readonly letInCommand: string | undefined;

  constructor(scope: Construct, id: string, props: IrsaAuditorProps = {}) {
    super(scope, id);
    const { kubernetes = false, clusterAccess = [] } = props;
    checkClusterAccess(clusterAccess, kubernetes);
    const schedule = props.schedule ?? scheduler.ScheduleExpression.rate(Duration.days(1));
    const window = silenceWindow(schedule, props.longestGap);
    checkNoOverlap(schedule, props.timeout ?? TIMEOUT);
    const key = this.topicEncryptionKey(props.topicEncryptionKey);
    this.findingsTopic = props.topic ?? findingsTopic(this, 'Findings', key);
    this.alarmTopic = alarmTopic(this, 'Alarms', key);
    this.reportsBucket = reportsBucket(this, 'Reports', props);
    this.failedRuns = this.deadLetterQueue('FailedRuns');
    this.undelivered = this.deadLetterQueue('Undelivered');

    const publishKey = props.topic === undefined ? key : props.topicKey;
    const role = props.role ?? this.functionRole(publishKey !== undefined, props.vpc !== undefined);
    this.function = this.auditFunction(role, props, publishKey);
    if (clusterAccess.length > 0) new AccessEntries(this, 'Access', role, clusterAccess);
    this.scheduleRuns(schedule, gapOf(schedule, props.longestGap));
    auditAfterDeployment(this, 'AfterDeployment', this.function, this.undelivered);

    const alarms = makeAlarms(this, this.alarmTopic, {
      function: this.function,
      findingsTopic: this.findingsTopic,
      failedRuns: this.failedRuns,
      undelivered: this.undelivered,
      silence: window,
      docsBaseUrl: props.docsBaseUrl,
    });
    this.failedAlarm = alarms.failed;
    this.notRunningAlarm = alarms['not-running'];
    this.incompleteAlarm = alarms.incomplete;
    this.deliveryFailingAlarm = alarms['delivery-failing'];
    this.deadLettersAlarm = alarms['dead-letters'];
    const topics = [this.findingsTopic, this.alarmTopic];
    for (const address of props.emails ?? []) new EmailSubscription(this, `Email:${address}`, { address, topics });
    this.subscription = props.email === undefined ? undefined : new EmailSubscription(this, 'Email', { address: props.email, topics });

    const { functionName } = this.function;
    this.auditNowCommand = `aws lambda invoke --region ${Aws.REGION} --function-name ${functionName} --cli-read-timeout 960 /dev/stdout`;
    const address = '--protocol email --notification-endpoint you@example.com';
    this.subscribeCommand = topics
      .map(({ topicArn }) => `aws sns subscribe --region ${Aws.REGION} --topic-arn ${topicArn} ${address}`)
      .join(' && ');
    this.latestReportCommand = `${PROGRAM} report --region ${Aws.REGION} --bucket ${this.reportsBucket.bucketName}`;
    this.letInCommand = kubernetes ? `${PROGRAM} rbac --principal ${role.roleArn}` : undefined;
  }

  private topicEncryptionKey(given: IrsaAuditorProps['topicEncryptionKey']): kms.IKey | undefined {
    return given === 'new' ? new kms.Key(this, 'Key', { description: 'Topics of irsa-auditor', enableKeyRotation: true }) : given;
  }

  private deadLetterQueue(id: string): sqs.Queue {
    const queue = new sqs.Queue(this, id, {
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(queue, IS_A_DEAD_LETTER_QUEUE);
    return queue;
  }

  private auditFunction(role: iam.IRole, props: IrsaAuditorProps, publishKey: kms.IKey | undefined): lambda.Function {
    const retention = props.logRetention ?? logs.RetentionDays.THREE_MONTHS;
    const logGroup = new logs.LogGroup(this, 'Logs', { retention, removalPolicy: RemovalPolicy.DESTROY });
    role.addToPrincipalPolicy(readStatement());
    const allow = (sid: string, actions: string[], resource: string) =>
      role.addToPrincipalPolicy(new iam.PolicyStatement({ sid, actions, resources: [resource] }));
    allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
    allow('KeepFailedRuns', ['sqs:SendMessage'], this.failedRuns.queueArn);
    grantPublish(role, this.findingsTopic, publishKey);
    grantReports(role, this.reportsBucket);
    const network = networkOf(props);
    if (network.vpc !== undefined) for (const statement of networkStatements(this)) role.addToPrincipalPolicy(statement);
    return new lambda.Function(this, 'Function', {
      description: "Audits the account's EKS web identity: clusters, OIDC providers and roles",
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(builtLambda()),
      handler: 'index.handler',
      memorySize: props.memorySize ?? MEMORY_MB,
      timeout: props.timeout ?? TIMEOUT,
      environment: functionEnvironment({ topicArn: this.findingsTopic.topicArn, bucket: this.reportsBucket.bucketName }, props),
      role,
      logGroup,
      ...network,
      // The schedule's own retries end when Lambda has taken the event; these are the retries of a run that failed.
      retryAttempts: 1,
      maxEventAge: Duration.hours(1),
      // CDK's own SqsDestination would also grant reading the queue's attributes, which Lambda does not need.
      onFailure: { bind: () => ({ destination: this.failedRuns.queueArn }) },
    });
  }

  private functionRole(usesKey: boolean, inVpc: boolean): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: 'irsa-auditor: reads the account, publishes to one topic, writes to one bucket',
    });
    acknowledge(role, inVpc ? READS_EVERYTHING_FROM_A_VPC : READS_EVERYTHING, ...(usesKey ? [PUBLISHER_DATA_KEYS] : []));
    return role;
  }

  private scheduleRuns(schedule: scheduler.ScheduleExpression, gap: Duration): void {
    const stack = Stack.of(this);
    const group = stack.formatArn({ service: 'scheduler', resource: 'schedule-group', resourceName: 'default' });
    const role = new iam.Role(this, 'ScheduleRole', {
      description: 'irsa-auditor: starts the audit',
      // Only schedules of this account's default group may assume the role: others would be a confused deputy.
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': group } },
      }),
    });
    acknowledge(role, invokesAnyVersion(stack.getLogicalId(this.function.node.defaultChild as lambda.CfnFunction)));
    new scheduler.Schedule(this, 'Schedule', {
      description: 'Runs irsa-auditor',
      schedule,
      target: new LambdaInvoke(this.function, {
        role,
        deadLetterQueue: this.undelivered,
        retryAttempts: 5,
        maxEventAge: Duration.hours(1),
      }),
      // No run needs its minute; a window spreads the load on AWS's side. It would blur schedules that are shorter than an hour.
      timeWindow: gap.toMinutes() < 60 ? scheduler.TimeWindow.off() : scheduler.TimeWindow.flexible(Duration.minutes(15)),
    });
  }
}
