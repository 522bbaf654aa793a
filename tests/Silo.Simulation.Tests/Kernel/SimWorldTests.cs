using Silo.Simulation.Kernel;

namespace Silo.Simulation.Tests.Kernel;

public sealed class SimWorldTests
{
    private readonly SimWorld _world = new(seed: 1);

    [Fact]
    public void Process_AwaitsItsClock_ContinuesInItsOwnTime()
    {
        var process = new SimProcess(_world, 1, "one", TimeSpan.FromHours(1));
        var ended = TimeSpan.Zero;
        process.Post("wait", async () =>
        {
            await Task.Delay(TimeSpan.FromMinutes(5), process.Clock);
            ended = _world.Now;
        });

        Assert.True(_world.RunUntil(TimeSpan.FromHours(1)));
        Assert.InRange(ended, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(5.1));
    }

    [Fact]
    public void Process_Killed_NeverContinues()
    {
        var process = new SimProcess(_world, 1, "one", TimeSpan.Zero);
        var went = false;
        process.Post("wait", () => went = true, TimeSpan.FromSeconds(1));
        process.Kill();

        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(5)));
        Assert.False(went);
    }

    [Fact]
    public void Process_Frozen_ContinuesWhenItThaws()
    {
        var frozen = new SimProcess(_world, 1, "frozen", TimeSpan.Zero);
        var other = new SimProcess(_world, 2, "other", TimeSpan.Zero);
        TimeSpan? went = null;
        frozen.Post("go", () => went = _world.Now, TimeSpan.FromSeconds(1));
        frozen.Freeze();
        other.Post("thaw", frozen.Thaw, TimeSpan.FromSeconds(10));

        Assert.True(_world.RunUntil(TimeSpan.FromSeconds(20)));
        Assert.True(went >= TimeSpan.FromSeconds(10), $"it went on at {went}");
    }

    [Fact]
    public void Process_ContinuedFromAnotherThread_FailsTheRun()
    {
        var process = new SimProcess(_world, 1, "one", TimeSpan.Zero);
        process.Post("escape", () =>
        {
            var context = SynchronizationContext.Current!;
            var elsewhere = new Thread(() => context.Post(_ => { }, null));
            elsewhere.Start();
            elsewhere.Join();
        });

        Assert.False(_world.RunUntil(TimeSpan.FromSeconds(5)));
        Assert.Equal("no escape to another thread", _world.Violation!.Invariant);
    }

    [Fact]
    public void Process_ThrowsInAnEvent_FailsTheRun()
    {
        var process = new SimProcess(_world, 1, "one", TimeSpan.Zero);
        process.Post("throw", () => throw new InvalidOperationException("broken"));

        Assert.False(_world.RunUntil(TimeSpan.FromSeconds(1)));
        Assert.Contains("broken", _world.Violation!.Detail, StringComparison.Ordinal);
    }
}
