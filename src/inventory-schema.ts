import * as z from 'zod';
import type { Json } from './model/inventory.js';

const text = z.string();
const nullableText = text.nullable();
const tags = z.record(z.string(), z.string());
const json: z.ZodType<Json> = z.json();

const reasons = z.enum(['denied', 'throttled', 'unreachable', 'disabled-region', 'failed', 'out-of-time', 'not-requested', 'malformed']);

function observed<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value }),
    z.object({ known: z.literal(false), reason: reasons, detail: text, partial: value.exactOptional() }),
  ]);
}

const clusterDetail = z.object({
  status: text,
  issuer: nullableText,
  endpoint: nullableText,
  certificateAuthority: nullableText,
  endpointPublicAccess: z.boolean().nullable(),
  createdAt: nullableText,
  kubernetesVersion: nullableText,
  autoMode: z.boolean().nullable().exactOptional(),
  authenticationMode: nullableText.exactOptional(),
  localId: nullableText.exactOptional(),
  tags,
});

const container = z.object({
  name: text,
  init: z.boolean(),
  variables: z.array(text),
  roleArn: nullableText,
  tokenFile: nullableText,
  region: nullableText,
  credentialsUri: nullableText,
  tokens: z.array(z.object({ audience: nullableText, volume: text, mountPath: text })),
  hasEnvFrom: z.literal(true).exactOptional(),
  error: nullableText,
});

const workload = z.object({
  namespace: text,
  owner: z.object({ kind: text, name: text }),
  revision: text.exactOptional(),
  serviceAccount: text,
  pods: z.int().nonnegative(),
  example: text,
  oldest: nullableText,
  newest: nullableText,
  os: z.enum(['linux', 'windows']),
  fargate: z.boolean(),
  hostNetwork: z.boolean(),
  annotations: tags,
  skipsWebhook: z.boolean(),
  app: nullableText,
  containers: z.array(container),
});

const addon = z.object({
  name: text,
  detail: observed(
    z.object({
      version: nullableText,
      status: text,
      issues: z.array(z.object({ code: text, message: text })),
      serviceAccountRoleArn: nullableText,
      namespace: nullableText.exactOptional(),
      configured: z.boolean(),
    }),
  ),
  wants: observed(z.array(z.object({ serviceAccount: text, recommendedPolicyArns: z.array(text) }))),
});

/** A section that inventories of earlier versions do not have. */
function later<T extends z.ZodType>(value: T) {
  return observed(value).default({ known: false, reason: 'not-requested', detail: 'The version that made this inventory did not ask.' });
}

const cluster = z.object({
  name: text,
  region: text,
  arn: text,
  detail: observed(clusterDetail),
  serviceAccounts: observed(z.array(z.object({ namespace: text, name: text, createdAt: nullableText.exactOptional(), annotations: tags }))),
  podIdentityAssociations: observed(
    z.array(
      z.object({
        namespace: text,
        serviceAccount: text,
        roleArn: nullableText,
        targetRoleArn: nullableText.exactOptional(),
        disableSessionTags: z.boolean().exactOptional(),
        sessionPolicy: z.boolean().exactOptional(),
        id: text.exactOptional(),
        externalId: nullableText.exactOptional(),
        ownerArn: nullableText.exactOptional(),
        unread: z.object({ reason: reasons, detail: text }).exactOptional(),
      }),
    ),
  ),
  addons: later(z.array(addon)),
  nodeGroups: later(z.array(z.object({ name: text, roleArn: observed(text) }))),
  namespaces: later(z.array(z.object({ name: text, terminating: z.boolean() }))),
  workloads: later(z.array(workload)),
  webhooks: later(z.array(z.object({ configuration: text, name: text, hasCaBundle: z.boolean(), failurePolicy: nullableText }))),
  podIdentityAgent: later(z.object({ desired: z.int(), ready: z.int() }).nullable()),
});

const role = z.object({
  arn: text,
  name: text,
  path: text,
  createdAt: nullableText,
  trustPolicy: json,
  inlinePolicies: z.array(z.object({ name: text, document: json })),
  attachedPolicyArns: z.array(text),
  permissionsBoundaryArn: nullableText,
  permissionsUnread: z.union([z.literal('text'), z.object({ reason: reasons, detail: text })]).exactOptional(),
  tags,
  lastUsed: z.object({ date: text, region: nullableText }).nullable(),
});

const provider = z.object({
  arn: text,
  detail: observed(z.object({ url: text, clientIds: z.array(text), thumbprints: z.array(text), createdAt: nullableText, tags })),
});

/** The shape of a saved inventory. Unknown fields are dropped; a missing or wrong one is an error with its path. */
export const inventorySchema = z.object({
  schemaVersion: z.literal(1),
  collectedAt: z.iso.datetime(),
  account: z.string().regex(/^\d{12}$/, 'an account id has twelve digits'),
  partition: text,
  requestedRegions: z.union([z.literal('all'), z.array(text)]),
  regionList: observed(z.array(text)),
  regions: z.array(z.object({ region: text, clusters: observed(z.array(cluster)) })),
  providers: observed(z.array(provider)),
  roles: observed(z.array(role)),
  managedPolicies: observed(z.array(z.object({ arn: text, document: json }))),
  quotas: observed(z.object({ trustPolicyLength: z.number().nullable(), roles: z.number().nullable() })),
  calls: z.record(z.string(), z.number()),
  notes: z.array(text),
});
