"""Demo data: units and rooms with their sketches."""

import base64
import math

from . import demo_sketch, filenames


class Places:
    """Where the courses of an association being filled take place."""

    def _units(self):
        units = self.env["drk.unit"].search([("company_id", "=", self.company.id)])
        known = set(units.mapped("code"))
        return units + self.env["drk.unit"].create(
            [
                {"code": code, "name": name, "company_id": self.company.id}
                for code, name in self.data["units"]
                if code not in known
            ]
        )

    def _rooms(self):
        rooms = self.env["drk.room"].search([("company_id", "=", self.company.id)], order="id")
        return rooms or self.env["drk.room"].create(
            [self._prepare_room(number, *row) for number, row in enumerate(self.data["rooms"])]
        )

    def _prepare_room(self, number, name, street, house, capacity, accessible):
        file_format = "PDF" if number == 1 else "PNG"
        postcode, town = self.data["towns"][number % 2 if number > 1 else 0]
        label = filenames.plain(f"Parkplatzskizze {name}")
        return {
            "name": name,
            "company_id": self.company.id,
            "unit_id": self.units[:1].id if number > 1 else False,
            "street": street,
            "street_number": house,
            "zip": postcode,
            "city": town,
            "state_id": self.company.state_id.id,
            "capacity": capacity,
            "is_accessible": accessible,
            "directions": "<p>Bus 4 bis Haltestelle Rathausplatz. Parkplätze hinter dem Haus.</p>",
            "sketch": base64.b64encode(demo_sketch.draw(name, street, number, file_format)),
            "sketch_filename": f"{label}.{file_format.lower()}",
        }

    def _more_rooms(self, courses):
        """One room for each fifty dates a year, so that nothing is booked twice."""
        missing = math.ceil(courses / 50) - len(self.rooms)
        vals_list = [
            {
                **self._prepare_room(2 * number, f"Schulungsraum {number}", "Schulstraße", str(number), 20, True),
                "unit_id": False,
            }
            for number in range(len(self.rooms) + 1, len(self.rooms) + 1 + max(0, missing))
        ]
        self.rooms += self.env["drk.room"].create(vals_list)
