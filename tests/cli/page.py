"""page.py - reads a report: every tag is closed, no picture is empty and each has its numbers, nothing comes from elsewhere."""
import html.parser
import re
import sys
import xml.etree.ElementTree as xml


class Tags(html.parser.HTMLParser):
    VOID = {"meta", "img", "br"}

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.open.append(tag)
        self.wrong += [f"{tag} has {name}={value}" for name, value in attributes
                       if name in ("href", "src") and not value.startswith("data:") or name.startswith("on")]

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else at {self.getpos()}")


def check(text):
    tags = Tags()
    tags.feed(text)
    tags.close()
    yield from tags.wrong
    if tags.open:
        yield f"never closed: {tags.open}"
    root = xml.fromstring(text.split("\n", 1)[1])
    for figure in root.iter("figure"):
        title = figure.find("figcaption/b").text
        for svg in figure.iter("svg"):
            drawn = [e.get("d") for e in svg.iter("path") if e.get("class") == "drawn"]
            if svg.get("class") == "plot" and not (any(drawn) or list(svg.iter("circle")) or list(svg.iter("rect"))):
                yield f"{title}: nothing is drawn"
            if svg.get("class") == "plot" and not list(figure.iter("td")):
                yield f"{title}: has no numbers"
            bad = [a for e in svg.iter() for a in e.attrib.values() if re.search(r"\b(nan|inf)\b", a)]
            if bad:
                yield f"{title}: {bad[0]}"
    if re.search(r"https?:|@import|url\(", text):
        yield "something comes from elsewhere"


wrong = list(check(open(sys.argv[1], encoding="utf-8").read()))
print("\n".join(wrong))
sys.exit(bool(wrong))
