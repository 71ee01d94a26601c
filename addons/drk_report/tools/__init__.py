import logging

# WeasyPrint complains about each rule of Bootstrap that it does not know, and names addresses. Before it is imported.
for _name in ("weasyprint", "weasyprint.progress"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.ERROR)
