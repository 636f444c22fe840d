import type { Line } from './painter';

/**
 * Copies what is selected, where it is more than one row, as lines: one entry, one line,
 * its columns apart. Left to the browser, each cell would be a line of its own.
 */
export function copyRows(e: ClipboardEvent, lines: readonly Line[]): void {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed) return;
  const rows = lines
    .map((l) => l.element)
    .filter((row) => !row.hidden && selection.containsNode(row, true))
    .sort((a, b) => index(a) - index(b));
  if (rows.length < 2) return;
  const text = rows.map((row) => [...row.children].map(cellText).join('  ')).join('\n');
  e.clipboardData?.setData('text/plain', `${text}\n`);
  e.preventDefault();
}

function index(row: HTMLElement): number {
  return Number(row.getAttribute('aria-rowindex'));
}

/** The text of a cell; attributes as key=value. */
function cellText(cell: Element): string {
  if (!cell.classList.contains('text')) return cell.textContent ?? '';
  return [...cell.children]
    .map((c) => (c.classList.contains('attribute') ? `${c.children[0]!.textContent}=${c.children[1]!.textContent}` : c.textContent))
    .join(' ');
}
