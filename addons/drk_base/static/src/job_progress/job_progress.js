import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const INTERVAL = 2000;
const MOVING = ["pending", "running"];

/** Progress bar of a long work: asks the server every two seconds while it moves, and can stop it. */
export class JobProgress extends Component {
    static template = "drk_base.JobProgress";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.progress = useState(this.read(this.props.record.data));
        useEffect(
            (data) => {
                Object.assign(this.progress, this.read(data));
                this.schedule();
            },
            () => [this.props.record.data]
        );
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get isMoving() {
        return MOVING.includes(this.progress.state);
    }

    get label() {
        return _t("%(done)s of %(total)s", this.progress);
    }

    read({ done, total, percent, state }) {
        return { done, total, percent, state };
    }

    schedule() {
        clearTimeout(this.timer);
        if (this.isMoving && this.props.record.resId) {
            this.timer = setTimeout(() => this.refresh(), INTERVAL);
        }
    }

    async refresh() {
        const fields = ["done", "total", "percent", "state"];
        const [data] = await this.orm.silent.read("drk.job", [this.props.record.resId], fields);
        Object.assign(this.progress, this.read(data));
        if (this.isMoving) {
            this.schedule();
        } else {
            await this.props.record.load();
        }
    }

    async stop() {
        await this.orm.call("drk.job", "action_stop", [[this.props.record.resId]]);
        await this.refresh();
    }
}

export const jobProgress = {
    component: JobProgress,
    displayName: _t("Progress of a long work"),
    supportedTypes: ["integer"],
    fieldDependencies: [
        { name: "done", type: "integer" },
        { name: "total", type: "integer" },
        { name: "state", type: "selection" },
    ],
};

registry.category("fields").add("drk_job_progress", jobProgress);
