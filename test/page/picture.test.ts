import { describe, expect, it } from '@jest/globals';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import type { PagePicture } from '../../src/report/page/page-data.js';
import { whoCanTakeRoles } from '../../src/pipeline/pipeline.js';
import { groupedStrands } from '../../page/picture/grouped.js';
import { layoutOf, type Layout } from '../../page/picture/layout.js';
import { strandOf, toneOf, type Strand } from '../../page/picture/strands.js';
import { unpackedPicture } from '../../page/picture/unpack-picture.js';
import { generateAccount, sizeFor } from '../../bench/generate-account.js';
import { CASES } from '../cases/all-cases.js';
import { dataOf, EXAMPLE } from './pages.js';
import { pathsOfWho } from './paths-of-who.js';

function pictureFor(inventory: Inventory): PagePicture {
  const { picture } = dataOf(inventory);
  if (picture === null) throw new Error('an inventory has a picture');
  return unpackedPicture(picture);
}

const strandsOf = (picture: PagePicture): readonly Strand[] => picture.paths.flatMap((_, index) => strandOf(picture, index) ?? []);

/** The paths that whole lines of a drawing stand for: from an issuer to a subject, and on to a role. */
function drawnPaths({ lines }: Layout, picture: PagePicture): readonly string[] {
  const begun = new Map(lines.filter(({ between }) => between === 'issuer').map((line) => [line.to, line]));
  const drawn = lines
    .filter(({ between }) => between === 'role')
    .flatMap((line) => line.paths.filter((path) => begun.get(line.from)?.paths.includes(path)));
  const words = drawn.flatMap((index) => {
    const path = picture.paths[index]!;
    const [issuer, role] = [picture.issuers[path.issuer]!, picture.roles[path.role]!];
    return path.state === 'broken' ? [] : [`${issuer.issuer} ${path.audience} ${path.subject} ${role.arn} ${path.state}`];
  });
  return [...new Set(words)].sort();
}

/** Each entrance by which nobody is allowed. */
const shutBy = (inventory: Inventory): readonly string[] =>
  whoCanTakeRoles(inventory).roles.flatMap(({ role, entrances }) =>
    entrances.flatMap(({ issuer, who, atMost }) => (who.kind === 'nobody' && atMost === undefined ? [`${issuer} ${role}`] : [])),
  );

describe('the picture', () => {
  it('draws the paths of who, and no others: the example account', () => {
    const picture = pictureFor(EXAMPLE);
    expect(drawnPaths(layoutOf(strandsOf(picture)), picture)).toEqual(pathsOfWho(whoCanTakeRoles(EXAMPLE)));
  });

  it('draws the paths of who, and no others: every case', () => {
    expect(CASES.length).toBeGreaterThan(500);
    for (const { name, inventory } of CASES) {
      const picture = pictureFor(inventory);
      const expected = pathsOfWho(whoCanTakeRoles(inventory));
      expect({ name, paths: drawnPaths(layoutOf(strandsOf(picture)), picture) }).toEqual({ name, paths: expected });
      // In groups too no path is lost, and none is drawn that is not there.
      const grouped = layoutOf(groupedStrands(picture, [...picture.paths.keys()]));
      expect({ name, paths: drawnPaths(grouped, picture) }).toEqual({ name, paths: expected });
    }
  });

  it('draws every entrance by which nobody is allowed as broken', () => {
    for (const { name, inventory } of [{ name: 'example', inventory: EXAMPLE }, ...CASES]) {
      const picture = pictureFor(inventory);
      const broken = picture.paths
        .filter(({ state }) => state === 'broken')
        .map(({ issuer, role }) => `${picture.issuers[issuer]!.issuer} ${picture.roles[role]!.arn}`);
      expect({ name, missing: shutBy(inventory).filter((one) => !broken.includes(one)) }).toEqual({ name, missing: [] });
    }
  });

  it('marks the link that fails', () => {
    const picture = pictureFor(EXAMPLE);
    const failing = picture.paths.map(({ issuer, role, fails }) => [picture.issuers[issuer]!.name, picture.roles[role]!.name, fails]);
    // The cluster has no provider: the token is refused whatever the policy says.
    expect(failing).toContainEqual(['analytics', 'role/cluster-autoscaler', 'issuer']);
    // The finding about the provider names the service accounts and the roles, and not which asks for which.
    expect(failing.filter(([issuer]) => issuer === 'analytics')).toHaveLength(2);
    // The provider is there, and a condition of the policy is never met.
    expect(failing).toContainEqual(['shop-prod', 'role/payments', 'role']);
    // The policy trusts another cluster than that of the service account.
    expect(picture.paths).toContainEqual(
      expect.objectContaining({ label: 'sa shop/search', state: 'broken', fails: 'role', note: 'trust policy names another cluster' }),
    );
  });

  it('has in red what strangers reach, and administrative roles that are open to more than they name', () => {
    const picture = pictureFor(EXAMPLE);
    const red = picture.paths.filter((path) => toneOf(path, picture) === 'danger');
    expect(red.map(({ issuer, label, role }) => [picture.issuers[issuer]!.kind, label, picture.roles[role]!.name])).toEqual([
      ['internet', 'repo:*', 'role/deploy-from-ci'],
      ['cluster', 'any service account of shop-prod', 'role/platform-admin'],
    ]);
  });

  it('draws a large account in few nodes', () => {
    const { inventory } = generateAccount(sizeFor(1000));
    const picture = pictureFor(inventory);
    const { nodes, lines } = layoutOf(groupedStrands(picture, [...picture.paths.keys()]));
    expect(picture.roles.length).toBeGreaterThan(700);
    expect(nodes.length).toBeLessThan(200);
    expect(drawnPaths({ nodes, lines, height: 0 }, picture)).toEqual(pathsOfWho(whoCanTakeRoles(inventory)));
  });

  it('puts no node upon another', () => {
    const { nodes } = layoutOf(strandsOf(pictureFor(EXAMPLE)));
    for (const column of ['issuer', 'subject', 'role', 'may']) {
      const ys = nodes
        .filter((node) => node.column === column)
        .map(({ y }) => y)
        .sort((left, right) => left - right);
      const gaps = ys.slice(1).map((y, index) => y - ys[index]!);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(40);
    }
  });
});
