"""Odoo shell: fill a fresh database with the demo: two invented associations, their courses, people and users.

The password is the login. ``./drk run`` runs this once and prints the lines below.
"""

#: admin (Technik, alle Gliederungen)
#: kursbuero (Kursbüro Musterstadt)
#: leitung (Leitung Breitenausbildung Musterstadt)
#: ausbilder (sieht nur eigene Kurse)
#: datenschutz (Datenschutz)
#: buchhaltung (Rechnungen und Gutschriften)
#: kasse (nimmt Zahlungen an)
#: mitglied (Portal)
#: kursbuero-bei, leitung-bei, buchhaltung-bei, kasse-bei, ausbilder-bei, mitglied-bei (dasselbe in Beispielhausen)

from odoo.addons.drk_ktv.tools import demo

counts = demo.load(env)
# Without a mail server each message would end as "not delivered": so they wait, until somebody switches the queue on.
env.ref("mail.ir_cron_mail_scheduler_action").active = False
env.cr.commit()
print("Demo data: {people} people, {courses} courses, {bookings} bookings in {seconds} s.".format(**counts))
