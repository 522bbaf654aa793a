using System.Diagnostics;

namespace Silo.Simulation.Runs;

/// <summary>Runs many seeds, one thread per processor, each world on one of them.</summary>
internal sealed class SeedBatch(int start, int count, TimeSpan? atMost)
{
    private readonly Lock _gate = new();
    private readonly List<SeedResult> _results = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private int _taken;

    /// <summary>The results so far, in order of seed.</summary>
    public IReadOnlyList<SeedResult> Run()
    {
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(RunSome)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. _results.OrderBy(result => result.Seed)];
    }

    private void RunSome()
    {
        while (Take() is { } seed)
        {
            var result = new SeedRun(seed).Run();
            lock (_gate)
            {
                _results.Add(result);
            }
        }
    }

    private int? Take()
    {
        lock (_gate)
        {
            var over = atMost is { } limit ? _watch.Elapsed >= limit : _taken >= count;
            return over ? null : start + _taken++;
        }
    }
}
