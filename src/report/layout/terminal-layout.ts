import { paragraphLines } from './paragraph.js';

const NARROWEST = 40;

/** Writes lines within a width, each at an indentation that its continuation keeps. */
export class TextPage {
  private readonly lines: string[] = [];
  private readonly width: number;

  /** @param width null = no line is broken */
  constructor(width: number | null) {
    this.width = width ?? Number.MAX_SAFE_INTEGER;
  }

  /** A paragraph, broken between words; an ARN that is longer than a line stays whole, so that it can be copied. */
  text(paragraph: string, indent = 0): void {
    // The first column is ours alone: there stand the lines that a reader finds the problems by.
    this.lines.push(...paragraphLines(paragraph, Math.max(NARROWEST, this.width), indent, Math.max(indent, 2)));
  }

  /**
   * A labeled paragraph whose following lines are under its first word.
   * @param margin what is before the label
   */
  labeled(label: string, paragraphs: readonly string[], paint: (text: string) => string, margin = '  '): void {
    const start = label.length + margin.length;
    paragraphs.forEach((paragraph, index) => {
      const from = this.lines.length;
      this.text(paragraph, start);
      const first = this.lines[from];
      if (index === 0 && first !== undefined) this.lines[from] = `${margin}${paint(label)}${first.slice(start)}`;
    });
  }

  /** Something to copy: never broken. */
  verbatim(line: string, indent: number): void {
    this.lines.push(`${' '.repeat(indent)}${line}`);
  }

  blank(): void {
    if (this.lines.at(-1) !== '') this.lines.push('');
  }

  toString(): string {
    return `${this.lines.join('\n').trimEnd()}\n`;
  }
}
