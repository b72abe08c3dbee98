import { auditWith } from '../../src/engine/audit.js';
import { changesSince, type Changes } from '../../src/engine/history/changes.js';
import type { Subject } from '../../src/model/report/finding.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { known } from '../../src/model/inventory/observed.js';
import { DEFAULT_SETTINGS, type Settings } from '../../src/model/report/settings.js';
import type { Remembered, State } from '../../src/model/report/state.js';
import type { Rule } from '../../src/rules/contract/define-rule.js';
import { inventoryOf, SEES_ALL, type Blindness, type World } from './made-up-world.js';
import { roleNamed, ruleThat } from './rule-builder.js';

/** Runs one after the other over an account that stays as it is: what changes is what the rules see of it, and what can be read. */

const WORLD: World = {
  clusters: { prod: { exists: true, provider: 'right' }, lab: { exists: true, provider: 'right' } },
  roles: ['right for prod'],
  annotated: null,
};

/** What every rule here is about: it exists. */
export const ROLE: Subject = roleNamed('role-0');

export const day = (number: number): string => new Date(Date.UTC(2026, 10, number, 6)).toISOString();

export const rule = (over: Parameters<typeof ruleThat>[0] = {}): Rule => ruleThat({ id: 'a-rule', about: ROLE, ...over });

export const quiet = rule({ raises: [] });

export const crashing = rule({
  evaluate: () => {
    throw new Error('a defect');
  },
});

export interface Situation {
  readonly rules?: readonly Rule[];
  readonly blind?: Partial<Blindness>;
  readonly settings?: Partial<Settings>;
  /** Of the program; the same in every run unless a test says otherwise. */
  readonly version?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The world as a run reads it, with tags on its role. */
function inventory(blind: Partial<Blindness>, tags: Readonly<Record<string, string>>, on: number): Inventory {
  const read = inventoryOf(WORLD, { ...SEES_ALL, ...blind }, day(on));
  return read.roles.known ? { ...read, roles: known(read.roles.value.map((one) => ({ ...one, tags }))) } : read;
}

/** One run on a day of November. */
export function run(
  previous: State | null,
  on: number,
  { rules = [rule()], blind = {}, settings = {}, version = '1', tags = {} }: Situation = {},
): Changes {
  const all = { ...DEFAULT_SETTINGS, ...settings };
  const audit = auditWith(rules, inventory(blind, tags, on), { now: day(on), acceptUnread: all.acceptUnread, settings: all });
  return changesSince(previous, audit, { rules, settings: all, version });
}

export const onlyFinding = ({ next }: Changes): Remembered | undefined => Object.values(next.findings)[0];
