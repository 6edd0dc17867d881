// The values of an envelope's fields: what each kind may be, within the limits of the protocol. Pure.

import { CONTENT_CHARS_MAX, ROOM_CHARS_MAX } from "./limits.js";

/** A character has two units at most; NFC may write a name's in more of them. */
export const NAME_UNITS_MAX = 4 * ROOM_CHARS_MAX;
export const TEXT_UNITS_MAX = 2 * CONTENT_CHARS_MAX;
/** The last time that a `Date` can hold. */
export const AT_MAX = 8.64e15;

/** @param {unknown} value
 * @param {number} unitsMax */
export const isText = (value, unitsMax = NAME_UNITS_MAX) => typeof value === "string" && value.length <= unitsMax;
/** A text of so many characters at most, which may be absent.
 * @param {any} value
 * @param {number} charsMax */
export const maybeShort = (value, charsMax) => value === undefined || (isText(value, 2 * charsMax) && [...value].length <= charsMax);
/** @param {unknown} value */
export const maybeText = (value) => value === undefined || isText(value, TEXT_UNITS_MAX);
/** @param {unknown} value */
export const isId = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
/** @param {unknown} value */
export const maybeId = (value) => value === undefined || isId(value);
/** @param {unknown} value
 * @param {number} [max] */
export const isCount = (value, max = AT_MAX) => Number.isFinite(value) && Number(value) >= 0 && Number(value) <= max;
/** A list of so many values at most, each of which is such a one.
 * @param {unknown} value
 * @param {number} max
 * @param {(each: any) => boolean} is */
export const isList = (value, max, is) => Array.isArray(value) && value.length <= max && value.every((each) => is(each));
/** @param {unknown} value
 * @param {number} max */
export const maybeNames = (value, max) => value === undefined || isList(value, max, (each) => isText(each));
/** @param {unknown} value */
export const maybeFlag = (value) => value === undefined || typeof value === "boolean";
