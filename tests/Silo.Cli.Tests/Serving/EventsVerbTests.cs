using System.Text.Json;
using Silo.Cli.Invocation;
using Silo.Cli.Tests.Invocation;
using Silo.Contracts.Json;
using Silo.Contracts.Tasks;
using Silo.Testing;

namespace Silo.Cli.Tests.Serving;

public sealed class EventsVerbTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private RunningServer? _server;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(_folder, "--slots", "1");

    public async ValueTask DisposeAsync()
    {
        if (_server is { } server)
        {
            await server.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Events_Count_EndsAfterSoManyAndSinceGoesOnThere()
    {
        var first = await WhileSubmittingAsync(RunAsync("events", "--queue", "default", "--count", "1", "--json"));
        var line = Json(Assert.Single(Lines(first.Output)));
        var missedNothing = await RunAsync("events", "--since", line.GetProperty("eventId").GetString()!, "--count", "1", "--json");

        Assert.Equal((ExitCode.Ok, ExitCode.Ok), (first.ExitCode, missedNothing.ExitCode));
        Assert.Equal("default", line.GetProperty("queue").GetString());
        Assert.NotEqual("missed", Json(Lines(missedNothing.Output)[0]).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Events_ForPeople_AreCells()
    {
        var run = await WhileSubmittingAsync(RunAsync("events", "--count", "1"));

        Assert.Equal(6, Assert.Single(Lines(run.Output)).Split('\t').Length);
    }

    [Fact]
    public async Task Events_Stopped_ExitsWithInterrupted()
    {
        using var stop = new CancellationTokenSource();
        using var seen = new LineSignal("default");
        var run = SiloProgram.RunAsync(["events", "--server", _server!.Address], new Terminal(seen, TextWriter.Null, isInteractive: false), new Dictionary<string, string>(), cancellationToken: stop.Token);
        await WhileSubmittingAsync(seen.Seen);

        await stop.CancelAsync();

        Assert.Equal((int)ExitCode.Interrupted, await Await.Within(run, Limit, "the verb to end"));
    }

    [Theory]
    [InlineData((int)ExitCode.NotFound, "--task", "0192f0c1-2f6e-7000-8000-000000000000")]
    [InlineData((int)ExitCode.Usage, "--queue", "a b")]
    [InlineData((int)ExitCode.Usage, "--count", "0")]
    [InlineData((int)ExitCode.Usage, "--since", "a b")]
    public async Task Events_WrongArgument_IsRefused(int expected, string option, string value) =>
        Assert.Equal(expected, (int)(await RunAsync("events", option, value)).ExitCode);

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.OfAsync([.. args, "--server", _server!.Address]);

    private async Task<T> WhileSubmittingAsync<T>(Task<T> following)
    {
        await WhileSubmittingAsync((Task)following);
        return await following;
    }

    // When the follower is seated cannot be seen from here, so there is something to see until it has.
    private Task WhileSubmittingAsync(Task following) => Await.Until(
        async () =>
        {
            await _server!.Client.SubmitAsync(new SubmitTaskRequest { Type = "echo", Payload = new RawJson("1"u8.ToArray()) }, Limit / 10);
            return following.IsCompleted;
        },
        Limit,
        "an event");

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
