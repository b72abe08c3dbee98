import type { PageProblem } from '../../src/report/page/page-data.js';
import { el } from './dom.js';

const KIND_WORD = { break: 'broken', exposure: 'exposed', hygiene: 'hygiene' } as const;
export const kindWord = (kind: PageProblem['kind']): string => (kind === null ? '' : KIND_WORD[kind]);
const SEVERITY_WORD = { critical: 'CRIT', high: 'HIGH', medium: 'MED', low: 'LOW', info: 'INFO' } as const;

export const badge = (severity: PageProblem['severity']): HTMLElement =>
  el('span', { class: `badge ${severity}` }, SEVERITY_WORD[severity]);
