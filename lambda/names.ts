/**
 * Names that the deployed function and the stack share, so that template and code cannot drift apart.
 * Constants alone: infrastructure imports this file.
 */

/** Environment variables of the function. */
export const ENVIRONMENT = {
  /** ARN of the SNS topic that gets the findings. */
  topicArn: 'IRSA_AUDITOR_TOPIC_ARN',
  /** Name of the bucket that holds memory, settings and reports. */
  bucket: 'IRSA_AUDITOR_BUCKET',
  /** Comma-separated regions; empty or absent = every enabled region. */
  regions: 'IRSA_AUDITOR_REGIONS',
  /** Lowest severity that is published (default `low`). */
  notifyAt: 'IRSA_AUDITOR_NOTIFY_AT',
  /** `true` = publish even when a complete audit found nothing. */
  notifyWhenClean: 'IRSA_AUDITOR_NOTIFY_WHEN_CLEAN',
  /** Where the folder `docs` is published: an https address without a slash at the end; empty or absent = nowhere. */
  docsBaseUrl: 'IRSA_AUDITOR_DOCS_BASE_URL',
  /** JSON list of `{ "scope", "reason" }`: gaps that are known and accepted. */
  acceptUnread: 'IRSA_AUDITOR_ACCEPT_UNREAD',
  /** `true` = scan inside the clusters too, over the Kubernetes API. */
  kubernetes: 'IRSA_AUDITOR_KUBERNETES',
} as const;

/** CloudWatch metrics of a run: for the alarm `incomplete`, and for graphs and alarms of one's own. Each costs; there are two. */
export const METRICS = {
  namespace: 'IrsaAuditor',
  /** Value of the dimension `service`, under which they stand. */
  service: 'irsa-auditor',
  /** Problems at or above the notification threshold. */
  openProblems: 'OpenProblems',
  /** Reads that were asked for, not answered and not accepted. */
  unread: 'Unread',
} as const;
