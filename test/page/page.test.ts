import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { largePage } from '../../bench/large-page.js';
import { whoCanTakeRoles } from '../../src/pipeline/pipeline.js';
import { aCoverage, aFinding, aFix, aGap, aReport } from '../report/report-builder.js';
import { describeInBrowser } from './browser.js';
import { dataOf, EXAMPLE, pageOf, pageOfReport } from './pages.js';
import { pathsOfWho } from './paths-of-who.js';

const HTML = pageOf(dataOf(EXAMPLE));

const rowsOf = (page: Page): Promise<string[]> => page.locator('.problem:visible .name').allTextContents();
const focused = (page: Page): Promise<string> =>
  page.evaluate(`document.activeElement.closest('summary, button, a, input, select')?.textContent ?? ''`);

describeInBrowser('the page', (open) => {
  it('is opened from a file: nothing is asked of a network, and nothing complains', async () => {
    const { page, complaints, requests } = await open(HTML);
    expect(await page.locator('h1').textContent()).toBe('harbour-lane-prod (418527603941)');
    for (const tab of ['Who can assume what', 'Partial scan', 'Rules', '18 problems'])
      await page.getByRole('link', { name: tab, exact: true }).click();
    await page.locator('.problem summary').first().click();
    expect(complaints).toEqual([]);
    expect(requests.filter((address) => !/^(?:file|data):/.test(address))).toEqual([]);
  });

  it('runs its own program alone', async () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(HTML)![1]!;
    const [script, style] = [/<script>([^]*?)<\/script>/, /<style>([^]*?)<\/style>/].map((part) => part.exec(HTML)![1]!);
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src ${hash(script!)};`);
    expect(policy).toContain(`style-src ${hash(style!)};`);
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const { page, complaints } = await open(HTML);
    const blocked = await page.evaluate<object>(`(async () => {
      const blocked = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => blocked.push(effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'globalThis.hacked = true';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<p onclick="globalThis.hacked = true" id="p" style="color: red">x</p>');
      document.getElementById('p').click();
      document.body.append(Object.assign(document.createElement('img'), { src: 'https://example.com/x.png' }));
      const asked = await fetch('https://example.com/').then(() => 'asked', () => 'refused');
      await new Promise((resolve) => setTimeout(resolve));
      return { blocked: [...new Set(blocked)].sort(), hacked: globalThis.hacked ?? false, asked };
    })()`);
    expect(blocked).toEqual({
      blocked: ['connect-src', 'img-src', 'script-src-attr', 'script-src-elem', 'style-src-attr'],
      hacked: false,
      asked: 'refused',
    });
    expect(complaints.length).toBeGreaterThan(0);
  });

  it('is used with the keyboard alone', async () => {
    const { page } = await open(HTML, { before: `navigator.clipboard.writeText = async (text) => { globalThis.copied = text; };` });
    const tabTo = async (words: RegExp): Promise<void> => {
      for (let step = 0; step < 80; step += 1) {
        if (words.test(await focused(page))) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`no ${String(words)} on the way of the Tab key`);
    };
    await page.keyboard.press('/');
    await page.keyboard.type('wishlist');
    await page.getByText('1 of 18 problems').waitFor();
    expect(await rowsOf(page)).toEqual(['sa shop/wishlist']);
    await tabTo(/role annotation misspelled/);
    await page.keyboard.press('Enter');
    await tabTo(/^Copy$/);
    await page.keyboard.press('Enter');
    expect(await page.evaluate('globalThis.copied')).toMatch(/^kubectl annotate serviceaccount wishlist /);
    await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor();
    await page.locator('h1').click();
    await tabTo(/Who can assume what/);
    await page.keyboard.press('Enter');
    await page.locator('.canvas').waitFor();
    expect(await focused(page)).toBe('Who can assume what');
    await tabTo(/^role\/platform-admin/);
    await page.keyboard.press('Enter');
    await page.locator('.panel').waitFor();
    expect(await page.locator('.panel').textContent()).toContain('any service account of shop-prod → role/platform-admin');
    expect(await focused(page)).toMatch(/^role\/platform-admin/);
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'hidden' });
  });

  it('copies where the clipboard is closed to it', async () => {
    const { page } = await open(HTML, {
      fragment: '#search=wishlist',
      before: `navigator.clipboard.writeText = () => Promise.reject(new Error('closed'));
        addEventListener('copy', () => { globalThis.copied = document.activeElement.value; }, true);`,
    });
    await page.locator('.problem summary').first().click();
    await page.getByRole('button', { name: 'Copy' }).first().click();
    expect(await page.evaluate('globalThis.copied')).toMatch(/^kubectl annotate serviceaccount wishlist /);
  });

  it('has what it shows in its address', async () => {
    const { page } = await open(HTML);
    await page.getByRole('button', { name: /^exposed/ }).click();
    await page.getByRole('button', { name: /^critical/ }).click();
    await page.getByText('2 of 18 problems').waitFor();
    expect(await rowsOf(page)).toEqual(['role/platform-admin', 'role/deploy-from-ci']);
    await page.locator('.problem summary').nth(1).click();
    await page.waitForURL(/open=/);
    const { hash } = new URL(page.url());
    expect(hash).toMatch(/^#severity=critical&kind=exposure&open=[0-9a-f]{12}$/);
    // Sent to somebody, it shows the same.
    const { page: other } = await open(HTML, { fragment: hash });
    expect(await rowsOf(other)).toEqual(['role/platform-admin', 'role/deploy-from-ci']);
    expect(await other.locator('.problem[open] .name').allTextContents()).toEqual(['role/deploy-from-ci']);
    expect(await other.getByRole('button', { name: /^critical/ }).getAttribute('aria-pressed')).toBe('true');
    // And the way back leads to what was shown before.
    await page.goBack();
    await page.getByText('4 of 18 problems').waitFor();
    expect(await rowsOf(page)).toHaveLength(4);
  });

  it('chooses by cluster, namespace, rule and words', async () => {
    const { page } = await open(HTML);
    await page.getByRole('combobox', { name: 'All clusters' }).selectOption('shop-staging');
    await page.getByText('2 of 18 problems').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText(/of 18 problems/).waitFor({ state: 'hidden' });
    expect(await rowsOf(page)).toHaveLength(18);
    await page.getByRole('combobox', { name: 'All namespaces' }).selectOption('billing');
    await page.getByText('1 of 18 problems').waitFor();
    expect((await rowsOf(page)).sort()).toEqual(['role/invoices']);
    await page.getByRole('searchbox').fill('placeholder');
    await page.getByText('0 of 18 problems').waitFor();
    expect(await rowsOf(page)).toEqual([]);
  });

  it('shows a problem as the command show does', async () => {
    const { page } = await open(HTML, { fragment: '#search=role/search' });
    await page.locator('.problem summary', { hasText: 'trust policy names another cluster' }).click();
    const body = await page.locator('.problem[open] .body').innerText();
    expect(body).toContain(
      'Service accounts of cluster shop-prod use this role, but its trust policy trusts only the issuer eu-west-1/D08E6F15.',
    );
    expect(body).toContain('AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity');
    expect(body).toContain('Trust policy of role/search');
    expect(body).toContain('shop/search (to role/search)');
    expect(body).toContain('No ready command: confirm first who is to assume this role.');
    expect(body).toContain('irsa-auditor why sa/search -n shop --cluster eu-west-1/shop-prod');
    expect(await page.locator('.problem[open] .come').count()).toBe(5);
  });

  it('draws the paths of who, and no others', async () => {
    const { page } = await open(HTML, { fragment: '#tab=picture' });
    // Labels of the nodes at both ends of each line, as they are seen; what the data says of the path beside them.
    const drawn = await page.evaluate<string[]>(`(() => {
      const { picture } = JSON.parse(document.getElementById('data').textContent);
      return [...document.querySelectorAll('.line[data-between="role"]')].flatMap((line) =>
        line.dataset.paths.split(' ').map((index) => picture.paths[index]).filter((path) => path.t !== 'broken').map((path) =>
          [picture.issuers[path.i].issuer, path.a ?? 'sts.amazonaws.com', path.s, picture.roles[path.r].arn, path.t ?? 'allowed'].join(' ')));
    })()`);
    expect([...new Set(drawn)].sort()).toEqual(pathsOfWho(whoCanTakeRoles(EXAMPLE)));
    await page.getByText('Every path as a table').click();
    const table = await page.locator('.picture-view tbody tr').count();
    expect(table).toBe(dataOf(EXAMPLE).picture!.paths.length);
  });

  it('shows of a node its paths and its problems', async () => {
    const { page } = await open(HTML, { fragment: '#tab=picture' });
    await page.getByRole('button', { name: /^Internet/ }).click();
    await page.locator('.panel').waitFor();
    expect(await page.locator('.panel').textContent()).toContain('Internet (any account at GitHub Actions');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: /^to administrative roles/ }).click();
    await page.getByText('1 path to 1 role').waitFor();
    expect(await page.locator('.column-role').allTextContents()).toEqual(['role/platform-adminadministrative']);
    await page.getByRole('button', { name: /^role\/platform-admin/ }).click();
    await page
      .locator('.panel')
      .getByRole('link', { name: /any service account of the cluster/ })
      .click();
    expect(await page.locator('.problem[open] .name').allTextContents()).toEqual(['role/platform-admin']);
  });

  it.each(['light', 'dark'] as const)('breaks no rule of accessibility, %s', async (colorScheme) => {
    for (const fragment of [
      '#',
      '#search=platform-admin',
      '#tab=picture',
      '#tab=picture&at=role:arn:aws:iam::418527603941:role/platform-admin',
      '#tab=scan',
      '#tab=rules',
    ]) {
      const { page } = await open(HTML, { fragment, colorScheme });
      if (fragment.startsWith('#search')) await page.locator('.problem summary').first().click();
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
      const told = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary ?? ''}`).join('\n')}`,
      );
      expect({ fragment, told }).toEqual({ fragment, told: [] });
      await page.close();
    }
  });

  it('is printed whole', async () => {
    const { page } = await open(HTML);
    await page.emulateMedia({ media: 'print' });
    await page.locator('.problem[open]').nth(17).waitFor();
    expect(await page.locator('nav').isVisible()).toBe(false);
    const text = await page.locator('main').innerText();
    // A command, a line of the picture, a read without an answer and a rule: of every part something.
    for (const words of [
      'kubectl annotate serviceaccount wishlist',
      'any service account of shop-prod',
      'eks:ListClusters in eu-central-1',
      'irsa-auditor explain subject-cluster-wide',
    ])
      expect(text).toContain(words);
    await page.emulateMedia({ media: 'screen' });
    await page.locator('nav').waitFor();
    expect(await page.locator('.problem[open]').count()).toBe(0);
    expect(new URL(page.url()).hash).toBe('');
  });

  it('holds what others have chosen as words that do nothing', async () => {
    const bad = '</script><img src=x onerror="globalThis.hacked=1"><!--\u202e\u200b\u001b[31m\u2028&lt;\u0000';
    const finding = aFinding({
      severity: 'critical',
      subject: { type: 'role', id: bad, arn: bad, region: bad },
      clusters: [`eu-west-1/${bad}`],
      namespaces: [bad],
      message: bad,
      error: bad,
      evidence: [{ what: bad, path: bad, found: bad, expected: { [bad]: [bad] } }],
      related: [{ type: 'service-account', id: bad, why: bad }],
      fix: aFix({
        summary: bad,
        commands: [bad],
        patches: [{ resource: bad, region: null, kind: 'trust-policy', before: { a: bad }, after: { b: bad } }],
        grants: [{ subject: bad, role: bad, administrative: true }],
      }),
    });
    const suppressed = {
      ...finding,
      fingerprint: 'b'.repeat(32),
      problem: 'b'.repeat(32),
      suppressed: { reason: bad, until: bad, by: 'settings' as const },
    };
    const gaps = aCoverage({
      notLookedAt: [bad],
      unread: [aGap({ scope: bad, detail: bad }), aGap({ accepted: true, acceptedBecause: bad, scope: bad })],
    });
    const html = pageOfReport(
      aReport({
        account: bad,
        accountAlias: bad,
        complete: false,
        coverage: gaps,
        findings: [finding, suppressed],
        clusters: [{ region: 'eu-west-1', name: bad, issuer: bad }],
      }),
    );
    // In the file there is nothing that acts, whatever reads it.
    expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    const { page, complaints } = await open(html);
    await page.locator('.problem summary').first().click();
    for (const tab of [/scan/i, /problem/]) await page.locator('nav a', { hasText: tab }).click();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('globalThis.hacked')).toBeUndefined();
    expect(complaints).toEqual([]);
    expect(await page.locator('.problem .message').first().textContent()).toContain('</script><img src=x onerror=');
    // A command that cannot be shown as it is is not there to be copied.
    expect((await page.locator('.problem .command').allTextContents()).filter((words) => words.includes('onerror'))).toEqual([]);
  });

  it('says of a report without its inventory that nobody can tell who assumes what', async () => {
    const { page } = await open(pageOfReport(aReport({ findings: [aFinding()] })));
    expect(await page.locator('main').innerText()).toContain('Who can assume what is not in this page');
    expect(await page.locator('nav a').allTextContents()).not.toContain('Who can assume what');
  });

  it('never calls what was not read clean', async () => {
    const unread = aCoverage({ unread: [aGap({ what: 'iam:GetAccountAuthorizationDetails', scope: 'account', detail: 'AccessDenied' })] });
    const { page } = await open(pageOfReport(aReport({ complete: false, coverage: unread })));
    const text = await page.locator('body').innerText();
    expect(text).toContain('Partial scan: roles (access denied). Missing findings do not mean that all is well.');
    expect(text).toContain('none found in what was scanned');
    expect(text).not.toMatch(/in order|none found(?! in what)/);
    const { page: clean } = await open(pageOfReport(aReport()));
    expect(await clean.locator('body').innerText()).toContain('Everything that was scanned is in order.');
  });

  it('tells of suppressed findings and of those of earlier runs', async () => {
    const old = { firstSeen: '2026-10-01T06:00:00.000Z', status: 'reopened' as const };
    const suppressed = { reason: 'accepted by the owners', until: '2027-01-01', by: 'settings' as const };
    const hidden = aFinding({ fingerprint: 'c'.repeat(32), problem: 'c'.repeat(32), severity: 'critical', suppressed });
    const carried = {
      rule: 'provider-missing',
      severity: 'high' as const,
      subject: hidden.subject,
      fingerprint: 'd',
      firstSeen: old.firstSeen,
      lastSeen: '2026-10-20T06:00:00.000Z',
    };
    const { page } = await open(pageOfReport(aReport({ findings: [aFinding(old), hidden], carriedOver: [carried] })));
    expect(await page.locator('.problem .age').textContent()).toBe('reopened, 31 days');
    expect(await page.getByRole('link', { name: /1 suppressed/ }).count()).toBe(1);
    await page.locator('nav a', { hasText: 'suppressed' }).click();
    const text = await page.locator('#tab-scan').innerText();
    expect(text).toContain('accepted by the owners');
    expect(text).toContain('1 finding of earlier runs may be there still');
  });

  it('is there for a thousand roles and two thousand findings', async () => {
    const { page, complaints } = await open(largePage(1000, 2000));
    expect(await page.locator('.problem').count()).toBe(200);
    await page.getByRole('searchbox').fill('negated');
    expect(await page.locator('.problem').count()).toBeGreaterThan(0);
    await page.locator('nav a', { hasText: 'Who can assume what' }).click();
    expect(await page.locator('.node').count()).toBeLessThan(200);
    expect(await page.locator('.picture-view > .quiet').textContent()).toContain('drawn in groups');
    await page.locator('.column-issuer').first().click();
    await page.locator('.panel').waitFor();
    expect(await page.locator('.panel').isVisible()).toBe(true);
    expect(await page.locator('.column-role', { hasText: /^role\// }).count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  it('has at most 500 kB for a hundred findings', () => expect(Buffer.byteLength(largePage(1000, 100))).toBeLessThan(500_000));
});
