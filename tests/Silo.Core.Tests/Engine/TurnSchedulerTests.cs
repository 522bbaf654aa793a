using Silo.Core.Engine;

namespace Silo.Core.Tests.Engine;

public sealed class TurnSchedulerTests
{
    private readonly Queue<IThreadPoolWorkItem> _pool = new();
    private readonly List<string> _ran = [];
    private readonly TaskFactory _waker;
    private readonly TaskFactory _woken;

    public TurnSchedulerTests() => (_waker, _woken) = (Turns(), Turns());

    [Fact]
    public void What_a_turn_wakes_is_next_on_its_thread_when_that_turn_has_ended()
    {
        _waker.StartNew(() =>
        {
            Run(_woken, "woken");
            _ran.Add("waker");
        });

        RunNextOfPool();

        Assert.Equal(["waker", "woken"], _ran);
        Assert.Empty(_pool);
    }

    [Fact]
    public void What_a_turn_wakes_does_not_wait_for_the_next_turn_of_its_actor()
    {
        _waker.StartNew(() =>
        {
            Run(_woken, "woken");
            _waker.StartNew(() =>
            {
                var other = new Thread(RunNextOfPool);
                other.Start();
                other.Join();
                _ran.Add("waker");
            });
        });

        RunNextOfPool();

        Assert.Equal(["woken", "waker"], _ran);
    }

    [Fact]
    public void Actors_that_wake_each_other_without_end_give_the_thread_back()
    {
        const int turns = 1000;
        Rally(_waker, _woken);

        RunNextOfPool();

        Assert.InRange(_ran.Count, 2, turns / 10);
        Assert.Single(_pool);
        while (_pool.Count > 0)
            RunNextOfPool();
        Assert.Equal(turns, _ran.Count);

        void Rally(TaskFactory one, TaskFactory other) => one.StartNew(() =>
        {
            _ran.Add("turn");
            if (_ran.Count < turns)
                Rally(other, one);
        });
    }

    [Fact]
    public void An_actor_with_many_turns_gives_the_thread_back_between_them()
    {
        const int turns = 1000;
        for (var turn = 0; turn < turns; turn++)
            Run(_waker, "turn");

        RunNextOfPool();

        Assert.InRange(_ran.Count, 2, turns / 10);
        while (_pool.Count > 0)
            RunNextOfPool();
        Assert.Equal(turns, _ran.Count);
    }

    [Fact]
    public void An_actor_that_is_halted_before_its_turn_comes_runs_none()
    {
        Task? halted = null;
        var haltedAtOnce = true;
        _waker.StartNew(() =>
        {
            Run(_woken, "woken");
            halted = ((TurnScheduler)_woken.Scheduler!).HaltAsync();
            haltedAtOnce = halted.IsCompleted;
        });

        RunNextOfPool();

        Assert.Empty(_ran);
        Assert.False(haltedAtOnce);
        Assert.True(halted!.IsCompletedSuccessfully);
    }

    private void Run(TaskFactory on, string name) => on.StartNew(() => _ran.Add(name));

    private void RunNextOfPool() => _pool.Dequeue().Execute();

    private TaskFactory Turns() => new(new TurnScheduler(_pool.Enqueue));
}
