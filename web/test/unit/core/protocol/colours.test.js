// The colours hold 4.5:1 where they are text, in light and in dark.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = (name) => readFileSync(new URL(`../../../../style/${name}.css`, import.meta.url), "utf8");
/** Pairs for light and dark, by name. */
const pairs = (text, name) => Object.fromEntries([...text.matchAll(name)].map(([, key, ...both]) => [key, both]));
const variables = pairs(css("base").split("@media")[0], /--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g);
const hues = pairs(css("base"), /\.(hue-\d+) \{ color: light-dark\((#\w{6}), (#\w{6})\)/g);

function luminance(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}
function holds(name, text, ground, least) {
  for (const [i, look] of ["light", "dark"].entries()) {
    const found = contrast(text[i], variables[ground][i]);
    assert.ok(found >= least, `${name} on ${ground}, ${look}: ${found.toFixed(2)}`);
  }
}

test("names can be read wherever they stand", () => {
  assert.equal(Object.keys(hues).length, 12);
  for (const [name, hue] of Object.entries(hues)) {
    for (const ground of ["ground", "raised", "hover", "mention", "fault-ground"]) holds(name, hue, ground, 4.5);
  }
});

test("so can all other text", () => {
  for (const ground of ["ground", "raised", "hover", "chosen", "mention", "found", "fault-ground"]) holds("ink", variables.ink, ground, 7);
  for (const ground of ["ground", "raised", "hover", "mention"]) holds("quiet", variables.quiet, ground, 4.5);
  for (const ground of ["ground", "fault-ground"]) holds("fault", variables.fault, ground, 4.5);
  holds("on-accent", variables["on-accent"], "accent", 4.5);
  holds("accent", variables.accent, "ground", 4.5);
  holds("accent", variables.accent, "mention", 4.5);
});

test("the edges of what one writes in can be seen", () => holds("control", variables.control, "ground", 3));
