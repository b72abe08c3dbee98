import { describe, expect, it } from '@jest/globals';
import { PodFold } from '../../../src/collect/kubernetes/fold-pods.js';
import { tokenRead } from '../../../src/facts/account/pods-by-hand.js';

const MOUNT = '/var/run/secrets/tokens';

/** What a container reads whose variable names a file, of a volume with the tokens of two audiences. */
function reads(file: string, mount: Readonly<Record<string, string>> = {}, other: readonly [string, object] | null = null): unknown {
  const source = (audience: string, path: string): object => ({ serviceAccountToken: { audience, path } });
  const fold = new PodFold();
  fold.add({
    metadata: { namespace: 'shop', name: 'app' },
    spec: {
      volumes: [
        { name: 'tokens', projected: { sources: [source('vault', 'vault-token'), source('sts.amazonaws.com', 'aws/token')] } },
        ...(other === null ? [] : [{ name: 'other', ...other[1] }]),
      ],
      containers: [
        {
          name: 'app',
          env: [
            { name: 'AWS_ROLE_ARN', value: 'arn:aws:iam::210987654321:role/app' },
            { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: file },
          ],
          volumeMounts: [
            { name: 'tokens', mountPath: MOUNT, ...mount },
            ...(other === null ? [] : [{ name: 'other', mountPath: other[0] }]),
          ],
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

  /** Kubernetes, "Volumes": the files of a configMap, a downwardAPI and a projected volume come from the API server, and no pod writes to them. */
  it.each<[string, string, object, unknown]>([
    ['/spiffe/jwt', '/spiffe', { emptyDir: {} }, 'written'],
    ['/run/spiffe/jwt', '/var/run/spiffe/', { csi: { driver: 'csi.spiffe.io' } }, 'written'],
    ['/spiffe/own/jwt', '/spiffe', { hostPath: { path: '/run/spiffe' } }, 'written'],
    ['/spiffe/jwt', '/spiffe/jwt', { secret: {} }, 'written'],
    ['/spiffe/jwt', '/spiff', { emptyDir: {} }, 'not mounted'],
    ['/spiffe/jwt', '/spiffe', { configMap: {} }, 'not mounted'],
    ['/spiffe/jwt', '/spiffe', { projected: { sources: [] } }, 'not mounted'],
    // The nearest mount is the one that a container sees.
    [`${MOUNT}/aws/token`, '/var/run/secrets', { emptyDir: {} }, ['sts.amazonaws.com']],
    [`${MOUNT}/aws/token`, `${MOUNT}/aws`, { emptyDir: {} }, 'written'],
  ])('%s, with another volume at %s: %j', (file, at, volume, expected) => expect(reads(file, {}, [at, volume])).toEqual(expected));

  it('is not told from others in inventories of earlier versions, which do not say where it lies', () => {
    const tokens = [{ audience: 'sts.amazonaws.com', volume: 'tokens', mountPath: MOUNT }];
    expect(tokenRead({ tokens, tokenFile: `${MOUNT}/token` })).toEqual(['sts.amazonaws.com']);
  });
});
