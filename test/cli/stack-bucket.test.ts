import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { ambientBucket } from '../../cli/terminal/environment.js';
import { credentialSource } from '../../cli/reading/credentials.js';
import { run } from '../../cli/run.js';
import { stackBucket } from '../../cli/reading/stack-bucket.js';
import { openBucket } from '../../src/deliver/bucket.js';
import { BUCKET_KEYS } from '../../src/deliver/names.js';
import { renderJson } from '../../src/report/json/v1.js';
import { AccountUnderTest } from '../collect/account-under-test.js';
import { aReport } from '../report/report-builder.js';
import { rawAnswer, serviceError } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';
import { captured } from './io-of-test.js';

const OTHERS = { Outputs: { AuditNow: { Value: 'x' }, LatestReport: { Value: 'a <b> & c' }, ReportsBucket: { Value: '' } } };

describeOnMoto('the bucket of the deployed stack', () => {
  let test: AccountUnderTest;
  let bucket: string;
  beforeEach(async () => {
    test = await AccountUnderTest.make();
    bucket = `irsaauditor-auditorreports-${test.account.id}`;
    const s3 = new S3Client({ region: 'eu-west-1', forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const [Key, Body] = [BUCKET_KEYS.latestJson, renderJson(aReport({ account: test.account.id }))];
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  });
  afterEach(() => test.endpoint.stop());

  /** A stack of this name as CloudFormation makes it, over the wire. */
  async function stack(name: string, value: string, region = 'eu-west-1'): Promise<void> {
    const Resources = { Topic: { Type: 'AWS::SNS::Topic' } };
    const Outputs = { ...OTHERS.Outputs, ReportsBucket: { Value: value } };
    const body = new URLSearchParams({
      Action: 'CreateStack',
      Version: '2010-05-15',
      StackName: name,
      TemplateBody: JSON.stringify({ Resources, Outputs }),
    });
    const { accessKeyId } = test.account.credentials;
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261101/${region}/cloudformation/aws4_request, SignedHeaders=host, Signature=0`;
    const answer = await fetch(test.endpoint.url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async function report(...argv: readonly string[]): Promise<{ readonly status: number; readonly out: string; readonly err: string }> {
    const { io, out, err } = captured({
      ambientBucket: ambientBucket(),
      bucket: (name, region) => Promise.resolve(openBucket(name, { maxAttempts: 1, ...(region === undefined ? {} : { region }) })),
      stackBucket: async (region, access) =>
        stackBucket({ ...(region === undefined ? {} : { region }), ...(await credentialSource(access)) }),
    });
    const status = await run(['report', ...argv], io);
    return { status, out: out(), err: err() };
  }

  it('is found by the outputs of the stack of the usual name', async () => {
    await stack('IrsaAuditor', bucket);
    await stack('Another', 'other-bucket');
    const { status, err } = await report();
    expect([status, err]).toEqual([0, expect.stringContaining(`This report of account ${test.account.id} was made at`)]);
    const asked = test.endpoint.seen.filter(({ operation }) => operation === 'DescribeStacks');
    expect(asked.map(({ service, region, body }) => [service, region, new URLSearchParams(body).get('StackName')])).toEqual([
      ['cloudformation', 'eu-west-1', 'IrsaAuditor'],
    ]);
  });

  it('is found by its outputs in a stack of another name, and by the region that is named', async () => {
    await stack('Platform', bucket, 'us-east-2');
    expect((await report()).err).toBe(
      'irsa-auditor: No stack of irsa-auditor was found in eu-west-1: name its region with --region. Name the bucket: --bucket, or IRSA_AUDITOR_BUCKET.\n',
    );
    await stack('Platform', bucket);
    expect((await report()).status).toBe(0);
  });

  it('is asked for where there are several, or none', async () => {
    await stack('A', 'first-bucket');
    await stack('B', 'second-bucket');
    expect((await report()).err).toMatch(
      /There are several stacks of irsa-auditor in eu-west-1, with the buckets first-bucket, second-bucket\. Name/,
    );
  });

  it('is asked for where CloudFormation refuses, in its words', async () => {
    test.endpoint.on({ operation: 'DescribeStacks' }, serviceError('AccessDenied', 'not &lt;authorized&gt;', 403));
    expect(await report()).toMatchObject({
      status: 2,
      err: 'irsa-auditor: CloudFormation does not tell the stack of irsa-auditor: AccessDenied: not <authorized>. Name the bucket: --bucket, or IRSA_AUDITOR_BUCKET.\n',
    });
    test.endpoint.clear();
    test.endpoint.on({ operation: 'DescribeStacks' }, { kind: 'reset' });
    expect((await report()).err).toMatch(/CloudFormation does not tell the stack of irsa-auditor: .*socket hang up/);
    delete process.env['AWS_REGION'];
    expect((await report()).err).toMatch(/Region is missing: name it with --region, or AWS_REGION/);
  });

  it('is no name that a stack made up, whatever else stands in the answer', async () => {
    const member = (key: string, value: string): string =>
      `<member><OutputValue>${value}</OutputValue><OutputKey>${key}</OutputKey></member>`;
    const outputs = `${member('ReportsBucket', 'x; rm -rf')}${member('AuditNow', '')}${member('LatestReport', '')}`;
    const answer = `<R><DescribeStacksResult><Stacks><member><Outputs>${outputs}</Outputs><Tags><member><Key>StackName</Key></member></Tags><StackName>S</StackName></member></Stacks></DescribeStacksResult></R>`;
    test.endpoint.on({ operation: 'DescribeStacks' }, rawAnswer(answer, 'text/xml'));
    expect((await report()).err).toMatch(/No stack of irsa-auditor was found/);
  });

  it('is that of the environment without a call of CloudFormation', async () => {
    process.env['IRSA_AUDITOR_BUCKET'] = bucket;
    expect((await report()).status).toBe(0);
    delete process.env['IRSA_AUDITOR_BUCKET'];
    expect(test.endpoint.counts()).not.toHaveProperty('DescribeStacks');
  });
});
