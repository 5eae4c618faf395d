// Makes the pages quicker; they work without it.
"use strict";

const form = document.getElementById("search");
let newest = 0;

// Puts the list that an address stands for in place of the one that is shown; the form keeps the focus.
async function show(address, remember) {
  const number = ++newest;
  const results = document.getElementById("results");
  results.classList.add("waiting");
  try {
    const reply = await fetch(address);
    if (!reply.ok) throw new Error(reply.statusText);
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    if (number !== newest) return;
    for (const id of ["results", "facets"]) replace(id, page);
    for (const name of ["sort", "order"]) form.elements[name].value = page.getElementById("search").elements[name].value;
    if (remember) history.replaceState(null, "", address);
  } catch {
    if (number === newest) location.assign(address);
  }
}

function replace(id, page) {
  const focused = document.activeElement;
  const name = focused && focused.closest("#" + id) ? focused.name : null;
  const head = focused && focused.closest("#results th") ? focused.textContent.replace(/[▲▼]/g, "") : null;
  document.getElementById(id).replaceWith(page.getElementById(id));
  if (name) form.elements[name].focus();
  if (head) [...document.querySelectorAll("#results th a")].find((link) => link.textContent.startsWith(head))?.focus();
}

function address() {
  const chosen = new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && value !== form.elements[name].dataset.plain));
  return form.action + (chosen.size ? "?" + chosen : "");
}

if (form) {
  let waiting;
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => show(address(), true), event.target.type === "search" ? 180 : 0);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    show(address(), true);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-live]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href, true);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    form.elements.q.focus();
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
}
