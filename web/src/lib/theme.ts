export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'logsieve.theme';

/** Light or dark: what the system says, until the reader says otherwise. */
export const theme = {
  get(): Theme {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'auto';
  },

  set(next: Theme): void {
    if (next === 'auto') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
    this.apply();
  },

  /** Whether the page is dark now. */
  dark(): boolean {
    const t = this.get();
    return t === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : t === 'dark';
  },

  apply(): void {
    document.documentElement.dataset.theme = this.dark() ? 'dark' : 'light';
  },
};

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => theme.apply());
