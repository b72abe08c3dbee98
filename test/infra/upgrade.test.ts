import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { describeOnMoto } from '../support/aws/moto.js';
import { pythonWithMoto } from '../support/python.js';
import { stackOf } from './synthesise.js';

interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
interface Deployed {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** What version 0.1.0 deployed, as it was synthesised then; the hashes of its assets are taken out. Nobody brings this file up to date. */
const BEFORE = JSON.parse(readFileSync('test/infra/deployed-0.1.0.json', 'utf8')) as Readonly<Record<Variant, Deployed>>;

const CONTEXT = {
  'defaults': {},
  'every resource': { topicEncryptionKey: 'new', removeReports: 'true', kubernetes: 'true', clusterAccess: 'shop' },
};
type Variant = keyof typeof CONTEXT;
const VARIANTS = Object.keys(CONTEXT) as Variant[];

/** What holds data, is subscribed to, or is named in the policies, clusters and dashboards of others: made anew it is another one. */
const STAYS: Readonly<Record<string, readonly string[]>> = {
  'AWS::SNS::Topic': ['KmsMasterKeyId'],
  'AWS::SNS::Subscription': [],
  'AWS::S3::Bucket': ['BucketEncryption', 'VersioningConfiguration'],
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
  'AWS::Logs::LogGroup': [],
  'AWS::SQS::Queue': ['SqsManagedSseEnabled', 'KmsMasterKeyId'],
  'AWS::Lambda::Function': ['LoggingConfig', 'Role'],
  'AWS::IAM::Role': [],
  'AWS::EKS::AccessEntry': [],
};

/** The properties of which CloudFormation's own schemas say that another value is another resource. */
function createOnly(): Readonly<Record<string, readonly string[]>> {
  const program = `
import json
from cfnlint.schema.manager import ProviderSchemaManager
manager = ProviderSchemaManager()
only = lambda kind: manager.get_resource_schema("eu-west-1", kind).schema.get("createOnlyProperties", [])
print(json.dumps({kind: [path.split("/")[2] for path in only(kind)] for kind in ${JSON.stringify(Object.keys(STAYS))}}))`;
  const { stdout, stderr, status } = spawnSync(pythonWithMoto(), ['-c', program], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, readonly string[]>;
}

const ofStays = ({ Resources: resources }: Deployed): readonly (readonly [string, Resource])[] =>
  Object.entries(resources).filter(([, { Type: type }]) => type in STAYS);

/** A resource without what an update may change in place. */
function identity({ Type: type, Condition, DeletionPolicy, UpdateReplacePolicy, Properties = {} }: Resource, only: readonly string[] = []) {
  const fixed = [...only, ...(STAYS[type] ?? [])].map((name) => [name, Properties[name]]);
  return { type, Condition, DeletionPolicy, UpdateReplacePolicy, fixed: Object.fromEntries(fixed) as unknown };
}

describe('a stack of 0.1.0 that is brought up to date', () => {
  const now = Object.fromEntries(
    VARIANTS.map((variant) => [variant, Template.fromStack(stackOf(CONTEXT[variant])).toJSON() as Deployed]),
  ) as Record<Variant, Deployed>;

  it('is known with everything that stays', () =>
    expect(new Set(ofStays(BEFORE['every resource']).map(([, { Type: type }]) => type))).toEqual(new Set(Object.keys(STAYS))));

  it.each(VARIANTS)('with %s keeps what holds data, is subscribed to or is named elsewhere, under the same logical ids', (variant) => {
    for (const [id, resource] of ofStays(BEFORE[variant]))
      expect({ [id]: now[variant].Resources[id] && identity(now[variant].Resources[id]) }).toEqual({ [id]: identity(resource) });
  });

  it.each(VARIANTS)('with %s keeps its parameters and outputs', (variant) => {
    expect(Object.keys(now[variant].Parameters)).toEqual(expect.arrayContaining(Object.keys(BEFORE[variant].Parameters)));
    expect(Object.keys(now[variant].Outputs)).toEqual(expect.arrayContaining(Object.keys(BEFORE[variant].Outputs)));
  });

  // The schemas come with cfn-lint, which comes with moto.
  describeOnMoto('property by property', () => {
    let only: ReturnType<typeof createOnly>;
    beforeAll(() => {
      only = createOnly();
    });

    it('is held to what CloudFormation cannot change in place', () =>
      expect([only['AWS::SNS::Topic'], only['AWS::S3::Bucket']]).toEqual([
        expect.arrayContaining(['TopicName', 'FifoTopic']),
        expect.arrayContaining(['BucketName']),
      ]));

    it.each(VARIANTS)('with %s has nothing replaced', (variant) => {
      for (const [id, resource] of ofStays(BEFORE[variant])) {
        const kept = now[variant].Resources[id];
        expect({ [id]: kept && identity(kept, only[resource.Type]) }).toEqual({ [id]: identity(resource, only[resource.Type]) });
      }
    });
  });
});
