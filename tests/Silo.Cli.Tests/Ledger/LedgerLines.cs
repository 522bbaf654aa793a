using Silo.Cli.Ledger;

namespace Silo.Cli.Tests.Ledger;

internal static class LedgerLines
{
    public static LedgerEntry Started(Guid id, string node, int process, long at) => new()
    {
        Event = LedgerEvent.Started,
        Node = node,
        Process = process,
        Task = id,
        Type = "echo",
        Queue = "default",
        Attempt = 1,
        At = DateTimeOffset.UnixEpoch.AddMicroseconds(at),
        MonotonicMicroseconds = at,
    };
}
