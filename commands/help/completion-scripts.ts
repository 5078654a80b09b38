export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** Every script asks `certman __complete WORD…`; lines that begin with `:` tell the shell to add files or folders. */
const bash = `# certman completion for bash
_certman() {
    local cur=\${COMP_WORDS[COMP_CWORD]} line files= lines=()
    # bash splits words at : and =; certman wants them as they were typed
    local typed=\${COMP_LINE:0:COMP_POINT}
    local -a words
    read -ra words <<< "$typed"
    [[ $typed == *' ' ]] && words+=('')
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) files=-f ;;
            :folders) files=-d ;;
            *) lines+=("\${line%%$'\\t'*}") ;;
        esac
    done < <("\${words[0]}" __complete -- "\${words[@]:1}" 2>/dev/null)
    local last=\${words[\${#words[@]}-1]} cut
    cut=\${last%"$cur"}
    for line in "\${lines[@]}"; do
        [[ $line == "$last"* ]] && COMPREPLY+=("$(printf '%q' "\${line#"$cut"}")")
    done
    if [[ -n $files ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen $files -- "$cur")
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
                found+=("\${value//:/\\\\:}\${help:+:$help}")
                ;;
        esac
    done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
    (( $#found )) && _describe -V certman found
    [[ $files == f ]] && _files
    [[ $files == d ]] && _files -/
    return 0
}
if [[ $funcstack[1] == _certman ]]; then _certman "$@"; else compdef _certman certman; fi
`

const fish = `# certman completion for fish
function __certman_complete
    set -l words (commandline -opc) (commandline -ct)
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
