// Runs before the first paint, so that a dark screen never flashes white. Mantine keeps the choice under this name.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("mantine-color-scheme-value");
  } catch (refused) {
    // Storage may be switched off: then the system decides.
  }
  var system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  var scheme = chosen === "dark" || chosen === "light" ? chosen : system;
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
