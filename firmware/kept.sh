# kept FOLDER FILE...: a folder of objects is kept only if what make does not look at is as it was: where the folder lies, and
# what is in these files. Else it is made anew.
kept() {
    kept_folder=$1
    shift
    kept_basis=$({ echo "$kept_folder" && cat "$@"; } | sha256sum)
    [ "$(cat "$kept_folder/basis" 2>/dev/null)" = "$kept_basis" ] || rm -rf "$kept_folder"
    mkdir -p "$kept_folder"
    echo "$kept_basis" >"$kept_folder/basis"
}
