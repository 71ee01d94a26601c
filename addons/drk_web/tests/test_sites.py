from lxml import html
from odoo.addons.drk_web.models.website import Website
from odoo.addons.drk_web.tests.common import DrkHttpCase
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class TestSites(DrkHttpCase):
    """Each association has a site of its own, the neutral one leads to them."""

    def _portal_user(self, login, company):
        return new_test_user(
            self.env, login, "base.group_portal", company_id=company.id, company_ids=[(6, 0, company.ids)]
        )

    def test_chooser_lists_the_associations(self):
        page = self._get("/", self.chooser)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Wählen Sie Ihre Gliederung", page.text)
        for site in (self.site_a, self.site_b):
            self.assertIn(f'href="{site.domain}"', page.text)
            self.assertIn(site.company_id.name, page.text)

    def test_home_shows_the_own_association_only(self):
        for site, other in ((self.site_a, self.site_b), (self.site_b, self.site_a)):
            page = self._get("/", site)
            self.assertIn(site.company_id.name, page.text)
            self.assertNotIn(other.company_id.name.split(" (")[0], page.text.replace(site.company_id.name, ""))

    def test_site_is_found_with_any_port(self):
        name = self.association_a.name
        for host in ("verband-a.localhost", "verband-a.localhost:1", "VERBAND-A.localhost:8069"):
            self.assertIn(name, self._get("/", headers={"Host": host}).text)
        self.assertIn("Wählen Sie", self._get("/", headers={"Host": "evil.verband-a.localhost"}).text)

    def test_only_booked_systems_are_offered(self):
        offers = [
            {"system": "booked", "name": "Kurse", "text": "Erste Hilfe", "url": "/probe-angebot"},
            {"system": "unbooked", "name": "Spenden", "text": "", "url": "/spenden"},
        ]
        self.env["drk.system"].create({"code": "unbooked", "name": "Unbooked"})
        booked = self.env["drk.system"].create({"code": "booked", "name": "Booked"})
        self.patch(Website, "_drk_offers", lambda site: offers)
        self.association_a.sudo().drk_system_ids = [(4, booked.id)]
        page = self._get("/")
        self.assertEqual(page.text.count('href="/probe-angebot"'), 2, "menu and tile")
        self.assertNotIn("Spenden", page.text)
        self.association_a.sudo().drk_system_ids = [(3, booked.id)]
        self.assertNotIn("Erste Hilfe", self._get("/").text)

    def test_legal_pages(self):
        self.association_a.sudo().write({"drk_board_text": "Vorsitz: Eva Beispiel", "city": "Musterstadt"})
        page = self._get("/impressum")
        self.assertIn("§ 5 DDG", page.text)
        self.assertIn("Vorsitz: Eva Beispiel", page.text)
        self.assertNotIn("Eva Beispiel", self._get("/impressum", self.site_b).text)
        self.assertIn("Art. 15 bis 21 DSGVO", self._get("/datenschutz").text)
        self.assertIn("WCAG", self._get("/barrierefreiheit").text)
        self.assertIn("Your rights", self._get("/en/datenschutz").text)

    def test_manager_edits_the_text(self):
        manager = self._user("web-leitung", "drk_base.group_drk_base_manager", lang="de_DE")
        pages = self.env["drk.web.page"].with_user(manager).search([("slug", "=", "impressum")])
        self.assertEqual(pages.company_id, self.association_a)
        pages.body = "<p>Eigener Text <script>alert(1)</script></p>"
        text = self._get("/impressum").text
        self.assertIn("Eigener Text", text)
        self.assertNotIn("alert(1)", text)
        self.assertNotIn("Eigener Text", self._get("/impressum", self.site_b).text)

    def test_pages_of_others_and_unpublished_ones_are_invisible(self):
        pages = self.env["drk.web.page"].sudo()
        page = pages.create({"name": "Nur B", "slug": "nur-b", "company_id": self.association_b.id, "body": "<p>x</p>"})
        self.assertEqual(self._get("/seite/nur-b", self.site_b).status_code, 200)
        self.assertEqual(self._get("/seite/nur-b").status_code, 404)
        page.active = False
        self.assertEqual(self._get("/seite/nur-b", self.site_b).status_code, 404)
        self.assertEqual(self._get("/impressum", self.chooser).status_code, 404)

    def test_not_found_is_a_page_of_ours(self):
        for path in ("/gibt-es-nicht", "/seite/%00", "/seite/'--", "/en/nothing"):
            page = self._get(path)
            self.assertEqual(page.status_code, 404, path)
            self.assertIn("Diese Seite haben wir nicht" if path[:3] != "/en" else "We did not find", page.text)
        self.assertEqual(self._get("/website/info").status_code, 404)

    def test_language(self):
        self.assertIn('<html lang="de"', self._get("/", headers={"Accept-Language": "en"}).text)
        page = self._get("/en")
        self.assertIn('<html lang="en"', page.text)
        self.assertIn("Skip to content", page.text)
        self.assertIn('href="/de"', page.text)
        self.assertIn('href="/en/impressum"', page.text)

    def test_no_null_byte_gets_through(self):
        for path in ("/%00", "/impressum?x=%00", "/en/%00x", "/seite/a%00b"):
            self.assertEqual(self._get(path).status_code, 404, path)

    def test_other_language_never_leads_away(self):
        page = self._get("//evil.example/x", allow_redirects=False)
        self.assertNotIn('href="//evil', page.text)

    def test_headers(self):
        headers = self._get("/").headers
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["Referrer-Policy"], "same-origin")
        self.assertIn("default-src 'self';", headers["Content-Security-Policy"])
        self.assertNotIn("unsafe", headers["Content-Security-Policy"])
        private = self._get("/gibt-es-nicht").headers
        self.assertEqual(private["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", private["X-Robots-Tag"])
        self.assertEqual(private["Cache-Control"], "no-store")
        self.assertIn("default-src 'self' ", self._get("/web/login").headers["Content-Security-Policy"])

    def test_pages_have_no_script_and_no_brand(self):
        for path in ("/", "/impressum", "/gibt-es-nicht"):
            page = self._get(path)
            self.assertNotIn("<script", page.text)
            self.assertNotIn("odoo", page.text.lower().replace("/web/assets", ""))

    def test_only_needed_cookies(self):
        self._get("/")
        self.assertLessEqual({c.name for c in self.opener.cookies}, {"session_id", "frontend_lang", "test_request_key"})

    def test_page_costs_few_queries(self):
        self._get("/"), self._get("/")
        with self.assertQueryCount(12):
            self._get("/")

    def test_changed_name_is_shown_at_once(self):
        self._get("/")
        self.association_a.sudo().partner_id.name = "Kreisverband Neustadt e.V."
        self.assertIn("Kreisverband Neustadt e.V.", self._get("/").text)

    def test_ensure_website_is_repeatable(self):
        company = self._create_association("DRK-Kreisverband Bad Übung e. V.", "UEB", "base.state_de_nw")
        site = company._drk_ensure_website()
        self.assertRegex(site.domain, r"^http://bad-uebung\.localhost:\d+$")
        self.assertEqual(company._drk_ensure_website(), site)
        self.assertEqual(site.company_id, company)
        self.assertTrue(site.specific_user_account)
        self.assertEqual(site.language_ids.mapped("code"), ["de_DE", "en_US"])
        pages = self.env["drk.web.page"].search([("company_id", "=", company.id)])
        self.assertEqual(pages.mapped("slug"), ["impressum", "datenschutz", "barrierefreiheit"])
        self.assertEqual(pages.with_context(lang="de_DE").mapped("name")[0], "Impressum")

    def test_portal_shows_what_the_suite_offers(self):
        user = self._portal_user("portal-a", self.association_a)
        self.assertEqual(user.website_id, self.site_a)
        self.authenticate("portal-a", "portal-a")
        page = self._get("/my")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Mein Bereich", page.text)
        self.assertIn('href="/my/security"', page.text)
        self.assertNotIn("odoo.com", page.text)
        self.assertEqual(self._get("/my/account").status_code, 200)
        self.assertEqual(self._get("/my/security").status_code, 200)

    def test_portal_login_is_none_at_another_association(self):
        self._portal_user("portal-b", self.association_b)
        self.authenticate("portal-b", "portal-b", site=self.site_b)
        answer = self._get("/my", self.site_a, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_same_login_at_two_associations(self):
        first = self._portal_user("max@example.org", self.association_a)
        second = self._portal_user("max@example.org", self.association_b)
        self.assertEqual((first.website_id, second.website_id), (self.site_a, self.site_b))

    def test_login_form_works_without_script(self):
        page = self._get("/web/login")
        self.assertNotIn("d-none", self._form_class(page))
        self.assertNotIn("odoo.com", page.text)
        self.assertIn(self.association_a.name, page.text)

    def _form_class(self, page):
        return html.fromstring(page.text).xpath("//form[contains(@class, 'oe_login_form')]")[0].get("class")
