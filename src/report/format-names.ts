/** The formats of a report, in the order in which help and errors list them. What each is made by is the table in index.ts. */
export const FORMATS = ['text', 'json', 'email', 'jsonl', 'csv', 'markdown', 'junit', 'sarif', 'ocsf', 'asff', 'openmetrics'] as const;
export type Format = (typeof FORMATS)[number];
