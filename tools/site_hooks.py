"""For mkdocs: what a page links to outside docs/ is in the source, and not on the site."""

import re
from posixpath import dirname, join, normpath

LINK = re.compile(r"\[([^\]]+)\]\((?!https?:|#)([^)\s]+)\)")


def on_page_markdown(markdown, page, **_):
    def to_text(link):
        target = normpath(join(dirname(page.file.src_path), link[2].split("#")[0]))
        return link[1] if target.startswith("../") else link[0]

    return LINK.sub(to_text, markdown)
