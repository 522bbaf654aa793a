using System.Collections.Concurrent;
using Silo.Client;
using Silo.Client.Events;
using Silo.Contracts.Tasks;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Testing;

namespace Silo.Cluster.Tests.Processes;

/// <summary>A task that runs behind one silo, as the other silos show it. Its node is this test, by hand, over HTTP: so it runs for as long as is looked.</summary>
public sealed class AcrossSilosTests
{
    private const string Name = "by-hand";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task TaskBehindOneSilo_IsFollowedLoggedAwaitedAndResumedOnTheOthers()
    {
        await using var cluster = await ServerCluster.StartAsync(1, "silo-0", "silo-1", "silo-2");
        var (near, other, far) = (cluster.Servers["silo-0"], cluster.Servers["silo-1"], cluster.Servers["silo-2"]);
        var door = far.Client.NodeDoor(Name);
        var incarnation = await JoinAsync(door);
        var submitted = await cluster.AskAsync(client => client.SubmitAsync(new SubmitTaskRequest { Type = Name, IdempotencyKey = "one" }), "the task to be taken");
        var task = await LeaseAsync(door, incarnation);
        using var stop = new CancellationTokenSource();
        var said = SayAsync(door, incarnation, task, stop.Token);
        var id = $"{submitted.Id}";

        var heard = await HearProgressAsync(near.Client, new EventFollowing { Task = id });
        await Await.Until(
            async () => await TryAsync(() => near.Client.GetTaskAsync(id)) is { State: "running", Node: Name, Progress.Percent: 40 }, Limit, "the task's progress on another silo");
        Assert.StartsWith("line", await Await.Within(FirstLogLineAsync(near.Address, id), Limit, "a line of the task's log"), StringComparison.Ordinal);
        var resumed = await HearProgressAsync(other.Client, new EventFollowing { Task = id, LastId = heard[^1].Id });
        var waiting = near.Client.GetTaskAsync(id, TimeSpan.FromSeconds(60));
        await stop.CancelAsync();
        await said;
        await CompleteAsync(door, incarnation, task);
        var end = await Await.Within(waiting, Limit, "the end of the task on another silo");

        Assert.Equal(Name, heard[^1].Task!.Node);
        Assert.Null(resumed[0].Task);
        Assert.Equal(("succeeded", "\"done\""), (end.State, end.Result.ToString()));
    }

    private static async Task<long> JoinAsync(INodeDoor door)
    {
        var request = new WorkerRegistration(new NodeRegistration { Name = Name, Instance = Name, Slots = 1, Types = [Name], BeatInterval = TimeSpan.FromSeconds(60) });
        WorkerWelcome? welcome = null;
        await Await.Until(async () => (welcome = await TryAsync(() => door.RegisterAsync(request)))?.Status == DoorStatus.Ok, Limit, "the node to join");
        return welcome!.Incarnation;
    }

    private static async Task<HeldAttempt> LeaseAsync(INodeDoor door, long incarnation)
    {
        LeaseReply? reply = null;
        var request = new LeaseRequest { Incarnation = incarnation, Number = 1, Max = 1, Wait = TimeSpan.Zero };
        await Await.Until(async () => (reply = await TryAsync(() => door.LeaseAsync(request))) is { Tasks.Count: 1 }, Limit, "the task to be leased");
        return new HeldAttempt(reply!.Tasks[0].Id, reply.Tasks[0].Attempt, reply.Tasks[0].Dispatch);
    }

    /// <summary>Reports progress and log lines until stopped: whoever begins to listen hears of the next.</summary>
    private static async Task SayAsync(INodeDoor door, long incarnation, HeldAttempt task, CancellationToken stopping)
    {
        for (var line = 1; !stopping.IsCancellationRequested; line++)
        {
            var progress = new TaskProgress { Id = task.Id, Attempt = task.Attempt, Percent = 40, Logs = [$"line {line}"] };
            await TryAsync(() => door.ProgressAsync(new ProgressRequest { Incarnation = incarnation, Items = [progress] }));
        }
    }

    private static Task CompleteAsync(INodeDoor door, long incarnation, HeldAttempt task)
    {
        var report = new ExecutionReport { Id = task.Id, Attempt = task.Attempt, Dispatch = task.Dispatch, End = ExecutionEnd.Succeeded, Result = "\"done\""u8.ToArray(), Ran = TimeSpan.FromSeconds(1) };
        return Await.Until(
            async () => await TryAsync(() => door.CompleteAsync(new CompleteRequest { Incarnation = incarnation, Reports = [report] })) is { Status: DoorStatus.Ok }, Limit, "the outcome to be recorded");
    }

    /// <summary>All events up to the first that tells of progress.</summary>
    private static async Task<IReadOnlyList<FollowedEvent>> HearProgressAsync(SiloHttpClient client, EventFollowing following)
    {
        var heard = new ConcurrentQueue<FollowedEvent>();
        using var enough = new CancellationTokenSource(Limit);
        await foreach (var one in client.FollowEventsAsync(following, enough.Token))
        {
            heard.Enqueue(one);
            if (one.Task is { Kind: "progress" })
            {
                break;
            }
        }

        return [.. heard];
    }

    private static async Task<string> FirstLogLineAsync(Uri server, string task)
    {
        using var http = new HttpClient { BaseAddress = server };
        using var lines = new StreamReader(await http.GetStreamAsync($"/api/v1/tasks/{task}/logs"));
        return await lines.ReadLineAsync() ?? "";
    }

    // A call that is not answered now is made again.
    private static async Task<T?> TryAsync<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (Exception problem) when (problem is HttpRequestException or TimeoutException or ActorUnavailableException or SiloApiException { Status: System.Net.HttpStatusCode.ServiceUnavailable })
        {
            return null;
        }
    }
}
