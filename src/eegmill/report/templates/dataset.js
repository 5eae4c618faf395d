/* The table of recordings: sorted, filtered; and the way from one recording to the next. */
(() => {
  const body = document.querySelector("#recordings tbody"), rows = [...body.rows];
  const form = document.getElementById("filter"), count = form.querySelector("output");
  const asked = new URLSearchParams(location.search);
  const neighbour = (name, step) => {
    const linked = rows.filter((row) => row.querySelector("a")).map((row) => [row.dataset.recording, row.querySelector("a").getAttribute("href")]).sort((a, b) => (a[0] < b[0] ? -1 : 1));
    const place = linked.findIndex(([recording]) => recording === name);
    return place < 0 ? undefined : (linked[place + step] || [])[1];
  };
  for (const [key, step] of [["before", -1], ["after", 1]]) {
    const target = asked.has(key) && neighbour(asked.get(key), step);
    if (target) { location.replace(target); return; }
  }
  const texts = rows.map((row) => `${row.textContent} ${row.cells[4].title} ${row.title}`.toLowerCase());
  const filter = () => {
    const words = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, place) => {
      const fits = words.every((word) => texts[place].includes(word)) && (!form.status.value || row.dataset.status === form.status.value) && (!form.attention.checked || row.dataset.status !== "ok" || row.cells[6].dataset.value !== "0");
      row.hidden = !fits;
      shown += fits;
    });
    count.textContent = shown === rows.length ? `${shown} recordings` : `${shown} of ${rows.length} recordings`;
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  filter();
  const order = new Intl.Collator(undefined, { numeric: true });
  document.querySelectorAll("#recordings th button").forEach((button) => button.addEventListener("click", () => {
    const head = button.parentElement, column = head.cellIndex, up = head.getAttribute("aria-sort") !== "ascending";
    document.querySelectorAll("#recordings th").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const numeric = rows.length > 0 && rows[0].cells[column].dataset.value !== undefined;
    const keyed = rows.map((row) => [numeric ? Number(row.cells[column].dataset.value) : row.cells[column].textContent.trim(), row]);
    keyed.sort((a, b) => (up ? 1 : -1) * (numeric ? a[0] - b[0] : order.compare(a[0], b[0])));
    body.append(...keyed.map(([, row]) => row));
  }));
})();
