using Silo.Cli.Invocation;

namespace Silo.Cli.Tests.Invocation;

/// <summary>One call of the program inside the test's process.</summary>
internal sealed record CommandRun(ExitCode ExitCode, string Output, string Error)
{
    public static Task<CommandRun> OfAsync(params string[] args) => OfAsync(new Dictionary<string, string>(), args);

    public static async Task<CommandRun> OfAsync(IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = await SiloProgram.RunAsync(args, new Terminal(output, error, isInteractive: false), environment);
        return new CommandRun((ExitCode)exitCode, output.ToString(), error.ToString());
    }
}
