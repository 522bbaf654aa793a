using System.Diagnostics;
using Silo.Simulation.Runs;
using Silo.Testing;

namespace Silo.Simulation.Tests.Seeds;

public sealed class DeterminismTests
{
    private static readonly TimeSpan ProcessLimit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Seed_RunTwice_HasTheSameEvents(int seed)
    {
        var first = new SeedRun(seed).Run();
        var second = new SeedRun(seed, tracing: true).Run();

        Assert.Equal(first.Hash, second.Hash);
        Assert.Equal(first.Events, second.Events);
    }

    [Fact]
    public void Seed_DifferentSeed_HasOtherEvents() => Assert.NotEqual(new SeedRun(5).Run().Hash, new SeedRun(6).Run().Hash);

    /// <summary>Hash codes of strings differ between processes; nothing may follow their order.</summary>
    [Fact]
    public async Task Seed_RunInAnotherProcess_HasTheSameEvents()
    {
        var here = new SeedRun(7).Run();
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList = { typeof(SeedRun).Assembly.Location, "--seed", "7" },
        };
        using var process = Process.Start(start)!;
        var output = await Await.Within(process.StandardOutput.ReadToEndAsync(), ProcessLimit, "the output of the simulation's program");
        await Await.Within(process.WaitForExitAsync(), ProcessLimit, "the end of the simulation's program");

        Assert.Contains($"hash {here.Hash:x16}", output, StringComparison.Ordinal);
    }
}
