#!/usr/bin/env python3
"""Draws how benchmarks have changed over two or more result files (Google Benchmark's JSON, as bench/run.py and
`offstage bench --json` write it), oldest first: one page with a line a benchmark.

    bench/trend.py --out trend.html monday.json tuesday.json today.json
"""
import argparse
import html
import json
import pathlib
import statistics
import sys

STYLE = """body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222;background:#fff}
table{border-collapse:collapse}td,th{padding:.25em .9em .25em 0;text-align:right}td:first-child,th:first-child{text-align:left}
svg{width:16em;height:2.6em}polyline{fill:none;stroke:#2f6db5;stroke-width:2}circle{fill:#2f6db5}.up{color:#b3261e}.down{color:#1a7f37}
@media (prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}}"""
NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
# Smaller changes are not coloured: two runs of one program differ by as much.
NOTEWORTHY = 0.05


def read(path):
    """Benchmark name to its real time in nanoseconds: the median of its repetitions."""
    try:
        runs = json.loads(path.read_text())["benchmarks"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.exit("%s is no result of Google Benchmark: %s" % (path, error))
    times = {}
    for run in runs:
        if run.get("run_type", "iteration") != "iteration" or run.get("error_occurred"):
            continue
        times.setdefault(run.get("run_name", run["name"]), []).append(run["real_time"] * NANOSECONDS[run["time_unit"]])
    return {name: statistics.median(values) for name, values in times.items()}


def shown(time):
    for unit in ("s", "ms", "us"):
        if time >= NANOSECONDS[unit]:
            return "%.3g %s" % (time / NANOSECONDS[unit], unit)
    return "%.3g ns" % time


def picture(values):
    """`values` with None where a file lacks the benchmark."""
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    points = []
    for i, value in enumerate(values):
        if value is None:
            continue
        x = 5 + 190 * i / max(1, len(values) - 1)
        # From zero, so that a change looks as large as it is.
        y = 35 - 30 * value / high if high else 35
        points.append((x, y, value))
    line = " ".join("%.1f,%.1f" % (x, y) for x, y, _ in points)
    dots = "".join('<circle cx="%.1f" cy="%.1f" r="3"><title>%s</title></circle>' % (x, y, shown(value))
                   for x, y, value in points)
    return ('<svg viewBox="0 0 200 40" role="img" aria-label="%s to %s"><polyline points="%s"/>%s</svg>'
            % (shown(low), shown(high), line, dots))


def row(name, values):
    known = [value for value in values if value is not None]
    change = known[-1] / known[0] - 1 if len(known) > 1 and known[0] else 0
    kind = "up" if change > NOTEWORTHY else "down" if change < -NOTEWORTHY else "same"
    cells = "".join("<td>%s</td>" % ("–" if value is None else shown(value)) for value in values)
    return "<tr><td>%s</td>%s<td class=%s>%+.1f %%</td><td>%s</td></tr>" % (
        html.escape(name), cells, kind, 100 * change, picture(values))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("trend.html"))
    options = parser.parse_args()
    if len(options.files) < 2:
        parser.error("a trend takes two files at least")
    results = [read(path) for path in options.files]
    names = sorted(set().union(*results))
    if not names:
        sys.exit("these files hold no results")
    heads = "".join("<th>%s</th>" % html.escape(path.stem) for path in options.files)
    rows = "".join(row(name, [result.get(name) for result in results]) for name in names)
    options.out.write_text(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Benchmarks over time</title><style>%s</style>"
        "<h1>Benchmarks over time</h1><table><tr><th>benchmark</th>%s<th>change</th><th></th></tr>%s</table></html>\n"
        % (STYLE, heads, rows))
    print("%d benchmarks of %d files in %s" % (len(names), len(options.files), options.out))


if __name__ == "__main__":
    main()
