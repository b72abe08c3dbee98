import { describe, expect, it } from '@jest/globals';
import { PodFold } from '../../../src/collect/kubernetes/fold-pods.js';
import { tokenRead } from '../../../src/facts/pods-by-hand.js';

const MOUNT = '/var/run/secrets/tokens';

/** What a container reads whose variable names a file, of a volume with the tokens of two audiences. */
function reads(file: string, mount: Readonly<Record<string, string>> = {}): unknown {
  const source = (audience: string, path: string): object => ({ serviceAccountToken: { audience, path } });
  const fold = new PodFold();
  fold.add({
    metadata: { namespace: 'shop', name: 'app' },
    spec: {
      volumes: [{ name: 'tokens', projected: { sources: [source('vault', 'vault-token'), source('sts.amazonaws.com', 'aws/token')] } }],
      containers: [
        {
          name: 'app',
          env: [
            { name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::210987654321:role/app' },
            { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: file },
          ],
          volumeMounts: [{ name: 'tokens', mountPath: MOUNT, ...mount }],
        },
      ],
    },
    status: {},
  });
  const [container] = fold.workloads()[0]?.containers ?? [];
  if (container === undefined) throw new Error('one container');
  return tokenRead(container);
}

/** Kubernetes, "Projected Volumes": `path` is where the token lies below the mount; `subPath` mounts a part of the volume. */
describe('the token that a container reads', () => {
  it.each([
    [`${MOUNT}/aws/token`, {}, ['sts.amazonaws.com']],
    [`${MOUNT}//aws/token`, {}, ['sts.amazonaws.com']],
    ['/run/secrets/tokens/aws/token', {}, ['sts.amazonaws.com']],
    [`${MOUNT}/vault-token`, {}, ['vault']],
    [`${MOUNT}/token`, {}, 'not mounted'],
    [`${MOUNT}/aws`, {}, 'not mounted'],
    [MOUNT, {}, 'not mounted'],
    [`${MOUNT}/aws/Token`, {}, 'not mounted'],
    [`${MOUNT}/token`, { subPath: 'aws' }, ['sts.amazonaws.com']],
    [MOUNT, { subPath: 'aws/token' }, ['sts.amazonaws.com']],
    [`${MOUNT}/aws/token`, { subPath: 'aws' }, 'not mounted'],
    [`${MOUNT}/token`, { subPathExpr: '$(POD)' }, ['vault', 'sts.amazonaws.com']],
  ])('%s, of a mount with %j', (file, mount, expected) => expect(reads(file, mount)).toEqual(expected));

  it('is not told from others in inventories of earlier versions, which do not say where it lies', () => {
    const tokens = [{ audience: 'sts.amazonaws.com', volume: 'tokens', mountPath: MOUNT }];
    expect(tokenRead({ tokens, tokenFile: `${MOUNT}/token` })).toEqual(['sts.amazonaws.com']);
  });
});
