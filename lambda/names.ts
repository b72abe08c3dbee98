/**
 * Names that the deployed function and the stack share, so that template and code cannot drift apart.
 * Constants alone: infrastructure imports this file.
 */

/** Environment variables of the function. */
export const ENVIRONMENT = {
  /** ARN of the SNS topic that gets the findings. */
  topicArn: 'IRSA_AUDITOR_TOPIC_ARN',
  /** Comma-separated regions; empty or absent = every enabled region. */
  regions: 'IRSA_AUDITOR_REGIONS',
  /** Lowest severity that is published (default `low`). */
  notifyAt: 'IRSA_AUDITOR_NOTIFY_AT',
  /** `true` = publish even when a complete audit found nothing. */
  notifyWhenClean: 'IRSA_AUDITOR_NOTIFY_WHEN_CLEAN',
  /** JSON list of `{ "scope", "reason" }`: gaps that are known and accepted. */
  acceptUnread: 'IRSA_AUDITOR_ACCEPT_UNREAD',
} as const;

/** CloudWatch metrics of a run, for graphs and alarms of one's own: the alarms of the stack watch the function alone. */
export const METRICS = {
  namespace: 'IrsaAuditor',
  /** Problems at or above the notification threshold. */
  openProblems: 'OpenProblems',
  /** Reads that were asked for, not answered and not accepted. */
  unread: 'Unread',
} as const;
