using Silo.Benchmarks.Ceiling;

namespace Silo.Benchmarks.Peers;

/// <param name="Own">Of Silo's ways and the bare pipeline.</param>
/// <param name="PeerTasks">Per round and peer; they are slower.</param>
internal sealed record PeersOptions(CeilingOptions Own, int PeerTasks)
{
    public static readonly PeersOptions Default = new(CeilingOptions.Default with { Rounds = 5 }, PeerTasks: 20_000);
}
