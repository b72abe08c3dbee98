import { CfnOutput, CfnParameter, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { contextSettings } from './context-settings.js';
import { IrsaAuditor, type IrsaAuditorProps } from './irsa-auditor.js';

export interface IrsaAuditorStackProps extends StackProps {
  /** Settings of the auditor. Default: those of the context (`-c name=value`). The address comes by the parameter NotifyEmail. */
  readonly auditor?: Omit<IrsaAuditorProps, 'email'>;
}

/** The construct, an address by parameter, and what a person wants to know after a deployment. */
export class IrsaAuditorStack extends Stack {
  readonly auditor: IrsaAuditor;

  constructor(scope: Construct, id: string, props: IrsaAuditorStackProps = {}) {
    const { auditor, ...stack } = props;
    super(scope, id, stack);
    const email = new CfnParameter(this, 'NotifyEmail', {
      description:
        'Address that gets findings and alarms. SNS sends one email to confirm for each of the two topics. Empty: nobody is subscribed.',
      default: '',
      allowedPattern: '^$|^[^@\\s]+@[^@\\s]+$',
      constraintDescription: 'must be one email address, or empty; for several: -c notifyEmail=ADDRESS,ADDRESS',
    });
    const settings = auditor ?? contextSettings(this);
    this.auditor = new IrsaAuditor(this, 'Auditor', { ...settings, email: email.valueAsString });
    new CfnOutput(this, 'TopicArn', { value: this.auditor.findingsTopic.topicArn, description: 'Topic of the findings' });
    new CfnOutput(this, 'AlarmTopicArn', { value: this.auditor.alarmTopic.topicArn, description: 'Topic of the alarms' });
    new CfnOutput(this, 'FunctionName', { value: this.auditor.function.functionName, description: 'The function that audits' });
    new CfnOutput(this, 'AuditNow', { value: this.auditor.auditNowCommand, description: 'Runs an audit now' });
    new CfnOutput(this, 'ReportsBucket', {
      value: this.auditor.reportsBucket.bucketName,
      description: "Bucket of the audit's memory, settings and reports",
    });
    new CfnOutput(this, 'LatestReport', { value: this.auditor.latestReportCommand, description: 'Prints the latest report' });
    if (this.auditor.letInCommand !== undefined)
      new CfnOutput(this, 'LetIn', {
        value: this.auditor.letInCommand,
        description: 'Prints the commands that let the auditor scan inside each cluster',
      });
    if ((settings.emails ?? []).length > 0) return;
    const nobody = this.auditor.subscription?.missing;
    new CfnOutput(this, 'Subscribe', {
      value: this.auditor.subscribeCommand,
      description: 'Nobody is subscribed yet: subscribes an address to both topics',
      ...(nobody === undefined ? {} : { condition: nobody }),
    });
  }
}
