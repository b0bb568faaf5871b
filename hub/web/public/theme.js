// Runs before the first paint, so that a chosen theme never flashes. A file of its own: the content policy refuses inline scripts.
try {
  const theme = localStorage.getItem('sts-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // storage is blocked: the system's theme stands
}
