using Silo.Client.Workers;
using Silo.Testing;

namespace Silo.Client.Tests.Workers;

public sealed class ProcLoadProbeTests : IDisposable
{
    private const string Memory = "MemTotal:       1000 kB\nMemFree:         100 kB\nMemAvailable:    250 kB\n";
    private readonly TemporaryFolder _proc = new();

    public void Dispose() => _proc.Dispose();

    [Fact]
    public void Read_BetweenTwoLooks_TellsTheShareOfBusyTime()
    {
        _proc.Write("stat", "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1\n");
        _proc.Write("meminfo", Memory);
        var probe = new ProcLoadProbe(_proc.Path);
        // 60 ticks more of user, system, irq and stolen time, 40 of idle time and of waiting for disks.
        _proc.Write("stat", "cpu  120 0 120 730 110 10 0 10 90 0\n");

        var load = probe.Read()!.Value;
        Assert.Equal((60, 75), (load.CpuPercent, load.MemoryPercent));
    }

    [Fact]
    public void Read_NoTimePassed_KeepsTheLastShare()
    {
        _proc.Write("stat", "cpu  0 0 0 0 0 0 0 0\n");
        _proc.Write("meminfo", Memory);
        var probe = new ProcLoadProbe(_proc.Path);
        _proc.Write("stat", "cpu  30 0 0 70 0 0 0 0\n");
        probe.Read();

        Assert.Equal(30, probe.Read()!.Value.CpuPercent);
    }

    [Theory]
    [InlineData(null, Memory)]
    [InlineData("intr 1 2 3\n", Memory)]
    [InlineData("cpu  a b c d\n", Memory)]
    [InlineData("cpu  1 2 3 4\n", null)]
    [InlineData("cpu  1 2 3 4\n", "MemTotal: 1000 kB\n")]
    public void Read_FilesMissingOrOfAnotherForm_TellsNothing(string? stat, string? memory)
    {
        if (stat is not null)
            _proc.Write("stat", stat);
        if (memory is not null)
            _proc.Write("meminfo", memory);

        Assert.Null(new ProcLoadProbe(_proc.Path).Read());
    }

    [Fact]
    public void Read_ThisMachine_IsWithinBounds()
    {
        if (new ProcLoadProbe().Read() is not { } load)
        {
            Assert.False(OperatingSystem.IsLinux());
            return;
        }

        Assert.InRange(load.CpuPercent, 0, 100);
        Assert.InRange(load.MemoryPercent, 1, 100);
    }
}
