/* Compares files that are dropped with the manifest in this page. */
(() => {
  const told = JSON.parse(document.getElementById("told").textContent);
  const listed = new Map();
  for (const text of Object.values(told.manifests)) {
    for (const line of text.split("\n")) if (line) listed.set(line.slice(66), line.slice(0, 64));
  }
  const byName = new Map(), folders = new Map();
  for (const path of [...listed.keys(), told.page, ...Object.keys(told.manifests)]) {
    const parts = path.split("/"), name = parts.pop();
    byName.set(name, [...(byName.get(name) || []), path]);
    parts.forEach((folder, depth) => {
      const whole = parts.slice(0, depth + 1).join("/");
      folders.set(folder, new Set([...(folders.get(folder) || []), whole]));
    });
  }

  const ORDER = ["differs", "unreadable", "missing", "unknown", "left out", "not compared", "equal"];
  const found = new Map();
  let leftOut = new Set(), wanted = new Set();

  /* Where a dropped file belongs: `root` is the path of the dropped folder in the derivative, null if that is not known. */
  const placeOf = (inside, root) => {
    if (root !== null) return root ? `${root}/${inside}` : inside;
    const known = byName.get(inside.split("/").pop()) || [];
    return known.length === 1 ? known[0] : known.length ? known : inside;
  };

  const rootOf = (folder, names) => {
    if (["manifest-sha256.txt", "dataset_description.json"].some((name) => names.has(name))) return "";
    const places = [...(folders.get(folder) || [])];
    return places.length === 1 ? places[0] : null;
  };

  const outside = new RegExp(`^(?:${told.not_listed})$`);
  const isPassing = (path) => outside.test(path);

  const compareManifest = async (path, file) => {
    const text = await file.text(), page = new RegExp(`^[0-9a-f]{64}  ${told.page.replace(".", "\\.")}\n`, "m");
    return text === told.manifests[path] || text.replace(page, "") === told.manifests[path];
  };

  const compare = async (path, file) => {
    if (path === told.page) return ["not compared", "a page cannot hold its own checksum: 'sha256sum -c' compares it"];
    if (path in told.manifests) return (await compareManifest(path, file)) ? ["equal", ""] : ["differs", "other lines than in this page"];
    if (path === told.dehydrated) return ["not compared", "lists what was left out on purpose"];
    if (path.startsWith(told.attestations)) return ["not compared", "a signed statement: 'eegmill verify --statement' checks it"];
    if (!listed.has(path)) return ["unknown", "the manifest does not name it"];
    const digest = await sha256(file, (bytes) => say(`${path}: ${Math.round((100 * bytes) / file.size)} %`));
    if (digest === listed.get(path)) return ["equal", digest];
    if (path === told.readme && leftOut.size) {
      const text = await file.text();
      const before = text.endsWith(told.note) ? text.slice(0, -told.note.length) : text;
      if ((await sha256(new Blob([before]))) === listed.get(path)) return ["equal", "but for the note that files were left out"];
    }
    return ["differs", `is ${digest}, should be ${listed.get(path)}`];
  };

  const compareAny = async (paths, file) => {
    for (const path of paths) {
      const verdict = await compare(path, file);
      if (verdict[0] === "equal") return [path, verdict];
    }
    return [paths[0], ["differs", `${paths.length} files have this name, none has these bytes: drop the folder around it`]];
  };

  /* One dropped thing: its files by path inside it. */
  const take = async (name, files) => {
    const isFolder = name !== null, root = isFolder ? rootOf(name, new Set(files.keys())) : null;
    if (isFolder && root !== null) for (const path of listed.keys()) if (!root || path.startsWith(`${root}/`)) wanted.add(path);
    const list = files.get(told.dehydrated);
    if (root === "" && list) leftOut = new Set(Object.keys(JSON.parse(await list.text()).files || {}));
    for (const [inside, file] of files) {
      if (isPassing(inside)) continue;
      const path = placeOf(inside, root);
      say(`${inside} …`);
      try {
        const [place, verdict] = Array.isArray(path) ? await compareAny(path, file) : [path, await compare(path, file)];
        found.set(place, verdict);
      } catch (error) {
        found.set(Array.isArray(path) ? inside : path, ["unreadable", String(error.message || error)]);
      }
    }
  };

  const say = (text) => { document.getElementById("now").textContent = text; };

  const row = ([path, [verdict, remark]]) => {
    const line = document.createElement("tr");
    line.dataset.verdict = verdict;
    for (const text of [path, verdict, remark]) line.appendChild(document.createElement("td")).textContent = text;
    return line;
  };

  const show = () => {
    const rows = new Map(found);
    for (const path of wanted) if (!rows.has(path)) rows.set(path, leftOut.has(path) ? ["left out", "on purpose: 'eegmill rehydrate' makes it again"] : ["missing", ""]);
    const sorted = [...rows].sort(([a, [x]], [b, [y]]) => ORDER.indexOf(x) - ORDER.indexOf(y) || (a < b ? -1 : 1));
    document.getElementById("wrong").replaceChildren(...sorted.filter(([, [verdict]]) => verdict !== "equal").map(row));
    document.getElementById("equal").replaceChildren(...sorted.filter(([, [verdict]]) => verdict === "equal").map(row));
    const counts = Object.fromEntries(ORDER.map((verdict) => [verdict, sorted.filter(([, [one]]) => one === verdict).length]));
    const bad = ["differs", "unreadable", "missing", "unknown"].some((verdict) => counts[verdict]);
    const others = [...listed.keys()].filter((path) => !rows.has(path)).length;
    const summary = document.getElementById("summary");
    summary.className = bad ? "bad" : "good";
    summary.textContent = `${ORDER.filter((verdict) => counts[verdict]).map((verdict) => `${counts[verdict]} ${verdict}`).join(", ")}; ${others ? `${others} of ${listed.size} files of the manifest were not dropped` : `all ${listed.size} files of the manifest are accounted for`}.`;
    for (const id of ["results", "again"]) document.getElementById(id).hidden = false;
  };

  let queue = Promise.resolve();
  const check = (things) => {
    queue = queue.then(async () => {
      document.body.dataset.state = "busy";
      for (const [name, files] of await things) await take(name, files);
      show();
      say("");
      document.body.dataset.state = "done";
    }).catch((error) => { say(`This could not be read: ${error.message || error}`); document.body.dataset.state = "failed"; });
  };

  /* Files of a dropped folder; a page that was opened from disk may use handles, and not the older entries. */
  const ofHandle = async (folder, inside, files) => {
    for await (const item of folder.values()) {
      if (item.kind === "directory") await ofHandle(item, `${inside}${item.name}/`, files);
      else files.set(`${inside}${item.name}`, await item.getFile());
    }
    return files;
  };
  const ofEntry = async (folder, inside, files) => {
    const reader = folder.createReader();
    for (let some = [null]; some.length;) {
      some = await new Promise((done, failed) => reader.readEntries(done, failed));
      for (const item of some) {
        if (item.isDirectory) await ofEntry(item, `${inside}${item.name}/`, files);
        else files.set(`${inside}${item.name}`, await new Promise((done, failed) => item.file(done, failed)));
      }
    }
    return files;
  };
  const ofItem = async (item) => {
    const entry = item.webkitGetAsEntry ? item.webkitGetAsEntry() : null, file = item.getAsFile();
    const handle = item.getAsFileSystemHandle ? await item.getAsFileSystemHandle().catch(() => null) : null;
    if (handle && handle.kind === "directory") return [handle.name, await ofHandle(handle, "", new Map())];
    if (entry && entry.isDirectory) return [entry.name, await ofEntry(entry, "", new Map())];
    return [null, new Map([[file.name, file]])];
  };

  const place = document.getElementById("place");
  addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("over"); });
  addEventListener("dragleave", () => place.classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    check(Promise.all([...event.dataTransfer.items].filter((item) => item.kind === "file").map(ofItem)));
  });
  document.getElementById("folder").addEventListener("change", (event) => {
    const files = new Map(), chosen = [...event.target.files];
    for (const file of chosen) files.set(file.webkitRelativePath.split("/").slice(1).join("/"), file);
    if (chosen.length) check([[chosen[0].webkitRelativePath.split("/")[0], files]]);
  });
  document.getElementById("files").addEventListener("change", (event) => check([...event.target.files].map((file) => [null, new Map([[file.name, file]])])));
  document.getElementById("again").addEventListener("click", () => { found.clear(); leftOut = new Set(); wanted = new Set(); show(); document.getElementById("results").hidden = true; });
})();
