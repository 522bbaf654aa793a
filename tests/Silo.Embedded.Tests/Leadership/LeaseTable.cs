using Silo.Core.Storage;

namespace Silo.Embedded.Tests.Leadership;

/// <summary>A store of leases in memory, with the time of a clock that the test moves, which can be away.</summary>
internal sealed class LeaseTable(TimeProvider time) : ISchedulerLeaseStore
{
    private readonly Lock _gate = new();
    private (string Holder, long Renewals, DateTimeOffset Lapses)? _row;

    public bool Away { get; set; }

    /// <summary>Who asked, and whether it got the lease.</summary>
    public List<(string Holder, bool Held)> Asked { get; } = [];

    public string? Holder => _row?.Holder;

    public Task<SchedulerLease> HoldAsync(LeaseClaim claim, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (Away)
                throw new StoreUnavailableException("away");
            var now = time.GetUtcNow();
            if (_row is not { } row || row.Holder == claim.Holder || (row.Lapses <= now && row.Renewals == claim.Watched))
                _row = (claim.Holder, (_row?.Renewals ?? 0) + 1, now + claim.Length);
            var held = _row.Value.Holder == claim.Holder;
            Asked.Add((claim.Holder, held));
            return Task.FromResult(new SchedulerLease(held, _row.Value.Holder, _row.Value.Renewals));
        }
    }

    public Task ReleaseAsync(string pool, string holder, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _row = _row?.Holder == holder ? null : _row;
            return Task.CompletedTask;
        }
    }
}
