import { registry } from "@web/core/registry";

// These two entries lead to a foreign host.
const userMenuItems = registry.category("user_menuitems");
for (const key of ["support", "odoo_account"]) {
    userMenuItems.remove(key);
}
