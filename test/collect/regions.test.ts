import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { homeRegion, knownRegions } from '../../src/model/inventory/partitions.js';
import { nearNames, UnknownRegionError } from '../../src/collect/unknown-region-error.js';
import { known } from '../../src/model/inventory/observed.js';
import { rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { AccountUnderTest } from './account-under-test.js';

describeOnMoto('regions that are named', () => {
  let test: AccountUnderTest;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
  });
  afterEach(() => test.endpoint.stop());

  it('are read as named, each once, without asking for the list', async () => {
    const inventory = await test.collect({ regions: ['us-east-1', 'eu-west-1', 'us-east-1'] });
    expect(inventory.requestedRegions).toEqual(['eu-west-1', 'us-east-1']);
    expect(inventory.regionList).toEqual(known(['eu-west-1', 'us-east-1']));
    expect(inventory.regions.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
    expect(inventory.calls).not.toHaveProperty('account:ListRegions');
  });

  it('are refused when the account does not know them, with near names', async () => {
    const error: unknown = await test.collect({ regions: ['eu-west-1', 'eu-wset-1'] }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UnknownRegionError);
    const message = 'There is no region "eu-wset-1" in the partition aws of these credentials. Did you mean eu-west-1?';
    expect(error).toMatchObject({ region: 'eu-wset-1', message });
    expect(test.endpoint.seen.some(({ service }) => service === 'eks')).toBe(false);
  });

  it('are refused when they are of another partition', async () => {
    await expect(test.collect({ regions: ['cn-north-1'] })).rejects.toThrow(UnknownRegionError);
  });

  const strange = ['evil.example.com/', 'eu-west-1@evil', '', 'EU-WEST-1', 'x\r\nHost: evil'];
  it.each(strange)('are refused unasked when they look like no region: %j', async (region) => {
    await expect(test.collect({ regions: [region] })).rejects.toThrow(UnknownRegionError);
    expect(test.endpoint.seen.every(({ service }) => service === 'sts' || service === 'iam')).toBe(true);
    expect(test.endpoint.seen.every((call) => call.region !== region)).toBe(true);
  });

  it('are read when they are newer than this version and the account has them', async () => {
    test.endpoint.on({ operation: 'ListRegions' }, rawAnswer('{"Regions":[{"RegionName":"eu-west-9","RegionOptStatus":"ENABLED"}]}'));
    test.endpoint.on({ region: 'eu-west-9' }, rawAnswer('{"clusters":[]}'));
    const inventory = await test.collect({ regions: ['eu-west-9'] });
    expect(inventory.regions).toEqual([{ region: 'eu-west-9', clusters: known([]) }]);
    expect(inventory.calls['account:ListRegions']).toBe(1);
  });

  it('get their try when the list is refused and they look like regions', async () => {
    test.endpoint.on({ operation: 'ListRegions' }, serviceError('AccessDeniedException', 'no', 403));
    expect((await test.collect({ regions: ['eu-west-9'] })).regions).toHaveLength(1);
  });
});

describe('near names', () => {
  it('are those at the least distance, at most two letters away', () => {
    expect(nearNames('eu-wst-1', ['eu-west-1', 'eu-west-2', 'us-east-1'])).toEqual(['eu-west-1']);
    expect(nearNames('eu-west-9', ['eu-west-1', 'eu-west-2', 'us-east-1'])).toEqual(['eu-west-1', 'eu-west-2']);
    expect(nearNames('mars', ['eu-west-1'])).toEqual([]);
  });

  it('are left out of the message where there are none', () => {
    expect(new UnknownRegionError('mars', 'aws', []).message).toBe('There is no region "mars" in the partition aws of these credentials.');
  });
});

describe('partitions', () => {
  it('have their home region among their known regions', () => {
    const partitions = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f'];
    for (const partition of partitions) expect(knownRegions(partition)).toContain(homeRegion(partition));
  });

  it('may be newer than this version', () => {
    expect(homeRegion('aws-moon')).toBeNull();
    expect(knownRegions('aws-moon')).toEqual([]);
  });
});
