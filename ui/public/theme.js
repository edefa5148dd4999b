// Runs before the first paint, so that a dark page never flashes white. The key is the one `use-theme.ts` writes.
(() => {
  let wish = 'auto';
  try {
    wish = localStorage.getItem('brconnector-theme') ?? 'auto';
  } catch {
    // Storage may be forbidden; the system's theme is then used.
  }
  const dark = wish === 'dark' || (wish !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
})();
