import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fragmentOf, viewOf, WHOLE, type View } from '../../page/lib/view.js';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const views = fc.record<View>({
  tab: fc.constantFrom('problems', 'picture', 'scan', 'rules'),
  severities: fc.subarray(['critical', 'high', 'medium', 'low', 'info']),
  kinds: fc.subarray(['exposure', 'break', 'hygiene']),
  search: text,
  cluster: text,
  namespace: text,
  rule: text,
  status: text,
  open: text,
  at: text,
  ways: text,
});

describe('the fragment of a page', () => {
  it('is read back as the view that it was written of', () =>
    fc.assert(fc.property(views, (view) => expect(viewOf(fragmentOf(view))).toEqual(view))));

  it('may be anything', () => {
    expect(viewOf('')).toEqual(WHOLE);
    expect(viewOf('#tab=nowhere&severity=high,worst&kind=,&__proto__=x&%')).toEqual({ ...WHOLE, severities: ['high'] });
  });
});
