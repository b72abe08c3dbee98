import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS, withDefaults } from '../src/model/report/settings.js';
import { parseSettings } from '../src/settings/settings-file.js';
import { problems, RULES } from './settings-problems.js';

const settings = (text: string) => parseSettings(text, 'file', RULES).settings;

describe('what is right', () => {
  it.each<[string, object]>([
    ['', {}],
    ['# a comment alone\n', {}],
    ['\ufeffregions: all\n', { regions: 'all' }],
    ['{}', {}],
    ['regions: [eu-west-1, us-gov-east-1]', { regions: ['eu-west-1', 'us-gov-east-1'] }],
    [
      'clusters: { include: [prod-*, eu-west-1/pr?d, "tag:team=plat*", "tag:aws:cloudformation/stack=a=b"] }',
      { clusters: { include: ['prod-*', 'eu-west-1/pr?d', 'tag:team=plat*', 'tag:aws:cloudformation/stack=a=b'], exclude: [] } },
    ],
    ['clusters: { exclude: [sand_box] }', { clusters: { include: [], exclude: ['sand_box'] } }],
    ['notifyAt: critical', { notifyAt: 'critical' }],
    ['notifyWhenClean: true', { notifyWhenClean: true }],
    ['docsBaseUrl: https://docs.example.com/irsa', { docsBaseUrl: 'https://docs.example.com/irsa' }],
    ['reminderDays: 0', { reminderDays: 0 }],
    ['reminderDays: 365', { reminderDays: 365 }],
    ['acceptUnread: [{ scope: eu-west-3, reason: closed }]', { acceptUnread: [{ scope: 'eu-west-3', reason: 'closed' }] }],
    [
      'suppressions: [{ rule: provider-missing, reason: known }]',
      { suppressions: [{ rule: 'provider-missing', subject: '*', reason: 'known', until: null }] },
    ],
    [
      'suppressions:\n  - rule: subject-mismatch\n    subject: arn:aws:iam::*:role/x\n    reason: "2"\n    until: 2028-02-29\n',
      { suppressions: [{ rule: 'subject-mismatch', subject: 'arn:aws:iam::*:role/x', reason: '2', until: '2028-02-29' }] },
    ],
    ['suppressByTag: false', { suppressByTag: false }],
    [
      '%YAML 1.1\n---\nsuppressions: [{ rule: provider-missing, reason: no, until: 2027-03-31 }]',
      { suppressions: [expect.objectContaining({ reason: 'no', until: '2027-03-31' })] },
    ],
    [
      'acceptUnread: [{ scope: a, reason: &why closed }, { scope: b, reason: *why }]',
      { acceptUnread: [expect.anything(), { scope: 'b', reason: 'closed' }] },
    ],
  ])('%j', (text, expected) => {
    expect(parseSettings(text, 'file', RULES)).toEqual({ settings: expected, warnings: [] });
  });
});

describe('what is wrong is named by line and key, with what would be right', () => {
  const REGIONS = 'takes all, or a list of at least one region';
  const DAYS = 'takes a whole number of days from 0 to 365';
  const DAY = 'takes a day of the calendar as YYYY-MM-DD, such as 2027-03-31';
  const TEXT = 'takes some text (in quotes where it looks like a number)';
  const SELECTOR = 'takes the name of a cluster (prod-*), one in a region (eu-west-1/prod-*) or a tag (tag:team=platform)';
  it.each([
    ['hello', 'it takes keys with their values, such as "notifyAt: high", not "hello"'],
    ['- regions', 'it takes keys with their values, such as "notifyAt: high", not a list'],
    ['regions: everything', `line 1, regions: ${REGIONS}, not "everything"`],
    ['regions: []', `line 1, regions: ${REGIONS}, not an empty list`],
    ['regions:', `line 1, regions: ${REGIONS}, not nothing: leave the key out instead`],
    ['regions:\n  - eu-west-1\n  - Ireland', 'line 3, regions[1]: takes the name of a region, such as eu-west-1, not "Ireland"'],
    ['regions: [1]', 'line 1, regions[0]: takes the name of a region, such as eu-west-1, not 1'],
    ['clusters: prod', 'line 1, clusters: takes the keys include and exclude, not "prod"'],
    [
      'clusters:\n  include: prod',
      'line 2, clusters.include: takes a list of names of clusters (prod-*), names in a region (eu-west-1/prod-*) or tags (tag:team=platform), not "prod"',
    ],
    ['clusters:\n  exclude:\n    - prod one', `line 3, clusters.exclude[0]: ${SELECTOR}, not "prod one"`],
    ['clusters: { include: ["tag:team"] }', `line 1, clusters.include[0]: ${SELECTOR}, not "tag:team"`],
    ['clusters: { include: ["a/b/c"] }', `line 1, clusters.include[0]: ${SELECTOR}, not "a/b/c"`],
    ['clusters: { includes: [] }', 'line 1, clusters.includes: there is no such key; did you mean include?'],
    ['\nnotifyAt: severe', 'line 2, notifyAt: takes one of info, low, medium, high, critical, not "severe"'],
    [
      'docsBaseUrl: https://a/',
      'line 1, docsBaseUrl: takes an address without a slash at its end, such as https://docs.example.com/irsa-auditor, not "https://a/"',
    ],
    ['notifyWhenClean: yes', 'line 1, notifyWhenClean: takes true or false, not "yes"'],
    ['reminderDays: 366', `line 1, reminderDays: ${DAYS}, not 366`],
    ['reminderDays: -1', `line 1, reminderDays: ${DAYS}, not -1`],
    ['reminderDays: 1.5', `line 1, reminderDays: ${DAYS}, not 1.5`],
    ['reminderDays: "7"', `line 1, reminderDays: ${DAYS}, not "7"`],
    ['acceptUnread: { scope: a, reason: b }', 'line 1, acceptUnread: takes a list of scopes with their reasons, not keys of its own'],
    ['acceptUnread: [eu-west-3]', 'line 1, acceptUnread[0]: takes the keys scope and reason, not "eu-west-3"'],
    ['acceptUnread: [{ scope: eu-west-3 }]', `line 1, acceptUnread[0].reason: is missing; it ${TEXT}`],
    ['acceptUnread: [{ scope: " ", reason: b }]', `line 1, acceptUnread[0].scope: ${TEXT}, not " "`],
    ['suppressions: provider-missing', 'line 1, suppressions: takes a list of rules with the reason for each, not "provider-missing"'],
    ['suppressions: [provider-missing]', 'line 1, suppressions[0]: takes the keys rule, subject, reason and until, not "provider-missing"'],
    ['suppressions: [{ reason: known }]', `line 1, suppressions[0].rule: is missing; it ${TEXT}`],
    ['suppressions:\n  - rule: provider-missing\n    reason: ""', `line 3, suppressions[0].reason: ${TEXT}, not ""`],
    ['suppressions:\n  - rule: provider-missing\n    reason: 4711', `line 3, suppressions[0].reason: ${TEXT}, not 4711`],
    [
      'suppressions:\n  - rule: provider-missing\n    reason: x\n    subject: ',
      `line 4, suppressions[0].subject: ${TEXT}, not nothing: leave the key out instead`,
    ],
    [
      'suppressions:\n  - rule: provider-missing\n    reason: x\n    until: 2027-02-29',
      `line 4, suppressions[0].until: ${DAY}, not "2027-02-29"`,
    ],
    ['suppressions: [{ rule: provider-missing, reason: x, until: 31.12.2027 }]', `line 1, suppressions[0].until: ${DAY}, not "31.12.2027"`],
    [
      'suppressions: [{ rule: provider-missing, reason: x, untill: 2027-01-01 }]',
      'line 1, suppressions[0].untill: there is no such key; did you mean until?',
    ],
    ['suppressByTag: 1', 'line 1, suppressByTag: takes true or false, not 1'],
    ['# first\nnotify-at: high', 'line 2, notify-at: there is no such key; did you mean notifyAt?'],
    ['supressions: []', 'line 1, supressions: there is no such key; did you mean suppressions?'],
    ['x: 1', 'line 1, x: there is no such key'],
  ])('%j', (text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  it.each(['\\u200b', ' \\uFEFF ', '\\u2800', '\\u3164\\u00ad'])('a reason of "%s" alone, which nobody sees', (reason) =>
    expect(problems(`suppressions:\n  - rule: provider-missing\n    reason: "${reason}"`)).toEqual([
      expect.stringContaining(`line 3, suppressions[0].reason: ${TEXT}, not `),
    ]),
  );

  it('shows five and counts the rest', () => {
    expect(problems(Array.from({ length: 7 }, (_, index) => `wrong${index}: 1`).join('\n'))).toEqual([
      ...[0, 1, 2, 3, 4].map((index) => `line ${index + 1}, wrong${index}: there is no such key`),
      'and 2 more',
    ]);
  });
});

describe('a suppression of a rule that does not exist', () => {
  it('is a warning, with the nearest rule', () => {
    const text = 'suppressions:\n  - rule: provider-mising\n    reason: x\n  - rule: gone\n    reason: y\n';
    expect(parseSettings(text, 'file', RULES)).toMatchObject({
      settings: { suppressions: [{ rule: 'provider-mising' }, { rule: 'gone' }] },
      warnings: [
        'line 2, suppressions[0].rule: there is no rule "provider-mising"; did you mean provider-missing?',
        'line 4, suppressions[1].rule: there is no rule "gone"',
      ],
    });
  });
});

describe('several files', () => {
  it('are the defaults where there are none', () => expect(withDefaults()).toEqual(DEFAULT_SETTINGS));

  it('win key by key, and add up what they accept and suppress', () => {
    const gap = (scope: string) => ({ scope, reason: 'x' });
    const lower = settings('notifyAt: high\nregions: [eu-west-1]\nacceptUnread: [{ scope: a, reason: x }]\nclusters: { include: [a] }');
    const upper = settings('notifyAt: info\nclusters: { exclude: [b] }\nsuppressions: [{ rule: provider-missing, reason: y }]');
    expect(withDefaults(lower, upper, { acceptUnread: [gap('b')] })).toEqual({
      ...DEFAULT_SETTINGS,
      notifyAt: 'info',
      regions: ['eu-west-1'],
      clusters: { include: [], exclude: ['b'] },
      acceptUnread: [gap('a'), gap('b')],
      suppressions: [{ rule: 'provider-missing', subject: '*', reason: 'y', until: null }],
    });
  });
});
