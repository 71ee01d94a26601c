import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const ICONS = {
    given: "fa-check text-success",
    withdrawn: "fa-times text-danger",
    informed: "fa-info-circle text-info",
};

/** Status of a declaration as a symbol: tick, cross or question mark, with its text for mouse and screen reader. */
export class ConsentState extends Component {
    static template = "drk_gdpr.ConsentState";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name] || "missing";
    }

    get icon() {
        return ICONS[this.value] || "fa-question text-warning";
    }

    get title() {
        const options = this.props.record.fields[this.props.name].selection;
        return Object.fromEntries(options)[this.value] || "";
    }
}

registry.category("fields").add("drk_consent_state", {
    component: ConsentState,
    supportedTypes: ["selection"],
});
