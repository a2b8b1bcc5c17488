// The table of feeds: to search, to narrow down to the failing ones, to sort.
function moment(iso) {
  const said = when(iso), at = said.match(/^(.*) (\d\d:\d\d \w+)$/);
  return at ? el("span", { class: "moment" }, at[1], el("small", null, at[2])) : said;
}

function feedTable(place) {
  const instant = (name) => (row) => row[name] || "";
  const columns = [
    { name: t("col_feed"), by: (row) => row.publisher.toLowerCase(), value: (row) => el("span", null, row.publisher, el("small", null, row.feed_url)) },
    { name: t("col_status"), long: true, by: (row) => row.status, value: (row) => el("span", null,
      el("span", { class: "status", "data-status": row.status }, word("status", row.status) + (row.http_status ? ` (${row.http_status})` : "")),
      el("small", null, when(row.polled_at)),
      row.reason ? el("small", null, [word("reason", row.reason), row.detail].filter(Boolean).join(": ")) : null,
      row.failing_since ? el("small", null, t("since", { when: when(row.failing_since) })) : null) },
    { name: t("col_entries"), number: true, by: (row) => row.entries, value: (row) => number(row.entries) },
    { name: t("col_new"), number: true, by: (row) => row.new, value: (row) => number(row.new) },
    { name: t("col_per_day"), number: true, by: (row) => row.per_day, value: (row) => number(row.per_day) },
    { name: t("col_polls"), number: true, by: (row) => row.failed / (row.polls || 1), value: (row) => `${number(row.failed)} / ${number(row.polls)}` },
    { name: t("col_newest"), by: instant("newest"), value: (row) => moment(row.newest) },
    { name: t("col_next"), by: instant("next_poll"), value: (row) => moment(row.next_poll) }];
  const whole = table({ caption: t("feeds"), columns, rows: DATA.feeds, cards: true });
  const lines = [...whole.querySelectorAll("tbody tr")];
  const texts = DATA.feeds.map((row, at) => (lines[at].textContent + " " + row.feed_url).toLowerCase());
  const search = el("input", { type: "search", id: "feed-search", "aria-label": t("feeds_search"), placeholder: t("feeds_search"), autocomplete: "off" });
  const failing = el("input", { type: "checkbox", id: "feed-failing" }), shown = el("span", { role: "status", id: "feeds-shown" });
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    lines.forEach((line, at) => { line.hidden = !words.every((one) => texts[at].includes(one)) || (failing.checked && DATA.feeds[at].status !== "failed"); });
    shown.textContent = t("feeds_shown", { n: number(lines.filter((line) => !line.hidden).length), of: number(lines.length) });
  };
  search.addEventListener("input", filter);
  failing.addEventListener("change", filter);
  filter();
  place.replaceChildren(el("div", { class: "tools" }, search, el("label", null, failing, t("feeds_only_failed")), shown), whole);
}
