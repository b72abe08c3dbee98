import { el } from './dom.js';

/** Copies by a selection, where the clipboard of the browser cannot be asked: it may be closed to a file. */
function copyBySelection(text: string): boolean {
  const field = el('textarea', { 'readonly': true, 'class': 'off-screen', 'aria-hidden': 'true' });
  field.value = text;
  document.body.append(field);
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way that is left where there is no clipboard
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** A command with a button that copies it. */
export function commandBox(command: string): HTMLElement {
  const said = el('span', { role: 'status' });
  const button = el('button', { type: 'button', class: 'copy', click: () => void copy() }, 'Copy');
  const copy = async (): Promise<void> => {
    said.textContent = (await copied(command)) ? 'Copied' : 'Select it and copy it by hand';
    button.focus();
    setTimeout(() => said.replaceChildren(), 2000);
  };
  return el('div', { class: 'command' }, el('code', { tabindex: '0' }, command), el('span', { class: 'copying' }, said, button));
}
