/** @odoo-module ignore */
/* Keeps each tap on the phone at once and sends it as soon as there is a network. Only numbers are kept, no names. */
(() => {
    "use strict";

    const root = document.getElementById("anwesenheit");
    if (!root) {
        return;
    }
    const PREFIX = `drk-anwesenheit:${root.dataset.user}:`;
    const KEEP_DAYS = 14;
    const CHUNK = 100;
    const WAIT_SECONDS = [3, 5, 10, 20, 30];
    const stand = document.getElementById("stand");
    const word = (name, number) => {
        const found = document.querySelector(`#worte [data-word="${name}"]`);
        return (found ? found.textContent : "").replace("%s", number);
    };

    // ---- entries on the phone: one per session and person, the newest tap replaces an older one ----------

    let memory = {};
    let memoryOnly = false;
    const refused = new Set(); // keys of entries that the server refused; they are kept until somebody has read why

    function read(course) {
        if (memoryOnly) {
            return memory[course] || {};
        }
        try {
            const kept = JSON.parse(localStorage.getItem(PREFIX + course) || "{}");
            return kept && typeof kept === "object" ? kept : {};
        } catch {
            return memory[course] || {};
        }
    }

    function write(course, entries) {
        memory[course] = entries;
        try {
            if (Object.keys(entries).length) {
                localStorage.setItem(PREFIX + course, JSON.stringify(entries));
            } else {
                localStorage.removeItem(PREFIX + course);
            }
        } catch {
            memoryOnly = true;
        }
    }

    /* Those that still have to be sent. */
    function waiting(course) {
        return Object.fromEntries(Object.entries(read(course)).filter(([, entry]) => !refused.has(entry.key)));
    }

    function keptCourses() {
        const found = new Set(Object.keys(memory));
        try {
            for (let index = 0; index < localStorage.length; index++) {
                const name = localStorage.key(index);
                if (name.startsWith(PREFIX)) {
                    found.add(name.slice(PREFIX.length));
                }
            }
        } catch {
            memoryOnly = true;
        }
        if (root.dataset.course) {
            found.add(root.dataset.course);
        }
        return [...found].filter((course) => /^[0-9]+$/.test(course));
    }

    function forgetOld() {
        const oldest = Date.now() - KEEP_DAYS * 86400000;
        for (const course of keptCourses()) {
            const entries = read(course);
            for (const slot of Object.keys(entries)) {
                if (!(entries[slot].at > oldest)) {
                    delete entries[slot];
                }
            }
            write(course, entries);
        }
    }

    function newKey() {
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    }

    function keep(taps) {
        const course = root.dataset.course;
        const entries = read(course);
        const kept = taps.map((tap) => ({ ...tap, key: newKey() }));
        for (const { session, person, state, key, fill, undoes } of kept) {
            entries[`${session}:${person}`] = {
                key,
                session: Number(session),
                registration: Number(person),
                state,
                at: Date.now(),
                fill: Boolean(fill),
                undoes: undoes || "",
            };
        }
        write(course, entries);
        show();
        send();
        return kept;
    }

    // ---- sending -----------------------------------------------------------------------------------------

    let sending = false;
    let again = false;
    let failures = 0;
    let timer = null;
    let trouble = "";

    async function send() {
        if (sending) {
            again = true;
            return;
        }
        clearTimeout(timer);
        sending = true;
        show();
        let done = true;
        for (const course of keptCourses()) {
            let sent = true; // a course that is gone keeps no other one waiting
            while (sent && Object.keys(waiting(course)).length) {
                sent = await sendSome(course);
            }
            done = done && sent;
        }
        sending = false;
        failures = done ? 0 : failures + 1;
        if (!done) {
            const seconds = WAIT_SECONDS[Math.min(failures, WAIT_SECONDS.length) - 1];
            timer = setTimeout(send, seconds * 1000);
        }
        show();
        if (done && again) {
            again = false;
            send();
        }
        again = false;
    }

    async function sendSome(course) {
        const entries = Object.values(waiting(course)).slice(0, CHUNK);
        const answer = await post(course, entries);
        if (!answer) {
            return false;
        }
        const stored = new Set();
        entries.forEach(({ key }, index) => {
            const done = answer.entries[index]; // one for each, in their order: some keys it cannot even read
            if (done.ok) {
                stored.add(key);
            } else {
                refuse(key, `${done.about}: ${done.message}`);
            }
        });
        forget(course, stored);
        if (course === root.dataset.course) {
            take(answer.states);
            showMissing(answer.missing);
        }
        return true;
    }

    async function post(course, entries) {
        trouble = "";
        const stop = new AbortController();
        const clock = setTimeout(() => stop.abort(), 20000);
        try {
            const response = await fetch(`${root.dataset.base}/${course}/eintraege`, {
                method: "POST",
                headers: { "Content-Type": "application/json", "X-CSRF-Token": root.dataset.csrf },
                body: JSON.stringify({ entries, sent: Date.now() }),
                signal: stop.signal,
                cache: "no-store",
            });
            const isJson = (response.headers.get("Content-Type") || "").includes("json");
            if (response.ok && isJson) {
                return await response.json();
            }
            trouble = problem(response, isJson);
        } catch {
            trouble = word("offline");
        } finally {
            clearTimeout(clock);
        }
        return null;
    }

    function problem(response, isJson) {
        if (isJson && response.status === 404) {
            return word("gone");
        }
        if (isJson && [400, 403].includes(response.status)) {
            return word("reload");
        }
        return response.redirected || response.status === 403 ? word("login") : word("offline");
    }

    // ---- what the server refused -----------------------------------------------------------------------------

    const refusals = document.getElementById("abgelehnt");

    function refuse(key, sentence) {
        refused.add(key);
        const line = document.createElement("li");
        line.textContent = sentence;
        refusals.querySelector("ul").append(line);
        refusals.hidden = false;
    }

    /* Somebody has read them: only now they leave the phone. */
    function dismiss() {
        keptCourses().forEach((course) => forget(course, refused));
        refused.clear();
        refusals.querySelector("ul").replaceChildren();
        refusals.hidden = true;
        show();
    }

    function forget(course, keys) {
        const entries = Object.entries(read(course)).filter(([, entry]) => !keys.has(entry.key));
        write(course, Object.fromEntries(entries));
    }

    // ---- what the page shows -------------------------------------------------------------------------------

    function show() {
        let count = 0;
        for (const course of keptCourses()) {
            count += Object.keys(waiting(course)).length;
        }
        const unread = refusals.querySelectorAll("li").length;
        stand.hidden = !root.dataset.course && !count && !unread;
        stand.classList.toggle("drk-att-pending", count + unread > 0);
        let text = count === 0 ? word("sent") : count === 1 ? word("one") : word("many", count);
        if (count && (trouble || !navigator.onLine)) {
            text += ` – ${trouble || word("offline")}`;
        } else if (count && sending) {
            text += ` – ${word("sending")}`;
        }
        if (unread) {
            text = `${word("refused", unread)} ${count ? text : ""}`.trim();
        }
        if (memoryOnly) {
            text += ` ${word("memory")}`;
        }
        if (stand.textContent !== text) {
            stand.textContent = text;
        }
        overlay();
    }

    const sessions = [...document.querySelectorAll("[data-session]")];
    const serverStates = new Map();

    function readPage() {
        for (const section of sessions) {
            for (const person of section.querySelectorAll("[data-person]")) {
                const chosen = person.querySelector("input[type=radio]:checked");
                // what the server sent, not what the browser restored from before
                const sent = person.querySelector("input[type=hidden]").defaultValue;
                serverStates.set(`${section.dataset.session}:${person.dataset.person}`, sent);
                if (chosen && chosen.value !== sent) {
                    chosen.checked = false;
                }
            }
        }
    }

    function take(states) {
        for (const slot of serverStates.keys()) {
            serverStates.set(slot, "");
        }
        for (const { session, registration, state } of states) {
            serverStates.set(`${session}:${registration}`, state);
        }
    }

    function showMissing(sentences) {
        const list = document.getElementById("fehlt");
        if (list) {
            list.replaceChildren(
                ...sentences.map((sentence) => {
                    const line = document.createElement("li");
                    line.textContent = sentence;
                    return line;
                })
            );
            list.parentElement.hidden = !sentences.length;
        }
    }

    function overlay() {
        const kept = waiting(root.dataset.course);
        for (const section of sessions) {
            const counts = { present: 0, absent: 0, open: 0 };
            for (const person of section.querySelectorAll("[data-person]")) {
                const slot = `${section.dataset.session}:${person.dataset.person}`;
                const state = slot in kept ? kept[slot].state : serverStates.get(slot) || "";
                person.classList.toggle("drk-att-waits", slot in kept);
                for (const radio of person.querySelectorAll("input[type=radio]")) {
                    radio.checked = radio.value === state;
                }
                counts[state === "absent" ? "absent" : state ? "present" : "open"]++;
            }
            for (const shown of section.querySelectorAll("[data-count]")) {
                shown.textContent = counts[shown.dataset.count];
            }
        }
    }

    function showSession(id) {
        const wanted = sessions.some((section) => section.dataset.session === id) ? id : root.dataset.current;
        for (const section of sessions) {
            section.hidden = sessions.length > 1 && section.dataset.session !== wanted;
        }
        for (const link of document.querySelectorAll(".drk-att-tabs a")) {
            if (link.hash === `#tag-${wanted}`) {
                link.setAttribute("aria-current", "true");
            } else {
                link.removeAttribute("aria-current");
            }
        }
        const field = document.querySelector("#ktv_walkin input[type=hidden][name=session]");
        const choice = document.getElementById("f_session");
        if (field) {
            field.value = wanted;
        }
        if (choice && !choice.value && [...choice.options].some((option) => option.value === wanted)) {
            choice.value = wanted;
        }
    }

    function sessionOfAddress() {
        const match = /^#tag-([0-9]+)$/.exec(location.hash);
        return match ? match[1] : "";
    }

    // ---- everybody, and back --------------------------------------------------------------------------------

    let lastAll = [];

    function markAll(section) {
        const kept = waiting(root.dataset.course);
        const session = section.dataset.session;
        lastAll = [...section.querySelectorAll("[data-person]")]
            .map((person) => ({ session, person: person.dataset.person, state: "present", fill: true }))
            .filter(({ person }) => {
                const slot = `${session}:${person}`;
                return !(slot in kept ? kept[slot].state : serverStates.get(slot));
            });
        lastAll = keep(lastAll);
        const box = document.getElementById("zuruecknehmen");
        box.querySelector("span").textContent = lastAll.length ? word("marked", lastAll.length) : word("nothing");
        box.querySelector("button").hidden = !lastAll.length;
        box.hidden = false;
    }

    function undoAll() {
        const kept = waiting(root.dataset.course);
        const untouched = lastAll.filter(({ session, person }) => {
            const slot = `${session}:${person}`;
            return (slot in kept ? kept[slot].state : serverStates.get(slot)) === "present";
        });
        keep(untouched.map(({ session, person, key }) => ({ session, person, state: "", undoes: key })));
        lastAll = [];
        document.getElementById("zuruecknehmen").hidden = true;
    }

    // ---- listeners ------------------------------------------------------------------------------------------

    function listen(section) {
        const form = section.querySelector("form");
        if (!form) {
            return;
        }
        form.querySelectorAll(".drk-att-save").forEach((element) => (element.hidden = true));
        form.addEventListener("change", (event) => {
            if (event.target.type === "radio") {
                const person = event.target.closest("[data-person]").dataset.person;
                keep([{ session: section.dataset.session, person, state: event.target.value }]);
            }
        });
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            if (event.submitter && event.submitter.value === "all") {
                markAll(section);
            }
        });
        const search = form.querySelector(".drk-att-search");
        if (search) {
            search.hidden = false;
            const input = search.querySelector("input");
            input.addEventListener("input", () => filter(form, input.value, search.querySelector("[role=status]")));
        }
    }

    function filter(form, typed, status) {
        const wanted = typed.trim().toLocaleLowerCase();
        let count = 0;
        for (const person of form.querySelectorAll("[data-person]")) {
            const text = person.querySelector("legend").textContent.toLocaleLowerCase();
            person.hidden = Boolean(wanted) && !text.includes(wanted);
            count += person.hidden ? 0 : 1;
        }
        status.textContent = word("found", count);
    }

    /* A form that the browser sends into nothing would be lost: ask for the network first. */
    function guard(form) {
        const note = document.getElementById("vor-ort-netz");
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            const button = form.querySelector("button[type=submit]");
            button.disabled = true;
            try {
                await fetch(root.dataset.base, { method: "HEAD", cache: "no-store", redirect: "manual" });
                form.submit();
            } catch {
                note.textContent = word("nonetwork");
                note.hidden = false;
                button.disabled = false;
            }
        });
    }

    forgetOld();
    readPage();
    sessions.forEach(listen);
    const walkIn = document.getElementById("ktv_walkin");
    if (walkIn) {
        guard(walkIn);
    }
    const undo = document.querySelector("#zuruecknehmen button");
    if (undo) {
        undo.addEventListener("click", undoAll);
    }
    refusals.querySelector("button").addEventListener("click", dismiss);
    document.querySelectorAll(".drk-att-tabs a").forEach((link) => {
        link.addEventListener("click", (event) => {
            event.preventDefault();
            history.replaceState(null, "", link.hash);
            showSession(sessionOfAddress());
        });
    });
    window.addEventListener("online", send);
    window.addEventListener("offline", show);
    window.addEventListener("storage", show);
    window.addEventListener("pageshow", show);
    document.addEventListener("visibilitychange", () => {
        if (!document.hidden) {
            send();
        }
    });
    showSession(sessionOfAddress());
    send();
})();
