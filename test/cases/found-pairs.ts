/** Rules, each with sections of the inventory. */
export type Pairs = Readonly<Record<string, readonly string[]>>;

/** Pairs of a rule and a section that tests came upon, each with the first case that shows it. */
export class FoundPairs {
  private readonly byRule = new Map<string, Map<string, string>>();

  add(rule: string, section: string, shownBy: string): void {
    const sections = this.byRule.get(rule) ?? new Map<string, string>();
    this.byRule.set(rule, sections);
    if (!sections.has(section)) sections.set(section, shownBy);
  }

  /** Those that are not in a list, in words. */
  beside(known: Pairs): readonly string[] {
    return [...this.byRule].flatMap(([rule, sections]) =>
      [...sections].flatMap(([section, shownBy]) =>
        known[rule]?.includes(section) === true ? [] : `${rule} <- ${section}: ${shownBy}`,
      ),
    );
  }

  /** Those of a list that were not found, in words: they are to be taken out of it. */
  missingFrom(known: Pairs): readonly string[] {
    return Object.entries(known).flatMap(([rule, sections]) =>
      sections.flatMap((section) => (this.byRule.get(rule)?.has(section) === true ? [] : `${rule} <- ${section}`)),
    );
  }
}
