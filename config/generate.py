"""Odoo shell: fill the database with invented people and courses up to any number, for trials and measurements.

``./drk generate --people 5000 --courses 500`` puts ``ARGUMENTS`` in front of this file. What is there already counts.
"""

import argparse

from odoo.addons.drk_ktv.tools import demo

parser = argparse.ArgumentParser(prog="./drk generate", description="Invented people and courses, up to these numbers.")
parser.add_argument("--people", type=int, default=5000, help="people of both associations together")
parser.add_argument("--courses", type=int, default=500, help="course dates of both together")
parser.add_argument("--seed", type=int, default=1, help="another seed gives other names")
options = parser.parse_args(globals().get("ARGUMENTS", "").split())
counts = demo.load(env, people=options.people, courses=options.courses, seed=options.seed)
print("Now: {people} people, {courses} courses, {bookings} bookings; it took {seconds} s.".format(**counts))
