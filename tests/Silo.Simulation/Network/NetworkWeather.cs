using Silo.Simulation.Kernel;

namespace Silo.Simulation.Network;

/// <summary>How messages between processes fare at the moment; faults change it.</summary>
internal sealed class NetworkWeather(SimWorld world)
{
    private static readonly TimeSpan LatencyCalm = TimeSpan.FromMilliseconds(3);

    private readonly HashSet<(string From, string To)> _cut = [];

    /// <summary>Share of messages, requests and answers alike, that never arrive.</summary>
    public double LossShare { get; set; }

    /// <summary>Share of requests that arrive twice.</summary>
    public double DuplicateShare { get; set; }

    /// <summary>Share of messages that are late by up to <see cref="LateMax"/>, so that they overtake nothing.</summary>
    public double LateShare { get; set; }

    public TimeSpan LateMax { get; set; } = TimeSpan.FromSeconds(4);

    public TimeSpan LatencyMax { get; set; } = LatencyCalm;

    /// <summary>Whether calls inside one process go through the same weather, as they do between the silos of a cluster.</summary>
    public bool InsideToo { get; init; }

    /// <summary>No message is lost, doubled or late now.</summary>
    public bool Calm => _cut.Count == 0 && LossShare + DuplicateShare + LateShare == 0 && LatencyMax <= LatencyCalm;

    /// <summary>Cuts the way from one process name to another, in this direction only.</summary>
    public void Cut(string from, string to) => _cut.Add((from, to));

    public void Mend(string from, string to) => _cut.Remove((from, to));

    public bool Loses(SimProcess from, SimProcess to) => Applies(from, to) && (_cut.Contains((from.Name, to.Name)) || world.Chance(LossShare));

    public bool Duplicates(SimProcess from, SimProcess to) => Applies(from, to) && world.Chance(DuplicateShare);

    public TimeSpan Delay(SimProcess from, SimProcess to)
    {
        if (!Applies(from, to))
        {
            return TimeSpan.Zero;
        }

        return world.Chance(LateShare) ? world.Between(LatencyMax, LateMax) : world.Skewed(TimeSpan.FromMicroseconds(50), LatencyMax);
    }

    public void Heal()
    {
        _cut.Clear();
        (LossShare, DuplicateShare, LateShare) = (0, 0, 0);
        LatencyMax = LatencyCalm;
    }

    private bool Applies(SimProcess from, SimProcess to) => InsideToo || from != to;
}
