using Microsoft.Extensions.DependencyInjection;
using Silo.Core.Engine;
using Silo.Embedded.Leadership;

namespace Silo.Embedded;

/// <summary>A scheduler acts while this process has the lease; one that stepped down is replaced.</summary>
/// <remarks>The actors are looked up when the time comes: they are made of factories that know this.</remarks>
internal sealed class EmbeddedSuccession(SchedulerLeaseKeeper lease, IServiceProvider provider) : ISchedulerSuccession
{
    public Task WhenOursAsync(string pool, CancellationToken cancellationToken) => lease.WhenHeldAsync(cancellationToken);

    // Not on the turns of the scheduler: what replaces it waits for them to end.
    public void SteppedDown(string pool) => _ = Task.Run(() => provider.GetRequiredService<EmbeddedActors>().ReplaceSchedulerAsync(pool));
}
