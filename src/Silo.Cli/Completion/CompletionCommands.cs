using System.CommandLine;
using Silo.Cli.Invocation;

namespace Silo.Cli.Completion;

/// <summary><c>silo completion SHELL</c>, and the hidden <c>silo complete LINE</c> that its scripts call.</summary>
internal static class CompletionCommands
{
    public static Command CreateCompletion(CommandContext context)
    {
        var command = new Command("completion", "Print the script by which a shell completes verbs, options and values.");
        var shell = new Argument<string>("SHELL") { Description = $"One of {string.Join(", ", ShellScripts.ByShell.Keys)}." };
        shell.AcceptOnlyFromAmong([.. ShellScripts.ByShell.Keys]);
        command.Arguments.Add(shell);
        command.SetAction(parsed =>
        {
            context.Terminal.WriteLine(ShellScripts.ByShell[parsed.GetRequiredValue(shell)]);
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <param name="root">The tree to complete from.</param>
    public static Command CreateComplete(CommandContext context, Command root)
    {
        var command = new Command("complete", "Print what can come next, one word per line; completion scripts call it.") { Hidden = true };
        var line = new Argument<string>("LINE") { Description = "The command line up to the cursor, the program's name included." };
        command.Arguments.Add(line);
        command.SetAction(parsed =>
        {
            foreach (var word in Words(root, parsed.GetRequiredValue(line)))
            {
                context.Terminal.WriteLine(word);
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static IEnumerable<string> Words(Command root, string line)
    {
        var afterProgram = line.TrimStart() is var typed && typed.IndexOf(' ') is >= 0 and var at ? typed[(at + 1)..] : "";
        return root.Parse(afterProgram, SiloProgram.Parsing).GetCompletions(afterProgram.Length).Select(item => item.Label).Distinct();
    }
}
