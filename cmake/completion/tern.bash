# Completion of tern in bash: the program itself says what may come next.
_tern() {
    local line=${COMP_LINE:0:COMP_POINT} words=() word answer text kept= open= files= IFS=$' \t\n'
    # What readline took apart at = and : is one word here, and its beginning is not for us to give back.
    # shellcheck disable=SC2162
    read -a words <<<"$line" # without -r: a backslash keeps a blank within a word
    [[ $line != *[[:space:]] || $line == *\\[[:space:]] ]] || words+=('')
    word=${words[-1]}
    [[ $word != *[=:]* || $COMP_WORDBREAKS != *=* ]] || kept=${word%"${word##*[=:]}"}
    COMPREPLY=()
    while IFS= read -r answer; do
        text=${answer%%$'\t'*}
        case $text in
            :files) files=-f ;;
            :directories) files=-d ;;
            *) COMPREPLY+=("${text#"$kept"}"); [[ $text != *[.=] ]] || open=1 ;;
        esac
    done < <("${1/#\~/$HOME}" complete -- "${words[@]:1}" 2>/dev/null)
    [[ ! $open ]] || compopt -o nospace
    [[ $files ]] || return 0
    compopt -o filenames
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$files" -- "${word##*=}")
} 2>/dev/null

complete -F _tern tern tern-f64
