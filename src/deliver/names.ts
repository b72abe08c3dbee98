/** What lies where in the stack's bucket. Constants alone: infrastructure imports this file. */
export const BUCKET_KEYS = {
  /** What the audit remembers between runs. */
  state: 'state.json',
  /** Memory that could not be used is kept under here. */
  stateAside: 'state-aside/',
  /** The settings, put there by `irsa-auditor settings put`. */
  settings: 'irsa-auditor.yaml',
  latestJson: 'latest.json',
  latestText: 'latest.txt',
  latestHtml: 'latest.html',
  /** The reports of each run, by day and time. */
  reports: 'reports/',
} as const;
