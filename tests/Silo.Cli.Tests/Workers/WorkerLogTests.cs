using System.Diagnostics;
using Silo.Cli.Workers.Running;
using Silo.Testing;

namespace Silo.Cli.Tests.Workers;

public sealed class WorkerLogTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Log_TooLongWhileItsProcessWrites_BeginsAnewAndKeepsOneBefore()
    {
        var log = _folder.Write("a-1.log", "one\ntwo\n");
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        foreach (var argument in new[] { "-c", "exec >>\"$1\"; echo begun; read -r go; echo three", "sh", log })
            start.ArgumentList.Add(argument);
        using var writer = Process.Start(start)!;
        await Await.Until(() => File.ReadAllText(log).EndsWith("begun\n", StringComparison.Ordinal), Limit, "the process to write");

        LogFile.Bound(log, bytesMax: 7);
        writer.StandardInput.Close();
        await Await.Within(writer.WaitForExitAsync(), Limit, "the process to end");

        Assert.Equal("three\n", File.ReadAllText(log));
        Assert.Equal("one\ntwo\nbegun\n", File.ReadAllText(LogFile.Previous(log)));
        Assert.Equal(["begun", "three"], LogFile.Tail(log, 2));
        LogFile.Bound(log, bytesMax: 7);
        Assert.Equal("three\n", File.ReadAllText(log));
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
