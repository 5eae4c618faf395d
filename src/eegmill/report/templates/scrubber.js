/* The whole recording on a canvas, before and after: lowest and highest value of each step; single waves from near. */
(async () => {
  const source = document.getElementById("recording-data"), card = document.getElementById("scrubber");
  if (!source || !card || typeof DecompressionStream === "undefined") return;
  const data = JSON.parse(source.textContent);
  const { n_steps: nSteps, duration_s: durationS, channels, segments } = data;
  const stepS = durationS / nSteps;
  card.hidden = false;

  const unpack = async (signal, places) => {
    if (!signal) return null;
    const bytes = Uint8Array.from(atob(signal.packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const codes = new Int8Array(await new Response(stream).arrayBuffer());
    const rows = new Array(channels.length).fill(null);
    places.forEach((place, row) => {
      const values = new Float32Array(256), top = Math.asinh(signal.tops_v[row] / data.linear_to_v);
      for (let code = -data.max_code; code <= data.max_code; code++) values[code + 128] = data.linear_to_v * Math.sinh((code / data.max_code) * top);
      values[0] = NaN;
      rows[place] = [0, 1].map((which) => Float32Array.from(codes.subarray((2 * row + which) * nSteps, (2 * row + which + 1) * nSteps), (code) => values[code + 128]));
    });
    return rows;
  };
  const signals = { before: await unpack(data.before, data.compared), after: await unpack(data.after, channels.map((_, place) => place)) };

  const waves = {}, MAX_WAVES_S = 60;
  for (const [which, places] of [["after", channels.map((_, place) => place)], ["before", channels.map((_, place) => data.compared.indexOf(place))]]) {
    if (!data.waves || !data.waves[which]) continue;
    const decoder = await wavesOf(data.waves[which]);
    waves[which] = { ...decoder, row: (block, place) => (places[place] < 0 ? null : (decoder.block(block) || [])[places[place]]) };
  }
  const near = () => data.waves && toS - fromS <= MAX_WAVES_S;
  const isGap = (signal, timeS) => { const step = Math.min(Math.floor(timeS / stepS), nSteps - 1); return signal[0][step] !== signal[0][step]; };

  const heights = (rows, wanted) => rows.flatMap((row, place) => (row && wanted(channels[place]) ? [typical(row)] : []));
  const typical = ([low, high]) => {
    const every = Math.max(Math.floor(nSteps / 500), 1), found = [];
    for (let step = 0; step < nSteps; step += every) if (high[step] === high[step]) found.push(Math.max(Math.abs(low[step]), Math.abs(high[step])));
    return found.sort((a, b) => a - b)[Math.floor(found.length * 0.9)] || 1e-6;
  };
  const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] || 2e-5;
  const eegV = middle(heights(signals.after, (channel) => channel.kind === "eeg"));
  const gains = channels.map((channel, place) => (channel.kind === "eeg" ? 1 : eegV / typical(signals.after[place])));

  const view = card.querySelector(".view"), strip = card.querySelector(".strip"), readout = card.querySelector(".readout");
  const shown = { before: true, after: true };
  const TOP = 20, BOTTOM = 22, RIGHT = 50, LEFT = Math.min(76, 12 + 7 * Math.max(...channels.map((channel) => channel.name.length), 5));
  const rowPx = Math.min(Math.max(560 / channels.length, 13), 30);
  const heightPx = Math.round(TOP + BOTTOM + rowPx * channels.length);
  const shortestS = Math.min(durationS, data.waves ? 0.25 : Math.max(8 * stepS, 0.25));
  let fromS = 0, toS = Math.min(durationS, data.waves ? 20 : Math.max(20, 400 * stepS)), rowV = 3 * eegV, marking = false, marked = null, widthPx = 0, pending = false;

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    return Object.fromEntries(["ink", "soft", "rule", "blue", "red", "amber", "green", "raw", "card"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  };
  const fit = (canvas, height) => {
    const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return [pen, width];
  };
  const across = (timeS) => LEFT + ((timeS - fromS) / (toS - fromS)) * (widthPx - LEFT - RIGHT);
  const timeAt = (x) => fromS + ((x - LEFT) / (widthPx - LEFT - RIGHT)) * (toS - fromS);

  const wave = (pen, which, place, centre, gain, colour) => {
    const scale = (gain * rowPx) / rowV, limit = 2.5 * rowPx, decoder = waves[which], { blockS } = decoder, last = Math.ceil(durationS / blockS) - 1;
    pen.strokeStyle = colour;
    pen.lineWidth = 0.9;
    pen.beginPath();
    let drawing = false;
    for (let block = Math.max(Math.floor(fromS / blockS), 0); block <= Math.min(Math.floor(toS / blockS), last); block++) {
      const row = decoder.row(block, place);
      if (!row) { drawing = false; continue; }
      for (let point = 0; point < decoder.points; point++) {
        const timeS = (block + (point + 0.5) / decoder.points) * blockS;
        if (timeS > durationS || isGap(signals[which][place], timeS)) { drawing = false; continue; }
        const y = centre - Math.min(Math.max(row[point] * scale, -limit), limit);
        if (drawing) pen.lineTo(across(timeS), y); else pen.moveTo(across(timeS), y);
        drawing = true;
      }
    }
    pen.stroke();
  };
  const isWhole = (which) => {
    const { blockS, has } = waves[which];
    for (let block = Math.floor(fromS / blockS); block * blockS < toS; block++) if (!has(block)) return false;
    return true;
  };
  const curve = (pen, [low, high], centre, gain, colour) => {
    const scale = (gain * rowPx) / rowV, limit = 2.5 * rowPx, tops = [], bottoms = [];
    const flush = () => {
      if (!tops.length) return;
      pen.beginPath();
      tops.forEach(([x, y], place) => (place ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      for (let place = bottoms.length - 1; place >= 0; place--) pen.lineTo(...bottoms[place]);
      pen.closePath();
      pen.fill();
      pen.stroke();
      tops.length = bottoms.length = 0;
    };
    pen.fillStyle = pen.strokeStyle = colour;
    pen.lineWidth = 0.8;
    const perPx = (toS - fromS) / (widthPx - LEFT - RIGHT) / stepS, wide = Math.max(perPx, 1);
    for (let at = Math.floor(fromS / stepS); at * stepS < toS && at < nSteps; at += wide) {
      const first = Math.max(Math.floor(at), 0), stop = Math.min(Math.max(Math.floor(at + wide), first + 1), nSteps);
      let least = Infinity, most = -Infinity;
      for (let step = first; step < stop; step++) { if (low[step] < least) least = low[step]; if (high[step] > most) most = high[step]; }
      if (most < least) { flush(); continue; }
      const x = Math.max(across((at + wide / 2) * stepS), LEFT), clip = (value) => centre - Math.min(Math.max(value * scale, -limit), limit);
      tops.push([x, clip(most)]);
      bottoms.push([x, clip(least)]);
    }
    flush();
  };
  const hatched = (pen, x, y, width, height, colour) => {
    pen.save();
    pen.beginPath();
    pen.rect(x, y, width, height);
    pen.clip();
    pen.globalAlpha = 0.14;
    pen.fillStyle = pen.strokeStyle = colour;
    pen.fillRect(x, y, width, height);
    pen.globalAlpha = 0.3;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let at = x - height; at < x + width; at += 12) { pen.moveTo(at, y + height); pen.lineTo(at + height, y); }
    pen.stroke();
    pen.restore();
  };
  const niceStep = (lengthS, count) => {
    const rough = lengthS / count, power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
  };
  const drawView = () => {
    const [pen, width] = fit(view, heightPx), ink = colours();
    widthPx = width;
    pen.font = "11px system-ui, sans-serif";
    const bottom = heightPx - BOTTOM;
    pen.fillStyle = ink.soft;
    pen.strokeStyle = ink.rule;
    pen.lineWidth = 1;
    const step = niceStep(toS - fromS, Math.max((width - LEFT - RIGHT) / 80, 2));
    for (let tick = Math.ceil(fromS / step) * step; tick <= toS; tick += step) {
      const x = across(tick);
      pen.beginPath(); pen.moveTo(x, TOP); pen.lineTo(x, bottom); pen.stroke();
      pen.textAlign = "center";
      pen.fillText(`${Number(tick.toFixed(3))} s`, x, heightPx - 7);
    }
    pen.save();
    pen.beginPath(); pen.rect(LEFT, 0, width - LEFT - RIGHT, bottom); pen.clip();
    segments.forEach(([onset, length, name, only]) => {
      if (onset > toS || onset + length < fromS) return;
      const x = across(onset), end = Math.max(across(onset + length), x + 2);
      const rows = only.length ? only.map((channel) => channels.findIndex((item) => item.name === channel)).filter((row) => row >= 0) : [null];
      rows.forEach((row) => hatched(pen, x, row === null ? TOP : TOP + row * rowPx, end - x, row === null ? bottom - TOP : rowPx, ink.amber));
      pen.textAlign = "left"; pen.fillStyle = ink.amber;
      pen.fillText(name, Math.max(x, LEFT) + 3, 13);
    });
    pen.fillStyle = ink.green;
    data.repaired.forEach(([onset, length]) => { if (onset < toS && onset + length > fromS) pen.fillRect(across(onset), bottom - 4, Math.max(across(onset + length) - across(onset), 1.5), 4); });
    if (marked) hatched(pen, across(Math.min(...marked)), TOP, Math.abs(across(marked[1]) - across(marked[0])), bottom - TOP, ink.red);
    let labelled = -Infinity, drawn = -Infinity;
    pen.setLineDash([3, 3]); pen.strokeStyle = ink.soft; pen.fillStyle = ink.soft; pen.textAlign = "left";
    data.event_onsets_s.forEach((onset, place) => {
      if (onset < fromS || onset > toS) return;
      const x = across(onset), name = data.event_names[data.event_places[place]];
      if (x - drawn < 3) return;
      drawn = x;
      pen.beginPath(); pen.moveTo(x, TOP); pen.lineTo(x, bottom); pen.stroke();
      if (x >= labelled) { pen.fillText(name, x + 3, 13); labelled = x + 8 + pen.measureText(name).width; }
    });
    pen.setLineDash([]);
    for (const which of ["before", "after"]) {
      if (!shown[which] || !signals[which]) continue;
      pen.globalAlpha = which === "before" ? 0.75 : 1;
      const colour = which === "before" ? ink.raw : ink.blue, close = near();
      channels.forEach((channel, row) => {
        if (!signals[which][row]) return;
        const centre = TOP + (row + 0.5) * rowPx;
        if (!close || !isWhole(which)) curve(pen, signals[which][row], centre, gains[row], colour);
        if (close) wave(pen, which, row, centre, gains[row], colour);
      });
    }
    pen.restore();
    pen.textAlign = "right";
    channels.forEach((channel, row) => {
      const y = TOP + (row + 0.5) * rowPx + 4;
      pen.fillStyle = channel.bad ? ink.red : ink.ink;
      pen.font = `${channel.bad ? "bold " : ""}11px system-ui, sans-serif`;
      pen.fillText(channel.name, LEFT - 6, y, LEFT - 8);
      if (channel.bad) { const long = Math.min(pen.measureText(channel.name).width, LEFT - 8); pen.fillRect(LEFT - 6 - long, y + 2, long, 1.5); }
    });
    pen.fillStyle = ink.ink;
    pen.fillRect(width - RIGHT + 5, TOP + 4, 2, rowPx);
    pen.textAlign = "left";
    pen.font = "11px system-ui, sans-serif";
    pen.fillText(`${(rowV * 1e6).toPrecision(2) * 1} µV`, width - RIGHT + 10, TOP + rowPx / 2 + 8);
  };
  const drawStrip = () => {
    const [pen, width] = fit(strip, 34), ink = colours(), at = (timeS) => LEFT + (timeS / durationS) * (width - LEFT - RIGHT);
    pen.fillStyle = ink.rule;
    pen.fillRect(LEFT, 6, width - LEFT - RIGHT, 22);
    pen.fillStyle = ink.amber;
    segments.forEach(([onset, length, , only]) => { if (!only.length) pen.fillRect(at(onset), 6, Math.max(at(onset + length) - at(onset), 1.5), 22); });
    pen.fillStyle = ink.green;
    data.repaired.forEach(([onset, length]) => pen.fillRect(at(onset), 23, Math.max(at(onset + length) - at(onset), 1), 5));
    pen.strokeStyle = ink.blue;
    pen.lineWidth = 2;
    pen.strokeRect(at(fromS) + 1, 4, Math.max(at(toS) - at(fromS) - 2, 4), 26);
    pen.fillStyle = ink.soft;
    pen.font = "11px system-ui, sans-serif";
    pen.textAlign = "right";
    pen.fillText(`${Math.round(durationS)} s`, LEFT - 6, 21);
  };
  const draw = () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; drawView(); drawStrip(); });
  };
  const say = (words) => { readout.textContent = words; };
  const window_ = (start, length) => {
    const long = Math.min(Math.max(length, shortestS), durationS);
    fromS = Math.min(Math.max(start, 0), durationS - long);
    toS = fromS + long;
    say(`${fromS.toFixed(2)} s to ${toS.toFixed(2)} s of ${durationS.toFixed(1)} s${near() ? "" : data.waves ? "; closer than 60 s: single waves" : ""}`);
    draw();
  };
  const zoom = (factor, aboutS = (fromS + toS) / 2) => { const long = Math.min(Math.max((toS - fromS) * factor, shortestS), durationS); window_(aboutS - ((aboutS - fromS) / (toS - fromS)) * long, long); };
  const show = (onset, length) => window_(onset - Math.max(length, 4) / 2, 2 * Math.max(length, 4));
  const nextBad = () => {
    const middleS = (fromS + toS) / 2, later = segments.find(([onset, length]) => onset + length / 2 > middleS + 0.01) || segments[0];
    if (!later) { say("No stretch is marked bad."); return; }
    window_(later[0] + later[1] / 2 - (toS - fromS) / 2, toS - fromS);
    say(`${later[2]}: ${later[0].toFixed(2)} s, for ${later[1].toFixed(2)} s`);
  };
  const actions = {
    left: () => window_(fromS - (toS - fromS) / 2, toS - fromS),
    right: () => window_(fromS + (toS - fromS) / 2, toS - fromS),
    closer: () => zoom(0.5),
    wider: () => zoom(2),
    all: () => window_(0, durationS),
    larger: () => { rowV /= 1.4; draw(); },
    smaller: () => { rowV *= 1.4; draw(); },
    next: nextBad,
    mark: () => {
      if (!data.may_mark) return;
      marking = !marking;
      card.querySelector("[data-do=mark]").setAttribute("aria-pressed", marking);
      view.classList.toggle("marking", marking);
    },
  };
  const keys = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "larger", ArrowDown: "smaller", "+": "closer", "=": "closer", "-": "wider", Home: "all", n: "next", m: "mark" };
  card.querySelectorAll(".tools button").forEach((button) => button.addEventListener("click", actions[button.dataset.do]));
  card.querySelectorAll("[data-show]").forEach((box) => box.addEventListener("change", () => { shown[box.dataset.show] = box.checked; draw(); }));
  document.querySelectorAll("button.go").forEach((button) => button.addEventListener("click", () => {
    show(Number(button.dataset.go), Number(button.dataset.for));
    card.scrollIntoView({ block: "start" });
  }));
  view.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    actions[keys[event.key]]();
  });
  view.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== view) return;
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) window_(fromS + ((toS - fromS) * event.deltaX) / 800, toS - fromS);
    else zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event.offsetX));
  }, { passive: false });
  let held = null;
  view.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    view.setPointerCapture(event.pointerId);
    held = { x: event.offsetX, fromS, mark: marking || event.shiftKey };
    if (held.mark && data.may_mark) marked = [timeAt(event.offsetX), timeAt(event.offsetX)];
  });
  view.addEventListener("pointermove", (event) => {
    const timeS = Math.min(Math.max(timeAt(event.offsetX), 0), durationS);
    if (held && held.mark) { if (marked) { marked[1] = timeS; draw(); } return; }
    if (held) { window_(held.fromS - ((event.offsetX - held.x) / (widthPx - LEFT - RIGHT)) * (toS - fromS), toS - fromS); return; }
    const row = Math.floor((event.offsetY - TOP) / rowPx), channel = channels[row];
    if (!channel || event.offsetX < 0) return;
    const step = Math.min(Math.floor(timeS / stepS), nSteps - 1);
    const range = (rows, which) => {
      const at = waves[which] && timeS / waves[which].blockS, value = at !== undefined && near() && waves[which].row(Math.floor(at), row);
      return value ? `${(value[Math.floor((at % 1) * waves[which].points)] * 1e6).toFixed(1)} µV` : extremes(rows);
    };
    const extremes = (rows) => (rows && rows[row] ? `${(rows[row][0][step] * 1e6).toFixed(1)} to ${(rows[row][1][step] * 1e6).toFixed(1)} µV` : "–");
    const bad = segments.filter(([onset, length]) => onset <= timeS && timeS <= onset + length).map((segment) => segment[2]);
    say(`${channel.name}${channel.bad ? ` (bad: ${channel.bad}; ${channel.fate})` : ""}, ${timeS.toFixed(2)} s: ${signals.before ? `before ${range(signals.before, "before")}, ` : ""}${data.after_is} ${range(signals.after, "after")}${bad.length ? ` · ${bad.join(", ")}` : ""}`);
  });
  const release = () => {
    if (held && marked && Math.abs(marked[1] - marked[0]) > 0.01) collector.segment(Math.min(...marked), Math.max(...marked));
    held = marked = null;
    draw();
  };
  view.addEventListener("pointerup", release);
  view.addEventListener("pointercancel", release);
  strip.addEventListener("pointerdown", (event) => { strip.setPointerCapture(event.pointerId); slide(event); });
  strip.addEventListener("pointermove", (event) => { if (event.buttons) slide(event); });
  const slide = (event) => window_(((event.offsetX - LEFT) / (strip.clientWidth - LEFT - RIGHT)) * durationS - (toS - fromS) / 2, toS - fromS);
  new ResizeObserver(draw).observe(card);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("beforeprint", () => { drawView(); drawStrip(); });
  window_(0, toS);
  card.dataset.ready = "yes";
})();
