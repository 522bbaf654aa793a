using Silo.Core.Placement;
using Silo.Core.Tasks;

namespace Silo.Core.Queues;

/// <summary>A page that the window wants from the store.</summary>
/// <param name="Priority">Of this priority.</param>
/// <param name="From">Keys at or above this one, in key order.</param>
/// <param name="Shape">The parked shape it is read for; null when it is read for all others.</param>
/// <param name="Limit">Rows to ask for: what fits, by the size of earlier rows.</param>
/// <param name="Until">Rows that are due later are left to a later page.</param>
internal sealed record RefillRequest(int Priority, ReadyKey From, PlacementShape? Shape, int Limit, DateTimeOffset Until);
