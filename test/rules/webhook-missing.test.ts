import { expect, it } from '@jest/globals';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { CASES } from '../cases/all-cases.js';

it.each(['bad-none', 'bad-without-a-ca-bundle'])(
  'a webhook that is not reached has advice that works whether or not it is there: %s',
  (name) => {
    const found = CASES.filter((one) => one.name.includes(`webhook-missing/${name}`)).flatMap(({ inventory }) =>
      auditInventory(inventory).findings.filter(({ rule }) => rule === 'webhook-missing'),
    );
    // To create what is there fails: kubectl apply does either.
    expect(found.map(({ fix }) => fix?.summary.split(' ')[0])).toEqual(['Apply']);
  },
);
