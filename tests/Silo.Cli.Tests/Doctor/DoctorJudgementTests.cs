using Silo.Cli.Doctor;

namespace Silo.Cli.Tests.Doctor;

public sealed class DoctorJudgementTests
{
    [Theory]
    [InlineData("10.0.1", "Ok")]
    [InlineData("9.0.11", "Wrong")]
    public void Runtime_Version_IsJudgedByItsMajor(string version, string expected) =>
        Assert.Equal(expected, RuntimeCheck.Judge(Version.Parse(version)).Status.ToString());

    [Theory]
    [InlineData(StoreCheck.FreeBytesMin, "Ok")]
    [InlineData(StoreCheck.FreeBytesMin - 1, "Wrong")]
    public void Space_FreeBytes_AreJudgedByTheLeast(long freeBytes, string expected) =>
        Assert.Equal(expected, StoreCheck.JudgeSpace("/data", freeBytes).Status.ToString());

    [Theory]
    [InlineData(0, 0, "Ok")]
    [InlineData(5, 0, "Ok")]
    [InlineData(-5, 0, "Ok")]
    [InlineData(6, 0, "Wrong")]
    [InlineData(-6, 0, "Wrong")]
    [InlineData(6, 2, "Ok")]
    [InlineData(-6, 2, "Wrong")]
    public void Clock_Difference_CountsBeyondTheRoundTrip(int aheadSeconds, int roundTripSeconds, string expected)
    {
        var finding = ServerCheck.JudgeClock(TimeSpan.FromSeconds(aheadSeconds), TimeSpan.FromSeconds(roundTripSeconds));

        Assert.Equal(expected, finding.Status.ToString());
        Assert.Equal(expected == "Wrong", finding.Fix is not null);
    }
}
