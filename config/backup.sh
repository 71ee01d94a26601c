# shellcheck shell=bash
# Backup, restore and upgrade, read by ./drk.
#
# A backup is one tar archive, encrypted by GnuPG on wish:
#   manifest       what it is, in lines of "word value"; the last one holds the SHA-256 of those before it
#   database.dump  pg_dump's custom format
#   files.sha256   SHA-256 of each file of the filestore that the dump names
#   filestore/     these files
#
# Restore and upgrade never touch the database itself: they prepare a second one beside it (NAME.restoring,
# NAME.upgrading) and change names at the very end (the old one is NAME.replaced for that moment), so that whatever
# goes wrong before leaves everything as it was. "recover" tidies up after a run that was killed.

PASSPHRASE=
SCRAP=()     # what is removed at the end of the script, however it ends
UNFINISHED=  # database whose restore or upgrade is under way

# ---- one at a time, and nothing half-done ------------------------------------------------------------------------
filestore() { printf '%s/filestore/%s' "$(sed -n 's/^data_dir *= *//p' "$SETTINGS")" "$1"; }

# A child that ends with the script, even when that is killed: no upgrade goes on unseen.
bound() { setpriv --pdeathsig KILL "$@"; }
bound_odoo() { bound "$VENV/bin/python" -W ignore::DeprecationWarning "$VENV/bin/odoo" "$@"; }

# Without this, whoever has an Odoo with a PostgreSQL of its own would take a backup of another database for theirs.
private_postgres_only() {
    local name
    find_home
    for name in PGHOST PGHOSTADDR PGPORT PGSERVICE; do
        case $name=${!name:-} in "$name="|"PGHOST=$PGSOCKET"|PGPORT=5432) continue ;; esac
        fail "$name is set to '${!name}', but backup, restore and upgrade know the private PostgreSQL in $PGSOCKET only. $elsewhere; for the private one unset $name."
    done
}
elsewhere="Elsewhere save the database with pg_dump and the folder filestore of Odoo's data_dir, and update with odoo -u"

database_is_there() { database_exists "$1" || fail "there is no database $1 in the private PostgreSQL in $PGSOCKET. $elsewhere."; }

check_name() {
    [[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9_.-]{0,49}$ ]] ||
        fail "'$1' cannot be the name of a database: letters, digits, '_', '.' and '-', 50 at most."
}

# work_on NAME: nobody else backs up, restores or upgrades this database until the script ends.
work_on() {
    check_name "$1"
    export LC_ALL=C.UTF-8  # the messages of tools are read below
    exec {LOCK}> "$DRK_HOME/lock-$1"
    flock -n "$LOCK" || fail "another backup, restore or upgrade of database $1 is running: wait for its end."
    trap leave EXIT
    trap 'exit 130' INT TERM HUP
    recover "$1"
    mkdir -p "$DRK_HOME/tmp" && chmod 700 "$DRK_HOME/tmp"
    WORK=$(mktemp -d "$DRK_HOME/tmp/$1.XXXXXX") || fail "nothing can be written below $DRK_HOME/tmp: is the disk full?"
    SCRAP+=("$WORK")
    STAGE=$WORK/parts LOG=$WORK/log
    mkdir "$STAGE"
    : > "$LOG"
}

leave() {
    trap '' INT TERM HUP
    [ -z "$UNFINISHED" ] || recover "$UNFINISHED" quietly || true
    [ -z "${GPG_HOME:-}" ] || gpgconf --homedir "$GPG_HOME" --kill all >/dev/null 2>&1 || true
    [ ${#SCRAP[@]} = 0 ] || rm -rf -- "${SCRAP[@]}"
    # Somebody may have started to work since this script started PostgreSQL.
    if [ -n "${STARTED_POSTGRES:-}" ] && [ "$(sql "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")" = 1 ]; then
        stop_postgres
    fi
}

# recover NAME [quietly]: finish or undo what an interrupted restore or upgrade left.
recover() {
    local name=$1 work found=
    rm -rf -- "$DRK_HOME/tmp/$name".??????
    if database_exists "$name.replaced"; then found=1; finish_swap "$name"; fi
    for work in "$name.restoring" "$name.upgrading"; do
        if database_exists "$work" || [ -d "$(filestore "$work")" ]; then
            found=1
            drop_database "$work"
        fi
    done
    if database_exists "$name"; then sql "ALTER DATABASE \"$name\" ALLOW_CONNECTIONS true"; fi
    if [ -n "$found" ] && [ "${2:-}" != quietly ]; then say "An earlier restore or upgrade of database $name was interrupted; what it left is tidied up."; fi
}

# recover_before_run NAME: "run" meets what an interrupted upgrade left, or an upgrade that is under way.
recover_before_run() {
    if (exec 9> "$DRK_HOME/lock-$1" && flock -n 9); then recover "$1"
    elif database_exists "$1.upgrading" || database_exists "$1.restoring"; then fail "database $1 is being upgraded or restored: wait for its end."; fi
}

drop_database() {
    dropdb --if-exists --force "$1"
    rm -rf -- "$(filestore "$1")"
}

# check_unused NAME: a session that just ended may be seen for a moment.
check_unused() {
    local others=1 try
    for try in 1 2 3 4 5; do
        others=$(sql "SELECT count(*) FROM pg_stat_activity WHERE datname = '$1' AND backend_type = 'client backend'")
        [ "$others" != 0 ] || return 0
        sleep "0.$try"
    done
    fail "database $1 is in use ($others connections): stop the server first."
}

# keep_out NAME: nobody may connect from here on.
keep_out() {
    UNFINISHED=$1
    sql "ALTER DATABASE \"$1\" ALLOW_CONNECTIONS false"
    check_unused "$1"
}

# swap NEW NAME: NEW with its filestore takes the place of NAME. Both names change in one transaction; "finish_swap" can
# be called again after a crash at any point.
swap() {
    local new=$1 name=$2
    mkdir -p "$(filestore "$new")"
    if database_exists "$name"; then
        sql "BEGIN; ALTER DATABASE \"$name\" RENAME TO \"$name.replaced\"; ALTER DATABASE \"$new\" RENAME TO \"$name\"; COMMIT" || return 1
        finish_swap "$name" || return 1
    else
        rm -rf -- "$(filestore "$name")"
        mv -T "$(filestore "$new")" "$(filestore "$name")" || return 1
        sql "ALTER DATABASE \"$new\" RENAME TO \"$name\"" || return 1
    fi
    UNFINISHED=
}

finish_swap() {
    local name=$1 work old
    old=$(filestore "$name.replaced")
    for work in "$name.restoring" "$name.upgrading"; do
        [ -d "$(filestore "$work")" ] || continue
        if [ -d "$(filestore "$name")" ] && [ ! -d "$old" ]; then mv -T "$(filestore "$name")" "$old" || return 1; fi
        mv -T "$(filestore "$work")" "$(filestore "$name")" || return 1
    done
    drop_database "$name.replaced"
}

# ---- versions ----------------------------------------------------------------------------------------------------
highest_version() { sort -V | tail -1; }

suite_version() {
    local addon
    for addon in "${SUITE[@]}"; do sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$ROOT/addons/$addon/__manifest__.py"; done | highest_version
}

installed_modules() { sql "SELECT name, latest_version FROM ir_module_module WHERE state IN ('installed', 'to upgrade') ORDER BY name" "$1" | tr '|' ' '; }

# modules_on_disk FILE: "name version folder" of each module that FILE names (first word of its lines) and that is there.
modules_on_disk() { cut -d' ' -f1 "$1" | "$VENV/bin/python" -W ignore "$ROOT/config/module_versions.py" "$SETTINGS"; }

# code_sum FOLDER: one sum over the files of an add-on that matter in use.
code_sum() { (cd "$1" && find . -type f ! -path './tests/*' ! -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1); }

# code_of NAME: "add-on sum" of our add-ons that are installed in a database, from the code as it is now.
code_of() {
    local addon folder
    installed_modules "$1" > "$DRK_HOME/tmp/modules-$1"
    modules_on_disk "$DRK_HOME/tmp/modules-$1" | while read -r addon _ folder; do
        case $addon in drk_*) printf '%s %s\n' "$addon" "$(code_sum "$folder")" ;; esac
    done
    rm -f "$DRK_HOME/tmp/modules-$1"
}

# The sums of the code that a database was last brought up to lie in the database, and so in its backups and copies.
note_code() {
    mkdir -p "$DRK_HOME/tmp"
    sql "INSERT INTO ir_config_parameter (key, value) VALUES ('drk.code', '$(code_of "$1")')
         ON CONFLICT (key) DO UPDATE SET value = excluded.value" "$1"
}
noted_code() { sql "SELECT value FROM ir_config_parameter WHERE key = 'drk.code'" "$1"; }

# ---- passphrase and GnuPG ----------------------------------------------------------------------------------------
# read_passphrase FILE [twice]: from FILE (its first line), or asked for at the terminal.
read_passphrase() {
    local again
    if [ -n "$1" ]; then
        [ -r "$1" ] || fail "the file with the passphrase, $1, cannot be read."
        IFS= read -r PASSPHRASE < "$1" || true
    elif [ -t 0 ]; then
        read -rsp "Passphrase of the backup: " PASSPHRASE; say
        if [ "${2:-}" = twice ]; then
            read -rsp "Once more: " again; say
            [ "$PASSPHRASE" = "$again" ] || fail "the two passphrases differ."
        fi
    else
        fail "a passphrase is needed: name its file with --passphrase-file or DRK_PASSPHRASE_FILE."
    fi
    [ -n "$PASSPHRASE" ] || fail "the passphrase is empty."
    # GnuPG gets a home of its own, so that nobody's keys and agents are touched; the path of its sockets must be short.
    GPG_HOME=$(mktemp -d /tmp/drk-gpg-XXXXXX)
    SCRAP+=("$GPG_HOME")
}

# Its messages go to $WORK/gpg.log.
run_gpg() {
    gpg --homedir "$GPG_HOME" --batch --quiet --no-tty --pinentry-mode loopback --no-symkey-cache --status-fd 2 \
        --passphrase-fd 3 "$@" 3< <(printf '%s\n' "$PASSPHRASE") 2> "$WORK/gpg.log" {LOCK}>&-
}

encrypt() { run_gpg --symmetric --cipher-algo AES256 --s2k-digest-algo SHA512 --s2k-count 65011712 --compress-algo none --output -; }

# ---- backup ------------------------------------------------------------------------------------------------------
backup_usage="./drk backup [FILE|FOLDER] [--encrypt] [--passphrase-file FILE] [--keep DAYS] [--allow-missing]"

command_backup() {
    local target='' keep=
    ENCRYPT='' PASSPHRASE_FILE=${DRK_PASSPHRASE_FILE:-} ALLOW_MISSING=
    while [ $# -gt 0 ]; do
        case $1 in
            --encrypt) ENCRYPT=1 ;;
            --passphrase-file) PASSPHRASE_FILE=${2:-}; shift ;;
            --keep) keep=${2:-}; shift ;;
            --allow-missing) ALLOW_MISSING=1 ;;
            -*) fail "usage: $backup_usage" ;;
            *) [ -z "$target" ] || fail "usage: $backup_usage"; target=$1 ;;
        esac
        shift || fail "usage: $backup_usage"
    done
    [[ $keep =~ ^([1-9][0-9]*)?$ ]] || fail "--keep needs a number of days."
    private_postgres_only
    setup
    work_on "$DRK_DB"
    database_is_there "$DRK_DB"
    [ -z "$ENCRYPT" ] || read_passphrase "$PASSPHRASE_FILE" twice
    make_backup "$DRK_DB" "$target"
    [ -z "$keep" ] || forget_old_backups "$DRK_DB" "$(dirname "$ARCHIVE")" "$keep"
    say "Backup: $ARCHIVE ($(du -h "$ARCHIVE" | cut -f1))"
}

# name_archive NAME TARGET: sets ARCHIVE, the file that the backup becomes.
name_archive() {
    local target=${2:-$DRK_HOME/backups/} ending=tar
    [ -z "$ENCRYPT" ] || ending=tar.gpg
    [ "$target" != "$DRK_HOME/backups/" ] || { mkdir -p "$target" && chmod 700 "$target"; }
    case $target in */) mkdir -p "$target" || fail "the folder $target cannot be made." ;; esac
    [ ! -d "$target" ] || target=${target%/}/$1-$(date +%Y%m%d-%H%M%S).$ending
    ARCHIVE=$(realpath -m "$target")
    [ -w "$(dirname "$ARCHIVE")/." ] || fail "the folder $(dirname "$ARCHIVE") is missing or cannot be written."
    [ ! -e "$ARCHIVE" ] || fail "$ARCHIVE exists already."
}

# make_backup NAME [TARGET]: sets ARCHIVE. The server may go on working meanwhile.
make_backup() {
    local name=$1
    umask 077
    name_archive "$name" "${2:-}"
    rm -f -- "$(dirname "$ARCHIVE")/$name"-????????-??????.tar{,.gpg}.part  # of a backup that was killed
    SCRAP+=("$ARCHIVE.part")
    step "Backup of $name (1 of 3): list and sums of the files"
    open_snapshot "$name"
    list_files "$name"
    step "Backup of $name (2 of 3): database, $(sql "SELECT pg_size_pretty(pg_database_size('$name'))")"
    bound "$(pg_bin)/pg_dump" -Fc --no-owner --no-privileges --snapshot="$SNAPSHOT_ID" -d "$name" -f "$STAGE/database.dump" 2> "$LOG" || fail_backup
    write_manifest "$name" > "$STAGE/manifest" 2> "$LOG" || fail_backup
    printf 'end %s\n' "$(sha256sum < "$STAGE/manifest" | cut -d' ' -f1)" >> "$STAGE/manifest" || fail_backup
    step "Backup of $name (3 of 3): archive with $(wc -l < "$STAGE/files.sha256") files"
    write_archive || fail_backup
    close_snapshot
    mv -- "$ARCHIVE.part" "$ARCHIVE"
    rm -rf -- "${STAGE:?}"/*
}

disk_was_full() { cat "$WORK"/*log 2>/dev/null | grep -qiE 'no space left|file too large|quota exceeded'; }

fail_backup() {
    if disk_was_full; then
        fail "the backup could not be written, the disk is full ($(dirname "$ARCHIVE") or $DRK_HOME); nothing was left behind."
    fi
    fail "the backup could not be written: $(tail -1 "$LOG")"
}

# open_snapshot NAME: a session that holds one state of the database, for pg_dump and for questions of our own. Its lock
# hinders nobody who works; it keeps away Odoo's removal of unused files, so that the filestore only grows meanwhile.
open_snapshot() {
    coproc SESSION { psql -qAtX -v ON_ERROR_STOP=1 -d "$1" 2> "$LOG"; }
    SESSION_AT=$SESSION_PID
    # A coprocess's own descriptors are not there in subshells such as $(ask …): moved, not copied, so that closing ends it.
    exec {ANSWERS}<&"${SESSION[0]}"- {QUESTIONS}>&"${SESSION[1]}"-
    ask "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL idle_in_transaction_session_timeout = 0;
         LOCK TABLE ir_attachment IN ROW EXCLUSIVE MODE" || fail "$1 is not a database of Odoo."
    SNAPSHOT_ID=$(ask "SELECT pg_export_snapshot()") || fail_backup
}

ask() {
    local line
    printf '%s;\n\\echo =end=\n' "$1" >&"$QUESTIONS"
    while IFS= read -r line <&"$ANSWERS"; do
        [ "$line" != =end= ] || return 0
        printf '%s\n' "$line"
    done
    return 1
}

close_snapshot() { exec {QUESTIONS}>&- {ANSWERS}<&-; wait "$SESSION_AT" 2>/dev/null || true; }

# The files that the dump names, and only those, with their sums; a file that is not there is an error.
list_files() {
    local missing files
    files=$(filestore "$1")
    mkdir -p "$files"
    ask "SELECT DISTINCT 'filestore/' || store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY 1" > "$WORK/list" || fail_backup
    ln -s "$files" "$STAGE/filestore"
    : > "$STAGE/files.sha256"
    if ! (cd "$STAGE" && xargs -rd '\n' sha256sum -- < ../list > files.sha256 2> "$LOG"); then
        missing=$(grep -c 'No such file' "$LOG" || true)
        [ "$missing" != 0 ] || fail_backup
        [ -n "$ALLOW_MISSING" ] || fail "$missing files that database $1 names are not in $files (the first: $(sed -n 's/.*filestore\/\(.*\): No such.*/\1/p;q' "$LOG")); --allow-missing goes on without them."
        say "Note: $missing files that the database names are missing in $files."
    fi
    sed 's/^[^ ]* .//' "$STAGE/files.sha256" > "$WORK/list"
}

write_manifest() {
    printf 'drk-backup 1\n'
    ask "SELECT 'suite ' || latest_version FROM ir_module_module WHERE state = 'installed' AND name LIKE 'drk\\_%' ORDER BY string_to_array(latest_version, '.')::int[] DESC LIMIT 1"
    printf 'database %s\n' "$1"
    ask "SELECT 'time ' || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    printf 'odoo %s\n' "$(odoo_series)"
    ask "SELECT 'postgresql ' || current_setting('server_version_num')::int / 10000"
    ask "SELECT 'locale ' || datcollate || ' ' || datctype FROM pg_database WHERE datname = current_database()"
    ask "SELECT 'module ' || name || ' ' || latest_version FROM ir_module_module WHERE state IN ('installed', 'to upgrade') ORDER BY name"
    printf 'files %s\n' "$(wc -l < "$STAGE/files.sha256")"
    (cd "$STAGE" && sha256sum database.dump files.sha256 | sed 's/^/sha256 /')
}

odoo_series() { sed -n "s/^version_info = (\([0-9]*\), \([0-9]*\),.*/\1.\2/p" "$ODOO_PATH/odoo/release.py"; }

write_archive() {
    pack() { tar -cf - -C "$STAGE" manifest database.dump files.sha256 --verbatim-files-from -T "$WORK/list" 2> "$LOG"; }
    if [ -n "$ENCRYPT" ]; then pack | encrypt > "$ARCHIVE.part"; else pack > "$ARCHIVE.part"; fi 2>> "$LOG" \
        && sync "$ARCHIVE.part" 2>> "$LOG"
}

# Only archives that this script named by itself.
forget_old_backups() {
    find "$2" -maxdepth 1 -type f -name "$1-????????-??????.tar*" -mtime "+$(($3 - 1))" -print -delete | sed 's/^/Removed (older than wanted): /' >&2
}

# ---- restore -----------------------------------------------------------------------------------------------------
restore_usage="./drk restore FILE [--database NAME] [--replace] [--neutralize] [--passphrase-file FILE]"

command_restore() {
    local file='' name=$DRK_DB replace='' neutralize=
    PASSPHRASE_FILE=${DRK_PASSPHRASE_FILE:-}
    while [ $# -gt 0 ]; do
        case $1 in
            --database) name=${2:-}; shift ;;
            --passphrase-file) PASSPHRASE_FILE=${2:-}; shift ;;
            --replace) replace=1 ;;
            --neutralize) neutralize=1 ;;
            -*) fail "usage: $restore_usage" ;;
            *) [ -z "$file" ] || fail "usage: $restore_usage"; file=$1 ;;
        esac
        shift || fail "usage: $restore_usage"
    done
    [ -n "$file" ] || fail "usage: $restore_usage"
    if [ ! -f "$file" ] || [ ! -r "$file" ]; then fail "the backup $file is not there or cannot be read."; fi
    private_postgres_only
    setup
    work_on "$name"
    if database_exists "$name" && [ -z "$replace" ]; then fail "there is a database $name already: restore into another one (--database NAME) or replace it (--replace)."; fi
    check_unused "$name"
    umask 077
    step "Restore of $name (1 of 3): reading and checking $(basename "$file")"
    unpack "$file"
    check_archive
    step "Restore of $name (2 of 3): database"
    # From here on "leave" undoes what is half-done.
    UNFINISHED=$name
    fill_database "$name.restoring"
    step "Restore of $name (3 of 3): files"
    mkdir -p "$(dirname "$(filestore "$name")")"
    mv "$STAGE/filestore" "$(filestore "$name.restoring")" 2> "$LOG" || fail_restore
    note_erasures "$name.restoring"
    repeat_erasures "$name.restoring" || fail_restore
    [ -z "$neutralize" ] || neutralize_database "$name.restoring"
    if database_exists "$name"; then keep_out "$name"; fi
    swap "$name.restoring" "$name" 2> "$LOG" || fail_restore
    rm -f "$STAMPS/database-$name"
    say "Database $name is as it was at $(manifest_value time) ($(manifest_value suite), $(manifest_value files) files). Serve it: DRK_DB=$name ./drk run"
    if [ "$(manifest_value suite)" != "$(suite_version)" ]; then say "The code here is of version $(suite_version): run DRK_DB=$name ./drk upgrade first."; fi
}

fail_restore() {
    if disk_was_full; then fail "the backup could not be restored, the disk below $DRK_HOME is full; everything is as it was."; fi
    fail "the backup could not be restored, everything is as it was: $(tail -1 "$LOG")"
}

# unpack FILE: into $STAGE. Nothing of it is believed until "check_archive" has seen it.
unpack() {
    unpack_tar() { tar -xf - -C "$STAGE" --no-same-owner --no-same-permissions 2> "$LOG"; }
    if [ "$(head -c 8 "$1" | tr -d '\0')" = manifest ]; then
        unpack_tar < "$1" || fail_unpacking
    else
        read_passphrase "$PASSPHRASE_FILE"
        run_gpg --decrypt --output - "$1" | unpack_tar || fail_decrypting "$1"
    fi
}

fail_unpacking() {
    ! disk_was_full || fail_restore
    fail "the archive is damaged or incomplete; nothing was changed."
}

fail_decrypting() {
    if grep -q 'DECRYPTION_OKAY' "$WORK/gpg.log"; then fail_unpacking; fi
    if grep -qE 'NODATA|no valid OpenPGP' "$WORK/gpg.log"; then fail "$1 is no backup of this script; nothing was changed."; fi
    if grep -qE 'Bad session key|ERROR symkey_decrypt' "$WORK/gpg.log"; then fail "the passphrase is wrong; nothing was changed."; fi
    fail_unpacking
}

manifest_value() { sed -n "s/^$1 //p" "$STAGE/manifest"; }

# check_archive: is it whole, is it what it says, can the code here work with it?
check_archive() {
    local end part
    for part in manifest database.dump files.sha256; do [ -f "$STAGE/$part" ] || fail_unpacking; done
    mkdir -p "$STAGE/filestore"
    [ -z "$(find "$STAGE" ! -type f ! -type d)" ] || fail_unpacking
    end=$(manifest_value end)
    [ "$(head -n -1 "$STAGE/manifest" | sha256sum | cut -d' ' -f1)" = "$end" ] || fail_unpacking
    [ "$(manifest_value drk-backup)" = 1 ] || fail "the backup was made by a newer version of this script; nothing was changed."
    (cd "$STAGE" && manifest_value sha256 | sha256sum --strict --quiet -c && { [ ! -s files.sha256 ] || sha256sum --strict --quiet -c files.sha256; }) > "$LOG" 2>&1 || fail_unpacking
    [ "$(find "$STAGE/filestore" -type f | wc -l)" = "$(manifest_value files)" ] || fail_unpacking
    check_versions
}

check_versions() {
    local server trouble
    [ "$(manifest_value odoo)" = "$(odoo_series)" ] || fail "the backup is of Odoo $(manifest_value odoo), here is $(odoo_series); nothing was changed."
    server=$(sql "SELECT current_setting('server_version_num')::int / 10000")
    [ "$(manifest_value postgresql)" -le "$server" ] || fail "the backup was made by PostgreSQL $(manifest_value postgresql), here is $server; nothing was changed."
    manifest_value module > "$WORK/modules"
    trouble=$(compare_versions "$WORK/modules" | grep -E '^(missing|older) ' | cut -d' ' -f2- | head -3 | paste -sd, | sed 's/,/, /g' || true)
    [ -z "$trouble" ] || fail "the code here is too old for this backup or incomplete ($trouble): take the release that made it, $(manifest_value suite); nothing was changed."
}

# compare_versions FILE: for each "module version" in FILE whose code here has another version, "missing NAME",
# "older NAME VERSION" or "newer NAME VERSION".
compare_versions() {
    local name version here
    modules_on_disk "$1" > "$1.here"
    while read -r name version; do
        here=$(sed -n "s/^$name \([^ ]*\) .*/\1/p" "$1.here")
        if [ -z "$here" ]; then printf 'missing %s\n' "$name"
        elif [ "$here" = "$version" ]; then :
        elif [ "$(printf '%s\n' "$here" "$version" | highest_version)" = "$here" ]; then printf 'newer %s %s\n' "$name" "$here"
        else printf 'older %s %s\n' "$name" "$here"
        fi
    done < "$1"
}

# fill_database NAME: make it and read the dump into it; all files that it names are there.
fill_database() {
    local collate ctype named
    read -r collate ctype <<< "$(manifest_value locale)"
    createdb -T template0 -E UTF8 --lc-collate="$collate" --lc-ctype="$ctype" "$1" 2> "$LOG" || fail_restore
    bound "$(pg_bin)/pg_restore" -j 2 --exit-on-error --no-owner --no-privileges -d "$1" "$STAGE/database.dump" 2> "$LOG" || fail_restore
    sql "ANALYZE" "$1"
    sql "SELECT DISTINCT 'filestore/' || store_fname FROM ir_attachment WHERE store_fname IS NOT NULL" "$1" | sort > "$WORK/named"
    named=$(sed 's/^[^ ]* .//' "$STAGE/files.sha256" | sort | comm -13 - "$WORK/named" | wc -l)
    [ "$named" = 0 ] || say "Note: $named files that the database names were missing when the backup was made."
}

# ---- what was erased after the backup is erased again ---------------------------------------------------------------
# note_erasures NAME: which journal of erasures counts for a restored database, and from when on. A day more than the age
# of the backup: an erasure is written down before its transaction ends, and one that is there already is left alone.
note_erasures() {
    local journal since
    [ -n "$(sql "SELECT to_regclass('drk_erasure_run')" "$1")" ] || return 0
    journal=$(manifest_value database)
    since=$(date -u -d "$(manifest_value time) -1 day" +%Y-%m-%dT%H:%M:%SZ)
    [ "$(count_erasures "$journal" "$since")" != 0 ] || return 0
    sql "INSERT INTO ir_config_parameter (key, value) VALUES ('drk.erasures', '$journal $since')
         ON CONFLICT (key) DO UPDATE SET value = excluded.value" "$1"
}

journal_of() { printf '%s/drk_erasure_journal/%s.jsonl' "$(sed -n 's/^data_dir *= *//p' "$SETTINGS")" "$1"; }

# count_erasures DATABASE SINCE: how many the journal of that database holds
count_erasures() { "$VENV/bin/python" "$ROOT/addons/drk_gdpr/tools/journal.py" "$(journal_of "$1")" "$2"; }

# repeat_erasures NAME: by the code that is here; a database of another version waits for its upgrade.
repeat_erasures() {
    local noted journal since
    noted=$(sql "SELECT value FROM ir_config_parameter WHERE key = 'drk.erasures'" "$1")
    [ -n "$noted" ] || return 0
    read -r journal since <<< "$noted"
    if [ "$(count_erasures "$journal" "$since")" != 0 ]; then
        installed_modules "$1" > "$WORK/installed"
        ! compare_versions "$WORK/installed" | grep -qE '^(older|newer|missing) ' || return 0
        step "Erasing again what was erased after the backup"
        printf 'env["drk.erasure.run"]._replay("%s", "%s")\nenv.cr.commit()\n' "$(journal_of "$journal")" "$since" |
            bound_odoo shell -c "$SETTINGS" -d "$1" --no-http --log-level warn > "$LOG" 2>&1 || return 1
        ! grep -q '^Traceback' "$LOG" || return 1
    fi
    sql "DELETE FROM ir_config_parameter WHERE key = 'drk.erasures'" "$1"
}

# A copy for tests: no mails, no scheduled work, no waiting jobs, an identity of its own.
neutralize_database() {
    step "Neutralizing: no mails, no scheduled work, no jobs"
    bound_odoo neutralize -c "$SETTINGS" -d "$1" --log-level warn 2> "$LOG" || fail_restore
    sql "UPDATE ir_config_parameter SET value = gen_random_uuid() WHERE key = 'database.uuid'" "$1"
    if [ -n "$(sql "SELECT to_regclass('queue_job')" "$1")" ]; then
        sql "UPDATE queue_job SET state = 'cancelled' WHERE state IN ('wait_dependencies', 'pending', 'enqueued', 'started')" "$1"
    fi
}

# ---- upgrade -----------------------------------------------------------------------------------------------------
command_upgrade() {
    [ $# = 0 ] || fail "usage: ./drk upgrade (which database: DRK_DB)"
    ENCRYPT='' ALLOW_MISSING=
    private_postgres_only
    setup
    work_on "$DRK_DB"
    database_is_there "$DRK_DB"
    upgrade "$DRK_DB"
}

# upgrade NAME: on a copy that takes the place of NAME when all is well.
upgrade() {
    local name=$1 copy=$1.upgrading
    UPGRADE_LOG=$DRK_HOME/log/upgrade-$name.log ARCHIVE=
    find_changes "$name"
    if [ -z "$UPDATE$INSTALL" ]; then
        mark "database-$name" "$(code_state)"
        say "Database $name is up to date ($(suite_version)); nothing was done."
        return
    fi
    check_unused "$name"
    make_backup "$name"
    copy_for_upgrade "$name" "$copy"
    step "Upgrade of $name: ${UPDATE:+update $UPDATE}${INSTALL:+ install $INSTALL}"
    bound_odoo server -c "$SETTINGS" -d "$copy" ${UPDATE:+-u "$UPDATE"} ${INSTALL:+-i "$INSTALL"} --stop-after-init --no-http \
        --max-cron-threads 0 --load base,web,rpc --log-level info > "$UPGRADE_LOG" 2>&1 || fail_upgrade "$name" "the update of the add-ons ended with an error"
    repeat_erasures "$copy" 2>> "$UPGRADE_LOG" || fail_upgrade "$name" "what was erased after the backup could not be erased again"
    step "Upgrade of $name: checks"
    check_upgraded "$name" "$copy"
    note_code "$copy"
    swap "$copy" "$name" 2>> "$UPGRADE_LOG" || fail_upgrade "$name" "the new database could not take the place of the old one"
    mark "database-$name" "$(code_state)"
    say "Database $name is upgraded to $(suite_version). The state before lies in $ARCHIVE."
}

fail_upgrade() {
    fail "the upgrade failed: $2; database $1 and its files are as they were before (and saved in $ARCHIVE). Log: $UPGRADE_LOG"
}

# find_changes NAME: sets UPDATE (installed add-ons whose version or code changed) and INSTALL (new ones of the suite).
find_changes() {
    local changed missing module
    installed_modules "$1" > "$WORK/installed"
    [ -s "$WORK/installed" ] || fail "$1 is not a database of Odoo."
    compare_versions "$WORK/installed" > "$WORK/versions"
    missing=$(sed -n 's/^missing //p' "$WORK/versions" | paste -sd' ')
    [ -z "$missing" ] || fail "add-ons that database $1 uses are missing here: $missing; nothing was changed."
    changed=$(sed -n 's/^older //p' "$WORK/versions" | paste -sd' ')
    [ -z "$changed" ] || fail "the code here is older than database $1 ($changed); nothing was changed."
    code_of "$1" > "$WORK/code"
    noted_code "$1" > "$WORK/noted"
    changed=$({ sed -n 's/^newer \([^ ]*\) .*/\1/p' "$WORK/versions"; grep -vxFf "$WORK/noted" "$WORK/code" | cut -d' ' -f1; } | sort -u || true)
    UPDATE=$(printf '%s' "$changed" | paste -sd,)
    INSTALL=$(for module in "${COMPANIONS[@]}" "${SUITE[@]}"; do grep -q "^$module " "$WORK/installed" || printf '%s\n' "$module"; done | paste -sd,)
}

copy_for_upgrade() {
    local files
    files=$(filestore "$1")
    step "Upgrade of $1: copy, on which the update is tried"
    keep_out "$1"
    createdb -T "$1" "$2" 2> "$UPGRADE_LOG" || fail_upgrade "$1" "the database could not be copied (is the disk full?)"
    rm -rf -- "$(filestore "$2")"
    # Files of the filestore are never changed, so names for the same files are a copy.
    if [ -d "$files" ]; then cp -al "$files" "$(filestore "$2")"; fi
}

check_upgraded() {
    local copy=$2 trouble
    complaints > "$WORK/complaints"
    [ ! -s "$WORK/complaints" ] || fail_upgrade "$1" "$(wc -l < "$WORK/complaints") warnings or errors were logged, the first: $(head -1 "$WORK/complaints" | cut -c 1-200)"
    trouble=$(sql "SELECT string_agg(name, ', ') FROM ir_module_module WHERE state LIKE 'to %'" "$copy")
    [ -z "$trouble" ] || fail_upgrade "$1" "add-ons were not brought to an end: $trouble"
    installed_modules "$copy" > "$WORK/installed"
    trouble=$(compare_versions "$WORK/installed" | paste -sd,)
    [ -z "$trouble" ] || fail_upgrade "$1" "versions in the database differ from the code: $trouble"
    check_pages "$1" "$copy"
    complaints > "$WORK/complaints"
    [ ! -s "$WORK/complaints" ] || fail_upgrade "$1" "the server logged: $(head -1 "$WORK/complaints" | cut -c 1-200)"
}

# Warnings of our add-ons, errors of anybody.
complaints() { grep -E ' (ERROR|CRITICAL) | WARNING .*(odoo\.addons\.drk_|drk_)' "$UPGRADE_LOG" || true; }

# check_pages NAME COPY: a server on the copy, without jobs and scheduled work, shows the course page of each association in German.
check_pages() {
    local port server answer code=0
    port=$("$VENV/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    bound "$VENV/bin/python" -W ignore::DeprecationWarning "$VENV/bin/odoo" server -c "$SETTINGS" -d "$2" --http-port "$port" --workers 0 \
        --max-cron-threads 0 --load base,web,rpc --log-level warn >> "$UPGRADE_LOG" 2>&1 &
    server=$!
    answer=$(course_sites "$2" | "$VENV/bin/python" "$ROOT/config/check_pages.py" "$port" "$server") || code=$?
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    [ "$code" = 0 ] || fail_upgrade "$1" "$answer"
}

# course_sites NAME: the addresses of the sites whose association has booked the courses, one a line.
course_sites() {
    [ -n "$(sql "SELECT to_regclass('drk_system_res_company_rel')" "$1")" ] || return 0
    sql "SELECT DISTINCT w.domain FROM website w JOIN drk_system_res_company_rel b ON b.company_id = w.company_id
         JOIN drk_system s ON s.id = b.system_id WHERE s.code = 'ktv' AND w.domain <> ''" "$1"
}

# ---- releases ----------------------------------------------------------------------------------------------------
# make_release: what a release installs, small, for the test that upgrades from it (tests/system/test_upgrade.py).
make_release() {
    local version file
    version=$(suite_version)
    file=$ROOT/tests/releases/$version.tar.xz
    mkdir -p "$(dirname "$file")"
    tar -cf - -C "$ROOT" --sort=name --mtime=2000-01-01 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
        --exclude='addons/*/tests' --exclude='addons/*/static/tests' --exclude=__pycache__ --exclude='*.pyc' --exclude='addons/*/README.md' \
        "${SUITE[@]/#/addons/}" config/load_demo.py config/prepare_database.py | xz -9e > "$file.part"
    mv "$file.part" "$file"
    say "$file ($(du -h --apparent-size "$file" | cut -f1))"
}
