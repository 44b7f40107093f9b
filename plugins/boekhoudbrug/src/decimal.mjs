/**
 * Decimals that stay exact: JavaScript's own numbers cannot hold 0.1.
 *
 * A decimal is `{ units, scale }`: 12.50 is 1250 hundredths, `{ units: 1250n, scale: 2 }`.
 */

const FORM = /^(-?)(\d+)(?:\.(\d+))?$/;

/** Read "12.50"; a number is read as it prints. Throws RangeError on anything else. */
export function decimal(text) {
  const match = FORM.exec(String(text));
  if (match === null) throw new RangeError(`geen getal: ${text}`);
  const [, sign, whole, fraction = ""] = match;
  return { units: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

export const ZERO = decimal("0");

export function add(left, right) {
  const scale = Math.max(left.scale, right.scale);
  return { units: scaled(left, scale) + scaled(right, scale), scale };
}

export function multiply(left, right) {
  return { units: left.units * right.units, scale: left.scale + right.scale };
}

/** Round half away from zero, as Profit and the tax office do. */
export function rounded(value, digits) {
  if (value.scale <= digits) return { units: scaled(value, digits), scale: digits };
  const divisor = 10n ** BigInt(value.scale - digits);
  const half = value.units < 0n ? -divisor / 2n : divisor / 2n;
  return { units: (value.units + half) / divisor, scale: digits };
}

export function equal(left, right) {
  const scale = Math.max(left.scale, right.scale);
  return scaled(left, scale) === scaled(right, scale);
}

/** Write a decimal the way Profit takes it: with a point, never with a comma or an exponent. */
export function written(value) {
  const digits = (value.units < 0n ? -value.units : value.units)
    .toString()
    .padStart(value.scale + 1, "0");
  const sign = value.units < 0n ? "-" : "";
  if (value.scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -value.scale)}.${digits.slice(-value.scale)}`;
}

function scaled(value, scale) {
  return value.units * 10n ** BigInt(scale - value.scale);
}
