namespace Silo.Cli.Completion;

/// <summary>What a shell has to load to complete Silo's command line: each script asks the program itself what can come next.</summary>
internal static class ShellScripts
{
    public static IReadOnlyDictionary<string, string> ByShell { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        // $1 is the program as it was typed, so that ./silo asks itself and not another silo on the path.
        ["bash"] = """
            # Load it with: source <(silo completion bash)
            _silo() {
              local IFS=$'\n'
              COMPREPLY=($(compgen -W "$("$1" complete "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _silo silo
            """,
        ["fish"] = """
            # Load it with: silo completion fish | source
            complete -c silo -a '((commandline -opc)[1] complete (commandline -cp) 2>/dev/null)'
            """,
        ["zsh"] = """
            # Load it with: source <(silo completion zsh)
            _silo() {
              local -a found
              found=("${(@f)$("${words[1]}" complete "${(j: :)words[1,CURRENT]}" 2>/dev/null)}")
              compadd -- "${found[@]}" || _files
            }
            compdef _silo silo
            """,
    };
}
