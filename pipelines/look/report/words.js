// Words, numbers and instants in the reader's language; the words stand in labels.json.
const DATA = JSON.parse(document.getElementById("data").textContent);
const LABELS = JSON.parse(document.getElementById("labels").textContent);
const FILLS = ["var(--c1)", "var(--c0)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)", "var(--c6)"];
const REST = "var(--rest)";
const ZONES = { UTC: 0, WIB: 7, WITA: 8, WIT: 9 };
const state = { lang: "en", zone: (DATA.languages[0] || {}).language === "id" ? "WIB" : "UTC" };

function t(name, values = {}) {
  return LABELS[state.lang][name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}
function word(group, code) {
  return LABELS[state.lang][group][code] || String(code).replaceAll("_", " ");
}
function number(value) { return value.toLocaleString(state.lang); }
function percent(part, whole) {
  return (whole ? part / whole : 0).toLocaleString(state.lang, { style: "percent", maximumFractionDigits: part * 10 < whole ? 1 : 0 });
}
function day(iso, options = { day: "numeric", month: "long", year: "numeric" }) {
  return new Date(iso.slice(0, 10) + "T00:00:00Z").toLocaleDateString(state.lang === "en" ? "en-GB" : "id", { ...options, timeZone: "UTC" });
}
function local(iso) { return new Date(Date.parse(iso) + ZONES[state.zone] * 3600e3).toISOString(); }
function when(iso) {
  if (!iso) return "–";
  const here = local(iso);
  return `${day(here, { day: "numeric", month: "short", year: "numeric" })} ${here.slice(11, 16)} ${state.zone}`;
}
function days(first, last) {
  const [begun, ended] = [first, last].map((iso) => day(local(iso)));
  return begun === ended ? begun : `${begun} – ${ended}`;
}
function duration(seconds) {
  if (seconds === null) return "–";
  if (seconds < 1) return t("at_once");
  if (seconds < 60) return t("seconds", { n: number(Math.round(seconds)) });
  if (seconds < 3600) return t("minutes", { n: number(Math.round(seconds / 60)) });
  if (seconds < 36 * 3600) return t("hours_n", { n: number(Math.round(seconds / 3600)) });
  return t("days_n", { n: number(Math.round(seconds / 86400)) });
}
function language(code) {
  if (code === "und") return word("topic", "unknown");
  try { return new Intl.DisplayNames([state.lang], { type: "language" }).of(code) || code; } catch { return code; }
}
function named(names, most) {
  return [...names.slice(0, most), ...(names.length > most ? [t("more", { n: number(names.length - most) })] : [])].join(", ");
}
function sum(values) { return values.reduce((total, one) => total + one, 0); }
function link(url, text) {
  return /^https?:\/\//i.test(url) ? el("a", { href: url, rel: "noreferrer noopener" }, text) : el("span", { class: "headline" }, text);
}
