using Silo.Core.Scheduling;

namespace Silo.Core.Tests.Scheduling;

public sealed class DurationEstimatesTests
{
    private readonly DurationEstimates _estimates = new();

    [Fact]
    public void Recall_OfATypeThatRanHere_KeepsWhatWasSeen()
    {
        _estimates.Observe("echo", TimeSpan.FromMilliseconds(1));

        _estimates.Recall(new Dictionary<string, TimeSpan> { ["echo"] = TimeSpan.FromMinutes(1), ["video"] = TimeSpan.FromMinutes(1) });

        Assert.Equal((TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1)), (_estimates.Of("echo"), _estimates.Of("video")));
    }

    [Fact]
    public void Recall_ThenATaskThatRan_MovesTheMean()
    {
        _estimates.Recall(new Dictionary<string, TimeSpan> { ["echo"] = TimeSpan.FromSeconds(10) });

        _estimates.Observe("echo", TimeSpan.FromSeconds(20));

        Assert.Equal(TimeSpan.FromSeconds(11), _estimates.Of("echo"));
    }

    [Fact]
    public void Shortest_OfMore_LeavesOutTheLongest()
    {
        _estimates.Observe("long", TimeSpan.FromMinutes(1));
        _estimates.Observe("short", TimeSpan.FromMilliseconds(1));

        Assert.Equal(["short"], _estimates.Shortest(1).Keys);
    }
}
