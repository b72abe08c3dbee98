import { describe, expect, it } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { constructIn, stackOf } from './synthesise.js';

const REMOVES_OBJECTS = 'Custom::S3AutoDeleteObjects';

/** The rules of the bucket's lifecycle, as S3 gets them. */
function lifecycle(template: Template): unknown {
  const buckets = Object.values(template.findResources('AWS::S3::Bucket')) as {
    Properties: { LifecycleConfiguration: { Rules: unknown } };
  }[];
  expect(buckets).toHaveLength(1);
  return buckets[0]?.Properties.LifecycleConfiguration.Rules;
}

describe('the bucket of the reports', () => {
  const template = Template.fromStack(stackOf());

  it('is encrypted by S3, closed to the public and keeps what was overwritten', () =>
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
    }));

  it('refuses plain HTTP, and lets nobody in by its own policy', () => {
    const policies = Object.values(template.findResources('AWS::S3::BucketPolicy')) as {
      Properties: { PolicyDocument: { Statement: unknown } };
    }[];
    expect(policies.map((policy) => policy.Properties.PolicyDocument.Statement)).toEqual([
      [expect.objectContaining({ Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
    ]);
  });

  it('lets reports and discarded memory go after 90 days, and nothing that is in use', () =>
    expect(lifecycle(template)).toEqual([
      { Prefix: 'reports/', ExpirationInDays: 90, Status: 'Enabled' },
      { Prefix: 'state-aside/', ExpirationInDays: 90, Status: 'Enabled' },
      {
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        Status: 'Enabled',
      },
    ]));

  it('keeps reports as long as one says', () => {
    const expirations = Match.objectLike({
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          Match.objectLike({ Prefix: 'reports/', ExpirationInDays: 400 }),
          Match.objectLike({ Prefix: 'state-aside/', ExpirationInDays: 400 }),
        ]),
      },
    });
    Template.fromStack(stackOf({ reportRetentionDays: '400' })).hasResourceProperties('AWS::S3::Bucket', expirations);
    constructIn(() => ({ reportRetention: Duration.days(400) })).template.hasResourceProperties('AWS::S3::Bucket', expirations);
  });

  it('stays when the stack is removed, and needs no second function for it', () => {
    for (const kept of [template, Template.fromStack(stackOf({ removeReports: 'false' }))]) {
      kept.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
      kept.resourceCountIs(REMOVES_OBJECTS, 0);
      kept.resourceCountIs('AWS::Lambda::Function', 1);
    }
  });

  it('goes with the stack, full as it is, where one wants that', () => {
    for (const removed of [Template.fromStack(stackOf({ removeReports: 'true' })), constructIn(() => ({ removeReports: true })).template]) {
      removed.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
      removed.hasResourceProperties(REMOVES_OBJECTS, { BucketName: { Ref: Match.stringLikeRegexp('^AuditorReports') } });
    }
  });
});

describe('the bucket that a removed stack left', () => {
  const kept = Template.fromStack(stackOf({ reportsBucket: 'irsaauditor-auditorreports-1x2y' }));

  it('is gone on with: none is made, and the function reads and writes that one', () => {
    kept.resourceCountIs('AWS::S3::Bucket', 0);
    kept.resourceCountIs('AWS::S3::BucketPolicy', 0);
    kept.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ IRSA_AUDITOR_BUCKET: 'irsaauditor-auditorreports-1x2y' }) },
    });
    const objects = JSON.stringify(kept.findResources('AWS::IAM::Policy')).match(/:s3:::irsaauditor-auditorreports-1x2y[^"]*/g);
    expect(objects).toContain(':s3:::irsaauditor-auditorreports-1x2y/state.json');
    expect(objects).toContain(':s3:::irsaauditor-auditorreports-1x2y/reports/*');
    expect(kept.findOutputs('ReportsBucket')['ReportsBucket']).toMatchObject({ Value: 'irsaauditor-auditorreports-1x2y' });
  });

  it('leaves everything else as it is', () => {
    const ids = (template: Template) => Object.keys((template.toJSON() as { Resources: object }).Resources);
    const fresh = Template.fromStack(stackOf());
    const bucket = [...Object.keys(fresh.findResources('AWS::S3::Bucket')), ...Object.keys(fresh.findResources('AWS::S3::BucketPolicy'))];
    expect(ids(kept)).toEqual(ids(fresh).filter((id) => !bucket.includes(id)));
  });

  it.each([
    [{ reportsBucket: 'Not A Bucket' }, /-c reportsBucket=Not A Bucket is not understood/],
    [{ reportsBucket: 'kept', removeReports: 'true' }, /keeps its own lifecycle/],
    [{ reportsBucket: 'kept', reportRetentionDays: '30' }, /keeps its own lifecycle/],
  ])('%j is refused', (context, message) => expect(() => stackOf(context)).toThrow(message));
});
