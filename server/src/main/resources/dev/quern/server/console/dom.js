/** Elements by hand. Text from the model and the data only ever becomes text nodes. */

export const byId = (id) => document.getElementById(id);

/**
 * Makes an element. Strings among the children become text nodes, never markup.
 *
 * @param {string} name
 * @param {Object<string, string|number|boolean|null>} attributes false and null are left out
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, value === true ? '' : String(value));
    }
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 12345.6 as 12,346. */
export const count = (number) => whole.format(number);

/** 0.834 as 83%. */
export const percent = (share) => `${whole.format(100 * share)}%`;

/** Seconds as people say them. */
export function duration(seconds) {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  const s = Math.round(seconds);
  if (s < 60) {
    return `${s} s`;
  }
  return s < 3600
    ? `${Math.floor(s / 60)} min ${s % 60} s`
    : `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

/** Tells people who listen instead of looking. */
export function announce(text) {
  byId('live').textContent = text;
}
