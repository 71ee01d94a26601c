"""Odoo shell: search again for what is left of the people of runs whose proof is open (./drk proof)."""

runs = env["drk.erasure.run"].search([("state", "=", "open")])
if not runs:
    print("No run is open: nothing is left of anybody, but what a law wants kept.")
else:
    runs._prove()
    env.cr.commit()
    for run in runs:
        print(
            f"{run.name}: {'nothing is left' if run.state == 'done' else f'{run.open_residue_count} places are left'}"
        )
        for residue in run.residue_ids.filtered(lambda residue: residue.state == "open" and not residue.is_exception):
            print(f"    {residue.table_name}.{residue.column_name}, record {residue.res_id}")
