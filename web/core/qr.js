// A text as a QR code (ISO/IEC 18004): bytes, error correction level M, versions 1 to 10. Pure: it knows no page.

/** Of each version: error correction codewords of a block, blocks, and where alignment patterns have their middles. */
const VERSIONS = /** @type {[check: number, blocks: number, middles: number[]][]} */ ([
  [10, 1, []], [16, 1, [6, 18]], [26, 1, [6, 22]], [18, 2, [6, 26]], [24, 2, [6, 30]],
  [16, 4, [6, 34]], [18, 4, [6, 22, 38]], [22, 4, [6, 24, 42]], [22, 5, [6, 26, 46]], [26, 5, [6, 28, 50]],
]);
/** Each mask turns the modules over for which it is true. */
const MASKS = /** @type {((x: number, y: number) => boolean)[]} */ ([
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => (x * y) % 2 + (x * y) % 3 === 0,
  (x, y) => ((x * y) % 2 + (x * y) % 3) % 2 === 0,
  (x, y) => ((x + y) % 2 + (x * y) % 3) % 2 === 0,
]);
/** The mode of bytes, in four bits. */
const BYTES = 0b0100;
/** What fills the codewords behind the text. */
const PADDING = [0xec, 0x11];

/** Rows of modules, true where they are dark; null if the text is too long.
 * @param {string} text
 * @returns {boolean[][] | null} */
export function qr(text) {
  const bytes = new TextEncoder().encode(text);
  const version = VERSIONS.findIndex((_, at) => bytes.length <= room(at + 1)) + 1;
  if (version === 0) return null;
  const grid = new Grid(version);
  grid.place(interleaved(codewords(bytes, version), version));
  const all = MASKS.map((_, mask) => grid.masked(mask));
  return all.reduce((best, next) => (penalty(next) < penalty(best) ? next : best));
}

/** @param {number} version */
const settings = (version) => /** @type {[number, number, number[]]} */ (VERSIONS[version - 1]);
/** @param {number} version */
const lengthBits = (version) => (version < 10 ? 8 : 16);

/** Codewords in all: modules that no pattern has, in bytes.
 * @param {number} version */
function capacity(version) {
  const count = settings(version)[2].length;
  const side = 17 + 4 * version;
  const alignment = count === 0 ? 0 : (count ** 2 - 3) * 25 - (count - 2) * 10;
  const timing = 2 * (side - 16);
  return (side ** 2 - 3 * 64 - timing - 31 - alignment - (version < 7 ? 0 : 36)) >> 3;
}

/** Codewords for data.
 * @param {number} version */
function dataLength(version) {
  const [check, blocks] = settings(version);
  return capacity(version) - check * blocks;
}

/** Bytes of text that fit.
 * @param {number} version */
const room = (version) => (8 * dataLength(version) - 4 - lengthBits(version)) >> 3;

/** The text with its mode and length, filled up.
 * @param {Uint8Array} bytes
 * @param {number} version */
function codewords(bytes, version) {
  const bits = BYTES.toString(2).padStart(4, "0") + bytes.length.toString(2).padStart(lengthBits(version), "0")
    + [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("") + "0000";
  const words = (bits.match(/.{1,8}/g) ?? []).map((word) => parseInt(word.padEnd(8, "0"), 2));
  const length = dataLength(version);
  const missing = Math.max(0, length - words.length);
  return [...words.slice(0, length), ...Array.from({ length: missing }, (_, at) => /** @type {number} */ (PADDING[at % 2]))];
}

/** Cut into blocks, each with its error correction, and these woven into one another.
 * @param {number[]} data
 * @param {number} version */
function interleaved(data, version) {
  const [check, count] = settings(version);
  const short = Math.floor(data.length / count);
  const longFrom = count - (data.length % count);
  let begin = 0;
  const blocks = Array.from({ length: count }, (_, at) => data.slice(begin, begin += short + (at < longFrom ? 0 : 1)));
  return [...woven(blocks), ...woven(blocks.map((block) => remainder(block, check)))];
}

/** @param {number[][]} blocks */
function woven(blocks) {
  const longest = Math.max(...blocks.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => blocks.flatMap((block) => block[at] ?? [])).flat();
}

/** Reed-Solomon: what is left of a block behind division by (x - 1)(x - 2)(x - 4)… over GF(256).
 * @param {number[]} block
 * @param {number} degree */
function remainder(block, degree) {
  const divisor = generator(degree);
  const left = Array(degree).fill(0);
  for (const word of block) {
    const factor = word ^ left.shift();
    left.push(0);
    divisor.forEach((each, at) => { left[at] ^= times(each, factor); });
  }
  return left;
}

/** Without its first coefficient, which is 1.
 * @param {number} degree */
function generator(degree) {
  let [made, root] = [[1], 1];
  for (let at = 0; at < degree; at += 1) {
    const [factor, of] = [root, made];
    made = [...of, 0].map((each, i) => each ^ times(of[i - 1] ?? 0, factor));
    root = times(root, 2);
  }
  return made.slice(1);
}

/** @param {number} a
 * @param {number} b */
function times(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ (product & 0x80 ? 0x11d : 0);
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}

/** The square: its patterns, and which modules they have taken. */
class Grid {
  #side;
  /** @type {boolean[][]} */
  #dark;
  /** @type {boolean[][]} */
  #taken;

  /** @param {number} version */
  constructor(version) {
    const side = 17 + 4 * version;
    this.#side = side;
    this.#dark = squareOf(side);
    this.#taken = squareOf(side);
    for (const [x, y] of /** @type {const} */ ([[3, 3], [side - 4, 3], [3, side - 4]])) this.#rings(x, y, 4);
    this.#drawAlignment(settings(version)[2]);
    for (let at = 8; at < side - 8; at += 1) for (const [x, y] of /** @type {const} */ ([[at, 6], [6, at]])) this.#set(x, y, at % 2 === 0);
    this.#drawFormat(0);
    if (version >= 7) this.#drawVersion(version);
  }

  /** Squares around a middle, dark and light in turn from the third on.
   * @param {number} x
   * @param {number} y
   * @param {number} reach */
  #rings(x, y, reach) {
    for (let down = -reach; down <= reach; down += 1) {
      for (let right = -reach; right <= reach; right += 1) {
        const ring = Math.max(Math.abs(down), Math.abs(right));
        const isDark = reach === 4 ? ring !== 2 && ring !== 4 : ring !== 1;
        if (this.#taken[y + down]?.[x + right] !== undefined) this.#set(x + right, y + down, isDark);
      }
    }
  }

  /** @param {number[]} middles */
  #drawAlignment(middles) {
    const last = middles.at(-1);
    for (const x of middles) {
      for (const y of middles) {
        const isFinder = (x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6);
        if (!isFinder) this.#rings(x, y, 2);
      }
    }
  }

  /** Which mask there is, twice; level M is 00.
   * @param {number} mask */
  #drawFormat(mask) {
    const bits = ((mask << 10) | rest(mask << 10, 0x537)) ^ 0x5412;
    const side = this.#side;
    for (let at = 0; at < 15; at += 1) {
      const isDark = ((bits >> at) & 1) === 1;
      const beside = at < 6 ? at : at < 8 ? at + 1 : side - 15 + at;
      const below = at < 8 ? side - 1 - at : at === 8 ? 7 : 14 - at;
      this.#set(8, beside, isDark);
      this.#set(below, 8, isDark);
    }
    this.#set(8, side - 8, true);
  }

  /** @param {number} version */
  #drawVersion(version) {
    const bits = (version << 12) | rest(version << 12, 0x1f25);
    for (let at = 0; at < 18; at += 1) {
      const [long, short] = [Math.floor(at / 3), this.#side - 11 + (at % 3)];
      this.#set(long, short, ((bits >> at) & 1) === 1);
      this.#set(short, long, ((bits >> at) & 1) === 1);
    }
  }

  /** @param {number} x
   * @param {number} y
   * @param {boolean} isDark */
  #set(x, y, isDark) {
    /** @type {boolean[]} */ (this.#dark[y])[x] = isDark;
    /** @type {boolean[]} */ (this.#taken[y])[x] = true;
  }

  /** Puts words where there is space: in columns of two, up and down in turn, from the right.
   * @param {number[]} words */
  place(words) {
    const side = this.#side;
    let bit = 0;
    for (let right = side - 1, isUp = true; right > 0; right -= right === 8 ? 3 : 2, isUp = !isUp) {
      for (let step = 0; step < side; step += 1) {
        const y = isUp ? side - 1 - step : step;
        for (const x of [right, right - 1]) {
          if (this.#taken[y]?.[x]) continue;
          /** @type {boolean[]} */ (this.#dark[y])[x] = (((words[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
          bit += 1;
        }
      }
    }
  }

  /** @param {number} mask */
  masked(mask) {
    this.#drawFormat(mask);
    const turns = /** @type {(x: number, y: number) => boolean} */ (MASKS[mask]);
    return this.#dark.map((row, y) => row.map((isDark, x) => isDark !== (!this.#taken[y]?.[x] && turns(x, y))));
  }
}

/** @param {number} side
 * @returns {boolean[][]} */
const squareOf = (side) => Array.from({ length: side }, () => Array(side).fill(false));

/** What is left of a number behind division by another, as polynomials over GF(2).
 * @param {number} number
 * @param {number} by */
function rest(number, by) {
  let left = number;
  while (Math.clz32(left) <= Math.clz32(by)) left ^= by << (Math.clz32(by) - Math.clz32(left));
  return left;
}

/** How hard a square is to read: long runs, blocks, what looks like a finder, and too much of one colour.
 * @param {boolean[][]} rows */
function penalty(rows) {
  const texts = rows.map((row) => row.map(Number).join(""));
  const columns = rows.map((_, x) => texts.map((row) => row[x]).join(""));
  let sum = 0;
  for (const line of [...texts, ...columns]) {
    for (const [run] of line.matchAll(/0{5,}|1{5,}/g)) sum += run.length - 2;
    sum += 40 * [...line.matchAll(/(?=00001011101|10111010000)/g)].length;
  }
  for (const [y, row] of texts.slice(1).entries()) {
    for (const { index } of row.matchAll(/(?=00|11)/g)) if (texts[y]?.slice(index, index + 2) === row.slice(index, index + 2)) sum += 3;
  }
  const dark = texts.join("").replaceAll("0", "").length;
  return sum + 10 * Math.floor(Math.abs((dark * 20) / rows.length ** 2 - 10));
}
