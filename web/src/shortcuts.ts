import type { App } from './app.svelte';

/** Elements that take keys themselves. */
function types(target: EventTarget | null): boolean {
  // A key from inside of a shadow tree comes from its host.
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], .editor') !== null;
}

/** The keys of the whole page. */
export function shortcuts(app: App): (e: KeyboardEvent) => void {
  return (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
      app.focusFilter();
      e.preventDefault();
      return;
    }
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === 'Escape') return escape(app, e);
    if (types(e.target)) return;
    const onButton = e.target instanceof HTMLElement && e.target.closest('button, a, summary') !== null;
    const run = keys(app, onButton)[e.key];
    if (!run) return;
    run();
    e.preventDefault();
  };
}

function keys(app: App, onButton: boolean): Record<string, () => void> {
  return {
    '/': () => app.focusFilter(),
    '?': () => (app.help = true),
    G: () => app.end(),
    f: () => (app.facetsOpen = !app.facetsOpen),
    // A button that has the focus is pressed with the same key.
    ...(onButton ? {} : { ' ': () => app.togglePause() }),
  };
}

/** Closes what is on top, and nothing else. */
function escape(app: App, e: KeyboardEvent): void {
  if (app.help) app.help = false;
  else if (app.menu) app.menu = undefined;
  else if (types(e.target)) (e.target as HTMLElement).blur();
  else if (app.detail) app.closeDetail();
  else {
    document.getSelection()?.removeAllRanges();
    return;
  }
  e.preventDefault();
}
