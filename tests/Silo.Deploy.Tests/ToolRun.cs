using System.Diagnostics;
using Silo.Testing;

namespace Silo.Deploy.Tests;

/// <summary>A program that was run to its end.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task<ToolRun> RunAsync(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Clone.Root, RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await Await.Within(process.WaitForExitAsync(), Limit, $"{program} {string.Join(' ', arguments)}");
            return new ToolRun(process.ExitCode, await output, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
