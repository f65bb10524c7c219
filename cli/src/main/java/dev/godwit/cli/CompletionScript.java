package dev.godwit.cli;

import java.util.Optional;

/**
 * The scripts that teach a shell to complete. They hand all words to {@code godwit --complete}, which prints
 * one candidate a line, and a line {@code :files} where files could come as well.
 */
final class CompletionScript {

    private static final String BASH = """
            # Completion of godwit for bash: source <(godwit completion bash)
            _godwit() {
                local cur=${COMP_WORDS[COMP_CWORD]} line files=
                COMPREPLY=()
                while IFS= read -r line; do
                    if [ "$line" = ":files" ]; then
                        files=1
                    else
                        COMPREPLY+=("$(printf '%q' "$line")")
                    fi
                done < <("${COMP_WORDS[0]}" --complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
                if [ -n "$files" ]; then
                    compopt -o filenames 2>/dev/null
                    while IFS= read -r line; do
                        COMPREPLY+=("$line")
                    done < <(compgen -f -- "$cur")
                fi
            }
            complete -F _godwit godwit
            """;

    private static final String ZSH = """
            #compdef godwit
            # Completion of godwit for zsh: source <(godwit completion zsh)
            _godwit() {
                local line files=
                local -a candidates
                candidates=()
                while IFS= read -r line; do
                    if [[ "$line" == ":files" ]]; then
                        files=1
                    else
                        candidates+=("$line")
                    fi
                done < <("${words[1]}" --complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)
                (( ${#candidates} )) && compadd -a candidates
                [[ -n "$files" ]] && _files
            }
            if [ "$funcstack[1]" = "_godwit" ]; then
                _godwit "$@"
            else
                compdef _godwit godwit
            fi
            """;

    private CompletionScript() {}

    /** The script for a shell; empty for one there is none for. */
    static Optional<String> of(String shell) {
        return switch (shell) {
            case "bash" -> Optional.of(BASH);
            case "zsh" -> Optional.of(ZSH);
            default -> Optional.empty();
        };
    }
}
