using System.Text.Json;
using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Testing;

namespace Silo.Cli.Tests.Serving;

/// <summary>Every verb that talks to a server, against a real one.</summary>
public sealed class VerbTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningServer? _server;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("files/a.txt", "one\ntwo words\n");
        _server = await RunningServer.StartAsync(_folder, "--slots", "2", "--files-root", _folder.Combine("files"));
        await Await.Until(async () => (await _server.Client.ListNodesAsync()).Nodes.Any(node => node.Alive), TimeSpan.FromMinutes(2), "the local node to join");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Submit_Wait_PrintsTheResult()
    {
        var run = await RunAsync("submit", "echo", """{"a":[1,2]}""", "--wait");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Equal("""{"a":[1,2]}""", run.Output.Trim());
    }

    [Fact]
    public async Task Submit_NoWait_PrintsTheIdThatTasksKnows()
    {
        var id = (await RunAsync("submit", "echo", "1", "--label", "kind=test")).Output.Trim();

        var shown = await RunAsync("tasks", id, "--json");
        var listed = await RunAsync("tasks", "--label", "kind=test", "--json");

        Assert.Equal(ExitCode.Ok, shown.ExitCode);
        Assert.Equal(id, Json(shown.Output).GetProperty("id").GetString());
        Assert.Equal(id, Json(Assert.Single(Lines(listed.Output))).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Submit_FromFile_SendsItsJson()
    {
        var file = _folder.Write("payload.json", "{\"from\":\"file\"}");

        Assert.Equal("{\"from\":\"file\"}", (await RunAsync("submit", "echo", $"@{file}", "--wait")).Output.Trim());
    }

    [Fact]
    public async Task Submit_FileDigest_IsWhatSha256SumSays()
    {
        var run = await RunAsync("submit", "file.digest", """{"path":"a.txt"}""", "--wait");

        var path = _folder.Combine("files/a.txt");
        var digests = await Silo.Cli.Processes.Sha256Sum.DigestAsync([path], default);
        Assert.Equal(digests[path], Json(run.Output).GetProperty("sha256").GetString());
    }

    [Fact]
    public async Task Submit_TaskFails_ExitsWithOneAndItsError()
    {
        var run = await RunAsync("submit", "fail", """{"message":"as asked","retry":false}""", "--wait");

        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Contains("as asked", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Submit_WaitTooShort_ExitsLikeTimeout()
    {
        var run = await RunAsync("submit", "sleep", """{"milliseconds":600000}""", "--wait", "50ms");

        Assert.Equal(ExitCode.WaitTimeout, run.ExitCode);
        Assert.Contains("it goes on", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_KeyUsedForAnotherTask_IsAConflict()
    {
        var first = await RunAsync("submit", "echo", "1", "--key", "k");
        var again = await RunAsync("submit", "echo", "1", "--key", "k");
        var other = await RunAsync("submit", "echo", "2", "--key", "k");

        Assert.Equal(first.Output, again.Output);
        Assert.Equal(ExitCode.Conflict, other.ExitCode);
    }

    [Theory]
    [InlineData("Usage", "submit", "nosuchtype")]
    [InlineData("Usage", "submit", "echo", "--queue", "nosuchqueue")]
    [InlineData("Usage", "submit", "sleep", "{\"milliseconds\":-1}")]
    [InlineData("Usage", "submit", "file.digest", "{\"path\":\"../secret\"}")]
    [InlineData("Usage", "queues", "q", "--strategy", "nosuchstrategy")]
    [InlineData("NotFound", "tasks", "0192f0c1-2f6e-7000-8000-000000000000")]
    [InlineData("NotFound", "task", "0192f0c1-2f6e-7000-8000-000000000000")]
    [InlineData("NotFound", "task", "0192f0c1-2f6e-7000-8000-000000000000", "--watch")]
    [InlineData("NotFound", "cancel", "0192f0c1-2f6e-7000-8000-000000000000")]
    [InlineData("NotFound", "retry", "0192f0c1-2f6e-7000-8000-000000000000")]
    [InlineData("NotFound", "drain", "nosuchnode")]
    [InlineData("NotFound", "drain", "nosuchnode", "--resume")]
    [InlineData("NotFound", "nodes", "remove", "nosuchnode")]
    [InlineData("Conflict", "nodes", "remove", "local")]
    [InlineData("Usage", "cancel", "not-an-id")]
    [InlineData("NotFound", "queues", "nosuchqueue")]
    [InlineData("Usage", "tasks", "not-an-id")]
    public async Task Verb_ServerRefuses_ExitsWithItsCodeAndReason(string expected, params string[] args)
    {
        var run = await RunAsync(args);

        Assert.Equal(expected, run.ExitCode.ToString());
        Assert.NotEmpty(run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Nodes_LocalNode_IsListedAsAliveWithItsSlots()
    {
        var node = Json(Assert.Single(Lines((await RunAsync("nodes", "--json")).Output)));
        var table = (await RunAsync("nodes")).Output;

        Assert.Equal(("local", true, 2), (node.GetProperty("name").GetString(), node.GetProperty("alive").GetBoolean(), node.GetProperty("slots").GetInt32()));
        Assert.StartsWith("NODE\tSTATE\t", table, StringComparison.Ordinal);
        Assert.Contains("local\talive\t", table, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NodesRemove_NodeThatHasLeft_IsOffTheList()
    {
        var door = _server!.Client.NodeDoor("gone");
        var welcome = await door.RegisterAsync(new WorkerRegistration(new NodeRegistration { Name = "gone", Instance = "i", Slots = 1, Types = ["echo"] }));
        Assert.Equal(DoorStatus.Ok, (await door.LeaveAsync(new WorkerLeave(welcome.Incarnation))).Status);

        var run = await RunAsync("nodes", "remove", "gone", "local", "--json");

        Assert.Equal(ExitCode.Conflict, run.ExitCode);
        Assert.Equal("gone", Json(Assert.Single(Lines(run.Output))).GetProperty("name").GetString());
        Assert.Contains("local: ", run.Error, StringComparison.Ordinal);
        Assert.Equal("local", Json(Assert.Single(Lines((await RunAsync("nodes", "--json")).Output))).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Queues_OneSettingChanged_KeepsTheOthers()
    {
        await RunAsync("queues", "night", "--strategy", "weighted", "--concurrency", "3");
        await RunAsync("queues", "night", "--paused", "true");

        var queue = Json((await RunAsync("queues", "night", "--json")).Output);

        Assert.Equal(
            ("weighted", true, 3),
            (queue.GetProperty("strategy").GetString(), queue.GetProperty("paused").GetBoolean(), queue.GetProperty("concurrencyMax").GetInt32()));
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.OfAsync([.. args, "--server", _server!.Address]);

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
