using Silo.Cli.Workers.Roster;

namespace Silo.Cli.Tests.Workers;

public sealed class RestartPolicyTests
{
    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 1)]
    [InlineData(4, 4)]
    [InlineData(7, 30)]
    [InlineData(1_000_000, 30)]
    public void Delay_FailuresInARow_DoublesUpToItsEnd(int failures, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RestartPolicy.Delay(failures));

    [Theory]
    [InlineData(2, true)]
    [InlineData(4, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(137, false)]
    [InlineData(null, false)]
    public void Refusal_ExitCode_OnlyWhatARestartDoesNotMend(int? exitCode, bool refused) =>
        Assert.Equal(refused, RestartPolicy.Refusal(exitCode) is not null);
}
