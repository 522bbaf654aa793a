using Silo.Simulation.Kernel;
using Silo.Simulation.Runs;

namespace Silo.Simulation.Tests.Seeds;

public sealed class SimulationReportTests
{
    private static readonly SeedResult Good = new()
    {
        Seed = 1,
        Events = 2000,
        Hash = 1,
        Crashes = 2,
        StoreFaults = 3,
        LostAnswers = 4,
        FencedOutcomes = 5,
        Simulated = TimeSpan.FromMinutes(1),
    };

    [Fact]
    public void Report_OfSeeds_HasTheDocumentedForm()
    {
        var line = SimulationReport.Of([Good, Good with { Seed = 2 }], TimeSpan.FromSeconds(1.25)).ToJson();

        Assert.Equal("""{"seeds":2,"events":4000,"crashes":4,"store_faults":6,"lost_answers":8,"fenced_outcomes":10,"violations":0,"seconds":1.2}""", line);
    }

    [Fact]
    public void Report_WithAViolation_HasNotPassed() =>
        Assert.False(SimulationReport.Of([Good with { Violation = new Violation("rule", "detail") }], TimeSpan.Zero).Passed);

    [Fact]
    public void Report_WithoutOneKindOfTrouble_HasNotPassed()
    {
        SeedResult[] calm =
        [
            Good with { Crashes = 0 }, Good with { StoreFaults = 0 }, Good with { LostAnswers = 0 }, Good with { FencedOutcomes = 0 }, Good with { Events = 0 },
        ];

        Assert.True(SimulationReport.Of([Good], TimeSpan.Zero).Passed);
        Assert.All(calm, result => Assert.False(SimulationReport.Of([result], TimeSpan.Zero).Passed));
    }
}
