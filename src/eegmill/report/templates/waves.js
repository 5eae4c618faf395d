/* Single waves of a signal, decoded a second at a time as they are looked at: see waves.py. */
const wavesOf = async (signal) => {
  const { block_samples: length, n_coefficients: nKept, stretches } = signal;
  const MAX_KEPT_BLOCKS = 240, POINTS = Math.min(length, 2 * nKept);
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytesOf(signal.packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const codes = new Uint8Array(await new Response(stream).arrayBuffer()), half = codes.length / 2;
  const nComponents = signal.n_components, nFrames = half / (nComponents * nKept);
  const mixing = new Int16Array(bytesOf(signal.mixing).buffer), nChannels = mixing.length / nComponents;
  const scale = Math.sqrt(2 / length) * signal.quantum_v * signal.mixing_scale;
  // The two halves of the window, at as many times as the waves need: [half][coefficient][point].
  const halves = [0, 1].map((which) => Array.from({ length: nKept }, (_, k) => Float32Array.from({ length: POINTS }, (_unused, point) => {
    const time = which * length + ((point + 0.5) * length) / POINTS - 0.5;
    return scale * Math.sin((Math.PI / (2 * length)) * (time + 0.5)) * Math.cos((Math.PI / length) * (time + 0.5 + length / 2) * (k + 0.5));
  })));
  const firstFrame = new Map();
  stretches.reduce((frame, [first, count]) => {
    for (let block = 0; block < count; block++) firstFrame.set(first + block, frame + block);
    return frame + count + 1;
  }, 0);
  const decoded = new Map();
  const addFrame = (values, component, frame, shapes) => {
    for (let k = 0; k < nKept; k++) {
      const place = (component * nKept + k) * nFrames + frame, code = codes[place] + 256 * codes[half + place];
      if (!code) continue;
      const amount = code & 1 ? (code + 1) / 2 : -code / 2, shape = shapes[k];
      for (let point = 0; point < POINTS; point++) values[point] += amount * shape[point];
    }
  };
  const block = (number) => {
    if (decoded.has(number)) return decoded.get(number);
    const frame = firstFrame.get(number);
    if (frame === undefined) return null;
    const rows = Array.from({ length: nChannels }, () => new Float32Array(POINTS)), values = new Float32Array(POINTS);
    for (let component = 0; component < nComponents; component++) {
      values.fill(0);
      addFrame(values, component, frame, halves[1]);
      addFrame(values, component, frame + 1, halves[0]);
      if (!values.some((value) => value)) continue;
      for (let channel = 0; channel < nChannels; channel++) {
        const weight = mixing[channel * nComponents + component], row = rows[channel];
        if (weight) for (let point = 0; point < POINTS; point++) row[point] += weight * values[point];
      }
    }
    if (decoded.size >= MAX_KEPT_BLOCKS) decoded.delete(decoded.keys().next().value);
    decoded.set(number, rows);
    return rows;
  };
  return { block, blockS: signal.block_s, points: POINTS, has: (number) => firstFrame.has(number) };
};
