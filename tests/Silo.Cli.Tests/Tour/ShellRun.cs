using System.Diagnostics;
using Silo.Cli.Processes;
using Silo.Testing;

namespace Silo.Cli.Tests.Tour;

/// <summary>Lines of documents, run by bash in a folder in which <c>./silo</c> is the program as it was built beside this test.</summary>
internal sealed class ShellRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly Dictionary<string, string> _environment = [];

    public ShellRun(string folder)
    {
        Folder = folder;
        Program = Path.Combine(folder, "silo");
        var (program, leading) = SiloProcess.ThisProgram();
        File.WriteAllText(Program, $"#!/bin/sh\nexec '{program}' {string.Concat(leading.Select(argument => $"'{argument}' "))}\"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Folder { get; }

    /// <summary>A script that becomes <c>silo</c>.</summary>
    public string Program { get; }

    public void Set(string variable, string value) => _environment[variable] = value;

    /// <returns>The exit code, and standard output and error as one text.</returns>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await Await.Within(process.WaitForExitAsync(), Limit, $"bash {string.Join(' ', arguments)}");
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts bash with these arguments; the caller ends it.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (variable, value) in _environment)
            start.Environment[variable] = value;
        return Process.Start(start)!;
    }
}
