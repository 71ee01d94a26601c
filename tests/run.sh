# shellcheck shell=bash
# The test run of "./drk test", read by ./drk after set-up. Order: what is quick to fail comes first.
#
#   ./drk test                     all of it, as continuous integration runs it
#   ./drk test --long              more rounds and larger data in tests/system
#   ./drk test --only lint|trace|alone|addons|system
#   ./drk test PATH …              only these test files (add-on tests or tests/), on a prepared database
#
# Databases: test-core (Odoo and the other add-ons ours stand on; kept until versions change) -> test-suite (ours
# installed; kept until our code changes) -> test-demo (with the two invented associations). They are never served
# themselves; every run works on copies.

# German accounting: its letters and invoices are printed in the tests.
TEST_COMPANIONS=(l10n_de l10n_din5008)
LONG=
PYTEST_EXIT=0

py() { "$VENV/bin/python" -W ignore::DeprecationWarning "$@"; }

run_pytest() {
    PYTHONPATH=$ROOT/tests DRK_TEST_LONG=$LONG py -m pytest -p plugin -p no:cacheprovider -q --durations=12 --record "$RECORD" "$@"
}

write_test_config() {
    TEST_CONF=$DRK_HOME/test.conf
    sed -e "s|@ROOT@|$ROOT|g" -e "s|@HOME@|$DRK_HOME|g" -e "s|@SOCKET@|$PGSOCKET|g" "$ROOT/config/test.conf" > "$TEST_CONF"
    export DRK_TEST_CONF=$TEST_CONF DRK_ROOT=$ROOT
}

# ---- linters -------------------------------------------------------------------------------------------------------
run_lint() {
    step "Linters"
    (cd "$ROOT" \
        && "$VENV/bin/ruff" format --check -q addons tests config \
        && "$VENV/bin/ruff" check -q addons tests config \
        && py -m pylint --rcfile=.pylintrc -j 2 --score=n "${SUITE[@]/#/addons/}" \
        && py tests/lint.py \
        && shellcheck -x drk config/backup.sh tests/run.sh .ci/run) || fail "a linter found something, see above."
}

# ---- databases -----------------------------------------------------------------------------------------------------
copy_database() {
    dropdb --if-exists "$2"
    createdb -T "$1" "$2"
    rm -rf "$DRK_HOME/data-test/filestore/$2"
    [ ! -d "$DRK_HOME/data-test/filestore/$1" ] || cp -al "$DRK_HOME/data-test/filestore/$1" "$DRK_HOME/data-test/filestore/$2"
}

# Our log stays free of warnings while our add-ons are installed, too.
install_modules() {
    local log=$DRK_HOME/log/install-$1.log
    odoo server -c "$TEST_CONF" -d "$1" -i "$2" --stop-after-init --no-http > "$log" 2>&1 \
        || { tail -30 "$log" >&2; fail "installing $2 failed, see $log"; }
    if grep -E ' (WARNING|ERROR|CRITICAL) .*(odoo\.addons\.drk_|drk_)' "$log" >&2; then fail "installing $2 logged warnings, see above."; fi
}

test_shell() { odoo shell -c "$TEST_CONF" -d "$1" --no-http; }

prepare_core() {
    local state modules
    modules=$(py "$ROOT/tests/manifests.py" --foreign "${SUITE[@]}"),$(printf '%s' "${COMPANIONS[*]} ${TEST_COMPANIONS[*]}" | tr ' ' ,)
    state=$(cat "$ROOT/config/requirements.txt" "$ROOT/config/prepare_database.py"; printf '%s %s' "$modules" "$ODOO_VERSION")
    database_exists test-core && done_once test-core "$state" && return
    step "Test database: Odoo and the add-ons that ours stand on"
    dropdb --if-exists test-core
    createdb test-core
    quietly odoo server -c "$TEST_CONF" -d test-core -i base --load-language de_DE --stop-after-init --no-http
    test_shell test-core < "$ROOT/config/prepare_database.py"
    install_modules test-core "$modules"
    mark test-core "$state"
}

prepare_suite() {
    local state
    prepare_core
    state=$(code_state)$(cat "$STAMPS/test-core")
    if ! { database_exists test-suite && done_once test-suite "$state"; }; then
        step "Test database: the suite"
        copy_database test-core test-suite
        install_modules test-suite "$(suite_list)"
        note_code test-suite
        # Browser tests undo what a page stores, bundles too: compiled once here, they are not compiled for each test.
        printf 'env["ir.qweb"]._pregenerate_assets_bundles()\nenv.cr.commit()\n' | test_shell test-suite > /dev/null
        mark test-suite "$state"
    fi
}

prepare_demo() {
    local state
    prepare_suite
    state=$(cat "$STAMPS/test-suite")
    if ! { database_exists test-demo && done_once test-demo "$state$(cat "$ROOT/config/load_demo.py")"; }; then
        step "Test database: the invented associations"
        copy_database test-suite test-demo
        test_shell test-demo < "$ROOT/config/load_demo.py" || fail "the demo data could not be written, see above."
        mark test-demo "$state$(cat "$ROOT/config/load_demo.py")"
    fi
}

# Each add-on alone: installed with nothing but what it stands on, and its screens and models answer there.
run_alone() {
    local addon
    step "Each add-on alone"
    dropdb --if-exists test-alone
    createdb test-alone
    quietly odoo server -c "$TEST_CONF" -d test-alone -i base --load-language de_DE --stop-after-init --no-http
    test_shell test-alone < "$ROOT/config/prepare_database.py"
    for addon in "${SUITE[@]}"; do  # the order of their dependencies
        install_modules test-alone "$addon"
        { printf 'ADDON = "%s"\n' "$addon"; cat "$ROOT/tests/smoke.py"; } | test_shell test-alone || fail "$addon does not work alone, see above."
    done
    dropdb test-alone
}

# ---- tests ---------------------------------------------------------------------------------------------------------
# run_part NAME FILE …: the tests of some files on a copy of the suite's database, as a process of its own.
run_part() {
    local name=$1 code=0
    shift
    copy_database test-suite "test-$name"
    (cd "$ROOT" && RECORD=$DRK_HOME/record-$name.json && rm -f "$RECORD" \
        && run_pytest --odoo-http --odoo-config "$TEST_CONF" --odoo-database "test-$name" --odoo-log-level warn "$@") \
        > "$DRK_HOME/log/test-$name.log" 2>&1 || code=$?
    dropdb --if-exists "test-$name"
    return $code
}

# The same number of bytes of tests for each of two processes: there are two cores.
run_addons() {
    local first second a=0 b=0
    step "Tests of the add-ons"
    prepare_suite
    mapfile -t first < <(cd "$ROOT" && py tests/manifests.py --split 0 "${SUITE[@]}")
    mapfile -t second < <(cd "$ROOT" && py tests/manifests.py --split 1 "${SUITE[@]}")
    run_part one "${first[@]}" & a=$!
    run_part two "${second[@]}" & b=$!
    wait $a || PYTEST_EXIT=1
    wait $b || PYTEST_EXIT=1
    cat "$DRK_HOME/log/test-one.log" "$DRK_HOME/log/test-two.log"
}

run_system() {
    step "Tests of the whole suite"
    prepare_demo
    (cd "$ROOT" && RECORD=$DRK_HOME/record-system.json && rm -f "$RECORD" && run_pytest -p no:odoo "${@:-tests/system}") || PYTEST_EXIT=1
}

run_trace() {
    step "Catalogue of requirements"
    (cd "$ROOT" && RECORD=$DRK_HOME/record-trace.json && rm -f "$RECORD" && run_pytest -p no:odoo tests/test_requirements.py) || PYTEST_EXIT=1
}

# Every requirement in the record is shown by a test that passed just now; a full green run renews the record.
check_record() {
    py "$ROOT/tests/manifests.py" --merge "$DRK_HOME"/record-{one,two,system,trace}.json > "$DRK_HOME/record.json"
    py "$ROOT/tests/requirements.py" --check "$DRK_HOME/record.json" || PYTEST_EXIT=1
    if [ "$PYTEST_EXIT" = 0 ] && [ -z "${CI:-}" ]; then py "$ROOT/tests/requirements.py" --write "$DRK_HOME/record.json"; fi
}

run_tests() {
    local only=
    while [ $# -gt 0 ]; do
        case $1 in
            --long) LONG=1; shift ;;
            --only) only=$2; shift 2 ;;
            *) break ;;
        esac
    done
    trap '[ -z "${STARTED_POSTGRES:-}" ] || stop_postgres' EXIT
    write_test_config
    if [ $# -gt 0 ]; then run_paths "$@"
    elif [ -n "$only" ]; then
        case $only in lint|trace|alone|addons|system) "run_$only" ;; *) fail "--only knows lint, trace, alone, addons, system." ;; esac
    else
        run_lint
        run_trace
        run_alone
        run_addons
        run_system
        check_record
    fi
    [ "$PYTEST_EXIT" = 0 ] || fail "tests failed, see above."
    step "All green."
}

run_paths() {
    local addons=() system=() path
    for path in "$@"; do
        case $path in addons/*|tests/odoo*) addons+=("$path") ;; *) system+=("$path") ;; esac
    done
    if [ ${#addons[@]} -gt 0 ]; then prepare_suite; run_part some "${addons[@]}" || PYTEST_EXIT=1; cat "$DRK_HOME/log/test-some.log"; fi
    if [ ${#system[@]} -gt 0 ]; then run_system "${system[@]}"; fi
}

run_benchmarks() {
    write_test_config
    prepare_demo
    (cd "$ROOT" && PYTHONPATH=$ROOT/tests py tests/benchmarks/run.py "$@")
}
