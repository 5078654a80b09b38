export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** Every script asks `certman __complete WORD…`; lines that begin with `:` tell the shell to add files or folders. */
const bash = `# certman completion for bash
# the words of a line as they are meant: in words, and in open the quote that the last one has not closed
_certman_words() {
    local char word= begun= at
    open= words=()
    for (( at = 0; at < \${#1}; at++ )); do
        char=\${1:at:1}
        if [[ $open && $char == "$open" ]]; then
            open=
        elif [[ $open == "'" ]]; then
            word+=$char
        elif [[ $char == \\\\ ]]; then
            (( at++ ))
            word+=\${1:at:1} begun=1
        elif [[ ! $open && ( $char == "'" || $char == '"' ) ]]; then
            open=$char begun=1
        elif [[ ! $open && $char == [[:space:]] ]]; then
            [[ $begun ]] && words+=("$word")
            word= begun=
        else
            word+=$char begun=1
        fi
    done
    words+=("$word")
}
_certman() {
    local line files= lines=() words open
    # bash splits words at : and = as well, and only the part behind is replaced
    _certman_words "\${COMP_WORDS[COMP_CWORD]}"
    local cur=\${words[0]}
    _certman_words "\${COMP_LINE:0:COMP_POINT}"
    local last=\${words[\${#words[@]}-1]}
    local cut=\${last%"$cur"}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) files=-f ;;
            :folders) files=-d ;;
            *) lines+=("\${line%%$'\\t'*}") ;;
        esac
    done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
    for line in "\${lines[@]}"; do
        [[ $line == "$last"* ]] || continue
        line=\${line#"$cut"}
        if [[ ! $open ]]; then
            COMPREPLY+=("$(printf '%q' "$line")")
        # within quotes bash takes a word as it is: none that would end them, or run
        elif [[ $line != *[\\'\\"\\\`\\$\\\\!]* ]]; then
            COMPREPLY+=("$line")
        fi
    done
    if [[ -n $files ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen $files -- "\${COMP_WORDS[COMP_CWORD]}")
    fi
}
complete -F _certman certman
`

const zsh = `#compdef certman
# certman completion for zsh
_certman() {
    local -a found
    local line value help files=
    while IFS= read -r line; do
        case $line in
            :files) files=f ;;
            :folders) files=d ;;
            *)
                value=\${line%%$'\\t'*}
                help=\${line#*$'\\t'}
                [[ $help == $line ]] && help=
                value=\${value//\\\\/\\\\\\\\}
                found+=("\${value//:/\\\\:}\${help:+:$help}")
                ;;
        esac
    done < <("\${words[1]}" __complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
    (( $#found )) && _describe -V certman found
    [[ $files == f ]] && _files
    [[ $files == d ]] && _files -/
    return 0
}
if [[ $funcstack[1] == _certman ]]; then _certman "$@"; else compdef _certman certman; fi
`

const fish = `# certman completion for fish
function __certman_complete
    # without the quote that it has not closed, or the marks that quote in it
    set -l last (commandline -ct | string replace -r '^[\\'"]' '' | string unescape)
    set -l words (commandline -opc) "$last"
    for line in ($words[1] __complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':folders'
                __fish_complete_directories (commandline -ct)
            case '*'
                echo $line
        end
    end
end
complete -c certman -f -a '(__certman_complete)'
`

export const COMPLETION_SCRIPTS: Readonly<Record<Shell, string>> = { bash, zsh, fish }
