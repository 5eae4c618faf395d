/* SHA-256 of a file (FIPS 180-4), which may be larger than memory. WebCrypto is quicker and wants the whole of a file
   at once, and browsers have it only for pages from disk or over https: so large files are taken in pieces, here. */
const sha256 = (() => {
  const WHOLE = 64 * 1024 * 1024, PIECE = 4 * 1024 * 1024;
  const ROUND = Int32Array.of(
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
  );
  const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

  const words = new Int32Array(64);

  /* Takes the 64 bytes at `offset` into the eight words of `state`. Written out, as it runs once for every 64 bytes. */
  const takeBlock = (state, bytes, offset) => {
    for (let i = 0; i < 16; i++, offset += 4) words[i] = (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3];
    for (let i = 16; i < 64; i++) {
      const x = words[i - 15], y = words[i - 2];
      const early = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const late = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = (words[i - 16] + early + words[i - 7] + late) | 0;
    }
    let a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (let i = 0; i < 64; i++) {
      const ofE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const ofA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const one = (h + ofE + ((e & f) ^ (~e & g)) + ROUND[i] + words[i]) | 0;
      const two = (ofA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d; state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  };

  /* The last bytes, a one bit, zeros, and the length in bits: to a whole number of blocks. */
  const padded = (rest, length) => {
    const bytes = new Uint8Array(rest.length < 56 ? 64 : 128);
    bytes.set(rest);
    bytes[rest.length] = 0x80;
    new DataView(bytes.buffer).setBigUint64(bytes.length - 8, BigInt(length) * 8n);
    return bytes;
  };

  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const inPieces = async (file, told) => {
    const state = Int32Array.from(START);
    for (let at = 0; ; at += PIECE) {
      const piece = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
      const last = at + piece.length >= file.size, whole = piece.length - (piece.length % 64);
      for (let i = 0; i < whole; i += 64) takeBlock(state, piece, i);
      told(at + piece.length);
      if (!last) continue;
      const end = padded(piece.subarray(whole), file.size);
      for (let i = 0; i < end.length; i += 64) takeBlock(state, end, i);
      const answer = new DataView(new ArrayBuffer(32));
      state.forEach((word, i) => answer.setInt32(4 * i, word));
      return hex(answer.buffer);
    }
  };

  return async (file, told = () => {}) => {
    const native = globalThis.crypto?.subtle;
    if (!native || file.size > WHOLE) return inPieces(file, told);
    return hex(await native.digest("SHA-256", await file.arrayBuffer()));
  };
})();
