using Silo.Core.Engine;
using Silo.Core.Storage;

namespace Silo.Core.Scheduling;

/// <summary>Takes in what gateways say they have stored: each number once, a gap noticed, late news read back instead of believed (rules 16, 17).</summary>
internal sealed class SubmitNotices(SchedulerBoard board, StoreClock clock, RecentIds recent)
{
    public const int GatewaysMax = 4096;

    private readonly Dictionary<string, long> _last = [];

    /// <returns>The next number expected of this gateway, and whether numbers are missing.</returns>
    public (long Expected, bool Gap) Apply(SubmitNotice notice)
    {
        var first = !_last.TryGetValue(notice.Gateway, out var last);
        if (!first && notice.Number <= last)
            return (last + 1, false);
        if (first && _last.Count >= GatewaysMax)
            _last.Clear();
        _last[notice.Gateway] = notice.Number;

        var now = clock.LowerBound;
        foreach (var task in notice.Tasks)
        {
            var id = task.Spec.Id;
            if (notice.Resent || !RecentIds.IsYoung(id, now))
                board.ToReadBack.Add(id);
            else if (!recent.Contains(id))
                board.Arrive(task);
        }

        // A gateway whose earlier numbers this scheduler never had may have been answered by one that no longer counts, or have dropped its first ones.
        return (notice.Number + 1, notice.Number > last + 1);
    }

    /// <summary>A task came to be known otherwise than by its notice.</summary>
    public void Seen(Tasks.TaskId id)
    {
        if (RecentIds.MayBecomeYoung(id, clock.LowerBound))
            recent.Add(id);
    }
}
