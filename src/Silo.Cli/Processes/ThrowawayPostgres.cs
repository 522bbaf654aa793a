using System.ComponentModel;
using System.Diagnostics;
using Silo.Cli.Invocation;

namespace Silo.Cli.Processes;

/// <summary>A PostgreSQL server for one demo, with durable settings; the script that makes it removes it when this process has ended, however it ended.</summary>
internal sealed class ThrowawayPostgres : IAsyncDisposable
{
    private readonly string _folder;

    private ThrowawayPostgres(string folder, string url) => (_folder, Url) = (folder, url);

    /// <summary>The database, with its password.</summary>
    public string Url { get; }

    /// <exception cref="CommandException">There is no PostgreSQL here and none could be installed, or it did not start.</exception>
    public static async Task<ThrowawayPostgres> StartAsync(CancellationToken cancellationToken)
    {
        // Not below a folder of ours: as root, the server runs as another user, who could not enter it.
        var folder = Path.Join(Path.GetTempPath(), $"silo-postgres-{Guid.NewGuid():N}");
        var url = await RunAsync(["start", folder, "--until-exit", $"{Environment.ProcessId}"], cancellationToken);
        return new ThrowawayPostgres(folder, url);
    }

    public async ValueTask DisposeAsync() => await RunAsync(["remove", _folder], CancellationToken.None);

    private static async Task<string> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Prepend(Path.Join(AppContext.BaseDirectory, "postgres.sh")))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0
                ? output.Trim()
                : throw new CommandException(ExitCode.Failed, $"No PostgreSQL server could be started for the demo: {(await errors).Trim()}");
        }
        catch (Win32Exception exception)
        {
            throw new CommandException(ExitCode.Failed, $"The demo starts PostgreSQL by a script for bash, which cannot be started here: {exception.Message}", exception);
        }
    }
}
