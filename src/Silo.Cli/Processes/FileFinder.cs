using System.ComponentModel;
using System.Diagnostics;
using Silo.Cli.Invocation;

namespace Silo.Cli.Processes;

/// <summary>The regular files below a folder, by <c>find</c>: .NET cannot tell a pipe or a device from a file, and reading one blocks.</summary>
internal static class FileFinder
{
    private static readonly string[] SkippedFolders = [".git", "bin", "obj", "artifacts", "node_modules"];

    /// <returns>Paths relative to <paramref name="folder"/>, in ordinal order; what cannot be opened, and names that are no UTF-8, are left out.</returns>
    /// <exception cref="CommandException">There is no <c>find</c> here.</exception>
    public static async Task<IReadOnlyList<string>> FindAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("find") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var argument in Arguments())
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start) ?? throw new InvalidOperationException("find did not start.");
            // Folders that may not be read are named there; they are left out like files that may not be.
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await errors;
            await process.WaitForExitAsync(cancellationToken);
            return
            [
                .. output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
                    .Select(path => path["./".Length..])
                    .Where(path => CanOpen(Path.Join(folder, path)))
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Win32Exception exception)
        {
            throw new CommandException(ExitCode.Failed, $"The demo lists files with find, which cannot be started here: {exception.Message}", exception);
        }
    }

    private static IEnumerable<string> Arguments()
    {
        var names = SkippedFolders.SelectMany(name => new[] { "-o", "-name", name }).Skip(1);
        return [".", "-mindepth", "1", "-type", "d", "(", .. names, ")", "-prune", "-o", "-type", "f", "-print0"];
    }

    private static bool CanOpen(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
