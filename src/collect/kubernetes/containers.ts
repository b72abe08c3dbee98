import { isBelow, plainPath } from '../../lib/plain-path.js';
import { membersOf, type Members } from '../../lib/is-object.js';
import type { ContainerIdentity, MountedToken } from '../../model/inventory/workload.js';
import { cutName, cutValue } from './cut.js';
import { textOf } from './pages.js';
import { listOf, nameOf } from './records.js';
import { proxiedBy } from './proxied.js';

/** The errors of STS and of the SDKs' credential chains that a container's last words are searched for. */
const ERRORS =
  /\b(AccessDenied(?:Exception)?|InvalidIdentityToken(?:Exception)?|ExpiredToken(?:Exception)?|IDPRejectedClaim|RegionDisabledException|NoCredentialProviders|NoCredentialsError|CredentialsProviderError|WebIdentityErr|Unable to locate credentials)\b/;

/** One token of a projected volume, and where in it that lies; null = the server did not say. */
interface Projected {
  readonly audience: string;
  readonly path: string | null;
}

/** Projected service account tokens of a pod, by the name of their volume. The one that every pod has, for the API server itself, says nothing. */
function tokenVolumes(spec: Members): ReadonlyMap<string, readonly Projected[]> {
  const found = listOf(spec['volumes']).flatMap((volume): [string, readonly Projected[]][] => {
    const tokens = listOf(membersOf(volume['projected'])['sources']).flatMap(({ serviceAccountToken }): readonly Projected[] => {
      const { audience, path } = membersOf(serviceAccountToken);
      const named = textOf(audience);
      return named === null ? [] : [{ audience: named, path: textOf(path) }];
    });
    return tokens.length === 0 ? [] : [[textOf(volume['name']) ?? '', tokens]];
  });
  return new Map(found);
}

/** Where a token of a volume lies below a mount of it: that of a part of the volume may not hold it. @returns null where it does not */
function placeOf({ path }: Projected, mount: Members): { readonly path?: string } | null {
  const part = textOf(mount['subPath']) ?? '';
  if (path === null || textOf(mount['subPathExpr']) !== null) return {};
  if (part === '') return { path: cutValue(path) };
  if (path === part) return { path: '' };
  return path.startsWith(`${part}/`) ? { path: cutValue(path.slice(part.length + 1)) } : null;
}

/** No pod that somebody made for its work has more; of one that has, a part would say something else than the whole. */
const MOST_CONTAINERS = 64;
const MOST_TOKENS = 64;

/** The tokens that a container mounts; null where they are too many. */
function tokensOf(container: Members, volumes: ReturnType<typeof tokenVolumes>): readonly MountedToken[] | null {
  const tokens: MountedToken[] = [];
  for (const mount of listOf(container['volumeMounts'])) {
    const volume = textOf(mount['name']) ?? '';
    const projected = volumes.get(volume) ?? [];
    if (tokens.length + projected.length > MOST_TOKENS) return null;
    const mountPath = cutValue(textOf(mount['mountPath']) ?? '');
    for (const one of projected) {
      const place = placeOf(one, mount);
      if (place !== null) tokens.push({ audience: cutValue(one.audience), volume: cutName(volume), mountPath, ...place });
    }
  }
  return tokens;
}

/** Volumes whose files come from the API server: nothing in a pod can put a token there. */
const OF_API_SERVER = ['projected', 'configMap', 'downwardAPI'];

/** The volumes of a pod that a sidecar, a driver or the node may write a token to, as the agent of SPIRE does. */
function writableVolumes(spec: Members): ReadonlySet<string> {
  return new Set(
    listOf(spec['volumes']).flatMap((volume) =>
      OF_API_SERVER.some((kind) => volume[kind] !== undefined) ? [] : [textOf(volume['name']) ?? ''],
    ),
  );
}

/** Where such volumes are mounted around one of these files. */
function writableMounts(container: Members, volumes: ReadonlySet<string>, files: readonly (string | null)[]): readonly string[] {
  const places = listOf(container['volumeMounts']).flatMap(({ name, mountPath }) => {
    const place = textOf(mountPath) ?? '';
    const isAround = files.some((file) => file !== null && isBelow(plainPath(file), plainPath(place)));
    return isAround && volumes.has(textOf(name) ?? '') ? [cutValue(place)] : [];
  });
  return [...new Set(places)].sort().slice(0, MOST_TOKENS);
}

/** The webhook leaves a container alone that has one of these, whatever it holds. */
const OF_WEBHOOK = ['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE'];

/** Charts write out what nobody gave them: to SDKs an empty variable is none. */
const isSet = (name: string, { value, valueFrom }: Members): boolean =>
  OF_WEBHOOK.includes(name) || valueFrom !== undefined || (textOf(value) ?? '') !== '';

/** A value as the container sees it; null where it has yet to be put together: the kubelet puts other variables in the place of $(NAME). */
const seen = (value: string | null): string | null => (value?.includes('$(') === true ? null : value);

/** Those that rules look for: kept whatever else there is. */
const LOOKED_FOR = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_CONFIG_FILE',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
]);
const MOST_VARIABLES = 24;
const LONGEST_VARIABLE = 64;

/** Names of variables of AWS, those that rules look for first; … stands for what was left out. */
function variablesOf(variables: ReadonlyMap<string, Members>): readonly string[] {
  const names = [...variables].flatMap(([name, given]) => (name.startsWith('AWS_') && isSet(name, given) ? [name] : [])).sort();
  const wanted = names.filter((name) => LOOKED_FOR.has(name));
  const others = names.filter((name) => !LOOKED_FOR.has(name) && name.length <= LONGEST_VARIABLE);
  const kept = [...wanted, ...others.slice(0, MOST_VARIABLES - wanted.length)].sort();
  return kept.length === names.length ? kept : [...kept, '…'];
}

/** Where it leads, without what allows one there: its user, password and query. Empty where it is no address. */
function addressOf(uri: string | null): string | null {
  if (uri === null || uri === '') return null;
  const { protocol, host, pathname } = URL.canParse(uri) ? new URL(uri) : { protocol: '', host: '', pathname: '' };
  return /^https?:$/.test(protocol) ? cutValue(`${protocol}//${host}${pathname}`) : '';
}

/** The volumes of a pod that a token may lie in. */
interface Volumes {
  readonly tokens: ReturnType<typeof tokenVolumes>;
  readonly writable: ReadonlySet<string>;
}

/** null where it holds more than can be kept. */
function containerOf(
  container: Members,
  init: boolean,
  volumes: Volumes,
  statuses: ReadonlyMap<unknown, Members>,
): ContainerIdentity | null {
  const tokens = tokensOf(container, volumes.tokens);
  if (tokens === null) return null;
  // Of a name that is there twice the last one holds.
  const variables = new Map(listOf(container['env']).map((one) => [textOf(one['name']) ?? '', one]));
  const whole = (wanted: string): string | null => seen(textOf(variables.get(wanted)?.['value']));
  const value = (wanted: string): string | null => {
    const text = whole(wanted);
    return text === null ? null : cutValue(text);
  };
  const hasEnvFrom = listOf(container['envFrom']).length > 0;
  const proxied = proxiedBy((wanted) => (variables.has(wanted) ? whole(wanted) : undefined), hasEnvFrom);
  const files = [whole('AWS_WEB_IDENTITY_TOKEN_FILE'), whole('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE')];
  const writable = writableMounts(container, volumes.writable, files);
  const status = statuses.get(container['name']);
  const words = [status?.['state'], status?.['lastState']].flatMap((state) =>
    Object.values(membersOf(state)).flatMap((detail) => [textOf(membersOf(detail)['message']), textOf(membersOf(detail)['reason'])]),
  );
  return {
    name: nameOf(container['name']),
    init,
    variables: variablesOf(variables),
    roleArn: value('AWS_ROLE_ARN'),
    tokenFile: value('AWS_WEB_IDENTITY_TOKEN_FILE'),
    region: value('AWS_REGION') ?? value('AWS_DEFAULT_REGION'),
    credentialsUri: addressOf(whole('AWS_CONTAINER_CREDENTIALS_FULL_URI')),
    authorizationTokenFile: value('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'),
    tokens,
    error: ERRORS.exec(words.join(' '))?.[1] ?? null,
    ...(writable.length === 0 ? {} : { writableMounts: writable }),
    ...(hasEnvFrom ? { hasEnvFrom } : {}),
    ...(proxied === null ? {} : { proxied }),
  };
}

/**
 * How the containers of a pod find credentials; null where there are more of them, or of tokens in one of them, than can be kept.
 */
export function containersOf(spec: Members, status: Members): readonly ContainerIdentity[] | null {
  const [init, main] = [listOf(spec['initContainers']), listOf(spec['containers'])];
  if (init.length + main.length > MOST_CONTAINERS) return null;
  const volumes = { tokens: tokenVolumes(spec), writable: writableVolumes(spec) };
  // The first of a name, should a server give two.
  const statuses = new Map(
    [...listOf(status['containerStatuses']), ...listOf(status['initContainerStatuses'])].reverse().map((one) => [one['name'], one]),
  );
  const all = [
    ...init.map((one) => containerOf(one, true, volumes, statuses)),
    ...main.map((one) => containerOf(one, false, volumes, statuses)),
  ];
  const containers = all.filter((one) => one !== null);
  return containers.length === all.length ? containers : null;
}
