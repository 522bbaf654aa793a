using Silo.Cli.Demo.Strategies;

namespace Silo.Cli.Tests.Demo;

public sealed class StrategyJudgeTests
{
    private const int TaskCount = 300;
    private static readonly int[] Weights = [1, 2, 3];

    private static readonly Dictionary<string, StrategyRun> Honest = new()
    {
        ["least-tasks"] = new("least-tasks", Cycle(0, 1, 2), Cycle(1, 2), Cycle(0, 1, 2)),
        ["weighted"] = new("weighted", Cycle(2, 1, 2, 0, 1, 2), Cycle(2, 1, 2, 0, 1, 2), Cycle(0, 1, 2)),
        ["round-robin"] = new("round-robin", Cycle(0, 1, 2), Cycle(0, 1, 2), Cycle(0, 1, 2)),
        ["random"] = new("random", Chance(1), Chance(2), Chance(3)),
    };

    public static TheoryData<string, string> Pairs =>
        [.. from configured in Honest.Keys from used in Honest.Keys select (configured, used)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Judge_OneStrategyConfiguredAndOneUsed_AgreesOnlyWhenTheyAreTheSame(string configured, string used) =>
        Assert.Equal(configured == used, StrategyJudge.Judge(Honest[used] with { Strategy = configured }, Weights).Count == 0);

    [Theory]
    [InlineData(52, 100, 148, true)]
    [InlineData(53, 100, 147, false)]
    [InlineData(50, 106, 144, false)]
    public void Judge_WeightedShares_AreHeldToFivePercent(int first, int second, int third, bool accepted)
    {
        int[] placements = [.. Enumerable.Repeat(0, first), .. Enumerable.Repeat(1, second), .. Enumerable.Repeat(2, third)];

        Assert.Equal(accepted, StrategyJudge.Judge(new StrategyRun("weighted", placements, placements, Cycle(0, 1, 2)), Weights).Count == 0);
    }

    [Fact]
    public void Judge_RoundRobinOneTaskOff_IsRefused()
    {
        var placements = Cycle(0, 1, 2);
        placements[0] = 1;

        Assert.NotEmpty(StrategyJudge.Judge(new StrategyRun("round-robin", placements, Cycle(0, 1, 2), Cycle(0, 1, 2)), Weights));
    }

    [Fact]
    public void Judge_NodeIdleWhileSaturated_IsRefused() =>
        Assert.NotEmpty(StrategyJudge.Judge(Honest["weighted"] with { Saturated = Cycle(1, 2) }, Weights));

    private static int[] Cycle(params int[] nodes) => [.. Enumerable.Range(0, TaskCount).Select(index => nodes[index % nodes.Length])];

    private static int[] Chance(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, TaskCount).Select(_ => random.Next(Weights.Length))];
    }
}
