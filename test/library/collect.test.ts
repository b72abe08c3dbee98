import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { audit, collect, InputError, UnknownProfileError, UnknownRegionError, type CallsUnderWay } from '../../src/index.js';
import { AccountUnderTest } from '../collect/account-under-test.js';
import { TestAccount } from '../support/aws/account.js';
import { describeOnMoto } from '../support/aws/moto.js';

describeOnMoto('collecting by the library', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
  });
  afterEach(() => test.endpoint.stop());
  const regions = ['eu-west-1'];

  it('reads the account of the environment, which can be audited', async () => {
    const told: CallsUnderWay[] = [];
    const inventory = await collect({ regions, kubernetes: true, timeout: 100, concurrency: 2, onProgress: (one) => told.push(one) });
    expect(inventory).toMatchObject({ account: test.account.id, requestedRegions: regions });
    expect(audit(inventory).complete).toBe(true);
    expect(told.at(-1)).toEqual({ done: told.length / 2, asked: told.length / 2 });
  });

  it('reads with keys that are given, and not with those of the environment', async () => {
    const other = new TestAccount();
    expect((await collect({ regions, credentials: other.credentials })).account).toBe(other.id);
    expect((await collect({ regions, credentials: () => Promise.resolve(other.credentials) })).account).toBe(other.id);
  });

  it.each([
    [{ regions: ['eu-west-9'] }, UnknownRegionError],
    [{ regions, profile: 'no-such-profile' }, UnknownProfileError],
    [{ regions: [7] as never }, InputError],
  ])('refuses %j', async (options, kind) => expect(collect(options)).rejects.toBeInstanceOf(kind));
});
