using System.Globalization;
using Silo.Client;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Tasks;
using Silo.Gateway.Tests.Hosting;

namespace Silo.Gateway.Tests.Clients;

/// <summary>What a worker says and hears through HTTP is what it would say and hear in the same process, field by field.</summary>
public sealed class HttpNodeDoorTests
{
    private static readonly NodeRegistration Registration = new()
    {
        Name = "w.1",
        Instance = "life 1",
        Slots = 3,
        Weight = 250,
        Tier = NodeTier.Fallback,
        Types = ["echo", "sleep"],
        Labels = new Dictionary<string, string> { ["zone"] = "ä b" },
        Kind = "local",
        BeatInterval = TimeSpan.FromTicks(12_345_671),
    };

    private static readonly TaskDispatch Dispatch = new()
    {
        Id = Samples.Id(5),
        Attempt = 4,
        Dispatch = long.MaxValue,
        Type = "echo",
        Queue = "mail",
        Priority = 0,
        RunAt = FakeSiloClient.StoreTime.AddTicks(7),
        Timeout = TimeSpan.FromTicks(33_333_333),
        Retry = new RetryPolicy { AttemptsMax = 9, BackoffInitial = TimeSpan.FromTicks(1), BackoffFactor = 1.1, BackoffMax = TimeSpan.FromDays(3), Jitter = 0 },
        Payload = Samples.Utf8("""{ "ü": [1.50, null] }"""),
        IdempotencyKey = "key ü",
        StoreStart = true,
    };

    [Fact]
    public async Task Register_EveryField_Survives()
    {
        await using var served = await ServedDoor.StartAsync();
        served.Node.Welcome = new WorkerWelcome { Status = DoorStatus.NameInUse, Incarnation = 8, Epoch = 5, Lease = TimeSpan.FromSeconds(7.5), BeatInterval = TimeSpan.FromTicks(7) };

        var welcome = await served.Door.RegisterAsync(new WorkerRegistration(Registration));

        Assert.Equal(served.Node.Welcome, welcome);
        Assert.Equivalent(Registration, Assert.IsType<WorkerRegistration>(Assert.Single(served.Node.Calls)).Registration, strict: true);
    }

    [Fact]
    public async Task Register_OnlyWhatIsNeeded_TakesTheDefaults()
    {
        await using var served = await ServedDoor.StartAsync();
        var registration = new NodeRegistration { Name = "w.1", Instance = "i", Slots = 1, Types = ["echo"] };

        await served.Door.RegisterAsync(new WorkerRegistration(registration));

        Assert.Equivalent(registration, Assert.IsType<WorkerRegistration>(Assert.Single(served.Node.Calls)).Registration, strict: true);
    }

    [Fact]
    public async Task Lease_EveryField_Survives()
    {
        await using var served = await ServedDoor.StartAsync();
        var reply = new LeaseReply
        {
            Status = DoorStatus.OutOfOrder,
            Number = 12,
            Tasks = [Dispatch, Dispatch with { Id = Samples.Id(6), Payload = default, StoreStart = false }],
            Orders = new WorkerOrders { Recall = [Samples.Id(1)], Cancel = [Samples.Id(2), Samples.Id(3)] },
        };
        served.Node.OnLease = _ => Task.FromResult(reply);
        var request = new LeaseRequest { Incarnation = 7, Number = 11, Max = 1024, Wait = TimeSpan.FromSeconds(0.25) };

        var answer = await served.Door.LeaseAsync(request);

        Assert.Equal(request, Assert.Single(served.Node.Calls));
        Assert.Equal((reply.Status, reply.Number), (answer.Status, answer.Number));
        Assert.Equal(reply.Orders.Recall, answer.Orders.Recall);
        Assert.Equal(reply.Orders.Cancel, answer.Orders.Cancel);
        Assert.Equal(reply.Tasks.Select(Comparable), answer.Tasks.Select(Comparable));
    }

    [Fact]
    public async Task Lease_WaitAboveTheServersLimit_AsksForTheLimit()
    {
        await using var served = await ServedDoor.StartAsync();

        await served.Door.LeaseAsync(new LeaseRequest { Incarnation = 7, Number = 1, Max = 1, Wait = TimeSpan.FromMinutes(5) });

        Assert.Equal(TimeSpan.FromSeconds(30), Assert.IsType<LeaseRequest>(Assert.Single(served.Node.Calls)).Wait);
    }

    [Fact]
    public async Task Complete_EveryField_Survives()
    {
        await using var served = await ServedDoor.StartAsync();
        var answers = new[]
        {
            new RecordedOutcome(Samples.Id(1), 1, OutcomeAnswer.Recorded, StoredState.Waiting, FakeSiloClient.StoreTime.AddMilliseconds(5)),
            new RecordedOutcome(Samples.Id(2), 2, OutcomeAnswer.Settled, StoredState.Cancelled, default),
            new RecordedOutcome(Samples.Id(3), 3, OutcomeAnswer.Fenced, StoredState.Running, default),
            new RecordedOutcome(Samples.Id(4), 4, OutcomeAnswer.Fenced, default, default),
        };
        served.Node.OnComplete = _ => new CompleteReply { Status = DoorStatus.Ok, Answers = answers };
        var request = new CompleteRequest
        {
            Incarnation = 7,
            Reports = [.. Enum.GetValues<ExecutionEnd>().Select((end, index) => Report(index + 1) with { End = end })],
            Returned = [new HeldAttempt(Samples.Id(30), 2, 99)],
        };

        var reply = await served.Door.CompleteAsync(request);

        Assert.Equal(answers, reply.Answers);
        var arrived = Assert.IsType<CompleteRequest>(Assert.Single(served.Node.Calls));
        Assert.Equal(request.Reports.Select(Comparable), arrived.Reports.Select(Comparable));
        Assert.Equal((7, request.Returned[0]), (arrived.Incarnation, Assert.Single(arrived.Returned)));
    }

    [Fact]
    public async Task Complete_MoreThanABodyHolds_GoesInPartsAndAnswersAsOne()
    {
        await using var served = await ServedDoor.StartAsync();
        var result = Samples.Utf8($"\"{new string('x', (1024 * 1024) - 2)}\"");
        var request = new CompleteRequest
        {
            Incarnation = 7,
            Reports = [.. Enumerable.Range(1, 10).Select(number => Report(number) with { Result = result })],
            Returned = [new HeldAttempt(Samples.Id(30), 2, 99)],
        };

        var reply = await served.Door.CompleteAsync(request);

        Assert.Equal(request.Reports.Select(report => report.Id), reply.Answers.Select(answer => answer.Id));
        var calls = served.Node.Calls.Cast<CompleteRequest>().ToList();
        Assert.Equal(["3+1", "3+0", "3+0", "1+0"], calls.Select(call => string.Create(CultureInfo.InvariantCulture, $"{call.Reports.Count}+{call.Returned.Count}")));
    }

    [Fact]
    public async Task Complete_APartIsRefused_DecidesForAll()
    {
        await using var served = await ServedDoor.StartAsync();
        var parts = 0;
        served.Node.OnComplete = request => ++parts == 2
            ? new CompleteReply { Status = DoorStatus.Fenced }
            : new CompleteReply { Status = DoorStatus.Ok, Answers = [.. request.Reports.Select(report => new RecordedOutcome(report.Id, 1, OutcomeAnswer.Recorded, StoredState.Failed, default))] };

        var reply = await served.Door.CompleteAsync(new CompleteRequest { Incarnation = 7, Reports = [.. Enumerable.Range(1, 3000).Select(Report)] });

        Assert.Equal((DoorStatus.Fenced, 0, 2), (reply.Status, reply.Answers.Count, parts));
    }

    [Fact]
    public async Task Progress_EveryField_Survives()
    {
        await using var served = await ServedDoor.StartAsync();
        served.Node.Reply = new WorkerReply { Status = DoorStatus.InventoryWanted, Epoch = 6, Orders = new WorkerOrders { Cancel = [Samples.Id(9)] } };
        var request = new ProgressRequest
        {
            Incarnation = 7,
            Items =
            [
                new TaskProgress { Id = Samples.Id(1), Attempt = 2, Percent = 33.3, Message = "a\nb", Logs = ["one", ""], LogsDropped = 3 },
                new TaskProgress { Id = Samples.Id(2), Attempt = 1 },
            ],
        };

        var reply = await served.Door.ProgressAsync(request);

        Assert.Equivalent(request, Assert.Single(served.Node.Calls), strict: true);
        Assert.Equal((DoorStatus.InventoryWanted, 6, Samples.Id(9)), (reply.Status, reply.Epoch, Assert.Single(reply.Orders.Cancel)));
    }

    [Fact]
    public async Task Beat_EveryField_Survives()
    {
        await using var served = await ServedDoor.StartAsync();
        var full = new WorkerBeat
        {
            Incarnation = 7,
            Load = new NodeLoad(12.5, 99.9),
            Running = 3,
            Started = [new RunningExecution(Samples.Id(1), 2, TimeSpan.FromTicks(10_000_001))],
            LastLease = 44,
            Held = new HeldDigest(5, 0xfedc_ba98_7654_3210),
        };
        var bare = new WorkerBeat { Incarnation = 7, Running = 0, LastLease = 0 };

        await served.Door.BeatAsync(full);
        await served.Door.BeatAsync(bare);

        var arrived = served.Node.Calls.Cast<WorkerBeat>().ToList();
        Assert.Equal(full.Started, arrived[0].Started);
        Assert.Equal(full with { Started = [] }, arrived[0] with { Started = [] });
        Assert.Equal((bare.Load, bare.Held, 0), (arrived[1].Load, arrived[1].Held, arrived[1].Started.Count));
    }

    [Fact]
    public async Task Adopt_EveryFieldButThePayload_Survives()
    {
        await using var served = await ServedDoor.StartAsync();
        var inventory = new WorkerInventory { Registration = Registration, Incarnation = 7, Number = 3, Held = [new HeldExecution(Dispatch, Returned: true)] };

        var reply = await served.Door.AdoptAsync(inventory);

        Assert.Equal(served.Node.Reply with { Orders = reply.Orders }, reply);
        var arrived = Assert.IsType<WorkerInventory>(Assert.Single(served.Node.Calls));
        Assert.Equivalent(inventory.Registration, arrived.Registration, strict: true);
        Assert.Equal((7, 3), (arrived.Incarnation, arrived.Number));
        var held = Assert.Single(arrived.Held);
        Assert.Equal((Comparable(Dispatch with { Payload = default }), true), (Comparable(held.Task), held.Returned));
    }

    [Fact]
    public async Task Leave_SaysItsIncarnation()
    {
        await using var served = await ServedDoor.StartAsync();
        served.Node.Reply = new WorkerReply { Status = DoorStatus.StillHolding };

        Assert.Equal(DoorStatus.StillHolding, (await served.Door.LeaveAsync(new WorkerLeave(7))).Status);
        Assert.Equal(new WorkerLeave(7), Assert.Single(served.Node.Calls));
    }

    [Fact]
    public async Task Call_ServerGone_Throws()
    {
        await using var served = await ServedDoor.StartAsync();
        await served.Server.StopAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => served.Door.LeaveAsync(new WorkerLeave(7)));
    }

    private static ExecutionReport Report(int number) => new()
    {
        Id = Samples.Id(number),
        Attempt = number,
        Dispatch = 1000 + number,
        End = ExecutionEnd.Succeeded,
        Result = Samples.Utf8("""[ "ü" ]"""),
        Error = number % 2 == 0 ? new TaskError("code", "two\nlines") : null,
        Ran = TimeSpan.FromTicks(number),
    };

    private static (ExecutionReport, string) Comparable(ExecutionReport report) => (report with { Result = default }, Convert.ToHexString(report.Result.Span));

    private static (TaskDispatch, string) Comparable(TaskDispatch task) => (task with { Payload = default }, Convert.ToHexString(task.Payload.Span));

    private sealed record ServedDoor(GatewayServer Server, SiloHttpClient Http, INodeDoor Door) : IAsyncDisposable
    {
        public FakeNode Node => (FakeNode)Server.Actors.Node("w.1");

        public static async Task<ServedDoor> StartAsync()
        {
            var server = await GatewayServer.StartAsync();
            var http = new SiloHttpClient(server.Address);
            return new ServedDoor(server, http, http.NodeDoor("w.1"));
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await Server.DisposeAsync();
        }
    }
}
