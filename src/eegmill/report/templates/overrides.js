/* Decisions of a person: collected on the page, saved as the table that eegmill reads. */
const collector = (() => {
  const { dataset, recording, columns } = JSON.parse(document.getElementById("override-data").textContent);
  const panel = document.getElementById("collected"), list = panel.querySelector("ol");
  const decisions = new Map();
  const quoted = (cell) => (/["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const table = () => [columns, ...decisions.values()].map((cells) => cells.map(quoted).join("\t") + "\n").join("");
  const show = () => {
    panel.hidden = decisions.size === 0;
    panel.querySelector(".count").textContent = decisions.size;
    list.replaceChildren(...[...decisions].map(([key, cells]) => item(key, cells)));
    document.querySelectorAll("button.decide").forEach((button) => {
      button.setAttribute("aria-pressed", decisions.has(key_of(JSON.parse(button.dataset.cells))));
    });
  };
  const key_of = (cells) => JSON.stringify(cells.slice(0, 6));
  const item = (key, cells) => {
    const line = document.createElement("li"), reason = document.createElement("input"), drop = document.createElement("button");
    const what = cells[2] === "segment" ? `${cells[4]} s + ${cells[5]} s` : cells[3];
    reason.value = cells[7];
    reason.placeholder = "your reason";
    reason.setAttribute("aria-label", `Reason for ${cells[2]} ${what}`);
    reason.addEventListener("input", () => { cells[7] = reason.value; });
    drop.type = "button";
    drop.textContent = "drop";
    drop.addEventListener("click", () => { decisions.delete(key); show(); });
    line.append(`${cells[2]} ${what}: ${cells[6]} `, reason, " ", drop);
    return line;
  };
  const add = (cells) => { decisions.set(key_of(cells), [...cells]); show(); };
  const toggle = (cells) => { const key = key_of(cells); if (decisions.has(key)) { decisions.delete(key); show(); } else add(cells); };
  document.querySelectorAll("button.decide").forEach((button) => {
    button.disabled = false;
    button.addEventListener("click", () => toggle(JSON.parse(button.dataset.cells)));
  });
  const pick = document.getElementById("call-bad");
  if (pick) {
    pick.closest("p").hidden = false;
    pick.addEventListener("change", () => { if (pick.value) add(JSON.parse(pick.value)); pick.value = ""; });
  }
  panel.querySelector("[data-do=save]").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([table()], { type: "text/tab-separated-values" }));
    link.download = `${recording}_overrides.tsv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  panel.querySelector("[data-do=copy]").addEventListener("click", (event) => copy(table().split("\n").slice(1).join("\n"), event.target));
  const seconds = (value) => String(Number(value.toFixed(3)));
  return {
    segment: (from_s, to_s) => add([dataset, recording, "segment", "", seconds(from_s), seconds(to_s - from_s), "bad", ""]),
  };
})();
