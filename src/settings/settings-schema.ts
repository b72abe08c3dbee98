import * as z from 'zod';
import { DOCS_ADDRESS } from '../lib/docs-address.js';
import { SEVERITIES } from '../model/report/finding.js';

/** Every message ends the sentence "this key …", and says what would be right. */
const text = (pattern: RegExp, takes: string) => z.string({ error: takes }).regex(pattern, { error: takes });
const list = <T extends z.ZodType>(item: T, takes: string) => z.array(item, { error: takes });

/** A character that is seen: neither a space nor one that acts or hides (see active-text.ts), nor the empty braille cell. */
const SEEN = /[^\s\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;
const someText = text(SEEN, 'takes some text (in quotes where it looks like a number)');
const yesOrNo = z.boolean({ error: 'takes true or false' });
const days = 'takes a whole number of days from 0 to 365';

const REGIONS = 'takes all, or a list of at least one region';
const regions = z.union(
  [
    z.literal('all'),
    list(text(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'takes the name of a region, such as eu-west-1'), REGIONS).min(1, { error: REGIONS }),
  ],
  { error: REGIONS },
);

const SELECTOR = /^(tag:[^=]+=.*|([a-z0-9*?-]+\/)?[A-Za-z0-9_*?-]+)$/;
const selectors = list(
  text(SELECTOR, 'takes the name of a cluster (prod-*), one in a region (eu-west-1/prod-*) or a tag (tag:team=platform)'),
  'takes a list of names of clusters (prod-*), names in a region (eu-west-1/prod-*) or tags (tag:team=platform)',
);

const clusters = z.strictObject(
  {
    include: selectors.describe('Only these clusters are told about; empty = every cluster.').exactOptional(),
    exclude: selectors.describe('These clusters are not told about; wins over include.').exactOptional(),
  },
  { error: 'takes the keys include and exclude' },
);

const acceptUnread = z.strictObject(
  {
    scope: someText.describe(
      'A region, region/cluster or an IAM action, with * and ?; denied-by-scp = all that a policy of the organization denies.',
    ),
    reason: someText.describe('Why it is all right that this is not read; it is in every report.'),
  },
  { error: 'takes the keys scope and reason' },
);

const suppression = z.strictObject(
  {
    rule: someText.describe('Id of a rule, as `irsa-auditor rules` lists them.'),
    subject: someText
      .describe('Id or ARN of what the finding is about, with * and ? as wildcards; left out = every subject.')
      .exactOptional(),
    reason: someText.describe('Why this is lived with; it is in every report.'),
    until: z.iso
      .date({ error: 'takes a day of the calendar as YYYY-MM-DD, such as 2027-03-31' })
      .describe('The last day on which it holds, YYYY-MM-DD in UTC; left out = permanently.')
      .exactOptional(),
  },
  { error: 'takes the keys rule, subject, reason and until' },
);

/** The shape of `irsa-auditor.yaml`. A key that it does not know is an error: a slip must not go unnoticed. */
export const settingsSchema = z.strictObject(
  {
    regions: regions.describe('Which regions are read: all = every enabled region.').exactOptional(),
    clusters: clusters.describe('Which clusters are told about; all of them are read.').exactOptional(),
    notifyAt: z
      .enum(SEVERITIES, { error: `takes one of ${SEVERITIES.join(', ')}` })
      .describe('The lowest severity that is told.')
      .exactOptional(),
    notifyWhenClean: yesOrNo.describe('Whether a complete audit without a finding is told too.').exactOptional(),
    docsBaseUrl: text(DOCS_ADDRESS, 'takes an address without a slash at its end, such as https://docs.example.com/irsa-auditor')
      .describe('Where the folder docs is published: emails link the pages of rules there.')
      .exactOptional(),
    reminderDays: z
      .int({ error: days })
      .min(0, { error: days })
      .max(365, { error: days })
      .describe('Days between two reminders of what is still open; 0 = none.')
      .exactOptional(),
    acceptUnread: list(acceptUnread, 'takes a list of scopes with their reasons')
      .describe('Gaps that are known: they stay in every report and no longer make an audit incomplete.')
      .exactOptional(),
    suppressions: list(suppression, 'takes a list of rules with the reason for each')
      .describe('Findings that are known and lived with: they stay in the report, marked, and are not told.')
      .exactOptional(),
    suppressByTag: yesOrNo
      .describe('Whether a tag irsa-auditor:ignore on a role, provider or cluster suppresses; never what is high or critical.')
      .exactOptional(),
  },
  { error: 'takes keys with their values, such as "notifyAt: high"' },
);

/** The keys that may be in each place, by its path without the numbers of list items. */
export const KEYS_AT: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(settingsSchema.shape),
  'clusters': Object.keys(clusters.shape),
  'acceptUnread': Object.keys(acceptUnread.shape),
  'suppressions': Object.keys(suppression.shape),
};

/** JSON Schema (draft 2020-12) of the file, by which editors complete and check it. */
export function settingsJsonSchema(): unknown {
  return { ...z.toJSONSchema(settingsSchema, { io: 'input' }), title: 'irsa-auditor settings' };
}
