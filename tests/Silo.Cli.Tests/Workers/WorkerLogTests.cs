using Silo.Cli.Workers.Running;
using Silo.Testing;

namespace Silo.Cli.Tests.Workers;

public sealed class WorkerLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Log_TooLong_BeginsAnewAndKeepsOneBefore()
    {
        var log = _folder.Write("a-1.log", "one\ntwo\n");
        using var writer = File.Open(log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);

        LogFile.Bound(log, bytesMax: 7);
        writer.Write("three\n"u8);
        writer.Flush();

        Assert.Equal("one\ntwo\n", File.ReadAllText(LogFile.Previous(log)));
        Assert.Equal(["two", "three"], LogFile.Tail(log, 2));
        LogFile.Bound(log, bytesMax: 7);
        Assert.Equal("one\ntwo\n", File.ReadAllText(LogFile.Previous(log)));
    }

    [Fact]
    public void Follower_LinesComeInParts_AreReadWhenTheyAreWhole()
    {
        var log = _folder.Write("a-1.log", "old\n");
        var follower = new LogFollower(log, new FileInfo(log).Length);

        File.AppendAllText(log, "grü");
        Assert.Empty(follower.Read());
        File.AppendAllText(log, "n\nred\nhal");

        Assert.Equal(["grün", "red"], follower.Read());
    }

    [Fact]
    public void Follower_LogBeginsAnew_ReadsFromItsBeginning()
    {
        var log = _folder.Write("a-1.log", "a long line\n");
        var follower = new LogFollower(log, new FileInfo(log).Length);

        File.WriteAllText(log, "new\n");

        Assert.Equal(["new"], follower.Read());
    }
}
