import { addTo } from '../../lib/group-by.js';
import { memo } from '../../lib/memo.js';
import { fitsAny, type GlobSet } from '../../policy/pattern/glob-set.js';
import { coversAction, coversResource, resourcePattern, resourcesIn, type Permission } from '../../policy/actions/permissions.js';
import { globMatcher, hasWildcard } from '../../policy/pattern/glob.js';
import { Steps } from '../../policy/pattern/steps.js';

/** A permission that does not do what whoever wrote it meant, and the one that would. */
export interface Confusion {
  /** In words. */
  readonly mistake: string;
  /** What is there. */
  readonly found: string;
  readonly action: string;
  /** Where it is meant; empty where a statement names only what it is not about. */
  readonly resources: readonly string[];
  /** It may be just what was wanted: to read and write objects, and to know the buckets. */
  readonly isGuess?: true;
}

/** Operations that are no actions of IAM, with the action that lets a caller make them (Service Authorization Reference). */
const ACTION_OF: ReadonlyMap<string, string> = new Map([
  ['s3:ListObjects', 's3:ListBucket'],
  ['s3:ListObjectsV2', 's3:ListBucket'],
  ['s3:HeadBucket', 's3:ListBucket'],
  ['s3:HeadObject', 's3:GetObject'],
  ['s3:DeleteObjects', 's3:DeleteObject'],
  ['s3:UploadPart', 's3:PutObject'],
  ['s3:CreateMultipartUpload', 's3:PutObject'],
  ['s3:CompleteMultipartUpload', 's3:PutObject'],
  ['s3:ListBuckets', 's3:ListAllMyBuckets'],
  ['lambda:Invoke', 'lambda:InvokeFunction'],
  ['secretsmanager:GetSecret', 'secretsmanager:GetSecretValue'],
]);
const IN_LOWER_CASE: ReadonlyMap<string, readonly [string, string]> = new Map([...ACTION_OF].map((pair) => [pair[0].toLowerCase(), pair]));

const ALL_BUCKETS = 's3:ListAllMyBuckets';
const ON_BUCKETS = ['s3:ListBucket', 's3:GetBucketLocation', 's3:ListBucketMultipartUploads'];
const ON_OBJECTS = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'];

/** A policy variable may hold a slash, and is part of the bucket's name anyway. */
const BUCKET = /^(arn:[^:]*:s3:::(?:[^/$]|\$(?!\{)|\$\{[^}]*\})*)(\/.*)?$/s;

const OF_S3 = ':s3:::';

/** The bucket part of a resource: `arn:aws:s3:::logs` of `arn:aws:s3:::logs/*`; null where it is no ARN of S3. */
function bucketOf(resource: string): string | null {
  const at = resource.indexOf(':', 'arn:'.length);
  if (!resource.startsWith(OF_S3, at)) return null;
  // Few hold a variable, and every role has some of the others.
  if (resource.includes('${')) return BUCKET.exec(resource)?.[1] ?? null;
  const slash = resource.indexOf('/', at + OF_S3.length);
  return slash < 0 ? resource : resource.slice(0, slash);
}
const isBucket = (resource: string): boolean => bucketOf(resource) === resource;
/** An ARN of S3 that goes on after the bucket. */
const isOfObjects = (resource: string): boolean => {
  const bucket = bucketOf(resource);
  return bucket !== null && bucket !== resource;
};
const endsOpen = (resource: string): boolean => resource.endsWith('*');
const isPlainBucket = (resource: string): boolean => !endsOpen(resource) && isBucket(resource);

/** What a role is allowed, and which of it names an action character by character: a wildcard grants more than one could be mistaken about. */
interface Allowed {
  readonly permissions: readonly Permission[];
  readonly naming: (action: string) => readonly Permission[];
}

const resourcesOf = (permissions: readonly Permission[]): readonly string[] =>
  permissions.flatMap(({ negatedResource, resources }) => (negatedResource ? [] : resources));

/** Resources that mean some object of a bucket, made ready: by the bucket itself, or by a pattern with an open end. */
interface Insides {
  readonly everything: boolean;
  readonly buckets: GlobSet;
  readonly open: GlobSet;
}

function insidesOf(resources: readonly string[]): Insides {
  const inside = resources.filter(isOfObjects);
  return {
    everything: resources.includes('*'),
    buckets: resourcesIn(inside.flatMap((one) => bucketOf(one) ?? [])),
    open: resourcesIn(resources.filter((one) => isBucket(one) && endsOpen(one))),
  };
}

const meansInside = ({ everything, buckets, open }: Insides, bucket: string, steps: Steps): boolean =>
  everything || fitsAny(buckets, bucket, steps) || fitsAny(open, `${bucket}/x`, steps);

const unique = (values: readonly string[]): readonly string[] => [...new Set(values)];

function noActions({ permissions }: Allowed): readonly Confusion[] {
  // A role may name one of them thousands of times.
  const isCovered = new Map<string, boolean>();
  const covers = (action: string): boolean => {
    const answer = isCovered.get(action) ?? permissions.some((one) => coversAction(one, action));
    isCovered.set(action, answer);
    return answer;
  };
  return permissions.flatMap((permission) =>
    permission.negatedAction
      ? []
      : permission.actions.flatMap((found): readonly Confusion[] => {
          const [, action] = IN_LOWER_CASE.get(found.toLowerCase()) ?? [];
          if (action === undefined || covers(action)) return [];
          const onBuckets = ON_BUCKETS.includes(action);
          const resources = permission.negatedResource ? [] : permission.resources.map((one) => (onBuckets ? (bucketOf(one) ?? one) : one));
          return [
            { mistake: `${found} is no action of IAM; what allows the call is ${action}`, found, action, resources: unique(resources) },
          ];
        }),
  );
}

/** The buckets whose objects a role may read or write. */
function bucketsOfObjects({ permissions, naming }: Allowed): readonly string[] {
  const own = permissions.filter((one) => ON_OBJECTS.some((action) => naming(action).includes(one)));
  return unique(resourcesOf(own).flatMap((resource) => bucketOf(resource) ?? []));
}

function listedByNobody(allowed: Allowed): readonly Confusion[] {
  const buckets = allowed.naming(ALL_BUCKETS).length === 0 ? [] : bucketsOfObjects(allowed);
  if (buckets.length === 0) return [];
  if (allowed.permissions.some((one) => coversAction(one, 's3:ListBucket'))) return [];
  const mistake = `${ALL_BUCKETS} lists the buckets of the account; what lists the objects of one is s3:ListBucket, which is missing`;
  // Who names a bucket beside its objects meant an action that is for buckets.
  const namesBucket = allowed.permissions.some((one) => !one.negatedResource && one.resources.some(isPlainBucket));
  return [{ mistake, found: ALL_BUCKETS, action: 's3:ListBucket', resources: buckets, ...(namesBucket ? {} : { isGuess: true }) }];
}

function objectsOnBuckets({ permissions, naming }: Allowed, steps: Steps): readonly Confusion[] {
  return ON_OBJECTS.flatMap((action) => {
    const own = new Set(resourcesOf(naming(action)));
    // The objects are written beside the bucket in nearly every policy.
    const doubtful = [...own].filter((one) => isPlainBucket(one) && !own.has(`${one}/*`));
    if (doubtful.length === 0) return [];
    const covering = permissions.filter((one) => coversAction(one, action));
    if (covering.some((one) => one.negatedResource)) return [];
    const insides = insidesOf(covering.flatMap(({ resources }) => resources));
    return doubtful
      .filter((bucket) => !meansInside(insides, bucket, steps))
      .map((bucket): Confusion => {
        const mistake = `${action} is allowed on ${bucket}, which is the bucket and none of its objects`;
        return { mistake, found: `${action} on ${bucket}`, action, resources: [`${bucket}/*`] };
      });
  });
}

/** Made ready when a bucket is first asked about: most are named beside their objects. */
const patternsOf = memo((resources: readonly string[]) => resourcesIn(resources));
const patternsWithoutSlash = memo((resources: readonly string[]) =>
  resourcesIn(resources.filter((one) => !resourcePattern(one).includes('/'))),
);

/** Whether one of the permissions is for a bucket, or for some of those that a pattern means. @throws StepsEnded */
function isAbout(covering: readonly Permission[], steps: Steps): (bucket: string) => boolean {
  const resources = covering.filter((one) => !one.negatedResource).flatMap((one) => one.resources);
  const named = new Set(resources.filter(isBucket));
  const inOrder = [...named];
  const negated = covering.filter((one) => one.negatedResource);
  return (bucket) => {
    if (named.has(bucket)) return true;
    // Most resources are objects, whose slash no bucket has, unless a variable of its own name holds one.
    if (fitsAny(bucket.includes('/') ? patternsOf(resources) : patternsWithoutSlash(resources), bucket, steps)) return true;
    steps.take(negated.length);
    if (negated.some((one) => coversResource(one, bucket, steps))) return true;
    if (!hasWildcard(bucket)) return false;
    steps.take(inOrder.length);
    return inOrder.some(globMatcher(resourcePattern(bucket)));
  };
}

function bucketsOnObjects({ permissions, naming }: Allowed, steps: Steps): readonly Confusion[] {
  return ON_BUCKETS.flatMap((action) => {
    const inside = unique(resourcesOf(naming(action)).filter(isOfObjects));
    if (inside.length === 0) return [];
    const isListed = isAbout(
      permissions.filter((one) => coversAction(one, action)),
      steps,
    );
    return inside
      .filter((resource) => !isListed(bucketOf(resource) ?? resource))
      .map((resource): Confusion => {
        const mistake = `${action} is allowed on ${resource}, which are objects and not the bucket`;
        return { mistake, found: `${action} on ${resource}`, action, resources: [bucketOf(resource) ?? resource] };
      });
  });
}

/** What each kind of confusion is about: without such an action among those named there is none. */
const KINDS: readonly {
  readonly about: readonly string[];
  readonly find: (allowed: Allowed, steps: Steps) => readonly Confusion[];
}[] = [
  { about: [...ACTION_OF.keys()], find: noActions },
  { about: [ALL_BUCKETS], find: listedByNobody },
  { about: ON_OBJECTS, find: objectsOnBuckets },
  { about: ON_BUCKETS, find: bucketsOnObjects },
];
const CONFUSED: ReadonlyMap<string, string> = new Map(KINDS.flatMap(({ about }) => about.map((action) => [action.toLowerCase(), action])));

/** The actions among those that can be confused, each with the permissions that name it. */
function namedIn(permissions: readonly Permission[]): ReadonlyMap<string, readonly Permission[]> {
  const found = new Map<string, Permission[]>();
  for (const permission of permissions)
    for (const written of permission.negatedAction ? [] : permission.actions) {
      const action = CONFUSED.get(written.toLowerCase());
      // One permission may name an action twice, in another case.
      if (action !== undefined && found.get(action)?.at(-1) !== permission) addTo(found, action, permission);
    }
  return found;
}

/** One step is one pattern that may match, and takes longer than a step of a trust policy; a role in use takes a few thousand. */
const STEPS = 400_000;

/**
 * The known confusions in what a role is allowed. Whatever covers the meaning by another permission is none.
 * @throws StepsEnded where a role has so many patterns that deciding takes too long
 */
export function confusionsIn(permissions: readonly Permission[], steps = new Steps(STEPS)): readonly Confusion[] {
  const named = namedIn(permissions);
  if (named.size === 0) return [];
  const allowed = { permissions, naming: (action: string) => named.get(action) ?? [] };
  return KINDS.flatMap(({ about, find }) => (about.some((action) => named.has(action)) ? find(allowed, steps) : []));
}
