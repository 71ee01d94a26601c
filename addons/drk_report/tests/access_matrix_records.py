"""One record of each model for an association, made by the superuser."""

import base64
import io

from docx import Document


def _build_template(env, company):
    file = io.BytesIO()
    Document().save(file)
    return env["drk.docx.template"].create(
        {
            "name": "Schreiben",
            "company_id": company.id,
            "model": "drk.unit",
            "file": base64.b64encode(file.getvalue()),
        }
    )


BUILDERS = {"drk.docx.template": _build_template}
