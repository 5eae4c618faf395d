/* The table of recordings: sorted, filtered, of many only those near to what is looked at drawn; and the way from one
   recording to the next. */
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
  const list = body.closest(".list"), MANY = 100;
  let fitting = rows, room = MANY;
  const draw = () => {
    const drawn = new Set(fitting.slice(0, room));
    rows.forEach((row) => { if (row.hidden === drawn.has(row)) row.hidden = !row.hidden; });
  };
  const more = () => { if (room < fitting.length && list.scrollTop + 2 * list.clientHeight > list.scrollHeight) { room += MANY; draw(); } };
  const filter = () => {
    const words = form.words.value.toLowerCase().split(/\s+/).filter(Boolean);
    fitting = order.filter((place) => words.every((word) => texts[place].includes(word)) && (!form.status.value || rows[place].dataset.status === form.status.value) && (!form.attention.checked || rows[place].dataset.status !== "ok" || rows[place].cells[6].dataset.value !== "0")).map((place) => rows[place]);
    room = MANY;
    list.scrollTop = 0;
    draw();
    count.textContent = fitting.length === rows.length ? `${rows.length} recordings` : `${fitting.length} of ${rows.length} recordings`;
  };
  let order = rows.map((_, place) => place);
  list.addEventListener("scroll", more);
  addEventListener("beforeprint", () => { room = Infinity; draw(); });
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  filter();
  const language = new Intl.Collator(undefined, { numeric: true });
  document.querySelectorAll("#recordings th button").forEach((button) => button.addEventListener("click", () => {
    const head = button.parentElement, column = head.cellIndex, up = head.getAttribute("aria-sort") !== "ascending";
    document.querySelectorAll("#recordings th").forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const numeric = rows.length > 0 && rows[0].cells[column].dataset.value !== undefined;
    const keys = rows.map((row) => (numeric ? Number(row.cells[column].dataset.value) : row.cells[column].textContent.trim()));
    order.sort((a, b) => (up ? 1 : -1) * (numeric ? keys[a] - keys[b] : language.compare(keys[a], keys[b])));
    filter();
    body.append(...order.map((place) => rows[place]));
  }));
})();
