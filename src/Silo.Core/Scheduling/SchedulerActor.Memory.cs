using Microsoft.Extensions.Logging;
using Silo.Core.Storage;

namespace Silo.Core.Scheduling;

/// <content>How long tasks take is passed on from scheduler to scheduler, so that the look-ahead does not begin anew after each takeover. No decision ever waits for it.</content>
public sealed partial class SchedulerActor
{
    private const string MemoryKind = "scheduler";

    private Dictionary<string, TimeSpan>? _remembered;
    private bool _remembering;
    private long _rememberedAt;

    /// <summary>Reads what the last scheduler left; once that is read, writes what has changed since.</summary>
    private async Task RememberAsync()
    {
        if (_ports.States is not { } states || _remembering)
            return;
        _remembering = true;
        _rememberedAt = _ports.Time.GetTimestamp();
        var key = new ActorStateKey(MemoryKind, _options.Pool);
        if (_remembered is not { } stored)
            await RecallAsync(states, key);
        else if (_board.Durations.Shortest(SchedulerMemory.TypesMax) is var means && SchedulerMemory.IsNews(means, stored) && await TryWriteAsync(states, key, means))
            _remembered = means;
        _remembering = false;
    }

    private async Task RecallAsync(IActorStateStore states, ActorStateKey key)
    {
        var read = await TryStoreAsync(async () => (Dictionary<string, TimeSpan>?)SchedulerMemory.Read(await states.ReadAsync(key, _stopping.Token)), "reading how long tasks take");
        if (read is null)
            return;
        _remembered = read;
        _board.Durations.Recall(read);
        LogRecalled(_ports.Logger, _options.Pool, read.Count);
    }

    private async Task<bool> TryWriteAsync(IActorStateStore states, ActorStateKey key, Dictionary<string, TimeSpan> means) =>
        await TryStoreAsync(
            async () =>
            {
                await states.WriteAsync(key, SchedulerMemory.Write(means), _stopping.Token);
                return true;
            },
            "writing how long tasks take");

    [LoggerMessage(Level = LogLevel.Information, Message = "The scheduler of pool {Pool} knows of {Types} task types how long they take.")]
    private static partial void LogRecalled(ILogger logger, string pool, int types);
}
