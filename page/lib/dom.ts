/** What an element may be given: attributes as text, whether they are there, and what happens on an event. Never a style, never HTML. */
type Given = Readonly<Record<string, string | number | boolean | ((event: Event) => void)>>;
type Child = Node | string | null | readonly Child[];

function append(parent: Element, child: Child): void {
  if (child === null) return;
  if (typeof child === 'string' || child instanceof Node) parent.append(child);
  else for (const one of child) append(parent, one);
}

function give(element: Element, given: Given): void {
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false) element.setAttribute(name, String(value));
  }
}

/** An element; texts become text nodes, whatever is in them. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  given: Given = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  give(element, given);
  append(element, children);
  return element;
}

/** An element of a drawing. */
export function svg(tag: string, given: Given, ...children: readonly Child[]): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  give(element, given);
  append(element, children);
  return element;
}
