"""One record of each model for an association, made by the superuser."""


def _build_job(env, company):
    return env["drk.job"].create(
        {"name": "Test", "company_id": company.id, "res_model": "drk.room", "method": "exists", "total": 1}
    )


def _build_chunk(env, company):
    job = _build_job(env, company)
    return env["drk.job.chunk"].create({"job_id": job.id, "number": 1, "size": 1, "record_ids": [1]})


BUILDERS = {
    "drk.unit": lambda env, company: env["drk.unit"].create({"name": "Ortsverein", "company_id": company.id}),
    "drk.room": lambda env, company: env["drk.room"].create({"name": "Lehrsaal", "company_id": company.id}),
    "drk.offer.group": lambda env, company: env["drk.offer.group"].create({"name": "Test", "company_id": company.id}),
    "drk.job": _build_job,
    "drk.job.chunk": _build_chunk,
    "drk.sms": lambda env, company: env["drk.sms"].create({"number": "+4915112345678", "company_id": company.id}),
    "res.company": lambda env, company: company,
}
