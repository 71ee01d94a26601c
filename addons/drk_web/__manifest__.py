{
    "name": "DRK web",
    "summary": "One accessible web site per association, public forms with spam protection, portal",
    "version": "19.0.1.1.0",
    "category": "DRK",
    "license": "AGPL-3",
    "author": "DRK suite contributors",
    "depends": ["drk_gdpr", "website", "portal"],
    "data": [
        "security/ir.model.access.csv",
        "security/drk_web_rules.xml",
        "views/layout.xml",
        "views/form_templates.xml",
        "views/page_templates.xml",
        "views/portal_templates.xml",
        "views/privacy_request_templates.xml",
        "views/privacy_templates.xml",
        "views/drk_web_page_views.xml",
        "views/website_views.xml",
        "views/drk_web_menus.xml",
    ],
    "assets": {
        "drk_web.assets_public": ["drk_web/static/src/css/drk_web.css", "drk_web/static/src/css/frame.css"],
        "web._assets_primary_variables": [
            (
                "after",
                "website/static/src/scss/primary_variables.scss",
                "drk_web/static/src/scss/primary_variables.scss",
            ),
        ],
        "web.assets_frontend": ["drk_web/static/src/css/frame.css", "drk_web/static/src/scss/frontend.scss"],
    },
    "post_init_hook": "post_init_hook",
}
