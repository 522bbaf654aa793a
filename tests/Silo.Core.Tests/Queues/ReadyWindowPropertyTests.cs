using Silo.Core.Queues;

namespace Silo.Core.Tests.Queues;

/// <summary>Random histories against a model; a failure names the seed, which repeats it.</summary>
public sealed class ReadyWindowPropertyTests
{
    private const int Seeds = 150;
    private const int Steps = 300;

    private static readonly ReadyWindowLimits Tiny = new() { EntriesPerPriority = 8, BytesPerPriority = 7000, ParkedShapesMax = 4, ParkedHeads = 3, PageRows = 6 };

    [Fact]
    public void Window_RandomHistories_KeepsItsPromisesAndDrains()
    {
        var (pages, left, parked) = (0, 0, 0);
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var model = Run(seed, Tiny);
            (pages, left, parked) = (pages + model.PagesApplied, left + model.LeftToStore, parked + (model.EverParked ? 1 : 0));
        }

        // Histories that never leave memory would prove nothing about pages, eviction and parking.
        Assert.True(pages > 10 * Seeds, $"Only {pages} pages were read.");
        Assert.True(left > 10 * Seeds, $"Only {left} arrivals were left to the store.");
        Assert.True(parked > Seeds / 4, $"Only {parked} histories parked a shape.");
    }

    [Fact]
    public void Window_RandomHistoriesOverSmallestLimits_KeepsItsPromisesAndDrains()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            Run(seed, Tiny with { EntriesPerPriority = 5, LeftDuringReadMax = 2, PageRows = 2 });
        }
    }

    private static ReadyWindowModel Run(int seed, ReadyWindowLimits limits)
    {
        var model = new ReadyWindowModel(seed, limits);
        var step = 0;
        try
        {
            for (; step < Steps; step++)
            {
                model.Step();
            }

            model.Drain();
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException { InnerException: not null })
        {
            Assert.Fail($"Seed {seed}, step {step} of {Steps}: {e}");
        }

        return model;
    }
}
