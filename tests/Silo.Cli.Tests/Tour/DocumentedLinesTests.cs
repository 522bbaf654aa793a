using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Silo.Cli.Processes;
using Silo.Cli.Tests.Demo;
using Silo.Testing;
using Silo.Testing.Postgres;

namespace Silo.Cli.Tests.Tour;

/// <summary>The lines that README shows are run as they stand there, in their order, and those with <c>curl</c> of every other page too.</summary>
[Collection(DemoCollection.Name)]
public sealed partial class DocumentedLinesTests : IDisposable
{
    private const string DocumentedAddress = "localhost:7070";
    private const string FirstPort = "port";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Readme_LinesInOrder_DoWhatTheySay()
    {
        _folder.Write("README.md", await File.ReadAllTextAsync(Clone.Combine("README.md")));
        var shell = new ShellRun(_folder.Path);
        await using var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        var running = new Stack<Process>();
        var lines = Lines("README.md").ToList();
        try
        {
            // The demos and the whole of the tests have tests, or are these.
            foreach (var line in lines.Where(line => !line.Command.StartsWith("./silo demo", StringComparison.Ordinal) && line.Command != "./test"))
            {
                if (line.Command.StartsWith("./silo up", StringComparison.Ordinal))
                {
                    running.Push(shell.Start("-c", $"exec {line.Command} --listen 127.0.0.1:0 --port-file {FirstPort}"));
                    await ListensAsync(running.Peek(), FirstPort);
                    shell.Set("SILO_SERVER", $"http://{await ServerAsync()}");
                }
                else if (DatabaseAddress().IsMatch(line.Command))
                {
                    var command = DatabaseAddress().Replace(line.Command, $"DATABASE_URL='{database.Url}' exec ");
                    running.Push(shell.Start("-c", $"{command} --listen 127.0.0.1:0 --port-file on-postgres"));
                    await ListensAsync(running.Peek(), "on-postgres");
                }
                else if (line.Command.StartsWith("./silo worker", StringComparison.Ordinal))
                {
                    running.Push(shell.Start("-c", $"exec {line.Command}"));
                    Assert.Contains("two", await Await.Within(running.Peek().StandardError.ReadLineAsync(), Limit, line.Command), StringComparison.Ordinal);
                }
                else
                {
                    await AssertRunsAsync(shell, line);
                }
            }

            Assert.Equal(3, running.Count);
            while (running.TryPop(out var process))
            {
                UnixSignal.Terminate(process.Id);
                await Await.Within(process.WaitForExitAsync(), Limit, "the process to stop in order");
                Assert.Equal(0, process.ExitCode);
            }
        }
        finally
        {
            foreach (var process in running)
                process.Kill(entireProcessTree: true);
        }

        Assert.Contains(lines, line => line.Command.StartsWith("curl ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("docs/reference/http-api.md")]
    [InlineData("docs/reference/metrics.md")]
    public async Task Page_CurlLines_AreAnswered(string page)
    {
        var shell = new ShellRun(_folder.Path);
        using var server = shell.Start("-c", $"exec ./silo up --slots 1 --listen 127.0.0.1:0 --port-file {FirstPort}");
        try
        {
            await ListensAsync(server, FirstPort);
            var lines = Lines(page).Where(line => line.Command.Contains("curl ", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(lines);
            foreach (var line in lines)
                await AssertRunsAsync(shell, line);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    /// <summary>A stream (<c>curl -N</c>) has no end: it has to begin.</summary>
    private async Task AssertRunsAsync(ShellRun shell, DocumentedLine line)
    {
        var command = line.Command.Replace(DocumentedAddress, await ServerAsync(), StringComparison.Ordinal);
        if (StreamingCurl().IsMatch(command))
        {
            using var stream = shell.Start("-c", command);
            Assert.NotNull(await Await.Within(stream.StandardOutput.ReadLineAsync(), Limit, line.Command));
            stream.Kill(entireProcessTree: true);
            return;
        }

        if (command.StartsWith("curl ", StringComparison.Ordinal))
            command = $"curl --fail-with-body {command["curl ".Length..]}";
        var (exitCode, output) = await shell.RunAsync("-c", command);
        Assert.True(exitCode == 0, $"{line.Command}\nended with {exitCode}:\n{output}");
        Assert.True(line.Expected is null || line.Expected.IsMatch(output), $"{line.Command}\nprinted:\n{output}");
    }

    private async Task ListensAsync(Process server, string portFile)
    {
        await Await.Until(() => File.Exists(_folder.Combine(portFile)) || server.HasExited, Limit, "silo up to listen");
        Assert.False(server.HasExited, server.HasExited ? await server.StandardError.ReadToEndAsync() : "");
    }

    private async Task<string> ServerAsync() => $"127.0.0.1:{int.Parse(await File.ReadAllTextAsync(_folder.Combine(FirstPort)), CultureInfo.InvariantCulture)}";

    /// <summary>What stands in a fence of commands (sh), or after a prompt in any fence. A comment that begins like JSON says what is printed, with ... for anything.</summary>
    private static IEnumerable<DocumentedLine> Lines(string page)
    {
        string? fence = null;
        foreach (var line in File.ReadLines(Clone.Combine(page)))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
                fence = fence is null ? line[3..] : null;
            else if (fence == "sh" && line.Length > 0)
                yield return DocumentedLine.Parse(line);
            else if (fence is not null && line.StartsWith("$ ", StringComparison.Ordinal))
                yield return DocumentedLine.Parse(line[2..]);
        }
    }

    [GeneratedRegex("^DATABASE_URL=[^ ]+ ")]
    private static partial Regex DatabaseAddress();

    [GeneratedRegex("curl -[a-zA-Z]*N")]
    private static partial Regex StreamingCurl();

    private sealed record DocumentedLine(string Command, Regex? Expected)
    {
        public static DocumentedLine Parse(string line)
        {
            var parts = line.Split("  # ", 2);
            var expected = parts is [_, ['{' or '[', ..] json]
                ? new Regex(Regex.Escape(json.Trim()).Replace(@"\.\.\.", ".*", StringComparison.Ordinal), RegexOptions.None, TimeSpan.FromSeconds(10))
                : null;
            return new DocumentedLine(parts[0].Trim(), expected);
        }
    }
}
