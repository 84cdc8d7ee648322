"""What leaves the pages of results as files: figures of a chart as CSV."""

import csv
import io

from webapp.results.charts import Chart


def figures(chart: Chart, *, day: str, value: str, unit: str) -> bytes:
    """Return the points of a chart as CSV under these three names, with the mark by which spreadsheets know UTF-8."""
    held = io.StringIO()
    rows = csv.writer(held, delimiter=";", lineterminator="\r\n")
    rows.writerow([day, value, unit])
    rows.writerows([point.day.isoformat(), point.plain, chart.unit] for point in chart.points)
    return b"\xef\xbb\xbf" + held.getvalue().encode()
