using System.Text;
using Silo.Core.Engine;
using Silo.Core.Nodes;
using Silo.Core.Queues;
using Silo.Core.Tasks;

namespace Silo.Gateway.Tests.Hosting;

internal static class Samples
{
    public static readonly string[] Strategies = ["least-tasks", "weighted", "round-robin", "random"];

    public static TaskId Id(int number) => new(new Guid($"01900000-0000-7000-8000-{number:x12}"));

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static SchedulerSnapshot Snapshot() => new()
    {
        Epoch = 4,
        TakingOver = false,
        Strategies = Strategies,
        Queues = [new QueueSnapshot(new QueueSettings { Name = "mail", Strategy = "weighted", ConcurrencyMax = 5 }, InMemory: 3, OnNodes: 2, MoreInStore: true)],
        Nodes = [Node("beta", alive: false, "echo", "sleep"), Node("alpha", alive: true, "echo")],
    };

    public static NodeSnapshot Node(string name, bool alive, params string[] types) => new()
    {
        Registration = new NodeRegistration
        {
            Name = name,
            Instance = "i-" + name,
            Slots = 4,
            Types = types,
            Tier = NodeTier.Fallback,
            Labels = new Dictionary<string, string> { ["zone"] = "a" },
        },
        Incarnation = 9,
        Alive = alive,
        Draining = false,
        Occupied = 2,
        Running = 1,
        Load = new NodeLoad(10, 30),
        Weight = 80,
        Placed = 17,
        Silence = TimeSpan.FromMilliseconds(250),
        EndedAt = alive ? null : FakeSiloClient.StoreTime.AddDays(-1),
    };

    public static TaskDetails Details(int number, StoredState state = StoredState.Waiting, DateTimeOffset? runAt = null) => new()
    {
        Spec = new TaskSpec
        {
            Id = Id(number),
            Type = "echo",
            Queue = "default",
            RunAt = runAt ?? FakeSiloClient.StoreTime,
            Payload = Utf8("""{"a": [1, "ü"]}"""),
        },
        Number = number,
        State = state,
        Attempt = 1,
        CreatedAt = FakeSiloClient.StoreTime,
    };
}
