import { ENVIRONMENT } from '../lambda/names.js';
import { told, type Figure } from './figures.js';
import { expectSuccess, functionEnvironment, invocation } from './function.js';
import { WAYS } from './hostile-clusters.js';
import { measure, startStandIn } from './measured-process.js';
import { runtime } from './runtime.js';

/** 100 roles in 10 clusters: what is measured is what a tenant makes of them. */
const ROLES = 100;
/** What V8 gives itself of the 512 MB of the function. */
const HEAP = '--max-old-space-size=440';
const SECONDS = 180;

/** The part of this bench that plays the clusters filled in one of the ways. */
export const filledPart = (way: number): string => `stand-in-filled-${way}`;

/**
 * Whether a run of the function lives through clusters that a tenant of one namespace has filled, and tells of the others.
 * `HOSTILE=3,4` measures some of the ways.
 */
export async function hostileClusters(): Promise<readonly Figure[]> {
  const { node, version } = runtime();
  const wanted = process.env['HOSTILE']?.split(',').map(Number);
  const figures: Figure[] = [];
  for (const [index, way] of WAYS.entries()) {
    if (wanted?.includes(index) === false) continue;
    console.error(`  ${way} …`);
    const standIn = await startStandIn(ROLES, filledPart(index));
    try {
      const used = await measure({
        node,
        args: [HEAP, 'test/support/lambda-boot.mjs'],
        env: { ...functionEnvironment(standIn.url), [ENVIRONMENT.kubernetes]: 'true' },
        stdin: invocation(SECONDS),
      });
      expectSuccess(used);
      const { unread } = (JSON.parse(used.outcome) as { readonly returned: { readonly unread: number } }).returned;
      figures.push(
        told(
          `the function, ${way}, Node ${version}`,
          `${unread} unread, ${(used.wallMs / 1000).toFixed(1)} s, CPU ${(used.cpuMs / 1000).toFixed(1)} s, peak ${used.peakMiB.toFixed(0)} MiB`,
        ),
      );
    } catch (error) {
      const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      figures.push({ what: `the function, ${way}, Node ${version}`, measured: words, limit: 'lives', ok: false });
    } finally {
      standIn.stop();
    }
  }
  return figures;
}
