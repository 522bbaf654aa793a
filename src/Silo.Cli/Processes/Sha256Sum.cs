using System.ComponentModel;
using System.Diagnostics;
using Silo.Cli.Invocation;

namespace Silo.Cli.Processes;

/// <summary>Digests as <c>sha256sum</c> prints them: the second opinion on our handler's.</summary>
internal static class Sha256Sum
{
    private const int FilesPerRun = 200;
    private const int DigestLength = 64;

    /// <returns>The digest of each file, in lower case.</returns>
    /// <exception cref="CommandException">There is no such program here, or it could not read a file.</exception>
    public static async Task<Dictionary<string, string>> DigestAsync(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        var digests = new Dictionary<string, string>();
        foreach (var chunk in paths.Chunk(FilesPerRun))
        {
            var lines = await RunAsync(chunk, cancellationToken);
            foreach (var (path, line) in chunk.Zip(lines))
            {
                // A line that starts with a backslash has an escaped file name; the lines come in the order of the arguments.
                digests[path] = line.TrimStart('\\')[..DigestLength];
            }
        }

        return digests;
    }

    private static async Task<string[]> RunAsync(string[] paths, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsMacOS() ? "shasum" : "sha256sum") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (OperatingSystem.IsMacOS() ? ["-a", "256"] : Array.Empty<string>()).Append("--").Concat(paths))
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start.");
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return process.ExitCode == 0 && lines.Length == paths.Length
                ? lines
                : throw new CommandException(ExitCode.Failed, $"{start.FileName} could not read every file: {(await errors).Trim()}");
        }
        catch (Win32Exception exception)
        {
            throw new CommandException(ExitCode.Failed, $"The demo compares digests with {start.FileName}, which cannot be started here: {exception.Message}", exception);
        }
    }
}
