/* Text to the clipboard. */
const copy = async (text, button) => {
  const words = button.textContent;
  try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; } catch { button.textContent = "The browser refused"; }
  setTimeout(() => { button.textContent = words; }, 1500);
};
{
  const methods = document.getElementById("copy-methods");
  if (methods) {
    methods.hidden = false;
    methods.addEventListener("click", () => copy(document.getElementById("methods").textContent, methods));
  }
}
