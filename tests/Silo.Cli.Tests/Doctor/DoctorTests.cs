using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Cli.Tests.Serving;
using Silo.Testing;

namespace Silo.Cli.Tests.Doctor;

public sealed class DoctorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Doctor_ServerUp_FindsNothingWrong()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "1");
        await server.UntilReadyAsync();

        var run = await CommandRun.OfAsync(
            "doctor", "--json", "--server", server.Address, "--listen", server.Address["http://".Length..], "--data", _folder.Combine("data"));

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal(["dotnet", "port", "store", "rights", "space", "server", "clock"], Findings(run).Keys);
        Assert.All(Findings(run).Values, finding => Assert.Equal("ok", finding.GetProperty("status").GetString()));
        Assert.Contains("A Silo server listens", Message(run, "port"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_PortOfAnotherProgram_SaysSoAndTheFix()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        // Hangs up on whoever asks what it is, so that nobody waits for an answer.
        using var stop = new CancellationTokenSource();
        var hangingUp = HangUpAsync(other, stop.Token);

        var run = await RunAsync("--listen", other.LocalEndpoint.ToString()!);
        await stop.CancelAsync();
        await Await.Within(hangingUp, TimeSpan.FromMinutes(1), "the other program to end");

        AssertWrong(run, "port", "taken by another program");
    }

    [Fact]
    public async Task Doctor_FileOfAnotherProgram_SaysSoAndLeavesItAsItIs()
    {
        var file = _folder.Write("silo.db", new string('x', 5000));

        var run = await RunAsync("--db", file);

        AssertWrong(run, "store", "is no database of Silo");
        Assert.Equal(new string('x', 5000), await File.ReadAllTextAsync(file));
    }

    [Fact]
    public async Task Doctor_DatabaseIsAFolder_SaysSo() => AssertWrong(await RunAsync("--db", _folder.Path), "store", "is a folder");

    [Fact]
    public async Task Doctor_NamedServerIsDown_IsWrong() => AssertWrong(await RunAsync("--server", "http://127.0.0.1:9"), "server", "does not serve");

    [Fact]
    public async Task Doctor_NoKeyForAServerThatWantsOne_SaysWhichSettingHasIt()
    {
        await using var server = await RunningServer.StartAsync(_folder, "--slots", "0", "--api-key", "0123456789abcdef-secret");
        await server.UntilReadyAsync();

        var run = await RunAsync("--server", server.Address);

        AssertWrong(run, "server", "refuses the key");
        Assert.Contains("--api-key", Findings(run)["server"].GetProperty("fix").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_FreshFolder_LeavesNothingBehind()
    {
        await RunAsync();

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    /// <summary>With a free port and a folder of its own, unless told otherwise.</summary>
    private Task<CommandRun> RunAsync(params string[] args)
    {
        string[] listen = args.Contains("--listen") ? [] : ["--listen", "127.0.0.1:0"];
        return CommandRun.OfAsync(["doctor", "--json", "--data", _folder.Combine("data"), .. listen, .. args]);
    }

    private static async Task HangUpAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var caller = await listener.AcceptTcpClientAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static void AssertWrong(CommandRun run, string check, string expected)
    {
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal("wrong", Findings(run)[check].GetProperty("status").GetString());
        Assert.Contains(expected, Message(run, check), StringComparison.Ordinal);
        Assert.NotEmpty(Findings(run)[check].GetProperty("fix").GetString()!);
    }

    private static string Message(CommandRun run, string check) => Findings(run)[check].GetProperty("message").GetString()!;

    private static Dictionary<string, JsonElement> Findings(CommandRun run) => run.Output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToDictionary(finding => finding.GetProperty("check").GetString()!);
}
